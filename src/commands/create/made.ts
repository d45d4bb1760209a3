import { UserError } from '../../errors.ts';
import { note } from '../../output.ts';
import { type PlannedFile, plan } from '../../scaffold/plan.ts';
import type { RenderedFile } from '../../scaffold/render.ts';
import { conflictDiff } from '../../scaffold/show.ts';
import type { CreateFlags } from '../../settings/flags.ts';
import type { Io } from '../io.ts';

/** A lock file that was made and is yet to be written, with what it needs beside it. */
export interface MadeLock {
  files: readonly RenderedFile[];
  /** What made it, for the document. */
  by: { path: string; command: string; images: string[] };
}

/**
 * The plan with a made lock file in it. Where all conflicts are settled already, the diff of what is replaced is shown
 * here: nobody has seen that text.
 */
export async function withMade(
  root: string,
  planned: readonly PlannedFile[],
  made: MadeLock | null,
  flags: CreateFlags,
  io: Io,
): Promise<PlannedFile[]> {
  if (made === null) return [...planned];
  const files = plan(root, made.files);
  for (const file of files)
    if (file.action === 'conflict' && (flags.overwrite || flags.dryRun)) note(io.output, await conflictDiff(file));
  return [...planned, ...files].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** @throws UserError when a made lock file is not to be written: the other files are of no use without it. */
export function refuseUnlocked(files: readonly PlannedFile[], made: MadeLock | null): void {
  const names = new Set(made?.files.map(({ path }) => path));
  const kept = files.find(({ path, action }) => names.has(path) && action === 'keep');
  if (!kept) return;
  throw new UserError('prepare', `${kept.path} stays as it is, and the service is not locked then.`, {
    next: 'Nothing was written. Lock it in another way, and run the same command again.',
  });
}
