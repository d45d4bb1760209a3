import { UserError } from '../../errors.ts';
import type { VerifyRequest } from '../types.ts';
import { findDocker } from './docker.ts';
import type { Engine } from './engine.ts';

/**
 * Finds what builds, one engine for each builder that was asked for.
 * @throws UserError `no-engine` (exit 4): what is missing, and what to install.
 */
export async function findEngines({
  engine,
  builders,
  signal,
}: Pick<VerifyRequest, 'engine' | 'builders' | 'signal'>): Promise<Engine[]> {
  if (engine !== 'docker') throw new UserError('no-engine', `This version does not build with ${engine}.`);
  if (builders.length === 0) return [await findDocker(signal)];
  return Promise.all(builders.map((builder) => findDocker(signal, builder)));
}
