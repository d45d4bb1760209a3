import { filesBelow, folderOf, hasFolder } from '../files.ts';
import type { Project } from '../language.ts';
import { inside, isPlainPath } from '../scan.ts';
import type { Package } from './manifest.ts';
import { literalsIn } from './sources.ts';
import type { Crates } from './workspace.ts';

/** More folders than this make a longer Containerfile than one line for all of them is worth. */
const mostCopies = 16;

/**
 * What of a workspace the compiling step needs: the members that the program is made of, and what their sources name
 * outside of their own folders. All other members stay as the dependency step has them: manifests and empty sources.
 * @param more paths that are needed besides.
 * @returns null where everything is needed, or where that cannot be told.
 */
export function neededPaths(
  project: Project,
  crates: Crates,
  built: readonly Package[],
  more: readonly string[],
): string[] | null {
  const spared = crates.packages.length - built.length;
  if (!crates.workspace || spared === 0 || built.some(({ dir }) => dir === '')) return null;
  const paths = new Set([...built.map(({ dir }) => dir), ...more]);
  for (const one of built) {
    const named = namedOutside(project, one);
    if (named === null) return null;
    for (const path of named) paths.add(path);
  }
  const outermost = [...paths].filter((path) => ![...paths].some((other) => path.startsWith(`${other}/`))).sort();
  return outermost.length <= mostCopies && outermost.every(isPlain) ? outermost : null;
}

/** A dot folder such as `.sqlx` is as plain as any. */
function isPlain(path: string): boolean {
  return isPlainPath(path.replace(/(^|\/)\.(?=\w)/g, '$1'));
}

/** Paths outside of a package that its code names; null when the code finds its way up by other means. */
function namedOutside(project: Project, one: Package): string[] | null {
  const { dir, buildScript, binaries, table } = one;
  const targets = [buildScript, ...binaries.map(({ path }) => path), libraryOf(dir, table)];
  const found = targets.flatMap((target) => (target === null ? [] : folderOf(target)));
  for (const file of filesBelow(project, dir).filter((each) => each.endsWith('.rs'))) {
    const named = namedIn(project, one, file);
    if (named === null) return null;
    found.push(...named);
  }
  const outside = found.filter((path) => path !== dir && !path.startsWith(`${dir}/`));
  return outside.includes('') ? null : outside;
}

function namedIn(project: Project, { dir, buildScript }: Package, file: string): string[] | null {
  const text = project.read(file);
  if (text === null || climbs(text)) return null;
  const found: string[] = [];
  for (const { value } of literalsIn(project, file)) {
    if (!value.includes('..')) continue;
    const existing = resolved(project, dir, file, value);
    // A build script that names what is not there makes it, or finds it in a way that is not seen here.
    if (existing.length === 0 && file === buildScript) return null;
    found.push(...existing);
  }
  return found;
}

function libraryOf(dir: string, table: Package['table']): string | null {
  const { lib } = table;
  if (typeof lib !== 'object' || lib === null || !('path' in lib) || typeof lib.path !== 'string') return null;
  return inside(dir, lib.path);
}

/** A parent folder that is computed. */
function climbs(text: string): boolean {
  return (
    /CARGO_WORKSPACE_DIR|workspace_root|\bfind_up\b/.test(text) ||
    (/CARGO_MANIFEST_DIR/.test(text) && /\.(?:parent|ancestors)\(\)/.test(text))
  );
}

/** What a relative path could mean: beside the source, below the package, and then only what exists. */
function resolved(project: Project, dir: string, file: string, value: string): string[] {
  const written = value
    .replace(/^\$?\{?(?:CARGO_MANIFEST_DIR)?\}?\/*/, '')
    .replace(/[*?{[].*$/, '')
    .replace(/\/+$/, '');
  const bases = [dir, folderOf(file)];
  return bases.flatMap((base) => {
    const path = inside(base, written);
    if (path === null) return [];
    if (path === '' || hasFolder(project, path)) return [path];
    // A .proto file imports what lies beside it.
    return project.has(path) ? [path.endsWith('.proto') ? folderOf(path) : path] : [];
  });
}
