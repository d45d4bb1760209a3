import type { AppObject } from './apps.ts';
import type { StartCommand } from './commands.ts';
import type { Interface } from './frameworks.ts';
import type { MainModule } from './mains.ts';
import type { Metadata } from './metadata.ts';
import { canServe, serverFor } from './servers.ts';
import { moduleOf } from './sources.ts';

/** What runs, and how it is served. */
export interface Run {
  entry: string | null;
  entries: string[];
  from: string | null;
  /** The server that calls `module:app`; null for a module that serves by itself, or when none is installed. */
  server: string | null;
  port: { port: number; from: string } | null;
  /** The entry is a function that makes the app. */
  factory: boolean;
  /** The entry is a command of the project's own: a function to call without arguments. */
  script: boolean;
  /** Arguments of a module or command. */
  args: string[];
  /** Options of the server. */
  options: string[];
  /** The module that runs serves with a framework's own server. */
  develops?: boolean;
}

/** What the decision is made from. */
export interface Candidates {
  apps: readonly AppObject[];
  /** Every app and factory, for a command that names one. */
  callable: readonly AppObject[];
  mains: readonly MainModule[];
  command: StartCommand | null;
  metadata: Metadata | null;
  packages: { has(name: string): boolean };
  /** The folder that modules are imported from. */
  root: string;
  /** True when settings of Django name an ASGI application. */
  djangoAsgi: boolean;
}

/**
 * What runs, in the order of belief: what is started today; the one package or module that serves when it is run; the
 * one app object; the project's one command. Several of a kind are a question.
 */
export function findRun(candidates: Candidates): Run {
  const unknown: Run = {
    entry: null,
    entries: entriesOf(candidates),
    from: null,
    server: null,
    port: null,
    factory: false,
    script: false,
    args: [],
    options: [],
  };
  const found = fromCommand(candidates) ?? fromSources(candidates);
  return { ...unknown, ...found };
}

function entriesOf({ apps, mains, command }: Candidates): string[] {
  const own = command !== null && ['app', 'module'].includes(command.kind) ? [command.entry] : [];
  return [...new Set([...own, ...mains.map(({ entry }) => entry), ...apps.map(({ entry }) => entry)])];
}

function fromCommand(candidates: Candidates): Partial<Run> | null {
  const { command, metadata } = candidates;
  if (command === null) return null;
  const { from } = command;
  const args = argumentsOf(command);
  const script = metadata?.scripts.get(command.entry);
  switch (command.kind) {
    case 'app':
      return appOfCommand(command, candidates);
    case 'fastapi': {
      const app = appOfFile(command.entry, candidates);
      return app && { ...served(app, candidates.packages, portOfCommand(command)), from };
    }
    case 'script':
      return script ? { entry: `${script.module}:${script.function}`, from, script: true, args } : null;
    default:
      return moduleOfCommand(command, candidates);
  }
}

/** What can be taken over of a command's arguments: all of them, or none. */
function argumentsOf({ args, argsLeft }: StartCommand): string[] {
  return argsLeft ? [] : args;
}

function portOfCommand({ port, from }: StartCommand): Run['port'] {
  return port === null ? null : { port, from };
}

function appOfCommand(command: StartCommand, { callable, packages }: Candidates): Partial<Run> {
  const app = callable.find(({ entry }) => entry === command.entry);
  const server = app === undefined ? command.server : serverOf(command.server, app.interface, packages);
  return {
    entry: command.entry,
    from: command.from,
    server,
    port: portOfCommand(command),
    factory: command.factory || app?.factory === true,
    options: server === command.server ? command.options : workersOf(command.options),
  };
}

function moduleOfCommand(command: StartCommand, { apps, mains, packages, root }: Candidates): Partial<Run> | null {
  const { entry, from } = command;
  const args = argumentsOf(command);
  const module = command.kind === 'file' ? moduleOf(root, entry) : entry;
  if (module === null) return null;
  const main = mains.find((each) => each.entry === module);
  const port = main?.port ?? null;
  // The framework's own server is for developing: the app goes to a real one.
  const app = main?.develops ? apps.find((each) => each.entry.startsWith(`${module}:`)) : undefined;
  return app ? served(app, packages, port) : { entry: module, from, port, args, develops: main?.develops ?? false };
}

/** The command's own server where it can call such an app and is installed, else one that can. */
function serverOf(named: string | null, kind: Interface, packages: Candidates['packages']): string | null {
  return named !== null && canServe(named, kind) && packages.has(named) ? named : serverFor(kind, packages);
}

/** Of one server's options, those that another has as well. */
function workersOf(options: readonly string[]): string[] {
  const at = options.findIndex((option) => option === '--workers' || option === '-w');
  return at < 0 ? [] : ['--workers', options[at + 1] ?? '1'];
}

/** `fastapi run` without a file looks for these. Source: https://fastapi.tiangolo.com/fastapi-cli/ */
const fastapiFiles = ['main.py', 'app.py', 'api.py', 'app/main.py', 'app/app.py', 'app/api.py'];

function appOfFile(file: string, { apps, root }: Candidates): AppObject | null {
  for (const each of file === '' ? fastapiFiles : [file]) {
    const app = apps.find(({ entry }) => entry.startsWith(`${moduleOf(root, each)}:`));
    if (app) return app;
  }
  return null;
}

function served(app: AppObject, packages: Candidates['packages'], port: Run['port']): Partial<Run> {
  const server = serverFor(app.interface, packages);
  return { entry: app.entry, from: app.from, server, factory: app.factory, port };
}

function fromSources(candidates: Candidates): Partial<Run> {
  const { mains, packages } = candidates;
  const app = theApp(candidates);
  const alone = mains.filter(({ subcommands }) => !subcommands);
  const ofPackages = alone.filter(({ from }) => !from.includes(':'));
  const [main, ...otherMains] = ofPackages.length > 0 ? ofPackages : alone;
  const appServer = app ? serverFor(app.interface, packages) : null;
  // A module's own way of serving is for developing when it holds the app, and a server is installed that can call it.
  const believesMain =
    main &&
    otherMains.length === 0 &&
    (ofPackages.length > 0 || candidates.apps.length === 0 || appServer === null) &&
    !(main.develops && app !== null);
  if (believesMain && main.develops && serverFor(null, packages) !== null) {
    // There is a server, but which object it is to call nothing says.
    return {};
  }
  if (believesMain) {
    return { entry: main.entry, from: main.from, port: main.port, develops: main.develops };
  }
  return app ? served(app, packages, portOfMain(app, mains)) : {};
}

/** The one app; of several, the one whose module is named after how servers call it, or that Django's settings name. */
function theApp({ apps, djangoAsgi, packages }: Candidates): AppObject | null {
  if (apps.length <= 1) return apps[0] ?? null;
  const named = apps.filter(({ entry }) => /(^|\.)[aw]sgi:/.test(entry));
  if (named.length === 1) return named[0] ?? null;
  const [asgi, ...otherAsgi] = named.filter((app) => app.interface === 'asgi');
  const [wsgi, ...otherWsgi] = named.filter((app) => app.interface === 'wsgi');
  if (!asgi || !wsgi || otherAsgi.length > 0 || otherWsgi.length > 0) return null;
  // Django's own start writes both; what is installed, then what the settings say, tells which one is served.
  const canAsgi = serverFor('asgi', packages) !== null;
  const canWsgi = serverFor('wsgi', packages) !== null;
  if (canAsgi !== canWsgi) return canAsgi ? asgi : wsgi;
  return djangoAsgi ? asgi : wsgi;
}

/** The port that the app's own module serves on when it is run by itself. */
function portOfMain(app: AppObject, mains: readonly MainModule[]): Run['port'] {
  return mains.find(({ entry }) => app.entry.startsWith(`${entry}:`))?.port ?? null;
}
