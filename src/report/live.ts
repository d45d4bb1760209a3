import { type Output, printableLine } from '../output.ts';
import type { VerifyEvent } from '../verify/types.ts';
import { plainDisplay } from './live/plain.ts';
import { redrawnDisplay } from './live/redrawn.ts';

/** The display of a running verification: told every event, and stopped at the end whatever happens. */
export interface Live {
  onEvent(event: VerifyEvent): void;
  stop(): void;
}

export interface LiveOptions {
  /** Named with each line when several services are verified. */
  service?: string;
  /** Where TERM is read from. */
  env?: NodeJS.ProcessEnv;
  /** Milliseconds since 1970. */
  now?: () => number;
}

/** In a terminal that can move its cursor a few lines are kept up to date; elsewhere each step is a line of its own. */
export function liveDisplay(
  output: Output,
  { service = '', env = process.env, now = Date.now }: LiveOptions = {},
): Live {
  const name = printableLine(service, 60);
  const moves = output.stderr.isTTY === true && env.TERM !== 'dumb';
  return moves ? redrawnDisplay(output, name, now) : plainDisplay(output, name, now);
}
