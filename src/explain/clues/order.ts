import type { Texts } from '../trait.ts';
import type { Hints } from './hints.ts';

/** The things of which two texts are made, when they are the same ones in another order; else null. */
export function reordered({ a, b }: Pick<Texts, 'a' | 'b'>): { items: string[]; other: string[] } | null {
  if (a.length === b.length && a !== b) {
    for (const separator of ['\n', /[,;|]\s*/, /\s+/]) {
      const found = sameItems(split(a, separator), split(b, separator));
      if (found) return { items: found, other: split(b, separator) };
    }
  }
  return null;
}

const maxItems = 100_000;

function split(text: string, separator: string | RegExp): string[] {
  return text.trim().split(separator).map(bare);
}

/** What encloses a list belongs to none of its items. By hand: a pattern for ends is tried at each of many blanks. */
function bare(item: string): string {
  let [start, end] = [0, item.length];
  while (start < end && /[[({'"\s]/.test(item[start] ?? '')) start += 1;
  while (end > start && /[\])}'",;\s]/.test(item[end - 1] ?? '')) end -= 1;
  return item.slice(start, end);
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
  const rows = carrier === 'sqlite' || items.some((item) => /^(?:INSERT INTO|COPY|REPLACE INTO) /i.test(item));
  if ((hints.database || rows) && !hints.hashed) return 'database-order';
  const packed = carrier === 'zip' || carrier === 'tar' || carrier === 'cpio';
  if (hints.hashed && !packed) return 'hash-order';
  if (hints.directory || packed) return 'directory-order';
  const files = items.filter((item) => /^[\w@./-]+\.[A-Za-z0-9]{1,8}$|^\.{0,2}\/./.test(item)).length;
  return files > items.length / 2 ? 'directory-order' : 'hash-order';
}

const fewItems = 4;

/** Whether one order is that of the bytes, and the other that of a language: the same sort under two settings. */
export function sortedByLanguage(a: readonly string[], b: readonly string[]): boolean {
  if (a.length < fewItems || a.length !== b.length) return false;
  const bytes = [...a].sort().join('\0');
  const language = [...a].sort(new Intl.Collator('en').compare).join('\0');
  const [left, right] = [a.join('\0'), b.join('\0')];
  return bytes !== language && ((left === bytes && right === language) || (left === language && right === bytes));
}
