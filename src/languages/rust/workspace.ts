import type { Finding } from '../../app.ts';
import type { Project } from '../language.ts';
import { inside } from '../scan.ts';
import { type Package, readPackage, readToml, type Table, tableOf, textsOf } from './manifest.ts';

/** All packages that one `cargo build` in the project's folder can see. */
export interface Crates {
  packages: Package[];
  /** The root manifest has a `[workspace]` table. */
  workspace: boolean;
  /** The root manifest. */
  root: { table: Table; text: string };
}

/** More members than this are not read. */
const mostMembers = 500;

/**
 * The root package, the workspace's members and the packages that they depend on by path.
 * Source: https://doc.rust-lang.org/cargo/reference/workspaces.html
 * @returns the finding of the first manifest that cannot be read, if there is one.
 */
export function readCrates(project: Project): Crates | Finding {
  const root = readToml(project, 'Cargo.toml');
  if (!('table' in root)) return root;
  const workspace = tableOf(root.table.workspace);
  const queue = ['', ...memberFolders(project, workspace)];
  const packages = new Map<string, Package>();
  const seen = new Set<string>();
  for (let dir = queue.shift(); dir !== undefined && seen.size < mostMembers; dir = queue.shift()) {
    const path = dir === '' ? 'Cargo.toml' : `${dir}/Cargo.toml`;
    if (seen.has(dir) || !project.has(path)) continue;
    seen.add(dir);
    const manifest = dir === '' ? root : readToml(project, path);
    if (!('table' in manifest)) return manifest;
    const found = readPackage(project, { path, ...manifest }, workspace);
    if (!found) continue;
    packages.set(dir, found);
    queue.push(...found.dependencies.flatMap(({ path: to }) => to ?? []));
  }
  return { packages: [...packages.values()], workspace: Object.hasOwn(root.table, 'workspace'), root };
}

/** The folders that `members` names, globs expanded, without those of `exclude`. */
function memberFolders(project: Project, workspace: Table): string[] {
  const excluded = textsOf(workspace.exclude).flatMap((path) => inside('', path) ?? []);
  const patterns = textsOf(workspace.members).flatMap((path) => inside('', path) ?? []);
  if (patterns.length === 0) return [];
  const globs = patterns.map(globPattern);
  return project.files
    .filter((file) => file.endsWith('/Cargo.toml'))
    .map((file) => file.slice(0, -'/Cargo.toml'.length))
    .filter((dir) => globs.some((glob) => glob.test(dir)))
    .filter((dir) => !excluded.some((out) => dir === out || dir.startsWith(`${out}/`)));
}

/** `*` and `?` within one folder name, `**` across folders; each run of stars is one, so that matching stays quick. */
function globPattern(glob: string): RegExp {
  const source = glob
    .split('/')
    .map((part) =>
      /^\*\*+$/.test(part)
        ? '.*'
        : part
            .replace(/[.+^${}()|[\]\\]/g, '\\$&')
            .replace(/\*+/g, '[^/]*')
            .replaceAll('?', '[^/]'),
    )
    .join('/');
  return new RegExp(`^${source}$`);
}

/** A package and those of the project that it depends on by path. */
export function closure(packages: readonly Package[], start: Package): Package[] {
  const found = new Set([start]);
  for (const one of found) {
    for (const { path, kind } of one.dependencies) {
      const other = kind === 'dev' || path === null ? undefined : packages.find(({ dir }) => dir === path);
      if (other) found.add(other);
    }
  }
  return [...found];
}
