import { lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import ignore from 'ignore';
import { listFiles } from '../git.ts';
import type { Project } from './language.ts';

/** A manifest larger than this is not read: none that a person wrote is. */
const largestText = 5_000_000;

/** Folders that hold no source of the service itself, for where git cannot tell. */
const neverSource = new Set(['.git', 'node_modules', 'target', '__pycache__', '.venv', 'venv']);

/**
 * A project of files that are held in memory, for tests and for what is about to be written.
 * @param dir the service's folder, where the files are those of the build context around it.
 */
export function projectOf(contents: Readonly<Record<string, string>>, dir = ''): Project {
  const files = Object.keys(contents).sort();
  const context: Project = {
    files,
    has: (file) => Object.hasOwn(contents, file),
    read: (file) => (Object.hasOwn(contents, file) ? (contents[file] ?? null) : null),
  };
  return dir === '' ? context : below(context, dir);
}

/**
 * The files of a service on the disk: what git tracks or does not ignore, and without git what no `.gitignore` names.
 * @param folder absolute path of the service's folder.
 * @param dir the same folder relative to the build context, with `/` separators; `''` when it is the context.
 */
export async function openProject(folder: string, dir = ''): Promise<Project> {
  if (dir === '') return openFolder(folder);
  return below(await openFolder(path.resolve(folder, ...dir.split('/').map(() => '..'))), dir);
}

/** A folder of a project as a project of its own. Its files are listed when somebody asks for them. */
export function below(context: Project, dir: string): Project {
  const prefix = `${dir}/`;
  let files: string[] | undefined;
  return {
    get files() {
      files ??= context.files.filter((file) => file.startsWith(prefix)).map((file) => file.slice(prefix.length));
      return files;
    },
    has: (file) => context.has(prefix + file),
    read: (file) => context.read(prefix + file),
    around: { dir, context },
  };
}

/**
 * A project as it is with files that are about to be written.
 * @param contents by path relative to the build context.
 */
export function withFiles(project: Project, contents: Readonly<Record<string, string>>): Project {
  const { around } = project;
  if (around) return below(withFiles(around.context, contents), around.dir);
  const added = projectOf(contents);
  return {
    files: [...new Set([...project.files, ...added.files])].sort(),
    has: (file) => added.has(file) || project.has(file),
    read: (file) => added.read(file) ?? project.read(file),
  };
}

/**
 * The .gitignore by which git would leave out a file that is yet to be written; null when git would take it.
 * Source: https://git-scm.com/docs/gitignore
 * @param file relative to the build context.
 */
export function ignoredBy(project: Project, file: string): string | null {
  const context = project.around?.context ?? project;
  const parts = file.split('/');
  let ignored: string | null = null;
  for (const [depth] of parts.entries()) {
    const rules = [...parts.slice(0, depth), '.gitignore'].join('/');
    const text = context.read(rules);
    if (text === null) continue;
    const found = ignore().add(text).test(parts.slice(depth).join('/'));
    if (found.ignored) ignored = rules;
    else if (found.unignored) ignored = null;
  }
  return ignored;
}

async function openFolder(folder: string): Promise<Project> {
  const listed = (await listFiles(folder)) ?? walk(folder);
  const isFile = (file: string) =>
    unlessBarred(() => lstatSync(path.join(folder, file), { throwIfNoEntry: false })?.isFile() ?? false, false);
  const files = listed.filter(isFile).sort();
  const known = new Set(files);
  const texts = new Map<string, string | null>();
  const real = realpathSync(folder);
  const read = (file: string): string | null => {
    if (!known.has(file)) return null;
    if (!texts.has(file)) texts.set(file, readBelow(real, file));
    return texts.get(file) ?? null;
  };
  return { files, has: (file) => known.has(file), read };
}

/**
 * The text of a file below a folder.
 * @returns null when it is missing, a link, behind one that leads out of the folder, larger than 5 MB, or not UTF-8.
 */
export function readText(folder: string, file: string): string | null {
  return unlessBarred(() => readBelow(realpathSync(folder), file), null);
}

/** @param folder its real path. */
function readBelow(folder: string, file: string): string | null {
  const at = path.join(folder, file);
  try {
    return unlessBarred(() => {
      // A parent folder that is a link may lead out of the service, to a folder whose name begins as this one's.
      const parent = realpathSync(path.dirname(at));
      const within = parent === folder || parent.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep);
      const stat = lstatSync(at);
      if (!within || !stat.isFile() || stat.size > largestText) return null;
      return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(at));
    }, null);
  } catch (error) {
    if (error instanceof TypeError) return null; // not UTF-8: no manifest of ours
    throw error;
  }
}

/** What reading gives, or `otherwise` when the system refuses it: not ours to read, or changed under our hands. */
function unlessBarred<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (['EACCES', 'EPERM', 'ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP', 'EIO'].includes(code)) return otherwise;
    throw error;
  }
}

/** All files below a folder that no `.gitignore` on the way names. */
function walk(root: string): string[] {
  const found: string[] = [];
  const visit = (relative: string, rules: { base: string; matcher: ReturnType<typeof ignore> }[]): void => {
    const entries = unlessBarred(() => readdirSync(path.join(root, relative), { withFileTypes: true }), []);
    const own = entries.some((entry) => entry.name === '.gitignore' && entry.isFile())
      ? [{ base: relative, matcher: ignore().add(rulesIn(path.join(root, relative, '.gitignore'))) }]
      : [];
    const active = [...rules, ...own];
    for (const entry of entries) {
      const at = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (neverSource.has(entry.name)) continue;
      const inRule = (base: string) =>
        (base === '' ? at : at.slice(base.length + 1)) + (entry.isDirectory() ? '/' : '');
      if (active.some(({ base, matcher }) => matcher.ignores(inRule(base)))) continue;
      if (entry.isDirectory()) visit(at, active);
      else found.push(at);
    }
  };
  visit('', []);
  return found;
}

function rulesIn(file: string): string {
  return unlessBarred(() => readFileSync(file, 'utf8'), '');
}
