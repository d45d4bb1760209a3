import type { Finding } from '../app.ts';
import { throwIfCancelled } from '../errors.ts';
import { liveDisplay } from '../report/live.ts';
import type { Target } from '../target.ts';
import { type ContainerCli, containerCli, dockerCli } from '../verify/engines/cli.ts';
import { removeLeftovers } from '../verify/leftovers/remove.ts';
import type { Verified, VerifyRequest } from '../verify/types.ts';
import type { Io } from './io.ts';
import { serviceOf } from './service.ts';

/** What a person can decide about one verification. */
export type VerifyChoices = Pick<
  VerifyRequest,
  'images' | 'engine' | 'builders' | 'builds' | 'start' | 'startTimeoutSeconds' | 'keep' | 'written'
>;

/**
 * Verifies the service of a folder, as its Procfile or caution.hcl describes it, and shows the builds while they run.
 * @throws UserError when there is nothing to build, no engine, or the build fails.
 */
export async function runVerify(target: Target, choices: VerifyChoices, io: Io): Promise<Verified> {
  const service = await serviceOf(target);
  const { verify } = await import('../verify/verify.ts');
  // Beside the builds: asking the engine takes a moment.
  const leftovers = removeLeftovers(cliOf(choices.engine), io.signal);
  const live = liveDisplay(io.output);
  try {
    const verified = await verify({
      root: target.root,
      ...choices,
      ...service,
      signal: io.signal,
      onEvent: live.onEvent,
    });
    verified.verification.findings.push(...leftoversRemoved(await leftovers));
    // Cleaning up goes on when a signal comes; that nobody wants the outcome any more stays true.
    throwIfCancelled(io.signal);
    return verified;
  } finally {
    live.stop();
    await leftovers;
  }
}

/** Where an engine's containers and images are; null for one that has none. */
function cliOf(engine: VerifyRequest['engine']): ContainerCli | null {
  if (engine === 'docker') return dockerCli;
  return engine === 'podman' ? containerCli('podman') : null;
}

function leftoversRemoved(removed: readonly string[]): Finding[] {
  if (removed.length === 0) return [];
  return [
    {
      id: 'leftovers-removed',
      level: 'note',
      message: `An earlier run that was killed had left ${removed.join(', ')}: removed.`,
      why: 'Temporary folders, containers and images of a run that no longer lives are of no use to anybody.',
      mend: 'Nothing needs to be done.',
    },
  ];
}
