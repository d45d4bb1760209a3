import { type Containerfile, type Stage, type Step, stageNamed } from '../containerfile.ts';

/**
 * Whether builds of a Containerfile can run side by side on one engine without sharing a step. An engine merges steps
 * that look alike; a RUN never does, since each build has a host name of its own, nor does what follows it. A COPY from
 * the context does not either, since the checkouts' modes differ. Other first steps of a stage, such as a COPY from an
 * image, look the same in every build.
 * This only saves builds that would prove nothing: what decides is the proof, from the engine's own progress.
 */
export function canRunSideBySide(file: Containerfile): boolean {
  return file.needed.every((stage) => isOwn(file, stage, new Set()));
}

/** Whether no step of a stage, or of the stage that it is built on, can be another build's as well. */
function isOwn(file: Containerfile, stage: Stage, seen: Set<Stage>): boolean {
  if (seen.has(stage)) return true;
  seen.add(stage);
  const base = stageNamed(file, stage.base, stage.index);
  if (base && hasSteps(file, base)) return isOwn(file, base, seen);
  const first = stage.steps.find(({ instruction }) => instruction !== 'WORKDIR');
  return first === undefined || isOwnStep(file, stage, first, seen);
}

function hasSteps(file: Containerfile, stage: Stage): boolean {
  if (stage.steps.some(({ instruction }) => instruction !== 'WORKDIR')) return true;
  const base = stageNamed(file, stage.base, stage.index);
  return base !== undefined && hasSteps(file, base);
}

function isOwnStep(file: Containerfile, stage: Stage, step: Step, seen: Set<Stage>): boolean {
  if (step.instruction === 'RUN') return true;
  if (step.instruction === 'ADD' || step.inline) return false;
  if (step.from === null) return true;
  const source = stageNamed(file, step.from, stage.index);
  return source !== undefined && hasSteps(file, source) && isOwn(file, source, seen);
}
