import { type ExitCode as Code, ExitCode, UserError } from '../errors.ts';
import { note, printable, result, styled } from '../output.ts';
import { expectedLines } from '../report/expected.ts';
import { passed, reportLines, summaryLines } from '../report/terminal.ts';
import type { VerifyFlags } from '../settings/flags.ts';
import { locate } from '../target.ts';
import type { Verification, Verified } from '../verify/types.ts';
import { offerMends } from './fix.ts';
import { imagesFrom } from './images.ts';
import type { Io } from './io.ts';
import { checkPage, writePage } from './page.ts';
import { applyRecords, prepareRecords } from './record.ts';
import { runVerify, serviceOf } from './run-verify.ts';

/** One mend can bring to light what another difference had hidden; more rounds than these would be a circle. */
const fixRounds = 5;

/** `create-caution-app verify [dir…]`: builds each service twice, compares, starts. */
export async function verifyCommand(flags: VerifyFlags, io: Io): Promise<Code> {
  const dirs = flags.dirs.length === 0 ? ['.'] : flags.dirs;
  if (dirs.length > 1 && (flags.record !== undefined || flags.expect !== undefined)) throw oneRecord(dirs.length);
  const images = imagesFrom(flags.images, io);
  const page = await checkPage(flags.report, io.cwd);
  const services: ({ dir: string } & Verification)[] = [];
  const shownServices: { dir: string; verified: Verified }[] = [];
  let failure: UserError | null = null;
  try {
    for (const dir of dirs) {
      const { verified, failure: failed } = await verifyFolder(dir, dirs.length > 1, flags, images, io);
      services.push({ dir, ...verified.verification });
      shownServices.push({ dir, verified });
      failure ??= failed;
    }
    const about = { version: io.version, generated: null, strict: flags.strict };
    await summariseForGithub(shownServices, flags.strict, io);
    await writePage(page, async () => (await import('../report/html.ts')).verificationPage(shownServices, about), io);
  } catch (error) {
    // What is known of the folders before stands beside the failure.
    if (!flags.json || services.length === 0 || !(error instanceof UserError)) throw error;
    result(io.output, JSON.stringify({ services, ...shown(error) }, null, 2));
    return error.exitCode;
  }
  if (flags.json) {
    const [only] = services;
    const { dir: _dir, ...single } = only ?? { dir: '' };
    const known = services.length === 1 ? single : { services };
    result(io.output, JSON.stringify(failure === null ? known : { ...known, ...shown(failure) }, null, 2));
  }
  if (!flags.json && dirs.length > 1) {
    const each = shownServices.map(({ dir, verified: { verification } }) => ({ dir, verification }));
    result(io.output, ['', ...summaryLines(each, { color: io.output.resultColor }, flags.strict)].join('\n'));
  }
  const good = services.every((service) => passed(service, flags.strict) && service.expected?.matches !== false);
  if (!good) return ExitCode.NotReproducible;
  return failure?.exitCode ?? ExitCode.Ok;
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

function shown({ code, message, next }: UserError): { error: { code: string; message: string; next: string | null } } {
  return { error: { code, message, next: next ?? null } };
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
  let records = await prepareRecords(flags, target, serviceOf(target), images, io);
  let verified = await runVerify(target, choices, io);
  for (let round = 0; flags.fix && round < fixRounds && (await offerMends(target.root, verified, io)); round += 1) {
    records = await prepareRecords(flags, target, serviceOf(target), images, io);
    verified = await runVerify(target, choices, io);
  }
  const recorded = await applyRecords(records, verified);
  const { verification, failure } = recorded;
  const painted = { color: io.output.resultColor };
  if (!flags.json)
    result(io.output, [...reportLines(verification, painted), ...expectedLines(verification, painted)].join('\n'));
  if (failure)
    note(io.output, `${styled(io.output, 'red', 'error')} ${printable(failure.message)} ${failure.next ?? ''}`);
  else if (records?.record) note(io.output, `Record written to ${printable(records.record)}`);
  return { verified: { ...verified, verification }, failure };
}
