import type { Project } from '../languages/language.ts';
import type { Sighting } from '../languages/scan.ts';
import { type Command, portNumber } from './facts.ts';
import { logicalLines, type Simple, simpleCommands } from './shell.ts';

/** What a start command comes to, once wrappers, shells and scripts are taken off. */
export interface Launch {
  /** The program that serves, and its arguments; empty when a script hides it. */
  words: string[];
  /** Where they stand, as `path:line`: perhaps in a script that the command names. */
  from: string;
  /** Assignments before it. */
  env: Record<string, string>;
  /** What runs before it, and ends: as it is written, with the script that it stands in, if any. */
  before: Sighting[];
  /** Why it is more than one process; null when it is one. */
  several: Sighting | null;
}

/** Programs that run another, and change nothing for it that an enclave would keep. */
const wrappers = /^(tini|dumb-init|catatonit|exec|env|nice|command|time|docker-entrypoint|gosu|su-exec|chpst|setpriv)$/;
/** Of these the first word is no program: the account to run as. */
const asAccount = /^(gosu|su-exec)$/;

/** Programs whose purpose is to keep several processes running. */
const managers =
  /^(supervisord|s6-svscan|s6-overlay|runsvdir|runit|foreman|honcho|forego|overmind|goreman|hivemind|circusd|multirun|init-system-helpers)$/;

/** What only prepares the shell, or says something. */
const harmless =
  /^(set|export|unset|echo|printf|cd|umask|trap|:|true|false|\.|source|shift|local|readonly|\[|\[\[|test|if|then|else|elif|fi|for|while|until|do|done|case|esac|in|return|exit|ulimit|sleep|mkdir|chown|chmod|wait|function|[{}()]|\w+=.*)$/;

const shells = /^(sh|ash|bash|dash)$/;

/** A command that starts the service today, and what it comes to. */
export interface Started {
  command: Command;
  launch: Launch;
}

/** A start command with what it comes to. */
export function startedBy(project: Project, command: Command): Started {
  return { command, launch: launchOf(project, command.words, command.from) };
}

/**
 * Takes a start command apart.
 * @param from where it stands, as `path:line`.
 */
export function launchOf(project: Project, words: readonly string[], from: string): Launch {
  return launch(project, words, from, 0);
}

function launch(project: Project, words: readonly string[], from: string, depth: number): Launch {
  const { env, rest } = unwrap(words);
  const [program = '', second = ''] = rest;
  const name = baseName(program);
  if (managers.test(name)) return { words: [], from, env, before: [], several: { value: name, from } };
  if (depth > 3) return { words: [...rest], from, env, before: [], several: null };
  if (shells.test(name)) {
    const flag = rest.findIndex((word) => /^-[abd-z]*c[a-z]*$/.test(word));
    const text = flag < 0 ? undefined : rest[flag + 1];
    if (text !== undefined) return compound(project, simpleCommands(text), from, env, depth);
  }
  const isShell = shells.test(name);
  const script = scriptOf(project, isShell ? second : program);
  if (script !== null) {
    const given = { words: rest.slice(isShell ? 2 : 1), from };
    return inScript(project, script, given, env, depth);
  }
  const line = rest.join(' ');
  if (/(^|\s)(&&|\|\||;|&)(\s|$)/.test(line)) return compound(project, commandsIn(rest), from, env, depth);
  return { words: [...rest], from, env, before: [], several: null };
}

/** Words of the shell form, with operators among them, as simple commands. */
function commandsIn(words: readonly string[]): Simple[] {
  const commands: Simple[] = [];
  let current: string[] = [];
  for (const word of words) {
    if (!/^(&&|\|\||;|&)$/.test(word)) {
      current.push(word);
      continue;
    }
    if (current.length > 0) commands.push({ words: current, operator: word });
    current = [];
  }
  return current.length > 0 ? [...commands, { words: current, operator: '' }] : commands;
}

function unwrap(words: readonly string[]): { env: Record<string, string>; rest: string[] } {
  const env: Record<string, string> = {};
  const rest = [...words];
  for (let first = rest[0]; first !== undefined; first = rest[0]) {
    const assignment = /^([A-Za-z_]\w*)=(.*)$/s.exec(first);
    if (!assignment && !wrappers.test(baseName(first))) break;
    if (assignment) env[assignment[1] ?? ''] = assignment[2] ?? '';
    rest.shift();
    if (!assignment) dropOptions(rest, baseName(first));
  }
  return { env, rest };
}

/** The options of a wrapper, and what it takes before the program. */
function dropOptions(rest: string[], wrapper: string): void {
  while (rest[0]?.startsWith('-')) if (rest.shift() === '--') break;
  if (asAccount.test(wrapper)) rest.shift();
}

/** The last of several commands serves; those before it prepare, unless they stay. */
function compound(
  project: Project,
  commands: readonly Simple[],
  from: string,
  env: Record<string, string>,
  depth: number,
): Launch {
  const last = commands.findLast(({ words }) => !harmless.test(words[0] ?? ''));
  if (!last) return { words: [], from, env, before: [], several: null };
  const earlier = commands
    .slice(0, commands.indexOf(last))
    .filter(({ words, operator }) => operator !== '&' && !harmless.test(words[0] ?? ''));
  const stays = commands.find(({ operator, words }) => operator === '&' && !harmless.test(words[0] ?? ''));
  const inner = launch(project, last.words, from, depth + 1);
  const before = earlier.map(({ words }) => ({ value: words.join(' '), from }));
  return {
    words: inner.words,
    from: inner.from,
    env: { ...env, ...inner.env },
    before: [...before, ...inner.before],
    several: stays ? { value: `${stays.words.join(' ')} &`, from } : inner.several,
  };
}

/** A start script of the project's own, such as `COPY` brings into the image; null when it is not there, or several may be it. */
function scriptOf(project: Project, program: string): string | null {
  const name = baseName(program);
  if (!/\.(sh|bash)$/.test(name) && !/^(entrypoint|docker-entrypoint|start|run)$/.test(name)) return null;
  const found = project.files.filter((file) => file === name || file.endsWith(`/${name}`));
  const [only] = found;
  return only !== undefined && found.length === 1 ? only : null;
}

function inScript(
  project: Project,
  script: string,
  given: { words: readonly string[]; from: string },
  env: Record<string, string>,
  depth: number,
): Launch {
  const text = (project.read(script) ?? '').slice(0, 50_000);
  const found: Launch = { words: [], from: given.from, env, before: [], several: null };
  if (/^#!.*\b(python|node|perl|ruby)/.test(text)) return found;
  const served: Launch[] = [];
  let passes = false;
  for (const { words, operator, from } of scriptCommands(script, text)) {
    const passesOn = words.some((word) => word === '$@' || word === '$*');
    passes ||= passesOn;
    if (operator === '&') found.several = { value: `${words.join(' ')} &`, from };
    else if (passesOn) found.words = launch(project, given.words, given.from, depth + 1).words;
    else if (words[0] === 'exec') served.push(launch(project, words, from, depth + 1));
    else found.before.push({ value: words.join(' '), from });
  }
  const [first, ...others] = served;
  // Of several that it may become, in branches, none is certain; what it is given comes first.
  const agreed = others.every(({ words }) => words.join(' ') === first?.words.join(' '));
  if (!passes && agreed && first !== undefined) Object.assign(found, { words: first.words, from: first.from });
  // Without exec the last command is the one that serves.
  const last = served.length === 0 && !passes ? found.before.pop() : undefined;
  if (last === undefined) return found;
  const inner = launch(project, last.value.split(' '), last.from, depth + 1);
  return { ...found, words: inner.words, from: inner.from, several: found.several ?? inner.several };
}

/** The commands of a script that do more than prepare the shell, each with its place. */
function scriptCommands(script: string, text: string): (Simple & { from: string })[] {
  return logicalLines(text).flatMap(({ text: written, line }) =>
    simpleCommands(written).flatMap(({ words, operator }) => {
      const plain = words.filter((word, index) => index > 0 || !/^(then|else|do|if|!)$/.test(word));
      const passesOn = plain.some((word) => word === '$@' || word === '$*');
      if (plain[0] === undefined || (harmless.test(plain[0]) && !passesOn)) return [];
      return [{ words: plain, operator, from: `${script}:${line}` }];
    }),
  );
}

/** A path as it is in the service's folder, where it may stand as it is in the image: `/app/main.py`. */
export function withoutImageFolder(path: string): string {
  return path.replace(/^(\.\/|\/(?:usr\/src\/app|opt\/app|app|code|src|srv|workspace)\/)/, '');
}

/** The last part of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The ports that a command's words name: `--port 80`, `-p 80`, `--bind 0.0.0.0:80`, `--addr=:80`. */
export function portsIn(words: readonly string[]): number[] {
  return words.flatMap((word, index) => {
    const match = /^(--?(?:http-|listen-)?(?:port|bind|listen|addr|address|http)|-p|-b)(?:=(.*))?$/.exec(word);
    if (!match) return [];
    const port = portNumber(/(?:^|:)(\d{2,5})$/.exec(match[2] ?? words[index + 1] ?? '')?.[1]);
    return port === null ? [] : [port];
  });
}
