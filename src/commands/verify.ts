import { type ExitCode as Code, ExitCode, UserError } from '../errors.ts';
import { note, result } from '../output.ts';
import { passed, reportLines } from '../report/terminal.ts';
import type { VerifyFlags } from '../settings/flags.ts';
import { locate } from '../target.ts';
import type { Verification } from '../verify/types.ts';
import { imagesFrom } from './images.ts';
import type { Io } from './io.ts';
import { runVerify } from './run-verify.ts';

/** `create-caution-app verify [dir…]`: builds each service twice, compares, starts. */
export async function verifyCommand(flags: VerifyFlags, io: Io): Promise<Code> {
  const dirs = flags.dirs.length === 0 ? ['.'] : flags.dirs;
  const images = imagesFrom(flags.images, io);
  const services: ({ dir: string } & Verification)[] = [];
  try {
    for (const dir of dirs) services.push({ dir, ...(await verifyFolder(dir, dirs.length > 1, flags, images, io)) });
  } catch (error) {
    // What is known of the folders before stands beside the failure.
    if (!flags.json || services.length === 0 || !(error instanceof UserError)) throw error;
    const { code, message, next } = error;
    result(io.output, JSON.stringify({ services, error: { code, message, next: next ?? null } }, null, 2));
    return error.exitCode;
  }
  if (flags.json) {
    const [only] = services;
    const { dir: _dir, ...single } = only ?? { dir: '' };
    result(io.output, JSON.stringify(services.length === 1 ? single : { services }, null, 2));
  }
  return services.every((service) => passed(service, flags.strict)) ? ExitCode.Ok : ExitCode.NotReproducible;
}

async function verifyFolder(
  dir: string,
  several: boolean,
  flags: VerifyFlags,
  images: Record<string, string>,
  io: Io,
): Promise<Verification> {
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
  const { verification } = await runVerify(target, choices, io);
  if (!flags.json) result(io.output, reportLines(verification, { color: io.output.resultColor }).join('\n'));
  return verification;
}
