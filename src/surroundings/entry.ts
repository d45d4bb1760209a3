import type { Evidence, Finding } from '../app.ts';
import { checkRun } from '../caution/limits.ts';
import type { Detection } from '../languages/language.ts';
import { placeOf } from '../languages/place.ts';
import { printableLine } from '../output.ts';
import type { Command, Said } from './facts.ts';
import { baseName, type Started, withoutImageFolder } from './launch.ts';

/** What runs, as far as it is known. */
export interface EntryDecision {
  entry: string | null;
  entries: string[];
  /** Arguments that today's start command gives the program, and where. */
  args: string[];
  argsFrom: string;
  /** Set when a command decided, and not the language. */
  from: string | null;
  evidence: Evidence[];
  findings: Finding[];
}

/** From the programs that a language found and the commands that start it today to the one that runs. */
export function decideEntry(
  found: Detection,
  started: readonly Started[],
  beside: readonly Command[],
  said: Said,
): EntryDecision {
  const named = started.flatMap(({ launch }) => {
    const entry = found.entries.filter((each) => launch.words.some((word) => names(found, word, each)));
    return entry.length === 1 && entry[0] !== undefined ? [{ entry: entry[0], from: launch.from }] : [];
  });
  const [first] = named;
  const agreed = first !== undefined && named.every(({ entry }) => entry === first.entry) ? first : null;
  const chosen = found.entry === null ? agreed : null;
  const entry = found.entry ?? chosen?.entry ?? null;
  const args = entry === null ? noArguments : argumentsOf(found, entry, started);
  const evidence: Evidence[] = chosen === null ? [] : [{ setting: 'entry', value: chosen.entry, from: chosen.from }];
  if (args.words.length > 0 && !args.left)
    evidence.push({ setting: 'arguments', value: args.words.join(' '), from: args.from });
  // Several processes of one code: which of them this app is, only its owners know.
  const decided = said.entry || said.run;
  const several = beside.length > 0 && !decided;
  // A program that is started with what cannot be taken over, or is not known, does not start without it.
  const lacking = startFindings(found, args);
  const open = several || (lacking.length > 0 && !decided);
  return {
    entry: open ? null : entry,
    entries: [...new Set([...(entry === null ? [] : [entry]), ...found.entries])],
    args: open || args.left ? [] : args.words,
    argsFrom: args.from,
    from: chosen?.from ?? null,
    evidence: open ? [] : evidence,
    findings: [
      ...(beside.length > 0 ? [besideFinding(started[0]?.command, beside, several)] : []),
      ...(said.run ? [] : lacking),
    ],
  };
}

/** Whether a word of a start command names an entry: a file, a module, a package's folder or its program. */
function names({ language }: Detection, word: string, entry: string): boolean {
  if (language === 'python') return word === entry;
  if (language === 'node') return withoutImageFolder(word) === entry;
  return baseName(word) === baseName(entry) && entry !== '.';
}

interface Arguments {
  words: string[];
  from: string;
  /** Whether they cannot be taken over. */
  left: boolean;
}

const noArguments: Arguments = { words: [], from: '', left: false };

/** What follows the program in today's start command, unless its language has read that. */
function argumentsOf(found: Detection, entry: string, started: readonly Started[]): Arguments {
  const none = noArguments;
  const own = found.build.arguments;
  if (found.argumentsLeft !== undefined) return { ...found.argumentsLeft, left: true };
  if (found.language === 'python' || (Array.isArray(own) && own.length > 0)) return none;
  const [first] = started.filter(({ launch }) => launch.words.length > 0 && launch.several === null);
  if (!first || /^(go|cargo|sh|bash|make|npm|yarn|pnpm|air)$/.test(baseName(first.launch.words[0] ?? ''))) return none;
  const only = found.language !== 'node' && found.entries.length <= 1;
  const at = only ? 0 : first.launch.words.findIndex((word) => names(found, word, entry));
  const words = first.launch.words.slice(at + 1);
  if (at < 0) return none;
  return { words, from: first.command.from, left: !isPortable(words) };
}

/** Whether arguments mean the same in the enclave: not what a shell would expand, nor paths of another image. */
export function isPortable(words: readonly string[]): boolean {
  return words.every((word) => !/[$`*{}<>|&;]/.test(word) && checkRun(word) === null && !word.startsWith('/'));
}

/** What the program lacks to start: arguments that cannot be taken over, or the name of a command that nothing gives it. */
function startFindings({ needsCommand }: Detection, { words, from, left }: Arguments): Finding[] {
  if (left) return [argumentsFinding(from, words)];
  return needsCommand === undefined || words.some((word) => /^\w/.test(word)) ? [] : [commandFinding(needsCommand)];
}

function commandFinding(from: string): Finding {
  return {
    id: 'command-needed',
    level: 'warning',
    ...placeOf(from),
    message: 'The program has several commands, and does nothing without the name of one.',
    why: 'No file says which of them is the service.',
    mend: "Give the whole command with --run, such as --run '/app/NAME serve'.",
  };
}

function argumentsFinding(from: string, words: readonly string[]): Finding {
  return {
    id: 'arguments-left',
    level: 'warning',
    ...placeOf(from),
    message: `The program is started with ${printableLine(words.join(' '), 80)}, which is not taken over.`,
    why: 'That names files of another image, or what a shell fills in: there is no shell, and no such file.',
    mend: 'Give the whole command with --run, see that the files it names are in the image, and name its program with --entry.',
  };
}

function besideFinding(main: Command | undefined, beside: readonly Command[], open: boolean): Finding {
  const process = (command: Command) =>
    `${printableLine(command.process, 30)} (${printableLine(command.words.join(' '), 60)})`;
  const others = beside.slice(0, 4).map(process).join(', ');
  return {
    id: 'several-processes',
    level: 'warning',
    ...placeOf(beside[0]?.from ?? ''),
    message: open
      ? `Several processes belong to this service: ${main ? `${process(main)}, ` : ''}${others}.`
      : `These processes do not come along: ${others}.`,
    why: 'An enclave runs one command; what the others do is not done in it.',
    mend: open
      ? 'Name the one that this app is with --entry, or its whole command with --run.'
      : 'Run them elsewhere, or see that the service does without.',
  };
}

/** The options of a language's own detection that a start command does not give itself. */
export function unsaid(own: readonly string[], given: readonly string[]): string[] {
  const option = (word: string) => word.split('=')[0];
  return own.filter((word) => !given.some((other) => option(other) === option(word)));
}
