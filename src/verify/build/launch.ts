import { CancelledError } from '../../errors.ts';
import type { BuildConditions } from '../conditions.ts';
import type { Engine } from '../engines/engine.ts';
import type { ProgressChange } from '../engines/progress.ts';
import type { Part } from '../proof.ts';
import type { Run } from '../run.ts';
import { type Apart, RunStarts, staggerMs } from './apart.ts';
import { type Ahead, type Built, buildOnce, type Order, type Watcher } from './build.ts';
import { pause, waitForClock } from './clock.ts';
import { stageToBuildAhead } from './schedule.ts';

/** A build that was started. */
interface Launch {
  /** Resolves when another build may begin without sharing the clock with this one. */
  clockMoved: () => Promise<void>;
  built: Promise<Built>;
  /** Resolves when the engine is done with it; rejects as `built` does. */
  done: Promise<readonly Part[]>;
  starts: RunStarts;
}

/**
 * Runs all builds of a verification, spread over the engines in turn. On one engine two run side by side where their
 * steps can be told apart, else one after the other; each begins 3 s or more after the one before it, and begins again
 * where a step of it does not.
 * @throws UserError `build-failed`: then the other builds have ended, too.
 */
export async function buildAll(run: Run, all: readonly BuildConditions[]): Promise<Built[]> {
  const failed = new AbortController();
  const signal = AbortSignal.any([run.request.signal, failed.signal]);
  const stage = stageToBuildAhead(run.file);
  const lanes = new Map<Engine, Launch[]>();
  const launches: Launch[] = [];
  try {
    for (const [index, conditions] of all.entries()) {
      const engine = run.engines[index % run.engines.length] ?? run.engines[0];
      const lane = lanes.get(engine) ?? [];
      lanes.set(engine, lane);
      const beside = engine.sideBySide && stage ? lane.at(-1) : undefined;
      // Two at once are enough for any machine, and more would only wait for each other.
      await lane.at(beside ? -2 : -1)?.built;
      await launches.at(-1)?.clockMoved();
      const order = { build: index + 1, engine, conditions, signal };
      const starts = new RunStarts();
      const ahead = beside && stage ? { stage, other: beside.done } : null;
      const next = launch(run, { ...order, apart: { own: starts, earlier: launches.map((one) => one.starts) } }, ahead);
      lane.push(next);
      launches.push(next);
    }
    return await Promise.all(launches.map(({ built }) => built));
  } catch (error) {
    failed.abort(new CancelledError());
    await Promise.allSettled(launches.map(({ built }) => built));
    throw error;
  }
}

/** One more build, alone, when the clock has moved on from those that were. */
export async function buildAlone(run: Run, order: Omit<Order, 'signal'>, others: readonly Built[]): Promise<Built> {
  const { signal } = run.request;
  for (const other of others) await waitForClock(run, other, signal);
  return buildOnce(run, { ...order, signal }, { onChange: () => undefined, onDone: () => undefined });
}

function launch(run: Run, order: Order & { apart: Apart }, ahead: Ahead | null): Launch {
  let tellFirstRun = () => {};
  const firstRun = new Promise<void>((resolve) => {
    tellFirstRun = resolve;
  });
  const onChange = ({ type, vertex }: ProgressChange) => {
    if (type === 'start' && run.findStep(vertex.name)?.step.instruction === 'RUN') tellFirstRun();
  };
  let tellDone: Watcher['onDone'] = () => {};
  const ended = new Promise<readonly Part[]>((resolve) => {
    tellDone = resolve;
  });
  const built = buildOnce(run, order, { onChange, onDone: (parts) => tellDone(parts) }, ahead);
  const done = Promise.race([ended, built.then(({ parts }) => parts)]);
  // Whoever waits for the builds sees a failure; until then nobody may be waiting.
  done.catch(() => undefined);
  built.catch(() => undefined).finally(() => order.apart.own.end());
  const clockMoved = async () => {
    const ended = built.then((one) => one);
    const staggered = firstRun.then(() => pause(staggerMs, order.signal)).then(() => null);
    staggered.catch(() => undefined);
    // A build that has ended meanwhile was quick, and the next one may be quicker still: then all its steps count.
    const one = (await Promise.race([ended, staggered])) ?? (await Promise.race([ended, Promise.resolve(null)]));
    if (one) await waitForClock(run, one, order.signal);
  };
  return { clockMoved, built, done, starts: order.apart.own };
}
