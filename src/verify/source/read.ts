import path from 'node:path';
import { UserError } from '../../errors.ts';
import { caseCollisions, untracked, untrackedFiles } from './findings.ts';
import { gitFailed, listTracked } from './listing.ts';
import { Looks, statOf } from './look.ts';
import { forEachOf } from './pool.ts';
import type { Source, SourceFile } from './types.ts';
import { filesWithoutGit } from './walk.ts';

/** Files that are looked at at once. */
const atOnce = 16;

/**
 * Lists what Caution would get: the tracked files as they stand, and those just written; where git says that nothing is
 * changed, but a plain clone on Linux would have other bytes (line endings, filters, LFS, files that git was told to
 * overlook, sparse checkouts), what the clone would have. Without git: every file that no .gitignore excludes.
 * Reads only: neither the work tree nor git's index is touched, and no program runs that a repository names.
 * @param root top of the work tree.
 * @param needed paths that the build cannot do without, such as the Containerfile: part of it even when untracked.
 * @throws UserError `git-failed` when there is a repository that git refuses or cannot read.
 */
export async function readSource(
  root: string,
  { written, needed, signal }: { written: readonly string[]; needed: readonly string[]; signal: AbortSignal },
): Promise<Source> {
  const listing = await listTracked(root, signal);
  if ('refused' in listing) {
    const { refused } = listing;
    if (await inRepository(root)) throw refused.installed ? gitFailed(root, refused) : gitMissing(root);
    return withoutGit(root, written);
  }
  const { tracked } = listing;
  const looks = new Looks(root, listing, signal);
  const names = [...new Set([...tracked.keys(), ...written, ...needed])];
  const files = (await forEachOf(names, atOnce, (name) => looks.at(name))).flatMap((file) => file ?? []);
  const known = new Set([...written, ...needed]);
  const findings = [
    ...needed.flatMap((name) =>
      !tracked.has(name) && !written.includes(name) && files.some((file) => file.path === name) ? untracked(name) : [],
    ),
    ...untrackedFiles(listing.untracked.filter((name) => !known.has(name))),
    ...looks.allFindings(),
    ...caseCollisions(files.map((file) => file.path)),
  ];
  const { modified, staged, commit } = listing;
  const extra = files.some((file) => !tracked.has(file.path));
  return {
    root,
    files: files.sort(byPath),
    commit,
    dirty: commit === null || modified.size > looks.unmodified || staged.size > 0 || extra,
    attributes: [...tracked.values()].filter((entry) => path.posix.basename(entry.path) === '.gitattributes'),
    findings,
  };
}

function byPath(a: SourceFile, b: SourceFile): number {
  return a.path < b.path ? -1 : 1;
}

/** Whether the folder, or one above it, has a `.git`. */
async function inRepository(root: string): Promise<boolean> {
  for (let folder = path.resolve(root); ; folder = path.dirname(folder)) {
    if (await statOf(path.join(folder, '.git'))) return true;
    if (folder === path.dirname(folder)) return false;
  }
}

function gitMissing(root: string): UserError {
  return new UserError('git-failed', `${root} lies in a repository, and git is not installed.`, {
    next: 'Install git: only it can say which files Caution would get.',
  });
}

async function withoutGit(root: string, written: readonly string[]): Promise<Source> {
  const looks = new Looks(root, null, undefined);
  const names = [...new Set([...written, ...(await filesWithoutGit(root))])];
  const files = (await forEachOf(names, atOnce, (name) => looks.at(name))).flatMap((file) => file ?? []);
  const findings = [...looks.allFindings(), ...caseCollisions(files.map((file) => file.path))];
  return { root, files: files.sort(byPath), commit: null, dirty: true, attributes: [], findings };
}
