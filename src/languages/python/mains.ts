import type { AppObject } from './apps.ts';
import type { Call, Value } from './expressions.ts';
import { developing, serves } from './frameworks.ts';
import { qualified, type Source } from './sources.ts';

/** A module that starts the service when it is run. */
export interface MainModule {
  /** `package` or `module`. */
  entry: string;
  from: string;
  /** Where it listens, and the call that says so. */
  port: { port: number; from: string } | null;
  /** It serves with the framework's own server, which is for developing. */
  develops: boolean;
  /** It is a command line whose subcommand serves: running it alone prints help. */
  subcommands: boolean;
}

/** Servers that are made for more than developing. */
const realServer =
  /(^|\.)(uvicorn|hypercorn|waitress|gunicorn|granian|gevent|eventlet|cheroot|tornado|bjoern|meinheld|sanic|aiohttp)\b/i;

/**
 * Packages with a `__main__.py`, and modules whose `if __name__ == "__main__":` serves.
 * @param packages names of the required packages, for apps that a function makes.
 */
export function findMains(
  sources: readonly Source[],
  apps: readonly AppObject[],
  packages: { has(name: string): boolean },
): MainModule[] {
  const isApp = appNames(apps, packages);
  return sources.flatMap((source): MainModule[] => {
    const { file, module, syntax } = source;
    const isPackage = /(^|\/)__main__\.py$/.test(file);
    if (module === null || (!isPackage && syntax.mainLine === null)) return [];
    const entry = isPackage ? module.replace(/\.?__main__$/, '') : module;
    const reached = [source, ...reachedFrom(source, sources)];
    const calls = reached.flatMap((each) => servingCalls(each, isApp));
    if (entry === '' || calls.length === 0) return [];
    const ports = calls.flatMap(({ call, source: where }) => {
      const port = portOf(call, where);
      return port === null ? [] : [{ port, from: `${where.file}:${call.line}` }];
    });
    return [
      {
        entry,
        from: isPackage ? file : `${file}:${syntax.mainLine}`,
        port: ports.every(({ port }) => port === ports[0]?.port) ? (ports[0] ?? null) : null,
        develops: developsOnly(reached, calls),
        subcommands: reached.some((each) => hasSubcommands(each)),
      },
    ];
  });
}

/** Tells an app's name from a library's: a known one, or, beside a framework for developing, a usual one. */
export function appNames(
  apps: readonly AppObject[],
  packages: { has(name: string): boolean },
): (name: string) => boolean {
  const usual = developing.some((name) => packages.has(name)) ? ['app', 'application', 'socketio'] : ['socketio'];
  const names = new Set([...usual, ...apps.map(({ entry }) => entry.split(':')[1] ?? '')]);
  return (name) => names.has(name.slice(name.lastIndexOf('.') + 1));
}

/** A call that serves, and the source that it stands in. */
export interface ServingCall {
  call: Call;
  source: Source;
}

export function servingCalls(source: Source, isApp: (name: string) => boolean): ServingCall[] {
  return source.syntax.calls
    .filter(({ callee }) => callee !== null && serves(callee, isApp))
    .map((call) => ({ call, source }));
}

/** The sources whose functions a main module calls, through others: `main()` often stands in a module of its own. */
function reachedFrom(start: Source, sources: readonly Source[]): Source[] {
  const reached = new Set<Source>();
  let edge: Source[] = [start];
  for (let step = 0; step < 3 && edge.length > 0; step += 1) {
    const called = new Set(
      edge.flatMap((source) =>
        source.syntax.calls
          .filter(({ within }) => step > 0 || source !== start || within !== '.')
          .flatMap(({ callee }) => (callee === null ? [] : [qualified(source, callee)])),
      ),
    );
    edge = sources.filter(
      (source) =>
        source !== start &&
        !reached.has(source) &&
        source.syntax.functions.some(({ name }) => called.has(`${source.module}.${name}`)),
    );
    for (const source of edge) reached.add(source);
  }
  return [...reached];
}

function developsOnly(reached: readonly Source[], calls: readonly ServingCall[]): boolean {
  const own = calls.every(({ call }) => call.callee?.endsWith('.run') && !realServer.test(call.callee));
  const imports = reached.flatMap(({ syntax }) => [...syntax.imports.values()]);
  return own && !imports.some((name) => realServer.test(name));
}

function hasSubcommands({ syntax }: Source): boolean {
  const names = [...syntax.imports.values()];
  return (
    names.some((name) => /^(click|typer)\b/.test(name)) &&
    syntax.calls.some(({ callee }) => /(^|\.)command$/.test(callee ?? '')) &&
    syntax.calls.some(({ callee }) => /(^|\.)(Typer|group)$/.test(callee ?? ''))
  );
}

/** The port that a serving call names: a number, a constant of the module, or the default of an environment variable. */
export function portOf(call: Call, source: Source): number | null {
  const given = call.keywords.get('port') ?? positionalPort(call);
  const port = given === undefined ? null : numberOf(given, source);
  return port !== null && Number.isInteger(port) && port >= 1 && port <= 65_535 ? port : null;
}

/** `app.run("0.0.0.0", 5000)`, `TCPSite(runner, "0.0.0.0", 8080)`, `HTTPServer(("", 8000), …)`. */
function positionalPort({ callee, positional }: Call): Value | undefined {
  const [first, second, third] = positional;
  if (callee?.endsWith('.run') && !callee.endsWith('uvicorn.run')) return second;
  if (callee?.endsWith('TCPSite')) return third;
  return /HTTPServer$|WSGIServer$/.test(callee ?? '') && first?.kind === 'list' ? first.items[1] : undefined;
}

function numberOf(value: Value, source: Source, depth = 0): number | null {
  if (value.kind === 'number') return value.number;
  if (value.kind === 'text') return /^\d{1,5}$/.test(value.text) ? Number(value.text) : null;
  if (depth > 3) return null;
  if (value.kind === 'name') {
    const own = source.syntax.assignments.filter(({ name }) => name === value.name);
    return own.length === 1 && own[0] ? numberOf(own[0].value, source, depth + 1) : null;
  }
  if (value.kind !== 'call') return null;
  const { callee, positional, keywords } = value.call;
  if (callee === 'int') return positional[0] ? numberOf(positional[0], source, depth + 1) : null;
  if (!readsEnvironment(callee)) return null;
  const otherwise = positional[1] ?? keywords.get('default');
  return otherwise ? numberOf(otherwise, source, depth + 1) : null;
}

/** `os.environ.get`, `os.getenv`, and the readers of python-decouple and django-environ. */
export function readsEnvironment(callee: string | null): boolean {
  return /(^|\.)(environ\.get|getenv|decouple\.config)$|(^|\.)env(\.\w+)?$/.test(callee ?? '');
}
