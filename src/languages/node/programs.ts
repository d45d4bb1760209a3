import { portWord } from '../port-word.ts';
import { inside } from '../scan.ts';
import { fileOf } from './files.ts';
import { isRecord, textAt } from './manifest.ts';
import { parseJsonc, readTsconfig } from './tsconfig.ts';
import type { Member } from './workspace.ts';

/** A file that node runs, and how. */
export interface Program {
  /** Relative to the member's folder; it may be one that the build script makes. */
  file: string;
  /** Options for node itself. */
  options: string[];
  args: string[];
  envFiles: string[];
  /** What the file is run by, when it is not node itself. */
  loader: 'tsx' | 'ts-node' | null;
  /** A framework whose command it is. */
  framework: 'nest' | 'next' | 'nuxt' | null;
  /** It needs the program Bun. */
  bun: boolean;
  /** How a person runs it who changes the code: watching, or without compiling. */
  development: boolean;
}

/** Options that take the next word. Source: https://nodejs.org/docs/latest-v24.x/api/cli.html and each runner's help */
const takesWord = new Set(
  '-r --require --import -C --conditions --loader --experimental-loader --tsconfig -P --project -x --exec -e --ext -i --ignore -O --compilerOptions --delay --title'.split(
    ' ',
  ),
);
const loadsModule = new Set(['-r', '--require', '--import', '--loader', '--experimental-loader']);

/** Options for developing, and those that Node 24 no longer needs for TypeScript. */
const leftOut =
  /^--(watch.*|inspect.*|env-file.*|experimental-strip-types|experimental-transform-types|no-warnings)(=.*)?$/;

const runners: Readonly<Record<string, Program['loader'] | 'nodemon'>> = {
  node: null,
  nodemon: 'nodemon',
  tsx: 'tsx',
  'ts-node': 'ts-node',
  'ts-node-esm': 'ts-node',
  'ts-node-dev': 'ts-node',
  tsnd: 'ts-node',
};

const nothing = {
  options: [],
  args: [],
  envFiles: [],
  loader: null,
  framework: null,
  bun: false,
  development: false,
} satisfies Omit<Program, 'file'>;

/** What words start, when it is a program that is known. */
export function programOf(member: Member, words: readonly string[]): Program | null {
  const [name = '', ...rest] = words;
  if (Object.hasOwn(runners, name)) return fileProgram(member, name, rest);
  switch (name) {
    case 'bun':
      return bunProgram(member, rest);
    case 'nest':
      return rest[0] === 'start' ? nestProgram(member) : null;
    case 'next':
      return rest[0] === 'start' ? nextProgram(rest.slice(1)) : null;
    case 'nuxt':
    case 'nuxi':
      return ['start', 'preview'].includes(rest[0] ?? '')
        ? { ...nothing, file: '.output/server/index.mjs', framework: 'nuxt' }
        : null;
    case 'fastify':
      return rest[0] === 'start' ? fastifyProgram(rest) : null;
    case 'pm2-runtime':
    case 'pm2':
      return pm2Program(member, rest);
    default:
      return null;
  }
}

function fileProgram(member: Member, name: string, given: readonly string[]): Program | null {
  const rest = [...given];
  if (name === 'tsx' && rest[0] === 'watch') rest.shift();
  const taken = takeOptions(rest, name);
  const named = rest.shift();
  const file = named === undefined ? null : fileOf(member.project, member.manifest, named);
  if (file === null) return null;
  const runner = runners[name] ?? null;
  const loader = runner === null || runner === 'nodemon' ? taken.loader : runner;
  const development = runner !== null || given.some((word) => word.startsWith('--watch'));
  return { ...nothing, ...taken, file, args: rest, loader, development };
}

/** Takes options off the front of the words. Those of other runners are their own affair, but for modules to load. */
function takeOptions(rest: string[], name: string): Pick<Program, 'options' | 'envFiles' | 'loader'> {
  const options: string[] = [];
  const envFiles: string[] = [];
  let loader: Program['loader'] = null;
  while (rest[0]?.startsWith('-')) {
    const option = rest.shift() ?? '';
    const value = takesWord.has(option) || /^--env-file(-if-exists)?$/.test(option) ? rest.shift() : undefined;
    if (option.startsWith('--env-file')) envFiles.push(value ?? option.replace(/^[^=]*=?/, ''));
    const loads = loaderOption(option, value);
    loader = loads ?? loader;
    const dropped = leftOut.test(option) || (name !== 'node' && !loadsModule.has(option));
    if (loads === null && !dropped) options.push(option, ...(value === undefined ? [] : [value]));
  }
  return { options, envFiles, loader };
}

/** `--import tsx`, `-r ts-node/register`, or nodemon's `--exec ts-node`. */
function loaderOption(option: string, value: string | undefined): Program['loader'] {
  if (value !== undefined && /^(-x|--exec)$/.test(option)) return loaderIn(value);
  if (value === 'ts-node/register') return 'ts-node';
  return /^tsx(\/cjs|\/esm)?$/.test(value ?? option.replace(/^--(import|require)=/, '')) ? 'tsx' : null;
}

function loaderIn(words: string): Program['loader'] {
  const found = /\b(tsx|ts-node)\b/.exec(words)?.[1];
  return found === 'tsx' || found === 'ts-node' ? found : null;
}

function bunProgram(member: Member, given: readonly string[]): Program | null {
  const rest = given.filter((word) => word !== 'run' && !word.startsWith('-'));
  const [named, ...args] = rest;
  const file = named === undefined ? null : fileOf(member.project, member.manifest, named);
  return file === null || !/\.[cm]?[jt]sx?$/.test(file) ? null : { ...nothing, file, args, bun: true };
}

/**
 * `nest start` compiles, and runs what comes out; a script that runs the output itself is to be believed first.
 * Source: https://docs.nestjs.com/cli/monorepo#cli-properties
 */
function nestProgram(member: Member): Program {
  const { outDir, rootDir } = readTsconfig(member.project) ?? { outDir: 'dist', rootDir: 'src' };
  const file = rootDir === '' && member.project.has('src/main.ts') ? 'src/main.js' : 'main.js';
  return { ...nothing, file: `${outDir}/${file}`, framework: 'nest', development: true };
}

const nextTakesWord = new Set(['-p', '--port', '-H', '--hostname', '--keepAliveTimeout']);

/**
 * The port that `$PORT` gives is left to the variable, which one can still change.
 * Source: https://nextjs.org/docs/app/api-reference/cli/next#next-start-options
 * @returns null when it starts another folder than the one of package.json.
 */
function nextProgram(given: readonly string[]): Program | null {
  const rest = [...given];
  const args = ['start'];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (!word.startsWith('-')) return null;
    const [name = '', inline] = word.split('=', 2);
    const value = nextTakesWord.has(name) ? (inline ?? rest.shift()) : undefined;
    if (value === undefined) args.push(word);
    else if (value !== portWord) args.push(name, value);
  }
  return { ...nothing, file: 'node_modules/next/dist/bin/next', args, framework: 'next' };
}

function fastifyProgram(rest: readonly string[]): Program | null {
  const args = rest.map((word) =>
    /\.[cm]?js$/.test(word) && !word.startsWith('-') ? (inside('', word) ?? word) : word,
  );
  return { ...nothing, file: 'node_modules/fastify-cli/cli.js', args };
}

/** Source: https://pm2.keymetrics.io/docs/usage/docker-pm2-nodejs/ */
function pm2Program(member: Member, rest: readonly string[]): Program | null {
  const words = rest.filter((word) => !word.startsWith('-'));
  const said = words[0] === 'start' ? words[1] : words[0];
  const named = said?.endsWith('.json') ? pm2Script(member, said) : said;
  if (named === undefined || named === null || /\.ya?ml$|ecosystem|\.config\./.test(named)) return null;
  const file = fileOf(member.project, member.manifest, named);
  return file === null ? null : { ...nothing, file };
}

/** The one program of a file of pm2's; of several none is certain, and a file in JavaScript would have to be run. */
function pm2Script({ project }: Member, path: string): string | null {
  const file = inside('', path);
  const value = file === null ? null : parseJsonc(project.read(file) ?? '');
  const apps: unknown[] = Array.isArray(value?.apps) ? value.apps : [value];
  return apps.length === 1 && isRecord(apps[0]) ? textAt(apps[0], 'script') : null;
}
