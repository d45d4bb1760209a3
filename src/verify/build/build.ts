import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type MeasuredTree, measuredKey, measuredTree } from '../../caution/measure.ts';
import type { Image } from '../../image/image.ts';
import { type BuildConditions, newHostName } from '../conditions.ts';
import { type Stage, withStageNames } from '../containerfile.ts';
import type { BuildOrder, Engine } from '../engines/engine.ts';
import type { ProgressChange } from '../engines/progress.ts';
import { buildFailure } from '../failure.ts';
import { buildEnd, buildStart, type Part, proveExecution } from '../proof.ts';
import type { Run } from '../run.ts';
import { writeCheckout } from '../source/checkout.ts';
import { type Apart, type Attempt, keepApart } from './apart.ts';
import { imageIn } from './images.ts';
import { needs } from './schedule.ts';

/** One build, with all that is known of it. */
export interface Built {
  engine: Engine;
  conditions: BuildConditions;
  /** Absolute path of the checkout, which stays until the end of the run. */
  context: string;
  /** What the engine was asked for, in turn: one order, or one up to a stage and one for the rest. */
  parts: Part[];
  seconds: number;
  /** When the engine was done, by this process's own clock (`performance.now()`). */
  doneAt: number;
  image: Image;
  measured: MeasuredTree;
  /** Equal keys mean equal enclaves. */
  key: string;
}

export interface Order {
  /** From 1. */
  build: number;
  engine: Engine;
  conditions: BuildConditions;
  signal: AbortSignal;
  /** Absent: no other build runs, and the clock has moved on from those that were. */
  apart?: Apart;
}

/** A part of a build that may run beside another build. */
export interface Ahead {
  /** The stage up to which it goes. */
  stage: Stage;
  /** What the engine was asked for by the other build, for whose end the rest waits. */
  other: Promise<readonly Part[]>;
}

/** Who is told what becomes of a build. */
export interface Watcher {
  onChange: (change: ProgressChange) => void;
  /** The engine is done; the image is still to be read. */
  onDone: (parts: readonly Part[]) => void;
}

/** When a build ran, by the engine's own clock; milliseconds since 1970. Bases may have been fetched long before. */
export function timesOf(parts: readonly Part[]): { began: number; ended: number } {
  const progresses = parts.map(({ progress }) => progress);
  return { began: Math.min(...progresses.map(buildStart)), ended: Math.max(...progresses.map(buildEnd)) };
}

/**
 * Writes a checkout, builds it and reads the image.
 * @throws UserError `build-failed`, with the step that failed.
 */
export async function buildOnce(run: Run, order: Order, watcher: Watcher, ahead: Ahead | null = null): Promise<Built> {
  const { request, source, folder } = run;
  const { build, engine, signal } = order;
  let { conditions } = order;
  const home = path.join(folder, conditions.folders[0] ?? '');
  const context = await writeCheckout(source, folder, conditions, signal);
  const output = imageIn(home, engine);
  const steps = run.file.needed.reduce((sum, stage) => sum + stage.steps.length, 0);
  const tellStart = () =>
    request.onEvent({ type: 'build-start', build, of: run.builds, at: Date.now(), builder: engine.builder, steps });
  tellStart();
  const ask: Ask = (more) => {
    const onAgain = () => {
      // What the attempt left that was given up is another build's: neither its steps nor its cache mounts are taken.
      if (more.cache === 'none') conditions = { ...conditions, hostname: newHostName() };
      tellStart();
    };
    const asked = { context, output, ...more };
    return askEngine(run, order, { asked, conditions: () => conditions, onChange: watcher.onChange, onAgain });
  };
  const containerfile = path.join(context, request.containerfile);
  const built = ahead
    ? await inTwo(run, ahead, ask, engine, await namedStages(containerfile, home))
    : [await ask({ cache: 'none', exports: engine.exports, containerfile })];
  const seconds = built.reduce((sum, part) => sum + part.seconds, 0);
  const doneAt = performance.now();
  request.onEvent({ type: 'build-done', build, seconds });
  watcher.onDone(built);
  const spool = path.join(home, 'layers');
  await mkdir(spool, { recursive: true });
  const image = await run.images.read(output, engine, { spool, signal });
  const measured = measuredTree(image.tree);
  return { engine, conditions, context, parts: built, seconds, doneAt, image, measured, key: measuredKey(measured) };
}

type Asked = Part & { seconds: number };
type Asking = Pick<BuildOrder, 'cache' | 'exports' | 'containerfile'> & Pick<Partial<BuildOrder>, 'target'>;
type Ask = (more: Asking) => Promise<Asked>;

/** Up to a stage at once; then, when the other build has ended, the rest, and whatever the engine had merged with it. */
async function inTwo(
  { file, findStep }: Run,
  { stage, other }: Ahead,
  ask: Ask,
  engine: Engine,
  containerfile: string,
): Promise<Asked[]> {
  const first = await ask({ cache: 'none', exports: 'nothing', target: stage.name, containerfile });
  const parts = await other;
  const last = file.stages.at(-1)?.name ?? '';
  const proof = proveExecution(file, findStep, [first], parts);
  const doubtful = new Set(proof.steps.filter(({ state }) => state !== 'ran').map((step) => step.stage));
  // What is made of a stage that was merged has seen the other build's file times.
  const stages = file.needed.filter(
    (one) => doubtful.has(one.name) || file.needed.some((other) => doubtful.has(other.name) && needs(file, one, other)),
  );
  const fresh = [...new Set([...stages.map(({ name }) => name), last])];
  const rest = await ask({ cache: { fresh }, exports: engine.exports, containerfile });
  return [first, { ...rest, stages: new Set(fresh) }];
}

/**
 * A Containerfile whose stages have names, beside the checkout, with what the engine looks for beside it.
 * @param home an existing folder of this build's own.
 * @returns the path of the copy.
 */
export async function namedStages(containerfile: string, home: string): Promise<string> {
  const copy = path.join(home, 'Containerfile');
  await writeFile(copy, withStageNames(await readFile(containerfile, 'utf8')));
  await copyFile(`${containerfile}.dockerignore`, `${copy}.dockerignore`).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  return copy;
}

interface AskedOfEngine {
  asked: Asking & Pick<BuildOrder, 'context' | 'output'>;
  /** As they are when an attempt begins. */
  conditions: () => BuildConditions;
  onChange: (change: ProgressChange) => void;
  onAgain: () => void;
}

async function askEngine(
  run: Run,
  { build, engine, signal, apart }: Order,
  { asked, conditions, onChange, onAgain }: AskedOfEngine,
): Promise<Asked> {
  const { request, file, findStep } = run;
  const attempt = async (one: Attempt) => {
    if (asked.exports !== 'nothing') await run.images.prepare(asked.output, engine);
    const { hostname, arguments: values } = conditions();
    return engine.build({
      ...asked,
      overrides: run.overrides,
      hostname,
      cacheNamespace: file.hasCacheMounts ? hostname : null,
      arguments: values,
      signal: one.signal,
      onChange: (change) => {
        run.cache.note(change);
        // Steps that end because we ended them have not failed.
        if (one.signal.aborted) return;
        tell(run, build, change);
        onChange(change);
        one.onChange(change);
      },
    });
  };
  const onWait = (line: number) => {
    const text = `Build ${build} came to line ${line} within 3 s of another build: it begins again, so that the clock differs`;
    request.onEvent({ type: 'phase', text });
  };
  const { ok, progress, seconds } = apart
    ? await keepApart(attempt, apart, { findStep, signal, onWait, onAgain })
    : await attempt({ signal, onChange: () => undefined });
  if (!ok) throw buildFailure(request.containerfile, file, findStep, progress);
  return { progress, seconds, stages: null };
}

function tell({ request: { onEvent }, findStep }: Run, build: number, change: ProgressChange): void {
  if (change.type === 'output') {
    onEvent({ type: 'output', build, text: change.text });
    return;
  }
  const found = findStep(change.vertex.name);
  if (found)
    onEvent({ type: 'step', build, name: found.step.text, line: found.step.line, state: change.type, at: change.at });
}
