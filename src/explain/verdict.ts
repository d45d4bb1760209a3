import { judgeBytes, judgeBytesInOrder } from './binary.ts';
import { wordPairs } from './clues/differing.ts';
import type { Hints } from './clues/hints.ts';
import { because, isDuring, isFileTime, maskClues } from './clues/masks.ts';
import { orderCause, reordered, sortedByLanguage } from './clues/order.ts';
import { lookOf } from './clues/words.ts';
import { sameMoments } from './times.ts';
import type { Modes, Texts, Times, Trait } from './trait.ts';
import type { ExplainContext } from './types.ts';

/** What one trait, or all of them, come from. */
export interface Verdict {
  cause: string;
  certain: boolean;
  /** What speaks for it. */
  because: string;
}

export interface Known {
  facts: ExplainContext['facts'];
  hints: Hints;
  carrier: string | undefined;
}

export const unknown: Verdict = { cause: 'unknown', certain: false, because: '' };

/** What a trait comes from. */
export function judge(trait: Trait, known: Known): Verdict {
  const found = judgeKind(trait, known);
  const where = trait.where === '' || found.because === '' ? '' : ` (${trait.where})`;
  return { ...found, because: `${found.because}${where}` };
}

function judgeKind(trait: Trait, known: Known): Verdict {
  switch (trait.kind) {
    case 'mark':
      return {
        cause: trait.cause,
        certain: trait.cause === 'bytecode' || trait.cause === 'build-id',
        because: trait.because,
      };
    case 'order':
      return judgeOrder(trait.items, trait.other, known);
    case 'times':
      return judgeTimes(trait, known);
    case 'modes':
      return judgeModes(trait, known);
    case 'texts':
      return otherwise(judgeTexts(trait, known), trait);
  }
}

function otherwise(verdict: Verdict, { otherwise }: Texts): Verdict {
  return otherwise && !verdict.certain ? { ...otherwise, certain: false } : verdict;
}

function judgeOrder(items: readonly string[], other: readonly string[], { carrier, hints }: Known): Verdict {
  if (sortedByLanguage(items, other)) {
    const because = 'one order is that of the bytes, the other that of a language';
    return { cause: 'locale', certain: false, because };
  }
  const cause = orderCause(items, carrier, hints);
  return { cause, certain: false, because: 'the same items stand in another order' };
}

function judgeTimes({ a, b, step }: Times, { facts: [first, second] }: Known): Verdict {
  if (!first || !second) return { cause: 'wall-clock', certain: false, because: 'two times stand in it' };
  if (isFileTime(a, step, first) && isFileTime(b, step, second))
    return { cause: 'file-time', certain: true, because: because['file-time'] };
  if (isDuring(a, step, first) && isDuring(b, step, second))
    return { cause: 'wall-clock', certain: true, because: because['wall-clock'] };
  return { ...unknown, because: 'times differ, which are neither the builds’ nor the files’' };
}

function judgeModes({ a, b, directory }: Modes, { facts: [first, second] }: Known): Verdict {
  const is = (umask: number, mode: number) =>
    (mode & 0o7777) === ((mode & 0o111 || directory ? 0o777 : 0o666) & ~umask);
  const varied = first && second && first.umask !== second.umask;
  const ours = varied && a >> 12 === b >> 12 && is(first.umask, a) && is(second.umask, b);
  if (ours) return { cause: 'umask', certain: true, because: because.umask };
  return { cause: 'archive-metadata', certain: false, because: 'modes differ' };
}

/** Zones are looked for in what people read. */
const zonesBelow = 1 << 20;
const httpHeader = /^\s*(?:HTTP\/[\d.]+ \d{3}|(?:date|etag|last-modified|server|x-request-id):)/im;

function judgeTexts(texts: Texts, known: Known): Verdict {
  const { a, b, present } = maskClues(texts.a, texts.b, known.facts);
  const [clue, ...more] = present;
  if (clue) {
    const all = present.map((one) => because[one]).join(', and ');
    // A server's clock shows the same time: what it answered is no clock of the build's.
    const answered = clue === 'wall-clock' && known.hints.asks;
    const header = answered && httpHeader.test(`${texts.where}\n${texts.a}`);
    if (header)
      return { cause: 'network', certain: false, because: 'headers of an answer from the network stand in it' };
    return { cause: clue, certain: texts.whole && more.length === 0 && a === b && !answered, because: all };
  }
  if (texts.whole && texts.a.length < zonesBelow && sameMoments(texts.a, texts.b))
    return { cause: 'timezone', certain: true, because: 'the same moments are written in two zones' };
  const order = reordered(texts);
  if (order) return judgeOrder(order.items, order.other, known);
  return judgeBytesInOrder(texts, known) ?? judgeWords(texts, known) ?? judgeBytes(texts, known);
}

/** By the words that differ: what most of those that look like something look like. */
function judgeWords(texts: Texts, known: Known): Verdict | null {
  const around = { hints: known.hints, timed: known.facts[0] !== null && known.facts[1] !== null };
  const looks = new Map<string, { count: number; because: string }>();
  for (const pair of wordPairs(texts)) {
    const [context, other] = [pair.context, pair.other].map((line) => `${texts.where} ${line}`.trim());
    const look = lookOf({ ...pair, context: context ?? '', other: other ?? '' }, around);
    if (!look) continue;
    const digest = look.cause === 'random' && (isDigest(pair.a) || known.hints.digest);
    const cause = digest ? digestCause(known.hints) : look.cause;
    const before = looks.get(cause)?.count ?? 0;
    looks.set(cause, { count: before + 1, because: look.because });
  }
  // Digests of what differs differ as well: they look random, and are no origin.
  if (looks.size > 1) looks.delete('random');
  // Another zone makes another time.
  if (looks.has('timezone')) looks.delete('wall-clock');
  const [best] = [...looks].sort(([, one], [, other]) => other.count - one.count);
  return best ? { cause: best[0], certain: false, because: best[1].because } : null;
}

function isDigest(word: string): boolean {
  return /(?:^|[^0-9a-f])(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})$/i.test(
    word,
  );
}

/** A digest tells nothing of what it is of: the step may. */
function digestCause(hints: Hints): string {
  if (hints.random || hints.key || !hints.digest) return 'random';
  if (hints.hostname) return 'hostname';
  if (hints.fileTimes) return 'file-time';
  return hints.clock ? 'wall-clock' : 'random';
}

/** Causes that are named first when several stand in one file. */
const ranking = [
  ...[
    'cache-bust',
    'generated-key',
    'hostname',
    'build-path',
    'wall-clock',
    'file-time',
    'bytecode',
    'umask',
    'temporary-path',
  ],
  ...[
    'address',
    'process-id',
    'vcs-stamp',
    'build-id',
    'parallel-order',
    'hash-order',
    'directory-order',
    'database-order',
  ],
];

/** What all traits together come from: certain only when each is, of the same origin. */
export function together(verdicts: readonly Verdict[]): Verdict {
  const causes = [...new Set(verdicts.map(({ cause }) => cause))];
  const [only] = causes;
  if (only !== undefined && causes.length === 1) {
    return { cause: only, certain: verdicts.every(({ certain }) => certain), because: reasons(verdicts) };
  }
  const rank = ({ cause, certain }: Verdict) =>
    (cause === 'unknown' ? 300 : cause === 'random' ? 200 : ranking.indexOf(cause) < 0 ? 100 : ranking.indexOf(cause)) -
    (certain ? 50 : 0);
  const sorted = [...verdicts].sort((one, other) => rank(one) - rank(other));
  const best = sorted[0] ?? unknown;
  return { cause: best.cause, certain: false, because: reasons(sorted.filter(({ cause }) => cause !== 'unknown')) };
}

const shownReasons = 3;

function reasons(verdicts: readonly Verdict[]): string {
  const all = [...new Set(verdicts.map((one) => one.because).filter((text) => text !== ''))];
  const more = all.length > shownReasons ? `, and ${all.length - shownReasons} more` : '';
  return all.slice(0, shownReasons).join('; ') + more;
}
