import type { Trait } from '../trait.ts';

/**
 * SQLite databases: the same values in other rows, or other values. Values are found as readable runs, not by the
 * format of pages: a run is one row's texts in a row. Source: https://www.sqlite.org/fileformat2.html
 */
export function readSqlite(a: Buffer, b: Buffer): Trait[] | null {
  if (!isSqlite(a) || !isSqlite(b)) return null;
  const [left, right] = [runs(a), runs(b)];
  if (left.length > 1 && left.join('\0') !== right.join('\0') && sorted(left) === sorted(right))
    return [{ kind: 'order', where: 'rows', items: left, other: right }];
  const [bodyA, bodyB] = [withoutCounters(a), withoutCounters(b)];
  if (bodyA === bodyB) {
    const because = 'only the counters of changes in the header differ';
    return [{ kind: 'mark', where: 'header', cause: 'unknown', because }];
  }
  return [{ kind: 'texts', where: '', a: bodyA, b: bodyB, whole: true }];
}

function isSqlite(bytes: Buffer): boolean {
  return bytes.length >= 100 && bytes.toString('latin1', 0, 16) === 'SQLite format 3\0';
}

const maxRuns = 200_000;

function runs(bytes: Buffer): string[] {
  return (bytes.toString('latin1', 100).match(/[\x20-\x7e\x80-\xff]{3,4096}/g) ?? []).slice(0, maxRuns);
}

function sorted(items: readonly string[]): string {
  return [...items].sort().join('\0');
}

/** The header counts changes (bytes 24 to 27) and says for which count, and which version, it holds (92 to 99). */
function withoutCounters(bytes: Buffer): string {
  const text = bytes.toString('latin1');
  return `${text.slice(0, 24)}\0\0\0\0${text.slice(28, 92)}\0\0\0\0\0\0\0\0${text.slice(100)}`;
}
