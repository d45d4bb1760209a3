import { isPortable } from '../../surroundings/entry.ts';
import { withoutImageFolder } from '../../surroundings/launch.ts';
import { portWord, withPortWord } from '../port-word.ts';

/** What one command line runs, as far as Python is concerned. */
export interface Invocation {
  /** The server that calls the app; null for a module or script that runs by itself. */
  server: string | null;
  /** `module:app`, `module`, a `.py` file, or the name of a command of the project's own. */
  entry: string;
  /** What `entry` is; `fastapi` is a file, or nothing, that FastAPI's own command finds the app in. */
  kind: 'app' | 'module' | 'file' | 'script' | 'fastapi';
  factory: boolean;
  port: number | null;
  /** Options of the server that mean the same in the enclave. */
  options: string[];
  /** Arguments of a module or command, and whether they name what only that machine or a shell has. */
  args: string[];
  argsLeft: boolean;
  /** The folder that modules are imported from, when it is named. */
  folder: string | null;
  /** Words of a server's command that are not taken over. */
  left: string[];
}

const nothing = {
  server: null,
  entry: '',
  kind: 'app',
  factory: false,
  port: null,
  options: [],
  args: [],
  argsLeft: false,
  folder: null,
  left: [],
} satisfies Invocation;

/** What only leads to the command itself. */
const leading =
  /^(poetry|uv|pipenv|pdm|hatch|rye|run|--|--no-sync|--frozen|--locked|--no-dev|-m|(.*\/)?python[\d.]*|-u|-O)$/;
const serverNames = /^(.*\/)?(uvicorn|gunicorn|hypercorn|waitress-serve|waitress|granian|daphne|sanic)$/;

/**
 * Reads the words of a command line.
 * @param scripts names of the project's own commands.
 * @returns null when it starts nothing that is known.
 */
export function invocationOf(words: readonly string[], scripts: ReadonlySet<string>): Invocation | null {
  return served(words) ?? fastapi(words) ?? ofPython(words) ?? ofProject(words, scripts);
}

/** Options without which a server does the same in the enclave, each with its number of arguments. */
const dropped = new Map([
  ['--host', 1],
  ['--port', 1],
  ['-p', 1],
  ['--bind', 1],
  ['-b', 1],
  ['--listen', 1],
  ['--proxy-headers', 0],
  ['--app-dir', 1],
  ['--chdir', 1],
  ['--pythonpath', 1],
  ['--factory', 0],
  ['--call', 0],
  ['--interface', 1],
  ['--access-logfile', 1],
  ['--error-logfile', 1],
]);

/** Options that are taken over as they are, when they name a number. */
const numbers = new Set([
  '--workers',
  '-w',
  '--threads',
  '--timeout',
  '--graceful-timeout',
  '--keep-alive',
  '--max-requests',
  '--max-requests-jitter',
  '--backlog',
]);

/** Workers of gunicorn for what the server that takes its place does by itself. */
const usualWorkers = /^(sync|gthread|uvicorn\.workers\.\w+|uvicorn_worker\.\w+|aiohttp\.\w+)$/;

/** `uvicorn app.main:app --port 80`. */
function served(words: readonly string[]): Invocation | null {
  const at = words.findIndex((word) => serverNames.test(word));
  if (at < 0) return null;
  const server = (words[at] ?? '').replace(/^.*\//, '').replace(/-serve$/, '');
  const left = words.slice(0, at).filter((word) => !leading.test(word));
  const found: Invocation = { ...nothing, server, options: [], left };
  const rest = words.slice(at + 1);
  for (let index = 0; index < rest.length; index += 1)
    index += takeWord(rest[index] ?? '', rest[index + 1] ?? '', found);
  return found.entry === '' ? null : found;
}

/** Takes one word of a server's command line into account. @returns how many further words belong to it. */
function takeWord(word: string, next: string, found: Invocation): number {
  const [, option = word, inline] = /^(--[\w-]+)=(.*)$/.exec(word) ?? [];
  const value = inline ?? next;
  const further = inline === undefined ? 1 : 0;
  noteMeaning(option, value, found);
  const takes = dropped.get(option);
  if (takes !== undefined) return takes === 0 ? 0 : further;
  if (/^(-k|--worker-class)$/.test(option)) {
    if (!usualWorkers.test(value)) found.left.push(option, value);
    return further;
  }
  if (numbers.has(option) && /^\d+$/.test(value)) {
    found.options.push(option, value);
    return further;
  }
  if (/^(-c|--config)$/.test(option)) {
    found.options.push('--config', value);
    return further;
  }
  if (!takeApp(word, found)) found.left.push(word);
  return 0;
}

/** Takes a word as the app that is served. @returns false when it is none. */
function takeApp(word: string, found: Invocation): boolean {
  const app = /^([A-Za-z_]\w*(?:\.\w+)*)(?::([A-Za-z_]\w*)(\(\))?)?$/.exec(word);
  if (!app || found.entry !== '' || (app[2] === undefined && found.server !== 'gunicorn')) return false;
  // gunicorn calls an app `application` when no name is given.
  found.entry = `${app[1]}:${app[2] ?? 'application'}`;
  found.factory ||= app[3] !== undefined;
  return true;
}

/** What an option says of where and how the app is served. */
function noteMeaning(option: string, value: string, found: Invocation): void {
  if (/^(--port|-p|--bind|-b|--listen)$/.test(option)) found.port = portIn(value) ?? found.port;
  if (/^(--app-dir|--chdir|--pythonpath)$/.test(option)) found.folder = value;
  if (/^(--factory|--call)$/.test(option)) found.factory = true;
}

/** `0.0.0.0:8000`, `:80`, `8000`, `${PORT:-8000}`; null when only the platform knows. */
function portIn(value: string): number | null {
  const digits = /(?:^|[:=-])(\d{2,5})\}?$/.exec(value)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** `fastapi run app/main.py --port 80`. */
function fastapi(words: readonly string[]): Invocation | null {
  const at = words.findIndex((word) => /^(.*\/)?fastapi$/.test(word));
  if (at < 0 || words[at + 1] !== 'run') return null;
  const rest = words.slice(at + 2);
  const file = rest.find((word) => word.endsWith('.py')) ?? '';
  const option = rest.findIndex((word) => /^--port(=|$)/.test(word));
  const port = option < 0 ? null : portIn(/=(.*)/.exec(rest[option] ?? '')?.[1] ?? rest[option + 1] ?? '');
  return { ...nothing, server: 'uvicorn', entry: withoutImageFolder(file), kind: 'fastapi', port };
}

/** Modules of tools and of servers for developing: what they do is no service. */
const notServices = new Set(['pip', 'flask', 'alembic', 'pytest', 'http.server', 'venv', 'compileall', 'celery']);

/** `python -m package …`, `python main.py …`; not `manage.py`, whose server is for developing. */
function ofPython(words: readonly string[]): Invocation | null {
  const at = words.findIndex((word) => /^(.*\/)?python[\d.]*$/.test(word));
  if (at < 0) return null;
  const rest = words.slice(at + 1).filter((word) => word !== '-u' && word !== '-O');
  const [first = '', second = ''] = rest;
  const isModule = first === '-m' && /^[A-Za-z_]\w*(\.\w+)*$/.test(second) && !notServices.has(second);
  const isFile = first.endsWith('.py') && !/(^|\/)(manage|setup)\.py$/.test(first);
  if (!isModule && !isFile) return null;
  return {
    ...nothing,
    entry: isModule ? second : withoutImageFolder(first),
    kind: isModule ? 'module' : 'file',
    ...argumentsOf(rest.slice(isModule ? 2 : 1)),
  };
}

/** A command that the project itself installs. */
function ofProject(words: readonly string[], scripts: ReadonlySet<string>): Invocation | null {
  const at = words.findIndex((word) => !leading.test(word));
  const name = words[at]?.replace(/^.*\//, '') ?? '';
  if (!scripts.has(name)) return null;
  return { ...nothing, entry: name, kind: 'script', ...argumentsOf(words.slice(at + 1)) };
}

function argumentsOf(words: readonly string[]): Pick<Invocation, 'args' | 'argsLeft'> {
  const args = words.map(withPortWord);
  const plain = isPortable(args.map((word) => word.replaceAll(portWord, '1')));
  return { args, argsLeft: !plain };
}
