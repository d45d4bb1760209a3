import { counts, type ProcfileEntry, type ProcfileKey } from '../../caution/procfile.ts';
import { type Change, type Mend, rewrite } from '../../fix/block.ts';
import { printableLine } from '../../output.ts';
import type { Subject } from '../subject.ts';

/** The platform reads memory and cpus as unsigned numbers of 32 bits. */
export const largestNumber = 0xffff_ffff;

export interface PlacedEntry extends ProcfileEntry {
  path: string;
}

/** Every `key: value` line of the Procfile. */
export function entriesOf({ procfile }: Subject): PlacedEntry[] {
  return procfile?.parsed.entries.map((entry) => ({ ...entry, path: procfile.path })) ?? [];
}

/** The line of a key that counts: the last one with a value that is taken, else the last one. */
export function entryOf(subject: Subject, key: ProcfileKey): PlacedEntry | null {
  const entries = entriesOf(subject).filter((entry) => entry.key === key);
  return entries.findLast(counts) ?? entries.at(-1) ?? null;
}

/** A value from outside, as a message shows it. */
export function shownValue(value: string): string {
  return value === '' ? 'empty' : `"${printableLine(value, 60)}"`;
}

/** A change of one line. */
export function fixLine(line: number, change: Change): Mend {
  return { lines: [line, line], change };
}

/** Puts another value behind the colon of a line. */
export function replaceValue(line: number, value: string, wanted: string): Mend {
  return fixLine(
    line,
    rewrite((text) => {
      const colon = text.indexOf(':');
      return text.slice(0, colon + 1) + text.slice(colon + 1).replace(value, () => wanted);
    }),
  );
}
