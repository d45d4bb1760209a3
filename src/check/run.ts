import type { HclFile } from '../caution/hcl/read.ts';
import { counts, type Procfile } from '../caution/procfile.ts';
import { parseRun, type RunCommand, type WrittenWord, writtenWords } from '../caution/words.ts';

/** What is started, whichever file says it. */
export interface Run extends RunCommand {
  path: string;
  /** Of the program. */
  line: number | undefined;
  /** Names of variables that Locksmith gives. */
  secrets: readonly string[];
  /** The line of a variable. */
  lineOf(variable: string): number | undefined;
  /** The words of the command, as they are written; null where a quote stays open. */
  words: readonly PlacedWord[] | null;
  /** What a reader takes for the place of variables, for a mend. */
  place: 'run' | 'env';
}

export interface PlacedWord extends WrittenWord {
  line: number | undefined;
}

/** @returns null when nothing of `run` can be started. */
export function runOfProcfile({ path, parsed }: { path: string; parsed: Procfile }): Run | null {
  const command = parsed.run === null ? null : parseRun(parsed.run);
  if (parsed.run === null || command === null) return null;
  const line = parsed.entries.findLast((entry) => entry.key === 'run' && counts(entry))?.line;
  const words = writtenWords(parsed.run)?.map((word) => ({ ...word, line })) ?? null;
  return { ...command, path, line, secrets: [], lineOf: () => line, words, place: 'run' };
}

/** @returns null when there is no unit that can be started. */
export function runOfHcl({ path, parsed: { legible, places } }: { path: string; parsed: HclFile }): Run | null {
  if (legible === null || legible.command.length === 0) return null;
  const { command, env, secrets } = legible;
  const line = places.get('unit.command')?.line;
  const own = [line];
  for (let place = places.get('unit.args.0'); place; place = places.get(`unit.args.${own.length - 1}`))
    own.push(place.line);
  // Leading assignments are none of the command.
  const lines = own.slice(Math.max(0, own.length - command.length));
  const words = command.map((text, index) => ({ text, written: writtenAs(text), line: lines[index] }));
  return {
    ...{ command, env, path, words },
    line: lines[0],
    secrets: Object.keys(secrets),
    lineOf: (variable) => places.get(`unit.env.${variable}`)?.line ?? line,
    place: 'env',
  };
}

/** As a shell's line would have it: what is an operator alone was meant as one, everything else stands in quotes. */
function writtenAs(text: string): string {
  return /^(?:&&|\|\||[|;&<]|\d*>>?(?:&\d)?)$/.test(text) ? text : `"${text}"`;
}
