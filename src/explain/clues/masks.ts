import { dayMs, maskTimes, type Near } from '../times.ts';
import type { BuildFacts, ExplainContext } from '../types.ts';

/** What each build left of its own in a content: known to the byte, for it was varied, or measured. */
export type Clue = 'cache-bust' | 'hostname' | 'build-path' | 'wall-clock' | 'file-time' | 'umask';

export const because: Record<Clue, string> = {
  'cache-bust': "each build's own value of CACHEBUST stands in it",
  hostname: "each build's own host name stands in it",
  'build-path': "each build's own path stands in it",
  'wall-clock': "each build's own time stands in it",
  'file-time': "the times of each checkout's files stand in it",
  umask: 'the modes that each checkout had stand in it',
};

const clues: readonly Clue[] = ['cache-bust', 'hostname', 'build-path', 'wall-clock', 'file-time', 'umask'];

export interface Masked {
  /** The contents with each clue masked in both. */
  a: string;
  b: string;
  /** Clues that stand in both. */
  present: Clue[];
}

/**
 * Masks what was varied, one kind after the other: when the contents are then the same, it makes all the difference.
 * What stands in both alike tells them not apart: it is no clue, and stays.
 */
export function maskClues(a: string, b: string, [first, second]: ExplainContext['facts']): Masked {
  const present: Clue[] = [];
  if (!first || !second) return { a, b, present };
  let masked: [string, string] = [a, b];
  for (const clue of clues) {
    if (masked[0] === masked[1]) break;
    const next = [mask(masked[0], clue, first, second), mask(masked[1], clue, second, first)] as const;
    if (next.some(({ taken }) => taken.length === 0)) continue;
    if (next[0].taken.join('\0') === next[1].taken.join('\0')) continue;
    present.push(clue);
    masked = [next[0].text, next[1].text];
  }
  return { a: masked[0], b: masked[1], present };
}

/**
 * What a text holds of its own build: of a content or a name that only one has, nothing else can be said. Builds side
 * by side share most of their time, and all of their day: a moment counts, a date does not.
 */
export function cluesIn(text: string, own: BuildFacts | null, other: BuildFacts | null): Clue[] {
  if (!own || !other) return [];
  return clues.filter((clue) => {
    if (clue === 'umask') return false;
    if (clue === 'wall-clock')
      return maskMoments(text, (at, step) => step < dayMs && isDuring(at, step, own), [own, other]).taken.length > 0;
    const theirs = new Set(mask(text, clue, other, own).taken);
    return mask(text, clue, own, other).taken.some((word) => !theirs.has(word));
  });
}

interface Mask {
  text: string;
  /** The words that were masked, in their order. */
  taken: string[];
}

function mask(text: string, clue: Clue, own: BuildFacts, other: BuildFacts): Mask {
  switch (clue) {
    case 'cache-bust':
      return own.cacheBust ? maskWord(text, own.cacheBust, '<bust>') : { text, taken: [] };
    case 'hostname':
      return maskWord(text, own.hostname, '<host>');
    case 'build-path':
      return maskWord(text, own.context, '<path>');
    case 'wall-clock':
      return maskMoments(text, (at, step) => isDuring(at, step, own), [own, other]);
    case 'file-time':
      return maskMoments(text, (at, step) => isFileTime(at, step, own), [own, other]);
    case 'umask':
      return own.umask === other.umask ? { text, taken: [] } : maskModes(text, own.umask);
  }
}

function maskWord(text: string, word: string, mark: string): Mask {
  if (word === '') return { text, taken: [] };
  const parts = text.split(word);
  return { text: parts.join(mark), taken: Array.from({ length: parts.length - 1 }, () => word) };
}

function maskMoments(text: string, belongs: (at: number, step: number) => boolean, near: Near): Mask {
  const taken: string[] = [];
  const masked = maskTimes(text, belongs, near, (word) => taken.push(word));
  return { text: masked, taken };
}

/** Whether a time lies in a build. Builds side by side share most of theirs: what tells them apart is each one's own. */
export function isDuring(at: number, step: number, { began, ended }: Pick<BuildFacts, 'began' | 'ended'>): boolean {
  return at + step - 1 >= began && at <= ended;
}

export function isFileTime(at: number, step: number, { fileTime }: Pick<BuildFacts, 'fileTime'>): boolean {
  return at <= fileTime.getTime() && fileTime.getTime() < at + step;
}

/** `-rw-r--r--`, `0644`, `644`: as the checkout's files and folders have them under its umask. */
function maskModes(text: string, umask: number): Mask {
  const modes = [0o666, 0o777].map((all) => all & ~umask);
  const spelled = modes.map(spellMode);
  const taken: string[] = [];
  const masked = text
    .replace(/(?<![\w-])([-dl])([rwxst-]{9})(?![\w-])/g, (whole, type: string, mode: string) => {
      if (!spelled.includes(mode)) return whole;
      taken.push(mode);
      return `${type}<mode>`;
    })
    .replace(/(?<![\w.])(0?o?(?:100)?)([0-7]{3})(?![\w.])/g, (whole, lead: string, digits: string) => {
      if (!modes.includes(Number.parseInt(digits, 8))) return whole;
      taken.push(digits);
      return `${lead}<mode>`;
    });
  return { text: masked, taken };
}

function spellMode(mode: number): string {
  return [6, 3, 0]
    .map((shift) => (mode >> shift) & 7)
    .map((bits) => `${bits & 4 ? 'r' : '-'}${bits & 2 ? 'w' : '-'}${bits & 1 ? 'x' : '-'}`)
    .join('');
}
