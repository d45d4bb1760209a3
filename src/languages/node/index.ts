import { readFileSync } from 'node:fs';
import { shipped } from '../../package-root.ts';
import type { Language, Runnable } from '../language.ts';
import { isPlainPath } from '../scan.ts';
import { launchOptions } from './launch.ts';
import { nextScript } from './next.ts';

export const node: Language = {
  id: 'node',
  label: 'Node.js',
  hint: 'TypeScript run by Node.js itself, Hono',
  // Node and its libraries are some 130 MB, of which the service uses 70 more while it runs.
  memoryMb: 1024,
  images: ['pallet-nodejs', 'core-filesystem'],
  starter: { manager: 'npm', entry: 'src/server.ts', env: { PORT: '' }, build: {} },
  runnable({ name, entry, build }) {
    const chosen = recordOf(recordOf(build.choices)[entry] ?? build);
    const seen = typeof chosen.seen === 'string' ? chosen.seen : '';
    return {
      command: ['/usr/bin/node', ...launchOptions(chosen), `/app/${seen}${entry}`, ...texts(chosen.arguments)],
      env: { ...recordOf<string>(chosen.env), NODE_ENV: 'production' },
      build: { ...nothingBuilt, ...chosen, packageName: packageName(name) },
      ...filesFor(recordOf(chosen.next)),
    };
  },
  checkEntry(entry) {
    if (!isPlainPath(entry.replace(/(^|\/)\.(output|next)\//, '$1$2/'))) {
      return 'it is no path of letters, digits and @+._- inside the service.';
    }
    if (/\.[jt]sx$/.test(entry)) return 'Node does not run JSX; name the file that a build script makes.';
    return null;
  },
  lockRecipe: async () => (await import('./recipe.ts')).npmLock,
};

/** Our script for a service of Next.js, which lies among the templates as it is written. */
function filesFor({ file }: Record<string, unknown>): Pick<Runnable, 'files'> {
  if (typeof file !== 'string') return {};
  return { files: { [file]: readFileSync(shipped(`templates/node/${nextScript}`), 'utf8') } };
}

/** Data of the template for a service of which nothing is known. */
const nothingBuilt = {
  manifests: [{ from: ['package.json', 'package-lock.json'], to: './' }],
  tool: null,
  variables: [],
  install: [],
  installAll: null,
  packageFolders: ['node_modules'],
  steps: [],
  sources: [],
  mixed: [],
  folders: [''],
  output: null,
  leftovers: [],
  tests: false,
  base: '',
};

function recordOf<Value = unknown>(value: unknown): Record<string, Value> {
  return typeof value === 'object' && value !== null ? (value as Record<string, Value>) : {};
}

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
