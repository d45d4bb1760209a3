import { splitWords } from '../../caution/words.ts';
import type { Project } from '../language.ts';
import { lineAt } from '../scan.ts';

/** How a server calls an app. */
export type Interface = 'asgi' | 'wsgi';

/** An app object at the top level of a module. */
export interface AppObject {
  /** `package.module:name`. */
  entry: string;
  interface: Interface;
  from: string;
}

/** A module that starts the service when it is run. */
export interface MainModule {
  /** `package` or `module`. */
  entry: string;
  from: string;
  port: number | null;
  /** It serves with the framework's own server, which is for developing. */
  develops: boolean;
}

const frameworks: Readonly<Record<string, Interface>> = {
  FastAPI: 'asgi',
  Starlette: 'asgi',
  Quart: 'asgi',
  Litestar: 'asgi',
  BlackSheep: 'asgi',
  get_asgi_application: 'asgi',
  Flask: 'wsgi',
  Bottle: 'wsgi',
  get_wsgi_application: 'wsgi',
};

/** `app = FastAPI(`, `app: Flask = flask.Flask(`, at the beginning of a line: inside a function it is no module's. */
const appObject = new RegExp(
  `^([A-Za-z_]\\w*)[ \\t]*(?::[ \\t]*[\\w.]+[ \\t]*)?=[ \\t]*(?:[\\w.]+\\.)?(${Object.keys(frameworks).join('|')})\\(`,
  'gm',
);

/** A call that serves until the process is told to end. */
const servesForever =
  /\b(uvicorn\.run|uvicorn\.Server|run_app|hypercorn|waitress|serve_forever|serve\(|\.run\(|Granian\(|make_server\()/;

const notService =
  /(^|\/)(tests?|docs?|examples?|samples?|scripts|migrations|node_modules|\.?venv|site-packages)\/|(^|\/)(test_[^/]*|[^/]*_test|conftest|setup|noxfile|fabfile)\.py$/;

/** The Python files of the service itself. */
export function serviceFiles(project: Project): string[] {
  return project.files.filter((file) => file.endsWith('.py') && !notService.test(file));
}

/** A text without comments, and with triple-quoted texts emptied; lines stay where they are. */
export function withoutComments(text: string): string {
  return text
    .replace(/("""|''')[\s\S]*?\1/g, (quoted) => quoted.replace(/[^\n]/g, ''))
    .replace(/(^|[ \t])#[^\n]*/gm, '$1');
}

/** True when packages lie below `src`, which is then on the import path instead of the service's folder. */
export function hasSourceFolder(project: Project): boolean {
  return project.files.some((file) => /^src\/.+\.py$/.test(file)) && !project.has('src/__init__.py');
}

/** The dotted name under which a file is imported; null when a part of its path is no identifier. */
export function moduleOf(project: Project, file: string): string | null {
  const path = hasSourceFolder(project) ? file.replace(/^src\//, '') : file;
  const parts = path.replace(/(\/__init__)?\.py$/, '').split('/');
  return parts.every((part) => /^[A-Za-z_]\w*$/.test(part)) ? parts.join('.') : null;
}

export function findApps(project: Project, files: readonly string[]): AppObject[] {
  const apps: AppObject[] = [];
  for (const file of files) {
    const module = moduleOf(project, file);
    const text = project.read(file);
    if (module === null || text === null) continue;
    const code = withoutComments(text);
    for (const match of code.matchAll(appObject)) {
      const kind = frameworks[match[2] ?? ''];
      if (kind === undefined) continue;
      apps.push({ entry: `${module}:${match[1]}`, interface: kind, from: `${file}:${lineAt(code, match.index)}` });
    }
  }
  return apps;
}

/** Servers that are made for more than developing. */
const realServer = /\b(uvicorn|hypercorn|waitress|gunicorn|granian|gevent|cheroot|tornado|bjoern|meinheld|sanic)\b/i;

/** Frameworks whose `app.run()` is for developing. */
const developing = ['flask', 'bottle', 'quart'];

function runsApp(code: string, names: ReadonlySet<string>): boolean {
  const calls = [...code.matchAll(/\b([A-Za-z_]\w*)\.run\(/g)];
  return calls.some((match) => names.has(match[1] ?? '')) && !realServer.test(code);
}

/**
 * Packages with a `__main__.py`, and modules whose `if __name__ == "__main__":` serves.
 * @param packages names of the required packages, for apps that a function makes.
 */
export function findMains(
  project: Project,
  files: readonly string[],
  apps: readonly AppObject[],
  packages: { has(name: string): boolean },
): MainModule[] {
  const usual = developing.some((name) => packages.has(name)) ? ['app', 'application'] : [];
  const names = new Set([...usual, ...apps.map(({ entry }) => entry.split(':')[1] ?? '')]);
  const mains: MainModule[] = [];
  for (const file of files) {
    const text = project.read(file);
    const module = moduleOf(project, file);
    if (text === null || module === null) continue;
    const code = withoutComments(text);
    const guard = code.search(/^if\s+__name__\s*==\s*['"]__main__['"]\s*:/m);
    const isPackage = /(^|\/)__main__\.py$/.test(file);
    if (!servesForever.test(code) || (!isPackage && guard < 0)) continue;
    const entry = isPackage ? module.replace(/\.?__main__$/, '') : module;
    if (entry === '') continue;
    const ports = [...code.matchAll(/\bport\s*=\s*(\d{2,5})\b/g)].map((match) => Number(match[1]));
    mains.push({
      entry,
      from: isPackage ? file : `${file}:${lineAt(code, guard)}`,
      port: new Set(ports).size === 1 ? (ports[0] ?? null) : null,
      develops: runsApp(code, names),
    });
  }
  return mains;
}

/** What a Procfile of another platform, or a Dockerfile, tells a Python server to run. */
export interface ServerCommand {
  server: string;
  entry: string;
  from: string;
  port: number | null;
  /** True when more is said than which server runs which app where: options, or other commands. */
  saysMore: boolean;
}

/** Reads `web: gunicorn app:app` and `CMD ["uvicorn", "app.main:app", "--port", "80"]`; null unless all agree. */
export function findServerCommand(project: Project): ServerCommand | null {
  const found: ServerCommand[] = [];
  for (const file of ['Procfile', 'Dockerfile', 'Containerfile']) {
    // A line that is continued keeps its number.
    const text = (project.read(file) ?? '').replace(/(?:\\[ \t]*\r?\n[^\n]*)+/g, (rest) =>
      rest.replace(/\\[ \t]*\r?\n/g, ' ').concat('\n'.repeat(rest.split('\n').length - 1)),
    );
    for (const [index, line] of text.split('\n').entries()) {
      const said = file === 'Procfile' ? /^web:\s*(.+)$/.exec(line) : /^\s*(?:CMD|ENTRYPOINT)\s+(.+)$/i.exec(line);
      const command = said?.[1] === undefined ? null : serverCommand(wordsOf(said[1]));
      if (command) found.push({ ...command, from: `${file}:${index + 1}` });
    }
  }
  const [first] = found;
  return first && found.every(({ entry, server }) => entry === first.entry && server === first.server) ? first : null;
}

function wordsOf(command: string): string[] {
  try {
    const parsed: unknown = JSON.parse(command);
    if (Array.isArray(parsed)) return parsed.filter((word) => typeof word === 'string');
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error; // no JSON: the shell form
  }
  return splitWords(command.replaceAll('\t', ' ')) ?? [];
}

const ownWords = /^(poetry|uv|pipenv|run|exec|python3?|-m|--host(=.*)?|0\.0\.0\.0|--proxy-headers)$/;
const portOption = /^(--port|-p|--bind|-b|--listen)(?:=(.*))?$/;

function serverCommand(words: string[]): Omit<ServerCommand, 'from'> | null {
  const at = words.findIndex((word) => /^(.*\/)?(uvicorn|gunicorn|hypercorn|waitress-serve|granian)$/.test(word));
  if (at < 0) return null;
  const server = (words[at] ?? '').replace(/^.*\//, '').replace(/-serve$/, '');
  const named = words.slice(at + 1).find((word) => /^[A-Za-z_][\w.]*:[A-Za-z_]\w*$/.test(word));
  const last = words.at(-1) ?? '';
  // gunicorn calls an app `application` when no name is given.
  const bare = server === 'gunicorn' && words.length > at + 1 && /^[A-Za-z_]\w*(\.\w+)*$/.test(last);
  const entry = named ?? (bare ? `${last}:application` : undefined);
  if (entry === undefined) return null;
  const option = words.findIndex((word) => portOption.test(word));
  const inline = portOption.exec(words[option] ?? '')?.[2];
  const value = inline ?? words[option + 1] ?? '';
  const port = option < 0 ? undefined : /(?:^|[:=])(\d{2,5})$/.exec(value)?.[1];
  const known = new Set([
    words[at],
    named ?? last,
    words[option],
    option < 0 || inline !== undefined ? undefined : value,
  ]);
  const saysMore = words.some((word) => !known.has(word) && !ownWords.test(word));
  return { server, entry, port: port === undefined ? null : Number(port), saysMore };
}
