import os from 'node:os';
import { UserError } from '../errors.ts';
import { printableLine } from '../output.ts';
import type { Containerfile } from './containerfile.ts';
import type { Progress, Vertex } from './engines/progress.ts';
import type { FindStep } from './step-names.ts';
import { readFailure } from './symptoms/read.ts';

const shownLines = 20;

/**
 * A failed build as the user should see it: the step, its line in the Containerfile, its own last output, and the
 * finding that the output shows.
 */
export function buildFailure(
  containerfile: string,
  file: Containerfile,
  findStep: FindStep,
  progress: Progress,
): UserError {
  const failed = [...progress.vertices.values()].find(
    ({ error }) => error !== '' && !/context cancell?ed/i.test(error),
  );
  if (!failed) {
    const words = progress.words.slice(-shownLines).join('\n');
    return new UserError('build-failed', `The build failed.\n${words}`.trim(), {
      next: 'See what the engine says above.',
    });
  }
  const full = diskFull(failed);
  if (full) return full;
  const line = lineOf(file, findStep, failed);
  const offline = /\s--network=none\b/.test(findStep(failed.name)?.step.text ?? failed.name);
  const read = readFailure([...failed.log, failed.error], { offline });
  const finding = read && { ...read, path: containerfile, ...(line === null ? {} : { line }) };
  const where = line === null ? '' : ` (${containerfile}:${line})`;
  const output = failed.log.slice(-shownLines);
  const message = [
    `The build failed at ${printableLine(failed.name, 160)}${where}`,
    ...output.map((text) => `  ${text}`),
    printableLine(failed.error, 300),
    ...(finding ? [`${finding.id}: ${finding.message} ${finding.why}`] : []),
  ];
  const somewhere =
    line === null
      ? 'See what the engine says above.'
      : `Correct line ${line} of ${containerfile}, or what it needs, and run this again.`;
  return new UserError('build-failed', message.join('\n'), {
    next: finding?.mend ?? somewhere,
    findings: finding ? [finding] : [],
  });
}

const noSpace = /no space left on device|disk quota exceeded/i;

/** A disk without room is no fault of the Containerfile: which disk it is, and what to do; null for other failures. */
function diskFull({ name, error, log }: Vertex): UserError | null {
  const step = printableLine(name, 160);
  // The engine's client writes the image here; all else is written where the engine keeps its data.
  if (noSpace.test(error) && error.includes(os.tmpdir())) {
    return new UserError('disk-full', `The disk is full: the image does not fit into ${os.tmpdir()}.`, {
      next: 'Make room there, or set TMPDIR to a folder that has it.',
    });
  }
  if (!noSpace.test(error) && !log.slice(-shownLines).some((text) => noSpace.test(text))) return null;
  return new UserError('disk-full', `The engine's disk is full, at ${step}: ${printableLine(error, 300)}`, {
    next: "Make room where the engine keeps its data (docker system df says what takes it), or raise the step's own limits.",
  });
}

function lineOf(file: Containerfile, findStep: FindStep, { name }: Vertex): number | null {
  const found = findStep(name);
  if (found) return found.step.line;
  return file.images.find(({ reference }) => name.includes(reference))?.line ?? null;
}

/** A failure of the file system, as a person can act on it; null for any other error. */
export function fileSystemFailure(error: unknown): UserError | null {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return null;
  const { code, path: where } = error as NodeJS.ErrnoException;
  const what = typeof where === 'string' ? printableLine(where, 500) : 'A file';
  return new UserError('io-failed', `${what} could not be read or written: ${printableLine(error.message, 500)}`, {
    next:
      code === 'ENOSPC' || code === 'EDQUOT'
        ? `Make room in ${os.tmpdir()}, or set TMPDIR to a folder that has it.`
        : `See that it may be read; builds are kept in ${os.tmpdir()} meanwhile, or where TMPDIR says: it must exist, be writable and have room.`,
    cause: error,
  });
}
