import { CancelledError } from '../../errors.ts';
import type { BuildConditions } from '../conditions.ts';
import type { Engine } from '../engines/engine.ts';
import type { ProgressChange } from '../engines/progress.ts';
import { clockStepMs } from '../proof.ts';
import type { Run } from '../run.ts';
import { type Built, buildOnce } from './build.ts';
import { pause, waitForClock } from './clock.ts';
import { canRunSideBySide } from './schedule.ts';

/** How long after another build's first RUN the next build is started: its own steps come a little later still. */
const staggerMs = clockStepMs + 300;

/** A build that was started. */
interface Launch {
  /** Resolves when another build may begin without sharing the clock with this one. */
  clockMoved: Promise<void>;
  built: Promise<Built>;
}

/**
 * Runs all builds of a verification, spread over the engines in turn. On one engine two run side by side where their
 * steps can be told apart, else one after the other; each begins 3 s or more after the one before it.
 * @throws UserError `build-failed`: then the other builds have ended, too.
 */
export async function buildAll(run: Run, conditions: readonly BuildConditions[]): Promise<Built[]> {
  const failed = new AbortController();
  const signal = AbortSignal.any([run.request.signal, failed.signal]);
  const atOnce = canRunSideBySide(run.file) ? 2 : 1;
  const lanes = new Map<Engine, Promise<unknown>[]>();
  const launches: Launch[] = [];
  try {
    for (const [index, one] of conditions.entries()) {
      const engine = run.engines[index % run.engines.length] ?? run.engines[0];
      const lane = lanes.get(engine) ?? [];
      lanes.set(engine, lane);
      await lane.at(-(engine.sideBySide ? atOnce : 1));
      await launches.at(-1)?.clockMoved;
      const next = launch(run, { build: index + 1, engine, conditions: one, signal });
      lane.push(next.built);
      launches.push(next);
    }
    return await Promise.all(launches.map(({ built }) => built));
  } catch (error) {
    failed.abort(new CancelledError());
    await Promise.allSettled(launches.map(({ built }) => built));
    throw error;
  }
}

/** One more build, alone. @param last the build that ended last. */
export async function buildAlone(
  run: Run,
  order: Omit<Parameters<typeof buildOnce>[1], 'signal'>,
  last: Built,
): Promise<Built> {
  const { signal } = run.request;
  await waitForClock(run, last, signal);
  return buildOnce(run, { ...order, signal }, () => undefined);
}

function launch(run: Run, order: Parameters<typeof buildOnce>[1]): Launch {
  let tellFirstRun = () => {};
  const firstRun = new Promise<void>((resolve) => {
    tellFirstRun = resolve;
  });
  const onChange = ({ type, vertex }: ProgressChange) => {
    if (type === 'start' && run.findStep(vertex.name)?.step.instruction === 'RUN') tellFirstRun();
  };
  const built = buildOnce(run, order, onChange);
  const staggered = firstRun.then(() => pause(staggerMs, order.signal));
  const clockMoved = Promise.race([staggered, built.then((one) => waitForClock(run, one, order.signal))]);
  // Whoever waits for the builds sees a failure; the others are waited for as well, or by nobody.
  for (const promise of [built, clockMoved, staggered]) promise.catch(() => undefined);
  return { clockMoved, built };
}
