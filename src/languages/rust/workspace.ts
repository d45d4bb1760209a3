import type { Finding } from '../../app.ts';
import { foldersAbove } from '../files.ts';
import { matchesPath } from '../glob.ts';
import type { Project } from '../language.ts';
import { fromOf, placeAt } from '../place.ts';
import { below } from '../project.ts';
import { inside, lineOf, literal } from '../scan.ts';
import { type Package, readPackage } from './manifest.ts';
import { readToml, type Table, tableOf, textOf, textsOf } from './toml.ts';

/** All packages that one `cargo build` in the project's folder can see. */
export interface Crates {
  packages: Package[];
  /** The root manifest has a `[workspace]` table. */
  workspace: boolean;
  /** Folders of `default-members`, globs expanded; null when there is none. */
  defaults: { dirs: string[]; from: string } | null;
  /** Folders of `[patch]` tables: what is there takes the place of a crate. */
  patched: string[];
  /** The root manifest. */
  root: { table: Table; text: string };
}

/** More members than this are not read. */
const mostMembers = 500;

/**
 * Where Cargo works: the nearest workspace above the service that has it as a member, or the service's own folder.
 * Source: https://doc.rust-lang.org/cargo/reference/workspaces.html#the-workspace-section
 * @returns the workspace as a project; `dir` is its folder in the build context, `member` the service's in the workspace.
 */
export function cargoRoot(project: Project): { project: Project; dir: string; member: string } {
  const { around } = project;
  const own = { project, dir: around?.dir ?? '', member: '' };
  const manifest = readToml(project, 'Cargo.toml');
  if (!around || !('table' in manifest) || Object.hasOwn(manifest.table, 'workspace')) return own;
  const named = textOf(tableOf(manifest.table.package).workspace);
  const above = foldersAbove(around.dir);
  for (const dir of named === null ? above : above.filter((each) => each === inside(around.dir, named))) {
    const root = dir === '' ? around.context : below(around.context, dir);
    const workspace = workspaceOf(root);
    if (workspace === null) continue;
    const member = dir === '' ? around.dir : around.dir.slice(dir.length + 1);
    return named !== null || isIncluded(root, workspace, member) ? { project: root, dir, member } : own;
  }
  return own;
}

/** The `[workspace]` table of a folder's manifest; null when there is none. */
function workspaceOf(project: Project): Table | null {
  const manifest = project.has('Cargo.toml') ? readToml(project, 'Cargo.toml') : null;
  if (manifest === null || !('table' in manifest) || !Object.hasOwn(manifest.table, 'workspace')) return null;
  return tableOf(manifest.table.workspace);
}

/** A member by name, or because the root package or another member depends on it by path. */
function isIncluded(project: Project, workspace: Table, member: string): boolean {
  if (isExcluded(workspace, member)) return false;
  if (memberFolders(project, textsOf(workspace.members), workspace).includes(member)) return true;
  const crates = readCrates(project);
  return 'packages' in crates && crates.packages.some(({ dir }) => dir === member);
}

/**
 * The root package, the workspace's members and the packages that they depend on by path.
 * Source: https://doc.rust-lang.org/cargo/reference/workspaces.html
 * @returns the finding of the first manifest that cannot be read, if there is one.
 */
export function readCrates(project: Project): Crates | Finding {
  const root = readToml(project, 'Cargo.toml');
  if (!('table' in root)) return root;
  const workspace = tableOf(root.table.workspace);
  const lost = missingMember(project, workspace, root.text);
  if (lost) return lost;
  const patched = patchFolders(root.table);
  const queue = ['', ...memberFolders(project, textsOf(workspace.members), workspace), ...patched];
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
    const outside = patched.includes(dir) || isExcluded(workspace, dir);
    packages.set(dir, outside ? { ...found, member: false } : found);
    queue.push(...found.dependencies.flatMap(({ path: to }) => to ?? []));
  }
  return {
    packages: [...packages.values()],
    workspace: Object.hasOwn(root.table, 'workspace'),
    defaults: defaultMembers(project, workspace, root.text),
    patched,
    root,
  };
}

function defaultMembers(project: Project, workspace: Table, text: string): Crates['defaults'] {
  if (!Array.isArray(workspace['default-members'])) return null;
  const line = lineOf(text, /^[ \t]*(?:workspace\.)?["']?default-members\b/m);
  return {
    // `.` is the root package.
    dirs: textsOf(workspace['default-members']).flatMap((pattern) =>
      inside('', pattern) === '' ? [''] : memberFolders(project, [pattern], {}),
    ),
    from: fromOf('Cargo.toml', line),
  };
}

/** Cargo refuses a member that is named, not matched by a glob, and has no manifest. */
function missingMember(project: Project, workspace: Table, text: string): Finding | null {
  const missing = textsOf(workspace.members).find((name) => {
    const dir = inside('', name);
    return dir !== null && dir !== '' && !/[*?[]/.test(name) && !project.has(`${dir}/Cargo.toml`);
  });
  if (missing === undefined) return null;
  const line = lineOf(text, new RegExp(`["']${literal(missing)}["']`));
  return {
    id: 'rust-member-missing',
    level: 'error',
    ...placeAt('Cargo.toml', line),
    message: `The workspace names a member ${JSON.stringify(missing)}, and there is no Cargo.toml in it that git would commit.`,
    why: 'Cargo loads every member before it builds one, and the build gets what is committed.',
    source: 'https://doc.rust-lang.org/cargo/reference/workspaces.html#the-members-and-exclude-fields',
    mend: 'Commit it (a git submodule: as files of this repository), or take it out of `members`.',
  };
}

/** The folders that `[patch]` tables name, all within the project. */
function patchFolders(root: Table): string[] {
  return Object.values(tableOf(root.patch)).flatMap((source) =>
    Object.values(tableOf(source)).flatMap((crate) => {
      const path = textOf(tableOf(crate).path);
      return path === null ? [] : (inside('', path) ?? []);
    }),
  );
}

/** The folders that some patterns name, globs expanded, without those of `exclude`. */
function memberFolders(project: Project, members: readonly string[], workspace: Table): string[] {
  const patterns = members.flatMap((path) => inside('', path) ?? []);
  if (patterns.length === 0) return [];
  return project.files
    .filter((file) => file.endsWith('/Cargo.toml'))
    .map((file) => file.slice(0, -'/Cargo.toml'.length))
    .filter((dir) => patterns.some((pattern) => matchesPath(pattern, dir)) && !isExcluded(workspace, dir));
}

function isExcluded(workspace: Table, dir: string): boolean {
  return textsOf(workspace.exclude).some((path) => {
    const out = inside('', path);
    return out !== null && (dir === out || dir.startsWith(`${out}/`));
  });
}

/** A package and those of the project that it depends on by path; and what is patched, which could be any crate. */
export function closure({ packages, patched }: Crates, start: Package): Package[] {
  const found = new Set([start, ...packages.filter(({ dir }) => patched.includes(dir))]);
  for (const one of found) {
    for (const { path, kind } of one.dependencies) {
      const other = kind === 'dev' || path === null ? undefined : packages.find(({ dir }) => dir === path);
      if (other) found.add(other);
    }
  }
  return [...found];
}
