import { randomBytes } from 'node:crypto';
import { chmod, copyFile, link, lstat, mkdir, rename, rm, rmdir, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileError, throwIfCancelled } from '../errors.ts';
import type { PlannedFile } from './plan.ts';

/** A step that was taken, and how it is taken back. */
type Undo = () => Promise<unknown>;

/**
 * Writes the planned files: all of them, or none. Each is first written whole beside its place and then linked or
 * renamed into it, so that no reader ever sees half a file; a failure or a cancellation takes back what was done.
 * @param root absolute path of the build context; made when it is missing.
 * @throws UserError when the disk refuses (full, read-only, no permission), CancelledError when the signal fires.
 */
export async function write(root: string, files: readonly PlannedFile[], signal: AbortSignal): Promise<void> {
  const undo: Undo[] = [];
  const leftovers: string[] = [];
  try {
    await makeFolders(root, undo);
    const staged: { file: PlannedFile; temporary: string }[] = [];
    for (const file of files.filter(({ action }) => action === 'create' || action === 'overwrite')) {
      throwIfCancelled(signal);
      const target = path.join(root, file.path);
      await makeFolders(path.dirname(target), undo);
      const temporary = sibling(target);
      undo.push(() => rm(temporary, { force: true }));
      await writeFile(temporary, file.content, { flag: 'wx' });
      staged.push({ file, temporary });
    }
    for (const { file, temporary } of staged) {
      throwIfCancelled(signal);
      const old = await putInPlace(file, temporary, path.join(root, file.path), undo);
      if (old !== null) leftovers.push(old);
    }
    throwIfCancelled(signal);
  } catch (error) {
    await takeBack(undo);
    throw fileError(error, 'write-failed', 'Nothing was written.') ?? error;
  }
  for (const old of leftovers) await rm(old, { force: true });
}

/** Every step is tried, also when one before it fails. */
async function takeBack(undo: readonly Undo[]): Promise<void> {
  for (const step of [...undo].reverse()) await step().catch(() => undefined);
}

/** @returns where the replaced file was put for the time being, or null when there was none. */
async function putInPlace(file: PlannedFile, temporary: string, target: string, undo: Undo[]): Promise<string | null> {
  if (file.action === 'overwrite') {
    const old = sibling(target);
    const { mode } = await lstat(target);
    await chmod(temporary, mode & 0o777);
    await copyFile(target, old);
    undo.push(() => rename(old, target));
    await rename(temporary, target);
    return old;
  }
  // A link fails when something has come to be there since the plan was made; a rename would replace it.
  let mine = true;
  undo.push(async () => (mine ? rm(target, { force: true }) : undefined));
  await link(temporary, target).catch(async (error: NodeJS.ErrnoException) => {
    mine = error.code === 'EPERM' || error.code === 'ENOTSUP';
    if (!mine) throw error;
    // A file system without hard links.
    await writeFile(target, file.content, { flag: 'wx' }).catch((refused: NodeJS.ErrnoException) => {
      mine = refused.code !== 'EEXIST';
      throw refused;
    });
  });
  await unlink(temporary);
  return null;
}

async function makeFolders(folder: string, undo: Undo[]): Promise<void> {
  const missing: string[] = [];
  for (let at = folder; !(await exists(at)); at = path.dirname(at)) missing.unshift(at);
  for (const each of missing) {
    await mkdir(each);
    undo.push(() => rmdir(each));
  }
}

async function exists(at: string): Promise<boolean> {
  return lstat(at).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}

function sibling(target: string): string {
  return path.join(path.dirname(target), `.${path.basename(target)}.${randomBytes(6).toString('hex')}.tmp`);
}
