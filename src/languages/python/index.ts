import type { Language } from '../language.ts';
import type { Interface } from './frameworks.ts';
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
    const facts = factsOf(build);
    return {
      command: ['/usr/bin/python3', ...wordsFor(entry, facts)],
      env: {
        PYTHONPATH: facts.root === '' ? '/app' : `/app/${facts.root}:/app`,
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

/** What detection found out about this project; nothing for a starter. */
interface Facts {
  interfaces: Readonly<Record<string, Interface>>;
  factories: readonly string[];
  packages: readonly string[];
  /** What belongs to the entry that was detected, and to no other. */
  detected: { entry: string | null; server: string | null; options: string[]; args: string[]; script: boolean };
  root: string;
}

function factsOf(build: Record<string, unknown>): Facts {
  const nothing: Facts = {
    interfaces: {},
    factories: [],
    packages: [],
    detected: { entry: null, server: null, options: [], args: [], script: false },
    root: '',
  };
  return { ...nothing, ...(build as Partial<Facts>) };
}

/** What Python is given to run the chosen entry. */
function wordsFor(entry: string, { detected, interfaces, factories, packages, root }: Facts): string[] {
  const isDetected = entry === detected.entry;
  const { script, args, options } = isDetected ? detected : { script: false, args: [], options: [] };
  const [module = '', called = ''] = entry.split(':');
  if (script) return ['-c', `import sys; from ${module} import ${called}; sys.exit(${called}())`, ...args];
  if (!entry.includes(':')) return ['-m', entry, ...args];
  const kind = interfaces[entry] ?? null;
  const installed = new Set(packages);
  // The server for the chosen app: by what kind of app it is, of those that are among the requirements.
  const server = (isDetected ? detected.server : null) ?? serverFor(kind, installed) ?? detected.server ?? 'uvicorn';
  const importFolder = root === '' ? '/app' : `/app/${root}`;
  const factory = factories.includes(entry);
  return ['-m', ...serverWords(server, { entry, factory, interface: kind, importFolder, options })];
}
