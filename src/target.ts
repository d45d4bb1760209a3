import { accessSync, constants, existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { UserError } from './errors.ts';

/** The folder that a run is about, and the build context around it. */
export interface Target {
  /** Absolute path of the service's folder, which may not exist yet. */
  folder: string;
  /** Absolute path of the build context: the repository's root, or the folder itself outside of a repository. */
  root: string;
  /** The folder relative to the context, `/` separated; `''` when they are the same. */
  dir: string;
  /** True when the context is a repository already. */
  inRepository: boolean;
  /** What is in the folder: nothing of a service, or something that may be one. */
  state: 'missing' | 'empty' | 'occupied';
  /** True when nothing at all is there yet, and no repository around it: what this run writes is all that there is. */
  fresh: boolean;
}

/** Files that a new, still empty repository commonly has. */
const bystanders =
  /^(\.git|\.gitignore|\.gitattributes|\.editorconfig|\.github|\.DS_Store|readme(\..*)?|licen[cs]e(\..*)?|notice|\.idea|\.vscode)$/i;

/**
 * Looks at the folder that a person named, and writes nothing.
 * @throws UserError when it cannot be used: a file, an unreadable folder, a folder that may not be written.
 */
export async function locate(dir: string, cwd: string): Promise<Target> {
  const folder = path.resolve(cwd, dir);
  const existing = nearestExisting(folder);
  const state = stateOf(folder);
  const root = await rootOf(existing);
  if (root === null)
    return { folder, root: folder, dir: '', inRepository: false, state, fresh: isFresh(folder, state) };
  // git names the root by its real path; a link on the way would otherwise look like another folder.
  const relative = path.relative(root, path.join(realpathSync(existing), path.relative(existing, folder)));
  return { folder, root, dir: relative.split(path.sep).join('/'), inRepository: true, state, fresh: false };
}

/** @throws UserError when files cannot be made below the target. */
export function checkWritable(target: Target): void {
  const existing = nearestExisting(target.folder);
  try {
    accessSync(existing, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new UserError('not-writable', `${existing} may not be written.`, {
      next: 'Choose another folder, or change its permissions.',
      cause,
    });
  }
}

function isFresh(folder: string, state: Target['state']): boolean {
  return state === 'missing' || (state === 'empty' && readdirSync(folder).length === 0);
}

/** git is asked only where a `.git` on the way up says that it may know. */
async function rootOf(folder: string): Promise<string | null> {
  for (let at = folder; ; at = path.dirname(at)) {
    if (existsSync(path.join(at, '.git'))) return (await import('./git.ts')).repositoryRoot(folder);
    if (path.dirname(at) === at) return null;
  }
}

function stateOf(folder: string): Target['state'] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') return 'missing';
    if (code === 'ENOTDIR') {
      throw new UserError('not-a-folder', `${folder} is a file, or lies below one.`, { next: 'Name a folder.', cause });
    }
    throw new UserError('unreadable', `${folder} cannot be read.`, {
      next: 'Change its permissions, or name another.',
      cause,
    });
  }
  return names.every((name) => bystanders.test(name)) ? 'empty' : 'occupied';
}

function nearestExisting(folder: string): string {
  for (let at = folder; ; at = path.dirname(at)) {
    const stat = statSync(at, { throwIfNoEntry: false });
    if (stat?.isDirectory() || path.dirname(at) === at) return at;
  }
}
