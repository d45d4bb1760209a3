import { ExitCode, UserError } from '../../errors.ts';
import type { VerifyRequest } from '../types.ts';
import { findDocker } from './docker.ts';
import type { Engine } from './engine.ts';
import { findPodman } from './podman.ts';

/**
 * Finds what builds, one engine for each builder that was asked for.
 * @throws UserError `no-engine` (exit 4): what is missing, and what to install.
 */
export async function findEngines({
  engine,
  builders,
  signal,
}: Pick<VerifyRequest, 'engine' | 'builders' | 'signal'>): Promise<Engine[]> {
  if (engine !== 'docker') {
    if (builders.length > 0)
      throw new UserError('usage', `--builder names builders of docker buildx, and ${engine} has none.`, {
        exitCode: ExitCode.Usage,
        next: 'Leave --builder out, or --engine.',
      });
    return [await findPodman(engine, signal)];
  }
  if (builders.length === 0) return [await findDocker(signal)];
  return Promise.all(builders.map((builder) => findDocker(signal, builder)));
}
