import type { App, Evidence } from '../../app.ts';
import type { Configuration } from '../../caution/configuration.ts';
import { editProcfile } from '../../caution/procfile-edit.ts';
import { CancelledError, UserError } from '../../errors.ts';
import { inside } from '../../languages/scan.ts';
import { note, printable, styled } from '../../output.ts';
import { configurationOf } from '../../scaffold/configuration.ts';
import { besideTheirs, copiedFiles, extended } from '../../scaffold/ignore.ts';
import { type PlannedFile, plan } from '../../scaffold/plan.ts';
import { ignoreFile, type RenderedFile, render } from '../../scaffold/render.ts';
import { conflictDiff, planLines } from '../../scaffold/show.ts';
import type { CreateFlags } from '../../settings/flags.ts';
import type { Key } from '../../settings/setting.ts';
import type { Written } from '../../settings/written.ts';
import { type Io, interactive, terminalOf } from '../io.ts';

/** What is known of the folder when files are planned for it. */
export interface Around {
  /**
   * The same service as a starter, for a folder that one was written to before: its Containerfile is known again by its
   * bytes, so that running again changes nothing.
   */
  twin: App | null;
  /** Files that are known to be part of the service, relative to the context: no ignore file may hide them. */
  runs: readonly string[];
  /** Procfile and caution.hcl, as they stand. */
  configured: Written;
  /** The settings that somebody made now. */
  asked: readonly Key[];
}

/** The files of an app against what is in the folder. */
export async function planFiles(root: string, app: App, around: Around): Promise<PlannedFile[]> {
  const { twin, runs } = around;
  const planned = plan(root, await configurationFiles(app, around));
  if (app.starter) return planned;
  const known = twin === null ? [] : plan(root, await configurationFiles(twin, around));
  if (known.some(({ path, action }) => path === app.containerfile && action === 'identical')) {
    return known.filter(({ path }) => planned.some((file) => file.path === path));
  }
  return withIgnoreFile(root, app, planned, runs);
}

/**
 * The rendered files, where Caution's own are edited rather than written anew when they exist: what nobody asked to change
 * stays as it is. Caution reads those of the repository's root, and no others: where they are another service's, this one's
 * stand in its own folder, and the app that the repository deploys stays what it is.
 */
async function configurationFiles(app: App, { configured, asked }: Around): Promise<RenderedFile[]> {
  const files = await render(app);
  const edited = files.map(async (file) => {
    if (file.path !== 'Procfile' && file.path !== 'caution.hcl') return file;
    const path = configured.another ? `${app.dir}/${file.path}` : file.path;
    const there = file.path === 'Procfile' ? configured.procfile : configured.hcl;
    if (!there?.configuration) return { ...file, path };
    const from = there.configuration;
    const to = withoutFront(configurationOf(app, from), from, asked);
    if (file.path === 'Procfile') return { path, content: editProcfile(there.text, from, to) };
    const { editHcl } = await import('../../caution/hcl/edit.ts');
    return { path, content: editHcl(there.text, to) };
  });
  return Promise.all(edited);
}

/** Ports without an HTTP front stay so, unless something of the front is asked for. */
function withoutFront(to: Configuration, from: Configuration, asked: readonly Key[]): Configuration {
  const ofFront: readonly Key[] = ['httpPort', 'domain', 'upstreamProtocol', 'e2e'];
  return from.http === null && !asked.some((key) => ofFront.includes(key)) ? { ...to, http: null } : to;
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
