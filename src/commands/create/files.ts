import type { App, Evidence } from '../../app.ts';
import { isOfService, parseProcfile } from '../../caution/procfile.ts';
import { CancelledError, UserError } from '../../errors.ts';
import { inside } from '../../languages/scan.ts';
import { note, printable, styled } from '../../output.ts';
import { besideTheirs, copiedFiles, extended } from '../../scaffold/ignore.ts';
import { type PlannedFile, plan } from '../../scaffold/plan.ts';
import { ignoreFile, type RenderedFile, render } from '../../scaffold/render.ts';
import { conflictDiff, planLines } from '../../scaffold/show.ts';
import type { CreateFlags } from '../../settings/flags.ts';
import { type Io, interactive, terminalOf } from '../io.ts';

/**
 * The files of an app against what is in the folder.
 * @param twin the same service as a starter, for a folder that one was written to before: its Containerfile is known
 * again by its bytes, so that running again changes nothing.
 * @param runs files that are known to be part of the service, relative to the context: no ignore file may hide them.
 */
export function planFiles(root: string, app: App, twin: App | null, runs: readonly string[] = []): PlannedFile[] {
  const planned = plan(root, atOwnPlace(root, app, render(app)));
  if (app.starter) return planned;
  const known = twin === null ? [] : plan(root, atOwnPlace(root, twin, render(twin)));
  if (known.some(({ path, action }) => path === app.containerfile && action === 'identical')) {
    return known.filter(({ path }) => planned.some((file) => file.path === path));
  }
  return withIgnoreFile(root, app, planned, runs);
}

/**
 * Caution reads the Procfile of the repository's root, and no other. Where that is another service's, this one's
 * configuration stands in its own folder: the app that the repository deploys stays what it is.
 */
function atOwnPlace(root: string, app: App, files: readonly RenderedFile[]): RenderedFile[] {
  if (deploysThis(root, app)) return [...files];
  return files.map((file) => (file.path === 'Procfile' ? { ...file, path: `${app.dir}/Procfile` } : file));
}

/** Whether the Procfile of the repository's root is, or will be, the one of this service. */
export function deploysThis(root: string, app: Pick<App, 'dir' | 'containerfile'>): boolean {
  const [there] = app.dir === '' ? [] : plan(root, [{ path: 'Procfile', content: '' }]);
  const procfile = parseProcfile(there?.existing ?? '');
  return procfile.run === null || isOfService(procfile, app.dir, app.containerfile);
}

/**
 * A .dockerignore of the team's own stays as it is: BuildKit prefers the file that is named after the Containerfile, which
 * then has their lines, and what this build needs besides. One that is there under that name is added to.
 */
function withIgnoreFile(root: string, app: App, planned: PlannedFile[], runs: readonly string[]): PlannedFile[] {
  const ignored = planned.find((file) => file.path === ignoreFile(app));
  const containerfile = planned.find((file) => file.path === app.containerfile)?.content ?? '';
  if (ignored === undefined) return planned;
  const needed = [...copiedFiles(containerfile), ...runs];
  const ours = ignored.content;
  const at = (path: string, content: string) => plan(root, [{ path, content }]);
  const [shared] = at('.dockerignore', ours);
  const theirs = shared?.existing ?? null;
  const own = `${app.containerfile}.dockerignore`;
  const beside =
    theirs === null || theirs === ours ? null : besideTheirs({ path: '.dockerignore', text: theirs }, ours, needed);
  const isThere = at(own, ours)[0]?.existing !== null;
  const path = beside !== null || isThere ? own : ignored.path;
  // Theirs has all of ours already, and hides nothing that is needed.
  if (app.dir === '' && !isThere && theirs !== null && extended(theirs, ours, needed) === theirs) {
    return planned.map((file) => (file === ignored ? { ...file, content: theirs, action: 'identical' } : file));
  }
  const fresh = beside ?? ours;
  const existing = at(path, fresh)[0]?.existing ?? null;
  const content = existing === null || existing === fresh ? fresh : extended(existing, fresh, needed);
  return planned.flatMap((file) => (file === ignored ? at(path, content) : [file]));
}

/** Sources and manifests that evidence was found in: the build cannot do without them. */
export function sourcesIn(evidence: readonly Evidence[], dir: string): string[] {
  const source =
    /\.(rs|go|py|[cm]?[jt]sx?)$|(^|\/)(package(-lock)?\.json|Cargo\.(toml|lock)|go\.(mod|sum)|pyproject\.toml|requirements[^/]*\.txt)$/;
  return evidence.flatMap(({ from }) => {
    const file = from.replace(/:\d+$/, '');
    const path = source.test(file) ? inside(dir, file) : null;
    return path === null ? [] : [path];
  });
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
