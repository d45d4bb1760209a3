import { splitWords } from '../../caution/words.ts';
import type { Project } from '../language.ts';
import { inside } from '../scan.ts';
import { type Manifest, recordAt, textAt } from './manifest.ts';

/** What a script of package.json starts, when that can be read off it. */
export interface Start {
  /** The file that runs, relative to the service; it may be one that the build script makes. */
  file: string;
  /** Options for node itself, paths made absolute for the image. */
  options: string[];
  /** Arguments after the file. */
  args: string[];
  /** Assignments in front of the command. */
  env: Record<string, string>;
  /** The script that says so. */
  script: string;
  /** Files of variables (`--env-file`) that the image does not have. */
  envFiles: string[];
}

/** The scripts that say how the service runs in production, the one to believe first. */
const startScripts = ['start', 'start:prod', 'start:production', 'serve'];

/** Options of node that take the next word. Source: https://nodejs.org/docs/latest-v24.x/api/cli.html */
const takesWord = new Set(['-r', '--require', '--import', '-C', '--conditions', '--loader', '--experimental-loader']);
const loadsModule = new Set(['-r', '--require', '--import', '--loader', '--experimental-loader']);

/** Options for developing, and those that Node 24 no longer needs for TypeScript. */
const leftOut = /^--(watch.*|inspect.*|env-file.*|experimental-strip-types|no-warnings)(=.*)?$/;

/** Programs that run a file as node would, in place of it. */
const runners = new Set(['node', 'nodemon', 'tsx', 'ts-node', 'ts-node-esm']);

/** The first script that starts a file with node, or with something that runs a file like node. */
export function readStart(project: Project, manifest: Manifest): Start | null {
  const scripts = recordAt(manifest.value, 'scripts');
  for (const script of startScripts) {
    const words = wordsOf(scripts, script, 0);
    const start = words === null ? null : startOf(project, manifest, script, words);
    if (start !== null) return start;
  }
  return null;
}

/** The words of a script; of `npm run other`, those of the other. Null when a shell would do more than start a program. */
function wordsOf(scripts: Record<string, unknown>, script: string, depth: number): string[] | null {
  const line = textAt(scripts, script);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a line break in a value would end a Containerfile's line
  if (line === null || depth > 4 || /[|&;<>()$`\x00-\x1f\x7f]/.test(line)) return null;
  const words = splitWords(line);
  if (words === null) return null;
  const called = words[0] === 'npm' && words[1] === 'run' && words.length === 3 ? words[2] : undefined;
  return called === undefined ? words : wordsOf(scripts, called, depth + 1);
}

function startOf(project: Project, manifest: Manifest, script: string, words: string[]): Start | null {
  const env: Record<string, string> = {};
  const rest = [...words];
  for (let word = rest[0]; word !== undefined; word = rest[0]) {
    const assignment = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(word);
    // A key that objects take for something else is no setting of a service.
    if (assignment?.[1] === '__proto__') return null;
    if (assignment) env[assignment[1] ?? ''] = assignment[2] ?? '';
    else if (!['cross-env', 'cross-env-shell', 'env', 'exec', 'npx'].includes(word)) break;
    rest.shift();
  }
  const program = rest.shift();
  if (program === undefined || !runners.has(program)) return null;
  const { options, envFiles } = takeOptions(rest, program === 'node');
  const named = rest.shift();
  const file = named === undefined ? null : fileOf(project, manifest, named);
  if (file === null) return null;
  return { file, options, args: rest, env, script, envFiles };
}

/** Takes node's options off the front of the words. Those of other runners are their own affair. */
function takeOptions(rest: string[], isNode: boolean): { options: string[]; envFiles: string[] } {
  const options: string[] = [];
  const envFiles: string[] = [];
  while (rest[0]?.startsWith('-')) {
    const option = rest.shift() ?? '';
    const value = takesWord.has(option) || /^--env-file(-if-exists)?$/.test(option) ? rest.shift() : undefined;
    if (option.startsWith('--env-file')) envFiles.push(value ?? option.replace(/^[^=]*=?/, ''));
    if (!isNode || leftOut.test(option)) continue;
    options.push(option);
    if (value !== undefined) options.push(loadsModule.has(option) ? modulePath(value) : value);
  }
  return { options, envFiles };
}

/** Modules are looked for from the working folder, which in the enclave is `/`. */
function modulePath(name: string): string {
  if (/^\.\.?\//.test(name)) return `/app/${inside('', name) ?? name}`;
  return name.startsWith('/') ? name : `/app/node_modules/${name}`;
}

const extensions = ['', '.js', '.mjs', '.cjs', '.ts', '.mts', '.cts'];

/**
 * The file that node would run for a word such as `.`, `src` or `dist/server`.
 * @returns null when the word leads out of the service; the word itself, cleaned, when no such file is there (yet).
 */
export function fileOf(project: Project, manifest: Manifest, named: string): string | null {
  const path = inside('', named);
  if (path === null) return null;
  if (path === '') {
    const main = textAt(manifest.value, 'main') ?? 'index.js';
    return main === '.' || main === './' ? 'index.js' : fileOf(project, manifest, main);
  }
  return existing(project, path) ?? path;
}

/** The existing file for a path without extension, or for a folder with an index. */
export function existing(project: Project, path: string): string | null {
  const candidates = [
    ...extensions.map((extension) => path + extension),
    ...extensions.slice(1).map((extension) => `${path}/index${extension}`),
  ];
  return candidates.find((candidate) => project.has(candidate)) ?? null;
}
