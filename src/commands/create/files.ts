import type { App } from '../../app.ts';
import { CancelledError, UserError } from '../../errors.ts';
import { note, printable, styled } from '../../output.ts';
import { type PlannedFile, plan } from '../../scaffold/plan.ts';
import { ignoreFile, render } from '../../scaffold/render.ts';
import { conflictDiff, planLines } from '../../scaffold/show.ts';
import type { CreateFlags } from '../../settings/flags.ts';
import { type Io, interactive, terminalOf } from '../io.ts';

/**
 * The files of an app against what is in the folder.
 * @param twin the same service as a starter, for a folder that one was written to before: its Containerfile is known
 * again by its bytes, so that running again changes nothing.
 */
export function planFiles(root: string, app: App, twin: App | null): PlannedFile[] {
  const planned = plan(root, render(app));
  if (app.starter) return planned;
  const known = twin === null ? [] : plan(root, render(twin));
  if (known.some(({ path, action }) => path === app.containerfile && action === 'identical')) {
    return known.filter(({ path }) => planned.some((file) => file.path === path));
  }
  const ignored = planned.find((file) => file.path === ignoreFile(app));
  if (ignored?.action !== 'conflict') return planned;
  // A .dockerignore of the team's own stays as it is: BuildKit prefers the file that is named after the Containerfile.
  const own = { path: `${app.containerfile}.dockerignore`, content: besidesTheirs(ignored) + ignored.content };
  return planned.flatMap((file) => (file === ignored ? plan(root, [own]) : [file]));
}

/**
 * What a team's own ignore file adds to ours. One that leaves everything out but some names would leave out what our
 * Containerfile copies, and one that names `.caution` would hide what Locksmith needs: such lines do not come along.
 */
function besidesTheirs({ path, existing }: PlannedFile): string {
  const theirs = (existing ?? '').split('\n').map((line) => line.trim());
  const everything = theirs.some((line) => /^(\.?\/)?\*\*?(\/\*\*?)?$/.test(line));
  if (everything)
    return `# ${path} leaves out everything but some names; this build needs more, so it does not hold here.\n\n`;
  const kept = theirs.filter((line) => !/(^|\/)\.caution(\/|$)/.test(line));
  return `# As in ${path}:\n${kept.join('\n').trim()}\n\n`;
}

/** Shows the plan, before anything is written. */
export function showPlan(planned: readonly PlannedFile[], io: Io): void {
  note(io.output);
  for (const line of planLines(planned, io.output)) note(io.output, line);
}

/**
 * Decides about files that exist with other content: each is asked about, with its diff, and kept unless the answer is
 * yes. Without a terminal `--overwrite` decides for all.
 * @throws UserError (exit 1) when nobody can be asked; nothing has been written then.
 */
export async function settleConflicts(
  planned: readonly PlannedFile[],
  flags: CreateFlags,
  io: Io,
): Promise<PlannedFile[]> {
  const conflicts = planned.filter(({ action }) => action === 'conflict');
  if (conflicts.length === 0) return [...planned];
  if (flags.overwrite)
    return planned.map((file) => (file.action === 'conflict' ? { ...file, action: 'overwrite' } : file));
  if (!interactive(io) || flags.yes || flags.json) {
    if (!flags.json) for (const file of conflicts) note(io.output, await conflictDiff(file));
    throw new UserError(
      'conflict',
      `${conflicts.map(({ path }) => printable(path)).join(', ')} would change. Nothing was written.`,
      {
        next: 'Move the files away, or replace them with --overwrite.',
      },
    );
  }
  const { askYesNo } = await import('../../settings/prompts.ts');
  const settled: PlannedFile[] = [];
  for (const file of planned) {
    if (file.action !== 'conflict') {
      settled.push(file);
      continue;
    }
    note(io.output, await conflictDiff(file));
    const replace = await askYesNo(`Replace ${printable(file.path)}?`, false, terminalOf(io));
    settled.push({ ...file, action: replace ? 'overwrite' : 'keep' });
  }
  return settled;
}

/** @throws CancelledError when the person does not want these files. */
export async function confirmPlan(planned: readonly PlannedFile[], io: Io): Promise<void> {
  const writing = planned.filter(({ action }) => action === 'create' || action === 'overwrite').length;
  if (writing === 0) return;
  const { askYesNo } = await import('../../settings/prompts.ts');
  const terminal = terminalOf(io);
  const yes = await askYesNo(`Write ${writing} ${writing === 1 ? 'file' : 'files'}?`, true, terminal);
  if (!yes) throw new CancelledError();
  note(io.output, styled(io.output, 'dim', 'Writing …'));
}
