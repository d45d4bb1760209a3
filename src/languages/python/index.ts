import { quoteWord } from '../../caution/words.ts';
import type { Language } from '../language.ts';
import type { Interface } from './frameworks.ts';
import { serverFor, serverWords } from './servers.ts';
import type { StaticFiles } from './static.ts';

export const python: Language = {
  id: 'python',
  label: 'Python',
  hint: 'Starlette and uvicorn',
  // Python, its libraries and the starter are some 50 MB, of which the service uses 40 more while it runs.
  memoryMb: 512,
  images: ['core-uv', 'core-ca-certificates', 'pallet-python', 'core-filesystem'],
  starter: { manager: 'uv', entry: 'app', env: { PORT: '' }, build: { requirements: ['requirements.txt'] } },
  runnable({ entry, build }) {
    const facts = factsOf(build);
    const folders = [...new Set([facts.root, '', ...facts.importFolders])].map(inImage);
    return {
      command: ['/usr/bin/python3', ...wordsFor(entry, facts)],
      env: {
        PYTHONPATH: folders.join(':'),
        // The enclave starts in `/`, where a folder such as /app would pass for a package of that name.
        PYTHONSAFEPATH: '1',
        PYTHONDONTWRITEBYTECODE: '1',
      },
      build: {
        ...facts,
        copies: copiesOf(facts.requirements),
        placeholders: assignments(facts.staticFiles?.env ?? {}),
        buildPath: folders.map((folder) => `/rootfs${folder}`).join(':'),
      },
      ...(facts.derived === undefined ? {} : { files: facts.derived }),
    };
  },
  checkEntry(entry) {
    if (entry.endsWith('.py')) return 'it is a file: name the module, without .py.';
    if (/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*(:[A-Za-z_]\w*)?$/.test(entry)) return null;
    return 'it is neither a module (package.module) nor an app in one (package.module:app).';
  },
  lockRecipe: async () => (await import('./recipe.ts')).hashedRequirements,
};

/** What detection found out about this project; hardly anything for a starter. */
interface Facts {
  /** What is installed from: the first of them, which includes the others. */
  requirements: readonly string[];
  /** A requirements file to write, by its name. */
  derived?: Readonly<Record<string, string>>;
  lock: { file: string; path: string } | null;
  /** Folders of the repository, beside the service's, that hold packages of the project's own. */
  shared: readonly string[];
  importFolders: readonly string[];
  interfaces: Readonly<Record<string, Interface>>;
  factories: readonly string[];
  packages: readonly string[];
  /** What belongs to the entry that was detected, and to no other. */
  detected: { entry: string | null; server: string | null; options: string[]; args: string[]; script: boolean };
  /** The folder that modules are imported from. */
  root: string;
  /** The folder that it has to be started in; null when any will do. */
  startsIn: string | null;
  staticFiles: StaticFiles | null;
  /** Names that the image goes without. */
  notRun: readonly string[];
}

function factsOf(build: Record<string, unknown>): Facts {
  const nothing: Facts = {
    requirements: ['requirements.txt'],
    lock: null,
    shared: [],
    importFolders: [],
    interfaces: {},
    factories: [],
    packages: [],
    detected: { entry: null, server: null, options: [], args: [], script: false },
    root: '',
    startsIn: null,
    staticFiles: null,
    notRun: [],
  };
  return { ...nothing, ...(build as Partial<Facts>) };
}

/** Requirements by the folder that they lie in, which they keep in the build: they name each other by it. */
function copiesOf(requirements: readonly string[]): { from: string[]; to: string }[] {
  const byFolder = new Map<string, string[]>();
  for (const file of requirements) {
    const to = file.includes('/') ? `./${file.slice(0, file.lastIndexOf('/') + 1)}` : './';
    byFolder.set(to, [...(byFolder.get(to) ?? []), file]);
  }
  return [...byFolder].map(([to, from]) => ({ to, from }));
}

/** Assignments before a command of a shell. */
function assignments(env: Readonly<Record<string, string>>): string {
  return Object.entries(env)
    .map(([name, value]) => `${name}=${quoteWord(value)}`)
    .join(' ');
}

/** Where a folder of the service is in the image. */
function inImage(folder: string): string {
  return folder === '' ? '/app' : `/app/${folder}`;
}

/** What Python is given to run the chosen entry. */
function wordsFor(entry: string, facts: Facts): string[] {
  const { detected, interfaces, factories, packages, root, startsIn } = facts;
  const isDetected = entry === detected.entry;
  const { script, args, options } = isDetected ? detected : { script: false, args: [], options: [] };
  const [module = '', called = ''] = entry.split(':');
  const change = startsIn === null ? '' : `import os; os.chdir("${inImage(startsIn)}"); `;
  if (script) return ['-c', `${change}import sys; from ${module} import ${called}; sys.exit(${called}())`, ...args];
  if (!entry.includes(':')) return [...moduleWords(entry, change), ...args];
  const kind = interfaces[entry] ?? null;
  const installed = new Set(packages);
  // The server for the chosen app: by what kind of app it is, of those that are among the requirements.
  const server = (isDetected ? detected.server : null) ?? serverFor(kind, installed) ?? detected.server ?? 'uvicorn';
  const folders = { importFolder: inImage(root), startFolder: inImage(startsIn ?? root) };
  const factory = factories.includes(entry);
  const [name = '', ...words] = serverWords(server, { entry, factory, interface: kind, ...folders, options });
  return [...moduleWords(name, server === 'gunicorn' ? '' : change), ...words];
}

/** Runs a module; from another folder than `/` without a shell, which the image has not. */
function moduleWords(module: string, change: string): string[] {
  if (change === '') return ['-m', module];
  return ['-c', `${change}import runpy; runpy.run_module("${module}", run_name="__main__", alter_sys=True)`];
}
