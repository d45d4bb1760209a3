import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, lstat, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileError, UserError } from '../errors.ts';
import { note, printable, printableLine } from '../output.ts';
import type { Io } from './io.ts';

/** Larger files are not looked into: no page of ours is. */
const maxPage = 64 << 20;

/** Whether what stands in a file is of the kind that may be replaced. */
export type Replaceable = (text: string) => boolean;

/**
 * Says before anything is built whether a page can be written there: to a new file, or in the place of an older page.
 * @param file as the user named it; undefined when no page is wanted.
 * @param isOlder what may be replaced: pages of this program, unless another kind of file is written.
 * @returns the absolute path, or null.
 * @throws UserError `report-exists`, `report-failed`.
 */
export async function checkPage(
  file: string | undefined,
  cwd: string,
  isOlder: Replaceable = isPage,
): Promise<string | null> {
  if (file === undefined) return null;
  const at = path.resolve(cwd, file);
  const folder = path.dirname(at);
  try {
    if (!(await stat(folder)).isDirectory()) throw new UserError('report-failed', `${folder} is not a folder.`);
    await access(folder, constants.W_OK | constants.X_OK);
    await mayReplace(at, isOlder);
  } catch (error) {
    throw fileError(error, 'report-failed') ?? error;
  }
  return at;
}

async function mayReplace(at: string, isOlder: Replaceable): Promise<void> {
  const info = await lstat(at).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (info === null) return;
  if (info.isFile() && info.size <= maxPage && isOlder(await readFile(at, 'utf8'))) return;
  throw new UserError('report-exists', `${printableLine(at, 1000)} is there already, and is no report.`, {
    next: 'Name another file, or move that one away.',
  });
}

/** Whether a text is a page that this program wrote. */
function isPage(text: string): boolean {
  return (
    /^<!doctype html>/i.test(text) &&
    text.slice(0, 4096).includes('<meta name="generator" content="create-caution-app">')
  );
}

/**
 * Writes a page, the whole of it or nothing, and says where it is.
 * @throws UserError as `checkPage`.
 */
export async function writePage(
  at: string | null,
  page: () => Promise<string>,
  io: Io,
  isOlder: Replaceable = isPage,
): Promise<void> {
  if (at === null) return;
  const beside = `${at}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    try {
      await writeFile(beside, await page(), { flag: 'wx' });
      await mayReplace(at, isOlder);
      await rename(beside, at);
    } finally {
      await rm(beside, { force: true });
    }
  } catch (error) {
    throw fileError(error, 'report-failed', 'No report was written.') ?? error;
  }
  note(io.output, `Report written to ${printable(at)}`);
}
