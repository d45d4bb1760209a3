import { constants } from 'node:fs';
import { chmod, copyFile, lstat, lutimes, mkdir, readlink, rm, symlink, utimes } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { throwIfCancelled, UserError } from '../../errors.ts';
import { noFilters, readGit } from '../../git.ts';
import { printableLine } from '../../output.ts';
import { seenOf } from './look.ts';
import { forEachOf } from './pool.ts';
import type { CheckoutConditions, Source, SourceFile } from './types.ts';

export { readSource } from './read.ts';
export type { CheckoutConditions, Source, SourceFile } from './types.ts';

/** Files that are copied at once. */
const atOnce = 16;

/**
 * Writes one checkout.
 * @param temporary an existing folder.
 * @returns the absolute path of the build context.
 * @throws UserError when there is no room or no permission, or when a file has changed since the source was read.
 */
export async function writeCheckout(
  source: Source,
  temporary: string,
  conditions: CheckoutConditions,
  signal: AbortSignal,
): Promise<string> {
  const target = path.join(temporary, ...conditions.folders);
  await mkdir(target, { recursive: true });
  try {
    await writeAll(source, target, conditions, signal);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOSPC' && code !== 'EACCES' && code !== 'EDQUOT') throw error;
    const what = code === 'EACCES' ? 'A file may not be read or written' : 'The disk is full';
    throw new UserError('checkout-failed', `${what}: ${(error as Error).message}`, {
      next: `Checkouts are made in ${os.tmpdir()}; set TMPDIR to a folder with room.`,
      cause: error,
    });
  }
  return target;
}

async function writeAll(
  source: Source,
  target: string,
  conditions: CheckoutConditions,
  signal: AbortSignal,
): Promise<void> {
  const folders = foldersOf(source.files);
  for (const folder of folders) await mkdir(path.join(target, folder), { recursive: true });
  await writeCommitted(source, target, signal);
  // Links come last: nothing is ever written through one.
  for (const links of [false, true]) {
    const files = source.files.filter((file) => (file.type === 'link') === links);
    await forEachOf(files, atOnce, (file) => {
      throwIfCancelled(signal);
      return writeOne(source.root, target, file, conditions);
    });
  }
  const { umask, time } = conditions;
  for (const folder of folders.reverse()) {
    await chmod(path.join(target, folder), 0o777 & ~umask);
    await utimes(path.join(target, folder), time, time);
  }
}

/** Every folder that the files need, parents first. */
function foldersOf(files: readonly SourceFile[]): string[] {
  const folders = new Set<string>(['.']);
  for (const file of files) {
    for (let folder = path.posix.dirname(file.path); !folders.has(folder); folder = path.posix.dirname(folder))
      folders.add(folder);
    if (file.type === 'submodule') folders.add(file.path);
  }
  return [...folders].sort();
}

async function writeOne(
  root: string,
  target: string,
  file: SourceFile,
  { umask, time }: CheckoutConditions,
): Promise<void> {
  if (file.type === 'submodule') return;
  const to = path.join(target, file.path);
  if (file.committed === null) await copyAsSeen(root, file, to);
  if (file.type === 'link') {
    await lutimes(to, time, time);
    return;
  }
  await chmod(to, (file.executable ? 0o777 : 0o666) & ~umask);
  await utimes(to, time, time);
}

/** @throws UserError `source-changed`: builds of different sources compare nothing. */
async function copyAsSeen(root: string, { path: name, type, seen }: SourceFile, to: string): Promise<void> {
  const from = path.join(root, name);
  try {
    if (type === 'link') {
      await symlink(await readlink(from), to);
      return;
    }
    await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    const info = await lstat(from);
    const now = seenOf(info);
    if (info.isFile() && now.size === seen?.size && now.mtimeMs === seen.mtimeMs) return;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // It is gone, or has become a file, or a folder.
    if (code !== 'ENOENT' && code !== 'EINVAL' && code !== 'EISDIR' && code !== 'ENOTDIR') throw error;
  }
  throw new UserError('source-changed', `${printableLine(name)} has changed since the verification began.`, {
    next: 'Run it again while nothing writes to the folder.',
  });
}

/**
 * Lets git write files as a plain clone on Linux has them: attributes apply, this machine's settings and filters do not.
 * The repository's index is neither read nor written: a new one beside the checkout names the files.
 */
async function writeCommitted(source: Source, target: string, signal: AbortSignal): Promise<void> {
  const files = source.files.flatMap(({ path: name, committed }) => (committed ? [{ path: name, ...committed }] : []));
  if (files.length === 0) return;
  const index = `${target}.index`;
  const config: [string, string][] = [
    ...(await noFilters(source.root, signal)),
    ['core.autocrlf', 'false'],
    ['core.eol', 'lf'],
    ['core.symlinks', 'true'],
    ['core.attributesFile', '/dev/null'],
    // A split index would keep a part of itself in the repository.
    ['core.splitIndex', 'false'],
  ];
  const entries = [...files, ...source.attributes].map(({ path: name, mode, oid }) => `${mode} ${oid}\t${name}\0`);
  const steps: [args: string[], input: string][] = [
    [['update-index', '-z', '--index-info'], entries.join('')],
    [['checkout-index', '-z', '--stdin', `--prefix=${target}/`], files.map((file) => `${file.path}\0`).join('')],
  ];
  for (const [args, input] of steps) {
    const { ok, stderr } = await readGit(source.root, args, { signal, config, index, input });
    if (!ok) {
      throw new UserError('git-failed', `git cannot write what the commit has: ${printableLine(stderr, 400)}`, {
        next: 'See that git fsck finds nothing wrong in the repository.',
      });
    }
  }
  await rm(index, { force: true });
}
