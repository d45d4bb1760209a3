import type { Texts } from '../trait.ts';
import type { Hints } from './hints.ts';

/** The things of which two texts are made, when they are the same ones in another order; else null. */
export function reordered({ a, b }: Pick<Texts, 'a' | 'b'>): string[] | null {
  if (a.length === b.length && a !== b) {
    for (const separator of ['\n', /[,;|]\s*/, /\s+/]) {
      const found = sameItems(split(a, separator), split(b, separator));
      if (found) return found;
    }
  }
  return null;
}

const maxItems = 100_000;

function split(text: string, separator: string | RegExp): string[] {
  // What encloses a list belongs to none of its items.
  return text
    .trim()
    .split(separator)
    .map((item) => item.replace(/^[[({'"\s]+|[\])}'",;\s]+$/g, ''));
}

function sameItems(a: string[], b: string[]): string[] | null {
  if (a.length < 2 || a.length !== b.length || a.length > maxItems) return null;
  return [...a].sort().join('\0') === [...b].sort().join('\0') ? a : null;
}

const longEnough = 12;

/** Whether two binary contents of one length hold the same bytes at other places, as reordered strings do. */
export function reorderedBytes(a: string, b: string): boolean {
  if (a.length !== b.length || a.length < longEnough) return false;
  const counts = new Map<string, number>();
  for (const char of a) counts.set(char, (counts.get(char) ?? 0) + 1);
  for (const char of b) counts.set(char, (counts.get(char) ?? 0) - 1);
  return counts.size > 3 && [...counts.values()].every((count) => count === 0);
}

/** The origin that an order most likely has; order alone never proves one. */
export function orderCause(items: readonly string[], carrier: string | undefined, hints: Hints): string {
  if (hints.parallel) return 'parallel-order';
  if (hints.database && !hints.hashed) return 'database-order';
  const files = items.filter((item) => /^[\w@./-]+\.[A-Za-z0-9]{1,8}$|^\.{0,2}\/./.test(item)).length;
  if (hints.hashed && !(carrier === 'zip' || carrier === 'tar' || carrier === 'cpio')) return 'hash-order';
  if (hints.directory || carrier === 'zip' || carrier === 'tar' || carrier === 'cpio') return 'directory-order';
  return files > items.length / 2 ? 'directory-order' : 'hash-order';
}
