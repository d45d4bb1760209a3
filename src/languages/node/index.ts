import type { Language } from '../language.ts';
import { isPlainPath } from '../scan.ts';

export const node: Language = {
  id: 'node',
  label: 'Node.js',
  hint: 'TypeScript run by Node.js itself, Hono',
  // Node and its libraries are some 130 MB, of which the service uses 70 more while it runs.
  memoryMb: 1024,
  images: ['pallet-nodejs', 'core-filesystem'],
  starter: { manager: 'npm', entry: 'src/server.ts', env: { PORT: '' }, build: {} },
  runnable({ name, entry, build }) {
    return {
      command: ['/usr/bin/node', ...texts(build.options), `/app/${entry}`, ...texts(build.arguments)],
      env: { NODE_ENV: 'production' },
      build: { lock: 'package-lock.json', npmrc: false, script: null, ...build, packageName: packageName(name) },
    };
  },
  checkEntry(entry) {
    if (!isPlainPath(entry)) return 'it is no path of letters, digits and @+._- inside the service.';
    if (/\.[jt]sx$/.test(entry)) return 'Node does not run JSX; name the file that a build script makes.';
    return null;
  },
};

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

/**
 * A name for package.json: npm takes lower case only, and not `node_modules`.
 * Source: https://docs.npmjs.com/cli/configuring-npm/package-json#name
 */
function packageName(name: string): string {
  const lower = name.toLowerCase();
  return lower === 'node_modules' ? 'node-modules' : lower;
}
