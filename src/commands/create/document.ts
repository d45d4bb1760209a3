import type { App } from '../../app.ts';
import { formatRun } from '../../caution/words.ts';
import type { PlannedFile } from '../../scaffold/plan.ts';
import type { Resolved } from '../../settings/resolve.ts';
import type { Verification } from '../../verify/types.ts';
import type { MadeLock } from './made.ts';

/** What `create --json` prints, filled in as the run goes on. */
export interface CreateDocument extends Omit<Resolved, 'app'> {
  app: (Omit<App, 'command' | 'env' | 'build' | 'files'> & { run: string }) | null;
  files: Pick<PlannedFile, 'path' | 'action'>[];
  /** A lock file that was made, and what made it; absent where none was. */
  made?: MadeLock['by'];
  verification: Verification | null;
  /** The command that repeats this run. */
  again: string | null;
}

/** The document of a run that knows nothing yet. */
export function emptyDocument(): CreateDocument {
  return {
    outcome: 'ask',
    app: null,
    evidence: [],
    findings: [],
    missing: [],
    files: [],
    verification: null,
    again: null,
  };
}

/** An app as others read it: one run command instead of its parts. */
export function publicApp(app: App): CreateDocument['app'] {
  const { command, env, build: _build, files: _files, ...rest } = app;
  return { ...rest, run: formatRun({ command, env }) };
}
