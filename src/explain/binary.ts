import { isText } from './carriers/index.ts';
import { because } from './clues/masks.ts';
import { momentAt, stretches } from './clues/moments.ts';
import { orderCause, reorderedBytes } from './clues/order.ts';
import { looksRandom } from './clues/values.ts';
import type { Texts } from './trait.ts';
import type { ExplainContext } from './types.ts';
import type { Known, Verdict } from './verdict.ts';

const unknown: Verdict = { cause: 'unknown', certain: false, because: '' };
const random: Verdict = { cause: 'random', certain: false, because: 'it looks random' };

/** What binary contents come from: numbers that hold a time, the same bytes at other places, or bytes as chance puts them. */
export function judgeBytes(texts: Texts, known: Known): Verdict {
  const { a, b } = texts;
  if (isText(a) && isText(b)) return looksRandom(a) && looksRandom(b) ? random : unknown;
  const moment = judgeMoments(texts, known.facts);
  if (moment) return moment;
  const [left] = differing(a, b);
  return left.length >= 6 && new Set(left).size > 4 ? random : unknown;
}

/** Binary contents of one length that hold the same bytes at other places, as reordered strings do. */
export function judgeBytesInOrder({ a, b }: Texts, known: Known): Verdict | null {
  if (a.length !== b.length || (isText(a) && isText(b)) || !reorderedBytes(...differing(a, b))) return null;
  const cause = orderCause([], known.carrier, known.hints);
  return { cause, certain: false, because: 'the same bytes stand in another order' };
}

/** Certain when each place in which the contents differ is a number that holds a moment of its own build. */
function judgeMoments({ a, b, whole }: Texts, [first, second]: ExplainContext['facts']): Verdict | null {
  const places = stretches(a, b);
  if (!first || !second || !places) return null;
  const moments = places.map((place) => momentAt(a, b, place, [first, second]));
  const [moment, ...more] = new Set(moments.filter((one) => one !== null));
  if (!moment) return null;
  const certain = whole && more.length === 0 && !moments.includes(null);
  return { cause: moment, certain, because: `${because[moment]}, as a number` };
}

const maxBytes = 16_384;

/** The bytes that differ, as far as both contents are as long, each with some of its neighbours. */
function differing(a: string, b: string): [string, string] {
  const [left, right]: [string[], string[]] = [[], []];
  const size = Math.min(a.length, b.length);
  for (let at = 0; at < size && left.length < maxBytes; at += 1) {
    if (a[at] === b[at]) continue;
    let end = at + 1;
    for (let same = 0; end < size && same < 4; end += 1) same = a[end] === b[end] ? same + 1 : 0;
    left.push(a.slice(at, end));
    right.push(b.slice(at, end));
    at = end - 1;
  }
  return [left.join(''), right.join('')];
}
