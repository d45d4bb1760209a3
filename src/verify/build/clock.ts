import { CancelledError } from '../../errors.ts';
import { clockStepMs } from '../proof.ts';
import type { Run } from '../run.ts';
import { type Built, timesOf } from './build.ts';

/** Holds the next build back until every RUN of it must begin 3 s or more after the same RUN of one that has ended. */
export async function waitForClock(
  { file, findStep, request: { onEvent } }: Pick<Run, 'file' | 'findStep' | 'request'>,
  { parts, doneAt }: Pick<Built, 'parts' | 'doneAt'>,
  signal: AbortSignal,
): Promise<void> {
  const hasRun = file.needed.some(({ steps }) => steps.some(({ instruction }) => instruction === 'RUN'));
  if (!hasRun) return; // nothing reads a clock
  const vertices = parts.flatMap(({ progress }) => [...progress.vertices.values()]);
  const starts = vertices.flatMap(({ name, started, cached }) =>
    started !== null && !cached && findStep(name)?.step.instruction === 'RUN' ? started : [],
  );
  // Engines on other machines have other clocks: what has passed since the build's end is measured by our own.
  const since = timesOf(parts).ended - Math.max(0, ...starts) + (performance.now() - doneAt);
  // When no RUN was recognised, the whole step costs little, and the clock differs all the same.
  const wait = starts.length === 0 ? clockStepMs : clockStepMs - since;
  if (wait <= 0) return;
  onEvent({ type: 'phase', text: `Waiting ${Math.ceil(wait / 1000)} s, so that the clock differs` });
  await pause(wait, signal);
}

/** @throws CancelledError as soon as the signal fires. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new CancelledError());
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
