/** How a server calls an app; `aiohttp` and `sanic` apps are served by servers of their own kind. */
export type Interface = 'asgi' | 'wsgi' | 'aiohttp' | 'sanic';

/** What makes an app, by its package and its own name. */
const constructors: readonly [module: string, name: string, kind: Interface][] = [
  ['fastapi', 'FastAPI', 'asgi'],
  ['starlette', 'Starlette', 'asgi'],
  ['quart', 'Quart', 'asgi'],
  ['litestar', 'Litestar', 'asgi'],
  ['blacksheep', 'BlackSheep', 'asgi'],
  ['blacksheep', 'Application', 'asgi'],
  ['connexion', 'AsyncApp', 'asgi'],
  ['connexion', 'FlaskApp', 'asgi'],
  ['falcon.asgi', 'App', 'asgi'],
  ['socketio', 'ASGIApp', 'asgi'],
  ['django', 'get_asgi_application', 'asgi'],
  ['channels', 'ProtocolTypeRouter', 'asgi'],
  ['flask', 'Flask', 'wsgi'],
  ['apiflask', 'APIFlask', 'wsgi'],
  ['flask_openapi3', 'OpenAPI', 'wsgi'],
  ['bottle', 'Bottle', 'wsgi'],
  ['falcon', 'App', 'wsgi'],
  ['socketio', 'WSGIApp', 'wsgi'],
  ['django', 'get_wsgi_application', 'wsgi'],
  ['aiohttp', 'Application', 'aiohttp'],
  ['sanic', 'Sanic', 'sanic'],
];

/** Names that say by themselves which framework they are of, however they came in. */
const unmistakable = new Map(
  constructors
    .filter(([, name]) => !['App', 'Application', 'OpenAPI'].includes(name))
    .map(([, name, kind]) => [name, kind]),
);

/**
 * What calling a name makes.
 * @param name dotted, imports resolved: `fastapi.FastAPI`; a bare name may come from a `*` import.
 * @returns null when it makes no app that is known.
 */
export function madeBy(name: string): Interface | null {
  const last = name.slice(name.lastIndexOf('.') + 1);
  if (last === name) return unmistakable.get(name) ?? null;
  const found = constructors.find(([module, own]) => own === last && name.startsWith(`${module}.`));
  return found?.[2] ?? null;
}

/** Frameworks whose `app.run()` is for developing. */
export const developing: readonly string[] = ['flask', 'bottle', 'quart'];

/** Calls that serve until the process is told to end, by the end of their name. */
const serving =
  /(^|\.)(uvicorn\.(run|Server)|run_app|TCPSite|hypercorn\.(asyncio|trio)\.serve|waitress\.serve|serve|serve_forever|Granian|make_server|WSGIServer|HTTPServer|ThreadingHTTPServer|asyncio\.start_server|grpc\.(aio\.)?server|StandaloneApplication|BaseApplication)$/;

/** True when a call serves; `.run()` does on an app, and not on a library such as subprocess. */
export function serves(callee: string, isApp: (name: string) => boolean): boolean {
  if (serving.test(callee)) return true;
  return callee.endsWith('.run') && isApp(callee.slice(0, -'.run'.length));
}
