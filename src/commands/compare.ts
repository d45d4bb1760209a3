import { type ExitCode as Code, UserError } from '../errors.ts';
import type { CompareFlags } from '../settings/flags.ts';
import type { Io } from './io.ts';

/** `create-caution-app compare A B`: holds two built images against each other; builds nothing. */
export async function compareCommand(flags: CompareFlags, _io: Io): Promise<Code> {
  throw new UserError('usage', `compare ${flags.a} ${flags.b}: not in this version.`);
}
