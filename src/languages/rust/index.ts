import type { Language } from '../language.ts';
import type { Program, RustFacts } from './detect.ts';

const plain = { images: [], variables: {}, copies: [], files: [] };

const starterFacts: RustFacts = {
  programs: [{ entry: 'server', binary: 'server', package: null, features: [], ...plain }],
  fetch: 'manifest',
  stubs: ['src/main.rs'],
  root: null,
  cfgs: [],
};

/** Rust, built with Cargo. */
export const rust: Language = {
  id: 'rust',
  label: 'Rust',
  hint: 'axum, one static binary',
  memoryMb: 512,
  images: ['pallet-rust', 'core-filesystem'],
  starter: { manager: 'cargo', entry: 'server', env: { PORT: '' }, build: { ...starterFacts } },
  runnable({ entry, build, dir }) {
    const program = programOf(entry, build);
    const root = (build as unknown as RustFacts).root ?? dir;
    return {
      command: [`/app/${program.binary}`],
      env: {},
      build: { ...program, context: root === '' ? '' : `${root}/` },
    };
  },
  checkEntry(entry) {
    const valid = /^[A-Za-z0-9_][A-Za-z0-9_.-]*(\/[A-Za-z0-9_][A-Za-z0-9_.-]*)?$/.test(entry) && !entry.includes('..');
    return valid ? null : 'A Cargo binary is named by letters, digits, "-" and "_".';
  },
  lockRecipe: async () => (await import('./recipe.ts')).cargoLock,
};

/** What detection knows of the entry; a name that it does not know is taken as a binary of the root package. */
function programOf(entry: string, build: Record<string, unknown>): Program {
  const { programs } = build as unknown as RustFacts;
  const known = programs.find((program) => program.entry === entry);
  return known ?? { entry, binary: entry.split('/').at(-1) ?? entry, package: null, features: [], ...plain };
}
