import { splitWords } from '../../caution/words.ts';
import { withPortWord } from '../port-word.ts';

/** A program with its arguments, the variables that are assigned before it, and the files that more are read from. */
export interface Command {
  env: Record<string, string>;
  envFiles: string[];
  words: string[];
}

/** What a shell would expand, redirect, group or run at the same time; a line break would end a Containerfile's line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
const moreThanWords = /[|;<>()$`\x00-\x1f\x7f]|(^|[^&])&([^&]|$)/;

/**
 * The commands of a script that run one after the other (`a && b`), each as words.
 * @returns null when a shell would do more than start programs.
 */
export function commandsOf(line: string): string[][] | null {
  const ported = withPortWord(line);
  if (moreThanWords.test(ported)) return null;
  const words = splitWords(ported);
  if (words === null) return null;
  const commands: string[][] = [[]];
  for (const word of words) {
    if (word === '&&') commands.push([]);
    else commands.at(-1)?.push(word);
  }
  return commands.every((each) => each.length > 0) ? commands : null;
}

/** Programs that start what comes after them, and which of their options take a word. */
const wrappers: Readonly<Record<string, readonly string[]>> = {
  'cross-env': [],
  'cross-env-shell': [],
  env: [],
  exec: [],
  npx: ['-p', '--package'],
  tini: [],
  'dumb-init': [],
  dotenv: ['-e', '-v', '-c', '-p'],
  dotenvx: ['-f', '-e', '--env-file'],
  'env-cmd': ['-f', '--file', '-e', '--environments'],
};

const envFileOptions = new Set(['-e', '-f', '--file', '--env-file']);
const readsFiles = new Set(['dotenv', 'dotenvx', 'env-cmd']);

/**
 * Takes assignments and programs that only prepare an environment (`cross-env`, `dotenv`, `npx`) off the front.
 * @returns null for a variable whose name objects take for something else: that is no setting of a service.
 */
export function unwrapped(given: readonly string[]): Command | null {
  const rest = [...given];
  const command: Command = { env: {}, envFiles: [], words: rest };
  for (let word = rest[0]; word !== undefined; word = rest[0]) {
    const assignment = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(word);
    if (assignment?.[1] === '__proto__') return null;
    if (assignment) {
      command.env[assignment[1] ?? ''] = assignment[2] ?? '';
      rest.shift();
      continue;
    }
    if (!Object.hasOwn(wrappers, word)) break;
    rest.shift();
    takeWrapperOptions(word, rest, command);
  }
  return command;
}

function takeWrapperOptions(wrapper: string, rest: string[], command: Command): void {
  if (wrapper === 'dotenvx' && rest[0] === 'run') rest.shift();
  const before = command.envFiles.length;
  while (rest[0]?.startsWith('-')) {
    const option = rest.shift() ?? '';
    if (option === '--') break;
    const [name = '', inline] = option.split('=', 2);
    const value = inline ?? (wrappers[wrapper]?.includes(name) ? rest.shift() : undefined);
    if (readsFiles.has(wrapper) && envFileOptions.has(name) && value !== undefined) command.envFiles.push(value);
  }
  if (readsFiles.has(wrapper) && command.envFiles.length === before) command.envFiles.push('.env');
}

/** Another script that a command calls, and in which folder or member of the workspace it is looked for. */
export interface Call {
  script: string;
  /** Folder below the one of the calling script. */
  folder: string | null;
  /** Name or folder of a member of the workspace. */
  member: string | null;
}

const folderOptions = new Set(['--prefix', '-C', '--dir', '--cwd']);
const memberOptions = new Set(['-w', '--workspace', '-F', '--filter']);

/** What `npm run web -w api`, `pnpm --filter api start`, `yarn workspace api web` or `node --run web` call. */
export function callOf(words: readonly string[]): Call | null {
  const [program = '', ...rest] = words;
  const call: Call = { script: '', folder: null, member: null };
  if (program === 'node') return rest[0] === '--run' && rest[1] ? { ...call, script: rest[1] } : null;
  if (!managers.has(program)) return null;
  const plain = plainWords(program, rest, call);
  if (program === 'yarn' && plain[0] === 'workspace') call.member = plain.splice(0, 2)[1] ?? null;
  if (plain[0] === 'run' || plain[0] === 'run-script') plain.shift();
  const [script] = plain;
  return script === undefined ? null : { ...call, script };
}

const managers = new Set(['npm', 'pnpm', 'yarn', 'bun']);

/** The words that are no options; what options say of a folder or a member goes into the call. */
function plainWords(program: string, rest: string[], call: Call): string[] {
  const plain: string[] = [];
  for (let word = rest.shift(); word !== undefined && word !== '--'; word = rest.shift()) {
    const [name = '', inline] = word.split('=', 2);
    // pnpm's -w is the root itself, npm's takes a member.
    const isMember = memberOptions.has(name) && !(program === 'pnpm' && name === '-w');
    if (folderOptions.has(name)) call.folder = inline ?? rest.shift() ?? null;
    else if (isMember) call.member = inline ?? rest.shift() ?? null;
    else if (!word.startsWith('-')) plain.push(word);
  }
  return plain;
}

/** `pnpm exec next start`, `yarn next start`: the words after the manager, when they are no script of its. */
export function calledProgram(words: readonly string[]): string[] | null {
  const [program = '', ...rest] = words;
  if (program === 'bun' && rest[0] === 'run') rest.shift();
  if (program === 'npm' && rest[0] !== 'exec') return null;
  if (!managers.has(program)) return null;
  if (rest[0] === 'exec' || rest[0] === 'x') rest.shift();
  if (rest[0] === '--') rest.shift();
  if (program === 'bun' && /\.[cm]?[jt]sx?$/.test(rest[0] ?? '')) return null;
  return rest[0] === undefined || rest[0].startsWith('-') ? null : rest;
}

/** The commands that run side by side; null when the program is not one that does so. */
export function sideBySide(words: readonly string[]): string[] | null {
  const [program = '', ...rest] = words;
  if (
    program !== 'concurrently' &&
    program !== 'run-p' &&
    !(program === 'npm-run-all' && rest.some((w) => /^(-p|--parallel)$/.test(w)))
  )
    return null;
  const takes = new Set([
    '-n',
    '--names',
    '-c',
    '--prefix-colors',
    '-p',
    '--prefix',
    '-s',
    '--success',
    '-m',
    '--max-processes',
  ]);
  const commands: string[] = [];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (program === 'concurrently' && takes.has(word)) rest.shift();
    else if (!word.startsWith('-')) commands.push(word);
  }
  return commands.map((each) =>
    program === 'concurrently' ? each.replace(/^(npm|pnpm|yarn|bun|node):/, '$1 run ') : `npm run ${each}`,
  );
}
