import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, lstat, open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileError, UserError } from '../errors.ts';
import { printableLine } from '../output.ts';
import { type Expected, isRecord, readRecord } from './read.ts';
import { recordText } from './record.ts';
import { maxRecordBytes, type Statement } from './statement.ts';

/**
 * Reads a record from a file.
 * @throws UserError as `readRecord`, and `no-record` when the file cannot be read.
 */
export async function readRecordFile(file: string): Promise<Expected> {
  try {
    const info = await stat(file);
    // A pipe would never end, a device never be empty.
    if (!info.isFile()) throw new UserError('no-record', `${file} is not a file.`, { next: 'Name a record.' });
    if (info.size > maxRecordBytes) throw tooLarge(file);
    return readRecord(await readFile(file, 'utf8'));
  } catch (error) {
    throw fileError(error, 'no-record') ?? error;
  }
}

function tooLarge(file: string): UserError {
  return new UserError('bad-record', `${file} is larger than ${maxRecordBytes / 2 ** 20} MiB: it is no record.`, {
    next: 'Name the file that create-caution-app verify --record wrote.',
  });
}

/**
 * Says before anything is built whether a record can be written there: to a new file, or in the place of a record.
 * @throws UserError `record-exists` for anything else that is there; `record-failed` for a folder that takes no files.
 */
export async function checkRecordPath(file: string): Promise<void> {
  const folder = path.dirname(path.resolve(file));
  try {
    if (!(await stat(folder)).isDirectory()) throw new UserError('record-failed', `${folder} is not a folder.`);
    await access(folder, constants.W_OK | constants.X_OK);
    await mayReplace(file);
  } catch (error) {
    throw fileError(error, 'record-failed') ?? error;
  }
}

async function mayReplace(file: string): Promise<void> {
  const info = await lstat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (info === null) return;
  const replaceable = info.isFile() && info.size <= maxRecordBytes && isRecord(await readFile(file, 'utf8'));
  if (replaceable) return;
  throw new UserError('record-exists', `${printableLine(file, 1000)} is there already, and is no record.`, {
    next: 'Name another file, or move that one away.',
  });
}

/**
 * Writes a record: the whole of it or nothing, and never over anything but a record.
 * @throws UserError `record-exists`, `record-failed`, `record-too-large`.
 */
export async function writeRecord(file: string, statement: Statement): Promise<void> {
  const text = recordText(statement);
  const beside = `${path.resolve(file)}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    try {
      const handle = await open(beside, 'wx', 0o644);
      try {
        await handle.writeFile(text);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await mayReplace(file);
      await rename(beside, file);
    } finally {
      await rm(beside, { force: true });
    }
  } catch (error) {
    throw fileError(error, 'record-failed', 'No record was written.') ?? error;
  }
}
