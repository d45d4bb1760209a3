import type { Containerfile, Stage } from '../../verify/containerfile.ts';
import { type Build, lineage, scriptOf, type Written } from './build.ts';

/**
 * What a RUN runs, for looking at commands: without comments, with its lines joined as the shell has them, and the words
 * of the JSON form apart.
 */
export function commandsOf(instruction: Written): string {
  const script = scriptOf(instruction);
  return (execWords(script)?.join(' ') ?? script)
    .replaceAll(/\\[ \t]*\r?\n(?:[ \t]*#.*\r?\n)*/g, ' ')
    .replaceAll(/^[ \t]*#.*$/gm, '')
    .replaceAll(/(\s)#\s.*$/gm, '$1');
}

/** The words of `RUN ["…"]`; null for a script. */
function execWords(script: string): string[] | null {
  if (!/^\s*\[/.test(script)) return null;
  try {
    const words: unknown = JSON.parse(script.replaceAll(/\\[ \t]*\r?\n/g, ' '));
    return Array.isArray(words) && words.every((word) => typeof word === 'string') ? words : null;
  } catch {
    return null; // brackets that are no JSON: a shell reads them
  }
}

/** Whether a RUN is read by a shell that its SHELL, or the engine's, names. */
export function usesShell(instruction: Written): boolean {
  return execWords(scriptOf(instruction)) === null;
}

const known = new WeakMap<Containerfile, Map<number, ReadonlyMap<string, string>>>();

/** What a stage's variables hold where that stands in the file: of ENV, and defaults of ARG. */
export function valuesOf(build: Build, stage: Stage): ReadonlyMap<string, string> {
  const of = known.get(build.file) ?? new Map<number, ReadonlyMap<string, string>>();
  known.set(build.file, of);
  const values = of.get(stage.index) ?? readValues(build, stage);
  of.set(stage.index, values);
  return values;
}

function readValues(build: Build, stage: Stage): ReadonlyMap<string, string> {
  const globals = new Map<string, string>();
  const values = new Map<string, string>();
  setIn(globals, build, -1, globals);
  for (const { index } of lineage(build, stage).reverse()) setIn(values, build, index, globals);
  return values;
}

function setIn(values: Map<string, string>, { instructions }: Build, stage: number, globals: Map<string, string>) {
  const own = instructions.filter((one) => one.stage === stage && (one.keyword === 'ENV' || one.keyword === 'ARG'));
  for (const { name, value } of own.flatMap(({ pairs }) => pairs)) {
    const said = value ?? globals.get(name);
    if (said !== undefined) values.set(name, withValues(said, values));
  }
}

/** A text with the variables in it that are known; long ones are left as they are. */
export function withValues(text: string, values: ReadonlyMap<string, string>): string {
  const full = text.replaceAll(/\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})/g, (written, plain, braced) => {
    return values.get(plain ?? braced) ?? written;
  });
  return full.length > 65_536 ? text : full;
}

/** Where a command begins: a line, a list, a substitution, after words of the shell, and after assignments. */
const start =
  String.raw`(?:^|[;&|({!\n` +
  '`' +
  String.raw`]|\b(?:then|do|else|exec|env|time|xargs)\s)[ \t]*(?:[A-Za-z_]\w*=\S*[ \t]+)*(?:\/[\w/.-]*\/)?`;

/** A program where it is run, rather than named, with its arguments up to the next command. */
export function runs(program: string): RegExp {
  return new RegExp(`${start}${program}(?=$|[\\s;&|)\`"'])([^;&|)\`\\n]*)`, 'g');
}

/** Programs that lay out files, and whose result no variable of a compiler changes. */
const plain = new Set(
  'mkdir echo printf cp mv ln chmod chown install touch cat rm rmdir tee true test [ cd pwd set export find ls uname basename dirname readlink tr cut head tail sort wc grep sed awk sha256sum adduser addgroup useradd groupadd deluser usermod'.split(
    ' ',
  ),
);

/** Whether a script only lays out files: makes folders, writes texts, copies, looks. */
export function laysOutFiles(commands: string): boolean {
  const script = commands.replaceAll(/'[^']*'|"(?:\\.|[^"\\])*"/g, '""');
  const [first = ''] = script.split('\n', 1);
  // Of a heredoc that a program reads, what the lines are is not known.
  const mark = /<<-?["']?(\w*)/.exec(first)?.[1];
  if (mark !== undefined && !/^\s*<</.test(first)) return false;
  const words = script
    .split(/&&|\|\||[;&|\n(){}]/)
    .map((one) => one.trim().replace(/^(?:(?:then|do|else|if|!)\s+)+|^(?:[A-Za-z_]\w*=\S*\s+)+/g, ''))
    .map((one) => one.split(/\s+/, 1)[0] ?? '')
    .filter((word) => word !== '' && !word.startsWith('<<') && word !== mark && word !== 'fi' && word !== 'done');
  return words.every((word) => /^\w+=/.test(word) || plain.has(word.replace(/^\/(?:usr\/)?s?bin\//, '')));
}

/** What only fetches what a lock file, or a digest, names: nothing is compiled or packed by it. */
const fetchers =
  /\b(?:cargo (?:fetch|vendor|metadata|--?V\w*)|rustc -V|go mod (?:download|verify|vendor)|npm (?:ci|audit|install|i)|pnpm (?:fetch|install|i)|yarn install|bun install|git (?:clone|fetch|checkout|submodule|rev-parse)|curl|wget)\b[^;&|\n]*/g;

/** The commands of a step without those that only fetch. */
export function withoutFetches(instruction: Written): string {
  return commandsOf(instruction).replaceAll(fetchers, '');
}
