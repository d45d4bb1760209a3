import { portWord } from '../port-word.ts';
import type { Interface } from './frameworks.ts';

/** The servers that a service may bring, by what they can call; the one to take first. */
const byInterface: Readonly<Record<Interface, readonly string[]>> = {
  asgi: ['uvicorn', 'hypercorn', 'granian', 'daphne'],
  wsgi: ['gunicorn', 'waitress', 'granian', 'hypercorn'],
  aiohttp: ['gunicorn'],
  sanic: ['sanic'],
};

/** The server to start an app with, of those that are installed; null when there is none. */
export function serverFor(kind: Interface | null, packages: { has(name: string): boolean }): string | null {
  const servers = kind === null ? [...new Set([...byInterface.asgi, ...byInterface.wsgi])] : byInterface[kind];
  return servers.find((server) => packages.has(server)) ?? null;
}

/** True when a server can call such an app. */
export function canServe(server: string, kind: Interface): boolean {
  return byInterface[kind].includes(server);
}

/** Where a server listens when nobody says where. Source: the manuals of each. */
export function defaultPort(server: string): number {
  return server === 'waitress' ? 8080 : 8000;
}

/** An app, and how it is to be served. */
export interface Served {
  /** `package.module:name`. */
  entry: string;
  /** A function that makes the app: it is called first. */
  factory: boolean;
  interface: Interface | null;
  /** Where the service's modules lie in the image. */
  importFolder: string;
  /** Where it is started, for a server that changes its folder itself. */
  startFolder: string;
  /** Options that are taken over as they are. */
  options: readonly string[];
}

/** The words that start an app with a server, run as a module: its command would hold a path of the build. */
export function serverWords(
  server: string,
  { entry, factory, interface: kind, importFolder, startFolder, options }: Served,
): string[] {
  const called = factory ? `${entry}()` : entry;
  switch (server) {
    case 'gunicorn': {
      const worker = kind === 'aiohttp' ? ['--worker-class', 'aiohttp.GunicornWebWorker'] : [];
      return ['gunicorn', '--chdir', startFolder, '--bind', `0.0.0.0:${portWord}`, ...worker, ...options, called];
    }
    case 'waitress':
      return ['waitress', `--listen=0.0.0.0:${portWord}`, ...(factory ? ['--call'] : []), ...options, entry];
    case 'hypercorn':
      return ['hypercorn', '--bind', `0.0.0.0:${portWord}`, ...options, called];
    case 'granian': {
      const made = factory ? ['--factory'] : [];
      const spoken = kind === 'wsgi' ? 'wsgi' : 'asgi';
      return ['granian', '--interface', spoken, '--host', '0.0.0.0', '--port', portWord, ...made, ...options, entry];
    }
    case 'daphne':
      return ['daphne', '-b', '0.0.0.0', '-p', portWord, ...options, entry];
    case 'sanic': {
      const made = factory ? ['--factory'] : [];
      return ['sanic', entry, ...made, '--host', '0.0.0.0', '--port', portWord, ...options];
    }
    default: {
      const made = factory ? ['--factory'] : [];
      return [
        'uvicorn',
        '--app-dir',
        importFolder,
        '--host',
        '0.0.0.0',
        '--port',
        portWord,
        ...made,
        ...options,
        entry,
      ];
    }
  }
}
