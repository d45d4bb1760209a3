import type { Interface } from './apps.ts';

/** The servers that a service may bring, by what they can call; the one to take first. */
const byInterface: Readonly<Record<Interface, readonly string[]>> = {
  asgi: ['uvicorn', 'hypercorn'],
  wsgi: ['gunicorn', 'waitress', 'hypercorn'],
};

/** The server to start an app with, of those that are installed; null when there is none. */
export function serverFor(kind: Interface | null, packages: { has(name: string): boolean }): string | null {
  const servers = kind === null ? [...new Set([...byInterface.asgi, ...byInterface.wsgi])] : byInterface[kind];
  return servers.find((server) => packages.has(server)) ?? null;
}

/** In place of the port, which is chosen later. */
export const portWord = '{port}';

/**
 * The words that start `module:app` with a server, run as a module: its command would hold a path of the build.
 * @param folder the import path in the image, for servers that otherwise look in the working folder.
 */
export function serverWords(server: string, entry: string, folder: string): string[] {
  switch (server) {
    case 'gunicorn':
      return ['gunicorn', '--chdir', folder, '--bind', `0.0.0.0:${portWord}`, entry];
    case 'waitress':
      return ['waitress', `--listen=0.0.0.0:${portWord}`, entry];
    case 'hypercorn':
      return ['hypercorn', '--bind', `0.0.0.0:${portWord}`, entry];
    default:
      return ['uvicorn', '--app-dir', folder, '--host', '0.0.0.0', '--port', portWord, entry];
  }
}
