import { printableLine } from '../output.ts';
import type { Containerfile, Stage, Step } from './containerfile.ts';
import type { Progress, Vertex } from './engines/progress.ts';
import { type FindStep, neededStage } from './step-names.ts';
import type { StepTime } from './types.ts';

/** What the engine's own progress shows of the steps that an image needs. */
export interface Proof {
  stepsRun: number;
  stepsCached: number;
  executionProved: boolean;
  /** Each RUN, COPY and ADD of the needed stages, in the order of the file. */
  steps: Omit<StepTime, 'build'>[];
  /** Steps for which nothing shows that they ran in this build, with the reason. */
  unproved: { line: number; text: string; reason: string }[];
  /** When each RUN that ran in this build began, by its line; milliseconds since 1970, by the engine's clock. */
  runStarts: Map<number, number>;
  /** Whether there is a RUN at all, and `runStarts` has every RUN that went into the image. */
  everyRun: boolean;
}

/** One order to the engine, of the one or more that make a build. */
export interface Part {
  progress: Progress;
  /** Names of the stages whose steps it ran anew; null: all that it was asked for. */
  stages: ReadonlySet<string> | null;
}

/**
 * Holds a build's progress against its Containerfile: every RUN, COPY and ADD of every needed stage must have begun
 * after this build began, completed, and not come from a cache. A step that was merged with another build's began before
 * this build, or is the very same node in both builds' progress.
 * @param parts in turn; of a step that several could have run, the last one counts.
 * @param others orders of other builds, on whatever engine; those count that were under way when a part began.
 */
export function proveExecution(
  file: Containerfile,
  findStep: FindStep,
  parts: readonly Part[],
  others: readonly Pick<Part, 'progress'>[] = [],
): Proof {
  const proof: Proof = {
    ...{ stepsRun: 0, stepsCached: 0, executionProved: false, everyRun: false },
    ...{ steps: [], unproved: [], runStarts: new Map() },
  };
  let strangeRuns = false;
  for (const part of parts) {
    const mine = (stage: Stage) => parts.findLast(({ stages }) => stages?.has(stage.name) ?? true) === part;
    const began = buildStart(part.progress);
    const known: Known = { began, shared: sharedWith(part.progress, underWay(others, began)) };
    const { byStep, strangers } = sortOut(file, findStep, part.progress);
    for (const stage of file.needed.filter(mine))
      for (const step of stage.steps) countStep(proof, stage, step, verticesOf(file, stage, step, byStep), known);
    for (const { stage, vertex } of strangers) if (mine(stage)) countStranger(proof, stage, vertex);
    strangeRuns ||= strangers.some(({ stage, vertex }) => mine(stage) && /\] RUN\b/.test(vertex.name));
  }
  proof.steps.sort((one, other) => one.line - other.line);
  proof.executionProved = proof.unproved.length === 0;
  const runs = file.needed.flatMap(({ steps }) => steps).filter(({ instruction }) => instruction === 'RUN');
  proof.everyRun = runs.length > 0 && !strangeRuns && runs.every(({ line }) => proof.runStarts.has(line));
  return proof;
}

/** A progress's nodes by the steps that they stand for, and those that stand for none although they look like one. */
function sortOut(file: Containerfile, findStep: FindStep, progress: Progress) {
  const byStep = new Map<Step, Vertex[]>();
  const strangers: { stage: Stage; vertex: Vertex }[] = [];
  for (const vertex of progress.vertices.values()) {
    const found = findStep(vertex.name);
    const stage = found ? null : neededStage(file, vertex.name);
    if (found) byStep.set(found.step, [...(byStep.get(found.step) ?? []), vertex]);
    else if (stage) strangers.push({ stage, vertex });
  }
  return { byStep, strangers };
}

/** What was reported of a step. Stages that begin alike share their steps: the engine reports those under one stage only. */
function verticesOf(
  file: Containerfile,
  stage: Stage,
  step: Step,
  byStep: ReadonlyMap<Step, Vertex[]>,
): readonly Vertex[] {
  const own = byStep.get(step);
  if (own) return own;
  const index = stage.steps.indexOf(step);
  const twin = file.needed.find(
    (other) =>
      other !== stage &&
      other.base === stage.base &&
      other.steps.length > index &&
      stage.steps.slice(0, index + 1).every(({ script }, at) => other.steps[at]?.script === script) &&
      byStep.has(other.steps[index] ?? step),
  );
  return byStep.get(twin?.steps[index] ?? step) ?? [];
}

/** A build's steps for the timeline. @param build from 1. */
export function stepTimes(build: number, { steps }: Pick<Proof, 'steps'>): StepTime[] {
  return steps.map((step) => ({ build, ...step }));
}

/** A step that is not in the Containerfile, such as an ONBUILD of the base. */
function countStranger(proof: Proof, stage: Stage, vertex: Vertex): void {
  if (vertex.cached) proof.stepsCached += 1;
  proof.unproved.push({
    line: stage.line,
    text: printableLine(vertex.name, 160),
    reason: vertex.cached
      ? 'the engine took it from a cache, and it is not in the Containerfile as it is reported'
      : 'it is not in the Containerfile as the engine reports it',
  });
}

function countStep(proof: Proof, stage: Stage, step: Step, vertices: readonly Vertex[], known: Known): void {
  if (step.instruction === 'WORKDIR') return;
  const starts = vertices.flatMap(({ started }) => started ?? []);
  const reason = doubt(vertices, known);
  if (step.instruction === 'RUN' && reason === null) proof.runStarts.set(step.line, Math.min(...starts));
  if (vertices.some(({ cached }) => cached)) proof.stepsCached += 1;
  else if (reason === null) proof.stepsRun += 1;
  proof.steps.push({
    stage: stage.name,
    instruction: step.text,
    line: step.line,
    started: starts.length > 0 ? Math.min(...starts) : null,
    completed: vertices.reduce<number | null>(
      (latest, { completed }) => (completed === null ? latest : Math.max(latest ?? 0, completed)),
      null,
    ),
    state: vertices.some(({ cached }) => cached) ? 'cached' : reason === null ? 'ran' : 'unproved',
  });
  if (reason !== null) proof.unproved.push({ line: step.line, text: step.text, reason });
}

/** When the last of a build's steps ended, by the engine's own clock. */
export function buildEnd({ vertices }: Progress): number {
  return [...vertices.values()].reduce((latest, { completed }) => Math.max(latest, completed ?? 0), 0);
}

/**
 * When a build began, by the engine's own clock: the reading of the Containerfile is the first thing that a build does,
 * and is never shared with another. Infinity when it was not reported: then nothing counts as having run in it.
 */
export function buildStart(progress: Progress): number {
  for (const vertex of progress.vertices.values()) {
    if (vertex.name.startsWith('[internal] load build definition') && vertex.started !== null) return vertex.started;
  }
  return Number.POSITIVE_INFINITY;
}

/** What tells a build's own nodes from those that it shared. */
interface Known {
  began: number;
  shared: ReadonlySet<Vertex>;
}

/** The orders that had begun before a moment, and not ended. */
function underWay(others: readonly Pick<Part, 'progress'>[], at: number): Progress[] {
  return others
    .map(({ progress }) => progress)
    .filter((progress) => buildStart(progress) <= at && at <= buildEnd(progress));
}

/** An engine stamps what it merged for each listener anew, some milliseconds apart; separate builds begin 3 s apart. */
const sameMomentMs = 1000;

/**
 * Nodes that the progress of another build at the same time has as well: an engine gives what it merged the digest that
 * it has in the build that came first. Two engines give equal steps equal digests, too, but not at the same moment.
 */
function sharedWith(progress: Progress, others: readonly Progress[]): Set<Vertex> {
  const shared = new Set<Vertex>();
  for (const [digest, vertex] of progress.vertices) {
    for (const { vertices } of others) {
      const twin = vertices.get(digest);
      if (twin && Math.abs((twin.started ?? 0) - (vertex.started ?? 0)) <= sameMomentMs) shared.add(vertex);
    }
  }
  return shared;
}

function doubt(vertices: readonly Vertex[], { began, shared }: Known): string | null {
  if (vertices.length === 0) return 'the engine did not report it';
  for (const vertex of vertices) {
    if (vertex.cached) return 'the engine took it from a cache';
    if (vertex.started === null || vertex.completed === null) return 'the engine did not report its end';
    if (shared.has(vertex)) return 'it ran once for two builds: the engine merged them';
    if (vertex.started < began) return 'it began before this build: the engine merged it with another build';
  }
  return null;
}

/** A clock counts as varied only when it moved by more than the coarsest clock steps (zip: 2 s) before each RUN. */
export const clockStepMs = 3000;

/** Whether there is a RUN, and each one is proved to have begun at least 3 s apart in every pair of builds. */
export function clockVaried(proofs: readonly Pick<Proof, 'runStarts' | 'everyRun'>[]): boolean {
  const [first, ...others] = proofs;
  if (!first || others.length === 0 || !proofs.every(({ everyRun }) => everyRun)) return false;
  return [...first.runStarts].every(([line, start]) => {
    const starts = [start, ...others.map((other) => other.runStarts.get(line) ?? Number.NaN)].sort((a, b) => a - b);
    return starts.every(
      (value, index) => !Number.isNaN(value) && (index === 0 || value - (starts[index - 1] ?? value) >= clockStepMs),
    );
  });
}
