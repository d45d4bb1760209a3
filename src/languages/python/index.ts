import type { Language } from '../language.ts';
import { serverFor, serverWords } from './servers.ts';

export const python: Language = {
  id: 'python',
  label: 'Python',
  hint: 'Starlette and uvicorn',
  // Python, its libraries and the starter are some 50 MB, of which the service uses 40 more while it runs.
  memoryMb: 512,
  images: ['core-uv', 'core-ca-certificates', 'pallet-python', 'core-filesystem'],
  starter: { manager: 'uv', entry: 'app', env: { PORT: '' }, build: { requirements: ['requirements.txt'] } },
  runnable({ entry, build }) {
    // Packages below src are imported from there.
    const folder = build.sourceFolder === true ? '/app/src' : '/app';
    const words = entry.includes(':') ? serverWords(serverOf(entry, build), entry, folder) : [entry];
    return {
      command: ['/usr/bin/python3', '-m', ...words],
      env: {
        PYTHONPATH: folder === '/app' ? folder : `${folder}:/app`,
        // The enclave starts in `/`, where a folder such as /app would pass for a package of that name.
        PYTHONSAFEPATH: '1',
        PYTHONDONTWRITEBYTECODE: '1',
      },
      build: { ...build, requirements: requirementsOf(build) },
    };
  },
  checkEntry(entry) {
    if (entry.endsWith('.py')) return 'it is a file: name the module, without .py.';
    if (/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*(:[A-Za-z_]\w*)?$/.test(entry)) return null;
    return 'it is neither a module (package.module) nor an app in one (package.module:app).';
  },
};

/** The files that dependencies are installed from; where there is none yet, the one that is asked for. */
function requirementsOf(build: Record<string, unknown>): unknown[] {
  return Array.isArray(build.requirements) && build.requirements.length > 0 ? build.requirements : ['requirements.txt'];
}

/** The server for the chosen app: by what kind of app it is, of those that are among the requirements. */
function serverOf(entry: string, build: Record<string, unknown>): string {
  const packages = new Set(Array.isArray(build.packages) ? build.packages : []);
  const interfaces = new Map(Object.entries(build.interfaces ?? {}));
  const kind = interfaces.get(entry);
  const known = kind === 'asgi' || kind === 'wsgi' ? serverFor(kind, packages) : null;
  return known ?? (typeof build.server === 'string' ? build.server : (serverFor(null, packages) ?? 'uvicorn'));
}
