import type { Project } from '../language.ts';
import { inside, isPlainPath } from '../scan.ts';
import { composeCommands } from './compose.ts';
import { wordsOf } from './words.ts';

/** A command line of a person's own, and where it stands (`path:line`). */
interface CommandLine {
  words: string[];
  from: string;
}

/** What a Procfile of another platform, a Dockerfile, a compose file or a Makefile runs. */
export interface StartCommand {
  /** The server that calls the app; null for a module or script that runs by itself. */
  server: string | null;
  /** `module:app`, `module`, a `.py` file, or the name of a command of the project's own. */
  entry: string;
  /** What `entry` is. */
  kind: 'app' | 'module' | 'file' | 'script' | 'fastapi';
  factory: boolean;
  from: string;
  port: number | null;
  /** Options that mean the same in the enclave. */
  options: string[];
  /** Arguments of a module or script. */
  args: string[];
  /** The folder that modules are imported from, when it is named. */
  folder: string | null;
  /** True when more is said than is taken over. */
  saysMore: boolean;
}

/** Command lines of each kind of file; what is nearest to production first. */
const places: readonly ((project: Project) => CommandLine[])[] = [
  procfileLines,
  dockerfileLines,
  composeCommands,
  makefileLines,
];

/**
 * What is started today. Files of one kind have to agree, and of the kinds Procfile and Dockerfile: else nothing is known.
 * @param scripts names of the project's own commands.
 */
export function findStartCommand(project: Project, scripts: ReadonlySet<string>): StartCommand | null {
  const read = (lines: CommandLine[]) => lines.flatMap((line) => startCommand(project, line, scripts) ?? []);
  const [procfile = [], dockerfile = [], ...others] = places.map((linesOf) => read(linesOf(project)));
  for (const group of [[...procfile, ...dockerfile], ...others]) {
    const [first] = group;
    if (!first) continue;
    return group.every(({ entry, server }) => entry === first.entry && server === first.server) ? first : null;
  }
  return null;
}

/** The text with continued lines joined; each line keeps its number. */
function joined(text: string): string {
  return text.replace(/(?:\\[ \t]*\r?\n[^\n]*)+/g, (rest) =>
    rest.replace(/\\[ \t]*\r?\n/g, ' ').concat('\n'.repeat(rest.split('\n').length - 1)),
  );
}

function linesOf(project: Project, file: string, pattern: RegExp): CommandLine[] {
  return joined(project.read(file) ?? '')
    .split('\n')
    .flatMap((line, index) => {
      const said = pattern.exec(line)?.[1];
      return said === undefined ? [] : [{ words: wordsOf(said), from: `${file}:${index + 1}` }];
    });
}

function procfileLines(project: Project): CommandLine[] {
  return linesOf(project, 'Procfile', /^web:\s*(.+)$/);
}

/** The last stage's last CMD or ENTRYPOINT that says something, and the shell script that it names. */
function dockerfileLines(project: Project): CommandLine[] {
  const files = [
    'Dockerfile',
    'Containerfile',
    ...project.files.filter((file) =>
      /(^|\/)(docker\/)?(Dockerfile\.prod\w*|prod\w*\.Dockerfile)$|^docker\/Dockerfile$/.test(file),
    ),
  ];
  return files.flatMap((file) => {
    const lines = linesOf(project, file, /^\s*(?:CMD|ENTRYPOINT)\s+(.+)$/i);
    return lines.flatMap((line) => [line, ...scriptLines(project, line.words)]);
  });
}

/** A line of a shell script is a command of it; one that is found in none keeps to itself. */
function scriptLines(project: Project, words: readonly string[]): CommandLine[] {
  const named = words.find((word) => /\.sh$/.test(word)) ?? '';
  const base = named.slice(named.lastIndexOf('/') + 1);
  const path = inside('', named.replace(/^\/+(app|code|src|srv|usr\/src\/app)?\/*/, ''));
  const file =
    base === '' ? undefined : [path ?? '', base, `scripts/${base}`, `docker/${base}`].find((each) => project.has(each));
  return file === undefined
    ? []
    : linesOf(project, file, /^[ \t]*((?:exec[ \t]|gunicorn|uvicorn|python|poetry run|uv run|hypercorn|granian).*)$/);
}

/** Recipes of the targets that start something. */
function makefileLines(project: Project): CommandLine[] {
  const lines = joined(project.read('Makefile') ?? '').split('\n');
  let starts = false;
  return lines.flatMap((line, index) => {
    const target = /^([\w.-]+)\s*:(?!=)/.exec(line)?.[1];
    if (target !== undefined) starts = /^(run|start|serve|server|prod|web|up)/.test(target);
    const recipe = starts ? /^\t[@-]*(.+)$/.exec(line)?.[1] : undefined;
    return recipe === undefined ? [] : [{ words: wordsOf(recipe), from: `Makefile:${index + 1}` }];
  });
}

/** What only leads to the command itself. */
const leading = /^(poetry|uv|pipenv|pdm|hatch|run|exec|tini|dumb-init|--|--no-sync|--frozen|--locked|--no-dev)$/;
const serverNames = /^(.*\/)?(uvicorn|gunicorn|hypercorn|waitress-serve|granian|daphne|sanic)$/;

function startCommand(
  project: Project,
  { words, from }: CommandLine,
  scripts: ReadonlySet<string>,
): StartCommand | null {
  const found = serverCommand(words) ?? fastapiCommand(words) ?? pythonCommand(words) ?? scriptCommand(words, scripts);
  if (found === null) return null;
  const known = found.kind !== 'file' || project.has(found.entry);
  return known ? { ...found, ...configured(project, found), from } : null;
}

/** gunicorn's own settings are taken over when they are a file of the service; the command line still says where. */
function configured(project: Project, { server, options, saysMore }: Command): Pick<Command, 'options' | 'saysMore'> {
  const at = options.indexOf('--config');
  const file = inside('', (options[at + 1] ?? '').replace(/^(file|python):/, '')) ?? '';
  if (at < 0) return { options, saysMore };
  const others = [...options.slice(0, at), ...options.slice(at + 2)];
  if (server !== 'gunicorn' || !isPlainPath(file) || !project.has(file)) return { options: others, saysMore: true };
  return { options: [...others, '--config', `/app/${file}`], saysMore };
}

type Command = Omit<StartCommand, 'from'>;

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
  ['-k', 1],
  ['--worker-class', 1],
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

function serverCommand(words: readonly string[]): Command | null {
  const at = words.findIndex((word) => serverNames.test(word));
  if (at < 0) return null;
  const server = (words[at] ?? '').replace(/^.*\//, '').replace(/-serve$/, '');
  const command: Command = {
    server,
    entry: '',
    kind: 'app',
    factory: false,
    port: null,
    options: [],
    args: [],
    folder: null,
    saysMore: false,
  };
  command.saysMore = words.slice(0, at).some((word) => !leading.test(word) && !/^(.*\/)?python[\d.]*$|^-m$/.test(word));
  const rest = words.slice(at + 1);
  for (let index = 0; index < rest.length; index += 1)
    index += takeWord(rest[index] ?? '', rest[index + 1] ?? '', command);
  return command.entry === '' ? null : command;
}

/** Takes one word of a server's command line into account. @returns how many further words belong to it. */
function takeWord(word: string, next: string, command: Command): number {
  const [, option = word, inline] = /^(--[\w-]+)=(.*)$/.exec(word) ?? [];
  const value = inline ?? next;
  const further = inline === undefined ? 1 : 0;
  noteMeaning(option, value, command);
  const takes = dropped.get(option);
  if (takes !== undefined) return takes === 0 ? 0 : further;
  if (numbers.has(option) && /^\d+$/.test(value)) {
    command.options.push(option, value);
    return further;
  }
  if (/^(-c|--config)$/.test(option)) {
    command.options.push('--config', value);
    return further;
  }
  const app = /^([A-Za-z_]\w*(?:\.\w+)*)(?::([A-Za-z_]\w*)(\(\))?)?$/.exec(word);
  if (app && command.entry === '' && (app[2] !== undefined || command.server === 'gunicorn')) {
    // gunicorn calls an app `application` when no name is given.
    command.entry = `${app[1]}:${app[2] ?? 'application'}`;
    if (app[3] !== undefined) command.factory = true;
  } else {
    command.saysMore = true;
  }
  return 0;
}

/** What an option says of where and how the app is served. */
function noteMeaning(option: string, value: string, command: Command): void {
  if (/^(--port|-p|--bind|-b|--listen)$/.test(option)) command.port = portIn(value) ?? command.port;
  if (/^(--app-dir|--chdir|--pythonpath)$/.test(option)) command.folder = value;
  if (/^(--factory|--call)$/.test(option)) command.factory = true;
  if (
    /^(-k|--worker-class)$/.test(option) &&
    !/^(sync|gthread|uvicorn\.workers\.\w+|uvicorn_worker\.\w+|aiohttp\.\w+)$/.test(value)
  )
    command.saysMore = true;
}

/** `0.0.0.0:8000`, `:80`, `8000`, `${PORT:-8000}`; null when only the platform knows. */
function portIn(value: string): number | null {
  const digits = /(?:^|[:=-])(\d{2,5})\}?$/.exec(value)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** `fastapi run app/main.py --port 80`. */
function fastapiCommand(words: readonly string[]): Command | null {
  const at = words.findIndex((word) => /^(.*\/)?fastapi$/.test(word));
  if (at < 0 || words[at + 1] !== 'run') return null;
  const rest = words.slice(at + 2);
  const file = rest.find((word) => word.endsWith('.py')) ?? '';
  const option = rest.findIndex((word) => /^--port(=|$)/.test(word));
  const port = option < 0 ? null : portIn(/=(.*)/.exec(rest[option] ?? '')?.[1] ?? rest[option + 1] ?? '');
  return {
    server: 'uvicorn',
    entry: file.replace(/^\.\//, ''),
    kind: 'fastapi',
    factory: false,
    port,
    options: [],
    args: [],
    folder: null,
    saysMore: false,
  };
}

/** `python -m package …`, `python main.py …`; not `manage.py`, whose server is for developing. */
function pythonCommand(words: readonly string[]): Command | null {
  const at = words.findIndex((word) => /^(.*\/)?python[\d.]*$/.test(word));
  if (at < 0) return null;
  const rest = words.slice(at + 1).filter((word) => word !== '-u' && word !== '-O');
  const [first = '', second = ''] = rest;
  const isModule =
    first === '-m' &&
    /^[A-Za-z_]\w*(\.\w+)*$/.test(second) &&
    !['pip', 'flask', 'alembic', 'pytest', 'http.server'].includes(second);
  const isFile = first.endsWith('.py') && !/(^|\/)(manage|setup)\.py$/.test(first);
  if (!isModule && !isFile) return null;
  const args = rest.slice(isModule ? 2 : 1);
  const file = first.replace(/^\.\/|^\/(app|code|src|usr\/src\/app)\//, '');
  return {
    server: null,
    entry: isModule ? second : file,
    kind: isModule ? 'module' : 'file',
    factory: false,
    port: null,
    options: [],
    ...argumentsOf(args),
    folder: null,
  };
}

function scriptCommand(words: readonly string[], scripts: ReadonlySet<string>): Command | null {
  const at = words.findIndex((word) => !leading.test(word));
  const name = words[at]?.replace(/^.*\//, '') ?? '';
  if (!scripts.has(name)) return null;
  return {
    server: null,
    entry: name,
    kind: 'script',
    factory: false,
    port: null,
    options: [],
    ...argumentsOf(words.slice(at + 1)),
    folder: null,
  };
}

/** Arguments up to what only a shell understands. */
function argumentsOf(words: readonly string[]): Pick<Command, 'args' | 'saysMore'> {
  const end = words.findIndex((word) => /[$`;&|<>]/.test(word));
  return { args: end < 0 ? [...words] : words.slice(0, end), saysMore: end >= 0 };
}
