import path from 'node:path';
import type { Project } from '../language.ts';
import { projectOf } from '../project.ts';
import type { LockRecipe } from '../recipe.ts';
import { readLock } from './lock.ts';
import { readToml } from './toml.ts';
import { cargoRoot } from './workspace.ts';

/** A repository with more manifests and roots of crates than this is not handed over. */
const mostFiles = 5000;

/** What of Cargo's settings decides where crates come from; some of it names programs that Cargo would run. */
const decisive = ['source', 'registries', 'registry', 'patch', 'paths', 'include', 'credential-alias'];

/**
 * Cargo.lock of a package, or of the workspace that it belongs to. Cargo reads manifests, wants to see that sources are
 * there (empty ones will do), and compiles nothing. Null where the project's own settings say where crates come from:
 * they are not handed over.
 * Source: https://doc.rust-lang.org/cargo/commands/cargo-generate-lockfile.html
 */
export function cargoLock(project: Project): LockRecipe | null {
  const { project: root, dir } = cargoRoot(project);
  const manifests = root.files.filter((file) => /(^|\/)Cargo\.toml$/.test(file));
  const stubs = root.files.filter((file) => /(^|\/)src\/(main|lib|bin\/.+)\.rs$/.test(file));
  if (manifests.length + stubs.length > mostFiles || hasOwnSources(root)) return null;
  const read = manifests.flatMap((file) => {
    const text = root.read(file);
    return text === null ? [] : [[file, text] as const];
  });
  const inputs = [...read, ...stubs.map((file) => [file, ''] as const)];
  return {
    mends: ['rust-no-lock'],
    image: 'pallet-rust',
    borrows: [],
    command: { file: 'cargo', args: ['generate-lockfile'] },
    // Of several releases of a crate, one that the pallet's compiler is new enough for.
    env: { CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS: 'fallback', CARGO_TERM_COLOR: 'never' },
    folder: dir,
    inputs: Object.fromEntries(inputs.map(([file, text]) => [path.posix.join(dir, file), text])),
    reaches: 'crates.io',
    makes: path.posix.join(dir, 'Cargo.lock'),
    keeps: {},
    read: (text) => {
      const lock = readLock(projectOf({ 'Cargo.lock': text }));
      return 'id' in lock ? { reason: lock.message } : { packages: lock.packages.length };
    },
  };
}

function hasOwnSources(root: Project): boolean {
  const file = ['.cargo/config.toml', '.cargo/config'].find((name) => root.has(name));
  if (file === undefined) return false;
  const toml = readToml(root, file);
  return !('table' in toml) || decisive.some((key) => Object.hasOwn(toml.table, key));
}
