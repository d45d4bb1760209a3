import type { Evidence, Finding } from '../../app.ts';
import { CancelledError, type ExitCode as Code, ExitCode, fileError, UserError } from '../../errors.ts';
import type { FirstCommit } from '../../git.ts';
import { note, printableLine, result } from '../../output.ts';
import { passed, reportLines } from '../../report/terminal.ts';
import type { PlannedFile } from '../../scaffold/plan.ts';
import { write } from '../../scaffold/write.ts';
import type { CreateFlags } from '../../settings/flags.ts';
import type { Key } from '../../settings/setting.ts';
import { checkWritable, type Target } from '../../target.ts';
import { imagesFrom } from '../images.ts';
import { type Io, interactive } from '../io.ts';
import { runVerify, type VerifyChoices } from '../run-verify.ts';
import { oneApp, secretsNotThere } from './configured.ts';
import { decide } from './decide.ts';
import { type CreateDocument, emptyDocument, publicApp } from './document.ts';
import { gitSentence, nextSteps, repeatCommand } from './ending.ts';
import { showEvidence, showFindings, showRun } from './facts.ts';
import { confirmPlan, planFiles, settleConflicts, showPlan, sourcesIn } from './files.ts';
import { refuseUnlocked, withMade } from './made.ts';

/** `create-caution-app [create] [dir]`: from a question, or from what is there, to a verified service. */
export async function createCommand(flags: CreateFlags, io: Io): Promise<Code> {
  const document = emptyDocument();
  try {
    const code = await steps(flags, io, document);
    if (flags.json) result(io.output, JSON.stringify(document, null, 2));
    return code;
  } catch (error) {
    const failure =
      error instanceof UserError || error instanceof CancelledError ? error : fileError(error, 'io-failed');
    if (!flags.json || !failure) throw error;
    const { code, next, missing, findings } = failure instanceof UserError ? failure : cancelled;
    document.findings = [...document.findings, ...findings];
    if (missing.length > 0) document.missing = [...missing];
    result(
      io.output,
      JSON.stringify({ ...document, error: { code, message: failure.message, next: next ?? null } }, null, 2),
    );
    return failure.exitCode;
  }
}

const cancelled = { code: 'cancelled', next: undefined, missing: [], findings: [] } as const;

/** The steps of the command, to read aloud. What becomes known is put into the document as it does. */
async function steps(flags: CreateFlags, io: Io, document: CreateDocument): Promise<Code> {
  const needed = flags.images !== undefined || (flags.verify !== false && !flags.dryRun);
  const images = needed ? imagesFrom(flags.images, io) : {};
  const { target, resolved, twin, told, verify, made, configured, answers } = await decide(flags, io);
  const { app, ...known } = resolved;
  Object.assign(document, known, made === null ? {} : { made: made.by });
  if (app === null) return withoutApp(flags, told, io, document);
  document.app = publicApp(app);
  document.again = repeatCommand(app, target, { ...flags, answers }, io.cwd, verify);
  const runs = sourcesIn(document.evidence, target.dir);
  const asked = Object.keys(answers) as Key[];
  const rendered = await planFiles(target.root, app, { twin, runs, configured, asked });
  const planned = await withMade(target.root, rendered, made, flags, io);
  document.files = publicFiles(planned);
  showFacts(document, told, io);
  showPlan(planned, io);
  if (target.dir !== '') note(io.output, oneApp);
  if (flags.dryRun) return ExitCode.Ok;
  if (document.outcome !== 'ready') throw notReady(document, flags.json);
  const files = await settleConflicts(planned, flags, io);
  document.files = publicFiles(files);
  refuseUnlocked(files, made);
  if (interactive(io) && !flags.yes && !flags.json) await confirmPlan(files, io);
  checkWritable(target);
  await write(target.root, files, io.signal);
  const commit = flags.git && target.fresh ? await firstCommit(target, files, io) : null;
  showWritten(files, target, commit, io);
  const buildable = document.findings.every(({ id }) => id !== secretsNotThere);
  const verified = verify && buildable ? await verifyNow(flags, files, target, images, io, document) : ExitCode.Ok;
  if (!flags.json) result(io.output, endLines(document, target, commit, io).join('\n'));
  return verified;
}

async function firstCommit(target: Target, files: readonly PlannedFile[], io: Io): Promise<FirstCommit> {
  const { initialise } = await import('../../git.ts');
  return initialise(
    target.root,
    files.map(({ path }) => path),
    'Start from create-caution-app',
    io.signal,
  );
}

async function verifyNow(
  flags: CreateFlags,
  files: readonly PlannedFile[],
  target: Target,
  images: Record<string, string>,
  io: Io,
  document: CreateDocument,
): Promise<Code> {
  note(io.output);
  const written = files.filter(({ action }) => action !== 'keep').map(({ path }) => path);
  const choices: VerifyChoices = {
    images,
    engine: 'docker',
    builders: [],
    builds: 2,
    start: flags.start,
    startTimeoutSeconds: 30,
    keep: false,
    written,
  };
  const { verification } = await runVerify(target, choices, io).catch((error) => {
    if (error instanceof UserError && !flags.json) note(io.output, 'The files that were written are kept.');
    throw error;
  });
  document.verification = verification;
  return passed(verification) ? ExitCode.Ok : ExitCode.NotReproducible;
}

/** Something must be answered or mended first: exit 2 or 1, but 0 for a dry run, whose purpose is to say so. */
function withoutApp(flags: CreateFlags, told: readonly Evidence[], io: Io, document: CreateDocument): Code {
  showFacts(document, told, io);
  if (flags.dryRun) {
    if (!flags.json) result(io.output, `${document.outcome}: ${missingSentence(document)}`);
    return ExitCode.Ok;
  }
  throw notReady(document, flags.json);
}

/** @param alone whether the error is read without the findings that a terminal has above it. */
function notReady(document: CreateDocument, alone: boolean): UserError {
  if (document.outcome === 'ask' || (document.missing.length > 0 && !hasErrors(document.findings))) {
    return new UserError('missing-answers', missingSentence(document), {
      exitCode: ExitCode.Usage,
      next: 'Give them as flags. --yes accepts what is detected and the defaults; these have neither, or it was not given.',
    });
  }
  const errors = document.findings.filter(({ level }) => level === 'error');
  const said = errors.map(({ message, mend }) => printableLine(`${message} ${mend}`, 400)).join('\n');
  const above = `${errors.length} ${errors.length === 1 ? 'error' : 'errors'} above must be mended first.`;
  return new UserError(document.outcome, alone ? said : above, {
    next: 'Nothing was written. Change this, and run the same command again.',
  });
}

const hasErrors = (findings: readonly Finding[]) => findings.some(({ level }) => level === 'error');

function missingSentence({ missing }: CreateDocument): string {
  return missing.length === 0 ? 'nothing is missing' : `Missing: ${missing.join(', ')}.`;
}

const publicFiles = (files: readonly PlannedFile[]) => files.map(({ path, action }) => ({ path, action }));

/** What is known of a service that exists, and what is noteworthy about it. @param told what was shown before the questions. */
function showFacts({ evidence, findings, app }: CreateDocument, told: readonly Evidence[], { output }: Io): void {
  const known = new Set(told.map((one) => JSON.stringify(one)));
  showEvidence(
    evidence.filter((one) => !known.has(JSON.stringify(one))),
    output,
  );
  showFindings(findings, output);
  if (app) showRun(app.run, output);
}

function showWritten(files: readonly PlannedFile[], target: Target, commit: FirstCommit | null, io: Io): void {
  const written = files.filter(({ action }) => action === 'create' || action === 'overwrite').length;
  note(io.output);
  note(
    io.output,
    written === 0
      ? 'Everything was there already.'
      : `Wrote ${written} ${written === 1 ? 'file' : 'files'} to ${printableLine(target.root)}`,
  );
  const sentence = gitSentence(commit);
  if (sentence !== null) note(io.output, sentence);
}

function endLines(document: CreateDocument, target: Target, commit: FirstCommit | null, io: Io): string[] {
  const { verification, again } = document;
  const proved = verification
    ? reportLines(verification, { color: io.output.resultColor })
    : ['Not verified yet: nothing is proved. In the folder: npx create-caution-app verify'];
  const paths = document.files.map(({ path }) => path);
  const secrets = document.findings.some(({ id }) => id === secretsNotThere);
  const next = nextSteps(target, io.cwd, { commit, secrets }, paths).map((line) => `  ${line}`);
  return ['', ...proved, '', 'Next:', ...next, '', `Again: ${again ?? ''}`];
}
