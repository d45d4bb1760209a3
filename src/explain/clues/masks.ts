import { maskTimes } from '../times.ts';
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

/** Masks what was varied, one kind after the other: when the contents are then the same, it makes all the difference. */
export function maskClues(a: string, b: string, [first, second]: ExplainContext['facts']): Masked {
  const present: Clue[] = [];
  if (!first || !second) return { a, b, present };
  let masked: [string, string] = [a, b];
  for (const clue of clues) {
    if (masked[0] === masked[1]) break;
    const next: [string, string] = [mask(masked[0], clue, first, second), mask(masked[1], clue, second, first)];
    if (next[0] === masked[0] || next[1] === masked[1]) continue;
    present.push(clue);
    masked = next;
  }
  return { a: masked[0], b: masked[1], present };
}

/** Whether a text holds something of its own build: of a content that only one build has, nothing else can be said. */
export function cluesIn(text: string, own: BuildFacts | null, other: BuildFacts | null): Clue[] {
  if (!own || !other) return [];
  return clues.filter((clue) => clue !== 'umask' && mask(text, clue, own, other) !== text);
}

function mask(text: string, clue: Clue, own: BuildFacts, other: BuildFacts): string {
  switch (clue) {
    case 'cache-bust':
      return own.cacheBust ? text.replaceAll(own.cacheBust, '<bust>') : text;
    case 'hostname':
      return text.replaceAll(own.hostname, '<host>');
    case 'build-path':
      return text.replaceAll(own.context, '<path>');
    case 'wall-clock':
      return maskTimes(text, (at, step) => isDuring(at, step, own), [own, other]);
    case 'file-time':
      return maskTimes(text, (at, step) => isFileTime(at, step, own), [own, other]);
    case 'umask':
      return own.umask === other.umask ? text : maskModes(text, own.umask);
  }
}

/** Whether a time lies in a build. Builds side by side share most of theirs: what tells them apart is each one's own. */
export function isDuring(at: number, step: number, { began, ended }: Pick<BuildFacts, 'began' | 'ended'>): boolean {
  return at + step - 1 >= began && at <= ended;
}

export function isFileTime(at: number, step: number, { fileTime }: Pick<BuildFacts, 'fileTime'>): boolean {
  return at <= fileTime.getTime() && fileTime.getTime() < at + step;
}

/** `-rw-r--r--`, `0644`, `644`: as the checkout's files and folders have them under its umask. */
function maskModes(text: string, umask: number): string {
  const modes = [0o666, 0o777].map((all) => all & ~umask);
  const spelled = modes.map(spellMode);
  return text
    .replace(/(?<![\w-])([-dl])([rwxst-]{9})(?![\w-])/g, (whole, type: string, mode: string) =>
      spelled.includes(mode) ? `${type}<mode>` : whole,
    )
    .replace(/(?<![\w.])(0?o?(?:100)?)([0-7]{3})(?![\w.])/g, (whole, lead: string, digits: string) =>
      modes.includes(Number.parseInt(digits, 8)) ? `${lead}<mode>` : whole,
    );
}

function spellMode(mode: number): string {
  return [6, 3, 0]
    .map((shift) => (mode >> shift) & 7)
    .map((bits) => `${bits & 4 ? 'r' : '-'}${bits & 2 ? 'w' : '-'}${bits & 1 ? 'x' : '-'}`)
    .join('');
}
