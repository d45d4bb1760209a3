import { UserError } from '../errors.ts';
import { printableLine } from '../output.ts';
import type { Containerfile, FindStep } from './containerfile.ts';
import type { Progress, Vertex } from './engines/progress.ts';

const shownLines = 20;

/** A failed build as the user should see it: the step, its line in the Containerfile, and its own last output. */
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
  const line = lineOf(file, findStep, failed);
  const where = line === null ? '' : ` (${containerfile}:${line})`;
  const output = failed.log.slice(-shownLines);
  const message = [
    `The build failed at ${printableLine(failed.name, 160)}${where}`,
    ...output.map((text) => `  ${text}`),
    printableLine(failed.error, 300),
  ];
  return new UserError('build-failed', message.join('\n'), {
    next:
      line === null
        ? 'See what the engine says above.'
        : `Correct line ${line} of ${containerfile}, or what it needs, and run this again.`,
  });
}

function lineOf(file: Containerfile, findStep: FindStep, { name }: Vertex): number | null {
  const found = findStep(name);
  if (found) return found.step.line;
  return file.images.find(({ reference }) => name.includes(reference))?.line ?? null;
}
