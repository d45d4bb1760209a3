import type { Finding } from '../app.ts';
import { type ExitCode as Code, ExitCode, UserError } from '../errors.ts';
import { note, printable, result, styled } from '../output.ts';
import { passed, reportLines, summaryLines } from '../report/terminal.ts';
import type { VerifyFlags } from '../settings/flags.ts';
import { locate } from '../target.ts';
import type { Verified } from '../verify/types.ts';
import { offerMends } from './fix.ts';
import { imagesFrom } from './images.ts';
import type { Io } from './io.ts';
import { checkPage, writePage } from './page.ts';
import { applyRecords, prepareRecords } from './record.ts';
import { runVerify } from './run-verify.ts';
import { serviceOf } from './service.ts';

/** One mend can bring to light what another difference had hidden; more rounds than these would be a circle. */
const fixRounds = 5;

/** `create-caution-app verify [dir…]`: builds each service twice, compares, starts. */
export async function verifyCommand(flags: VerifyFlags, io: Io): Promise<Code> {
  const dirs = flags.dirs.length === 0 ? ['.'] : flags.dirs;
  if (dirs.length > 1 && (flags.record !== undefined || flags.expect !== undefined)) throw oneRecord(dirs.length);
  const images = imagesFrom(flags.images, io);
  const page = await checkPage(flags.report, io.cwd);
  const outcome = await verifyAll(dirs, flags, images, io);
  const { services, stopped, failure } = outcome;
  const about = { version: io.version, generated: null, strict: flags.strict };
  await summariseForGithub(services, flags.strict, io);
  await writePage(page, async () => (await import('../report/html.ts')).verificationPage(services, about), io);
  if (flags.json) result(io.output, JSON.stringify(documentOf(dirs, outcome), null, 2));
  else if (dirs.length > 1) result(io.output, ['', ...summaryOf(dirs, services, flags.strict, io)].join('\n'));
  if (stopped !== null && !flags.json) throw stopped;
  if (stopped !== null) return stopped.exitCode;
  const good = services.every(({ verified: { verification } }) => passed(verification, flags.strict));
  if (!good) return ExitCode.NotReproducible;
  return failure?.exitCode ?? ExitCode.Ok;
}

interface Outcome {
  /** As the user named each folder. */
  services: { dir: string; verified: Verified }[];
  /** What could not be done besides, such as writing a record. */
  failure: UserError | null;
  /** What ended the run early, such as a build that failed: what is known of the folders before is shown all the same. */
  stopped: UserError | null;
}

/** One folder after the other. @throws what stops the first one: then there is nothing to show. */
async function verifyAll(
  dirs: readonly string[],
  flags: VerifyFlags,
  images: Record<string, string>,
  io: Io,
): Promise<Outcome> {
  const outcome: Outcome = { services: [], failure: null, stopped: null };
  for (const dir of dirs) {
    try {
      const { verified, failure } = await verifyFolder(dir, dirs.length > 1, flags, images, io);
      outcome.services.push({ dir, verified });
      outcome.failure ??= failure;
    } catch (error) {
      if (outcome.services.length === 0 || !(error instanceof UserError)) throw error;
      outcome.stopped = error;
      break;
    }
  }
  return outcome;
}

function documentOf(dirs: readonly string[], { services, failure, stopped }: Outcome): Record<string, unknown> {
  const error = stopped ?? failure;
  const all = services.map(({ dir, verified: { verification } }) => ({ dir, ...verification }));
  const { dir: _dir, ...single } = all[0] ?? { dir: '' };
  return { ...(dirs.length === 1 ? single : { services: all }), ...(error && shown(error)) };
}

function summaryOf(dirs: readonly string[], services: Outcome['services'], strict: boolean, { output }: Io): string[] {
  const each = services.map(({ dir, verified: { verification } }) => ({ dir, verification }));
  return summaryLines(each, { color: output.resultColor }, strict, dirs.slice(each.length));
}

/** In a workflow of GitHub the outcome is shown beside the step's log as well. */
async function summariseForGithub(
  services: readonly { dir: string; verified: Verified }[],
  strict: boolean,
  io: Io,
): Promise<void> {
  if (io.env.GITHUB_ACTIONS !== 'true') return;
  (await import('../report/github.ts')).writeGithubSummary(io.env, services, io.output, strict);
}

/** A failure as it stands in the document; findings that it showed are named beside it. */
function shown({ code, message, next, findings }: UserError): {
  error: { code: string; message: string; next: string | null };
  findings?: readonly Finding[];
} {
  return { error: { code, message, next: next ?? null }, ...(findings.length > 0 ? { findings } : {}) };
}

function oneRecord(services: number): UserError {
  return new UserError('usage', `A record speaks of one service, and ${services} folders were given.`, {
    exitCode: ExitCode.Usage,
    next: 'Verify them one by one, each with --record or --expect of its own.',
  });
}

async function verifyFolder(
  dir: string,
  several: boolean,
  flags: VerifyFlags,
  images: Record<string, string>,
  io: Io,
): Promise<{ verified: Verified; failure: UserError | null }> {
  const target = await locate(dir, io.cwd);
  if (target.state === 'missing') {
    throw new UserError('no-folder', `There is no folder ${dir}.`, { next: 'Name the folder of a service.' });
  }
  if (several) note(io.output, `── ${dir}`);
  const choices = {
    images,
    engine: flags.engine,
    builders: flags.builders,
    builds: flags.builds,
    start: flags.start,
    startTimeoutSeconds: flags.startTimeout,
    keep: flags.keep,
    written: [],
  };
  let records = await prepareRecords(flags, target, await serviceOf(target), images, io);
  let verified = await runVerify(target, choices, io);
  for (let round = 0; flags.fix && round < fixRounds && (await offerMends(target.root, verified, io)); round += 1) {
    records = await prepareRecords(flags, target, await serviceOf(target), images, io);
    verified = await runVerify(target, choices, io);
  }
  const recorded = await applyRecords(records, verified);
  const { verification, failure } = recorded;
  const painted = { color: io.output.resultColor };
  if (!flags.json) result(io.output, reportLines(verification, painted).join('\n'));
  if (failure)
    note(io.output, `${styled(io.output, 'red', 'error')} ${printable(failure.message)} ${failure.next ?? ''}`);
  else if (records?.record) note(io.output, `Record written to ${printable(records.record)}`);
  return { verified: { ...verified, verification }, failure };
}
