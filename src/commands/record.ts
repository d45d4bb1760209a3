import path from 'node:path';
import { UserError } from '../errors.ts';
import { readAbout } from '../record/about.ts';
import { checkRecordPath, readRecordFile, writeRecord } from '../record/file.ts';
import { holdAgainst, refuseStandIns } from '../record/hold.ts';
import type { Expected } from '../record/read.ts';
import { recordOf } from '../record/record.ts';
import type { About } from '../record/statement.ts';
import { overrides } from '../stagex/references.ts';
import type { Target } from '../target.ts';
import type { Containerfile } from '../verify/containerfile.ts';
import type { Verification, Verified, VerifyRequest } from '../verify/types.ts';
import type { Io } from './io.ts';
import type { Service } from './service.ts';

/** What `--record` and `--expect` ask for, looked at before anything is built. */
export interface Records {
  root: string;
  containerfile: string;
  about: About;
  sources: readonly string[];
  /** Absolute path to write to. */
  record: string | null;
  expected: Expected | null;
}

/**
 * Reads the record to hold against, and sees that one can be written: a long build is not lost to a mistyped path.
 * @returns null when neither is asked for.
 * @throws UserError as `readRecordFile` and `checkRecordPath`; `stand-in-record` when the two can never be compared.
 */
export async function prepareRecords(
  flags: { record: string | undefined; expect: string | undefined },
  { root }: Target,
  { containerfile, sources }: Service,
  images: VerifyRequest['images'],
  io: Io,
): Promise<Records | null> {
  if (flags.record === undefined && flags.expect === undefined) return null;
  const at = (file: string) => path.resolve(io.cwd, file);
  const expected = flags.expect === undefined ? null : await readRecordFile(at(flags.expect));
  if (flags.record !== undefined) await checkRecordPath(at(flags.record));
  const about = await readAbout(root, containerfile, { version: io.version, sources });
  if (expected) refuseStandIns(expected, standInsFor(about, images));
  const record = flags.record === undefined ? null : at(flags.record);
  return { root, containerfile, about, sources, record, expected };
}

function standInsFor({ pins }: About, images: VerifyRequest['images']): string[] {
  const file: Pick<Containerfile, 'images'> = { images: pins };
  return overrides(file, images).map(({ image, replacement }) => `${image}: ${replacement}`);
}

/** A verification, and what kept its record from being written. */
export interface Recorded {
  verification: Verification;
  failure: UserError | null;
}

/**
 * Holds a verification against the record that was given, and writes its own.
 * The verification stands whatever becomes of its record.
 * @throws UserError `source-changed` when the Containerfile is no longer what was read before.
 */
export async function applyRecords(records: Records | null, verified: Verified): Promise<Recorded> {
  const { verification } = verified;
  if (records === null) return { verification, failure: null };
  const { root, containerfile, about, sources, record, expected } = records;
  const now = await readAbout(root, containerfile, { version: about.tool.version, sources });
  if (now.containerfile.sha256 !== about.containerfile.sha256) {
    throw new UserError('source-changed', `${containerfile} was changed while it was built.`, {
      next: 'Run this again: a record must speak of what was built.',
    });
  }
  const held = expected ? holdAgainst(expected, verified, about) : null;
  const failure = record === null ? null : await written(record, verified, about);
  return {
    verification: held
      ? {
          ...verification,
          expected: { matches: held.matches, differences: held.differences },
          findings: [...verification.findings, ...held.findings],
        }
      : verification,
    failure,
  };
}

/** @returns why it was not written, or null. */
async function written(file: string, verified: Verified, about: About): Promise<UserError | null> {
  try {
    await writeRecord(file, recordOf(verified, about));
    return null;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}
