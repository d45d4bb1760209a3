import { diffArrays } from 'diff';
import type { Texts } from '../trait.ts';

/** Two words that stand at the same place, and what is around them. */
export interface WordPair {
  a: string;
  b: string;
  /** The line, or the readable part, that the first stands in. */
  context: string;
  /** The one that the second stands in. */
  other: string;
}

const maxPairs = 300;
const shownContext = 400;
/** Words as classifiers want them: paths, times, numbers and versions stay whole; letters of other languages are words. */
const word = /[A-Za-z0-9_.+:/~@%\x80-\xff-]+/g;

/** The words that differ between two texts, or between the readable parts of two binary contents. */
export function wordPairs({ a, b }: Pick<Texts, 'a' | 'b'>): WordPair[] {
  const [left, right] = [a.split('\n'), b.split('\n')];
  if (left.length === right.length && left.length < 200_000) return fromLines(left, right);
  const others = new Set(right);
  const own = new Set(left);
  return fromLines(
    left.filter((line) => !others.has(line)),
    right.filter((line) => !own.has(line)),
  );
}

function fromLines(left: readonly string[], right: readonly string[]): WordPair[] {
  const pairs: WordPair[] = [];
  for (let index = 0; index < Math.max(left.length, right.length) && pairs.length < maxPairs; index += 1) {
    const [lineA = '', lineB = ''] = [left[index], right[index]];
    if (lineA !== lineB) pairs.push(...fromLine(lineA, lineB));
  }
  return pairs.slice(0, maxPairs);
}

function fromLine(a: string, b: string): WordPair[] {
  if (a.length === b.length && a.length > 4000) return fromLongLine(a, b);
  const [wordsA, wordsB] = [a.match(word) ?? [], b.match(word) ?? []];
  const lines = { context: a.slice(0, shownContext), other: b.slice(0, shownContext) };
  if (wordsA.length !== wordsB.length || wordsA.length > 4000) {
    const { start, endA, endB } = trimmed(a, b);
    const rest = { a: a.slice(start, endA).slice(0, 400), b: b.slice(start, endB).slice(0, 400), ...lines };
    return [...aligned(wordsA, wordsB).map((pair) => ({ ...pair, ...lines })), rest];
  }
  const pairs = wordsA.flatMap((one, index) =>
    one === wordsB[index] ? [] : { a: one, b: wordsB[index] ?? '', ...lines },
  );
  // Only what is no word differs: blanks, or bytes that cannot be read.
  return pairs.length > 0 ? pairs : [{ a: '', b: '', ...lines }];
}

/** Words that stand in each other's place, where one line has more words than the other. */
function aligned(a: readonly string[], b: readonly string[]): Pick<WordPair, 'a' | 'b'>[] {
  if (a.length > 400 || b.length > 400) return [];
  const changes = diffArrays([...a], [...b], { maxEditLength: 200 }) ?? [];
  return changes.flatMap((change, index) => {
    const next = changes[index + 1];
    if (!change.removed || !next?.added) return [];
    return change.value.slice(0, next.value.length).map((one, at) => ({ a: one, b: next.value[at] ?? '' }));
  });
}

/** Binary content of one length: the readable runs around what differs. */
function fromLongLine(a: string, b: string): WordPair[] {
  const pairs: WordPair[] = [];
  for (let at = 0; at < a.length && pairs.length < maxPairs; at += 1) {
    if (a[at] === b[at]) continue;
    let end = at;
    for (let same = 0; end < a.length && same < 16; end += 1) same = a[end] === b[end] ? same + 1 : 0;
    const [from, to] = [runStart(a, b, at), runEnd(a, b, end)];
    const [wordsA, wordsB] = [a.slice(from, to).match(word) ?? [], b.slice(from, to).match(word) ?? []];
    const runs = {
      context: a.slice(from, to).slice(0, shownContext),
      other: b.slice(from, to).slice(0, shownContext),
    };
    if (wordsA.length === wordsB.length && wordsA.length > 0)
      pairs.push(
        ...wordsA.flatMap((one, index) => (one === wordsB[index] ? [] : { a: one, b: wordsB[index] ?? '', ...runs })),
      );
    else pairs.push({ a: a.slice(at, end), b: b.slice(at, end), ...runs });
    at = end - 1;
  }
  return pairs;
}

const longestRun = 160;

function readable(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0x20 && code < 0x7f;
}

function runStart(a: string, b: string, at: number): number {
  let start = at;
  while (start > 0 && at - start < longestRun && readable(a, start - 1) && readable(b, start - 1)) start -= 1;
  return start;
}

function runEnd(a: string, b: string, at: number): number {
  let end = at;
  while (end < a.length && end - at < longestRun && readable(a, end) && readable(b, end)) end += 1;
  return end;
}

/** What is left between a common beginning and a common end. */
export function trimmed(a: string, b: string): { start: number; endA: number; endB: number } {
  const limit = Math.min(a.length, b.length);
  let start = 0;
  while (start < limit && a[start] === b[start]) start += 1;
  let back = 0;
  while (back < limit - start && a[a.length - 1 - back] === b[b.length - 1 - back]) back += 1;
  return { start, endA: a.length - back, endB: b.length - back };
}
