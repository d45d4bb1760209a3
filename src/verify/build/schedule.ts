import { type Containerfile, type Stage, type Step, stageNamed } from '../containerfile.ts';

/**
 * The stage up to which a build can run beside another one on the same engine; null when it cannot.
 *
 * An engine merges steps of builds at the same time that look alike. A RUN never does, since each build has a host name
 * of its own, nor does a COPY from the context, since the checkouts' modes differ. But a COPY between stages does when
 * what it copies is the same, which in a reproducible build it is: so the last stage is built when the other build has
 * ended, from the one stage that it is made of.
 * What decides in the end is the proof, from the engine's own progress: this only spares builds that would prove nothing.
 */
export function stageToBuildAhead(file: Containerfile): Stage | null {
  const last = file.stages.at(-1);
  if (!last) return null;
  const sources = [last.base, ...last.steps.flatMap(({ from }) => from ?? []), ...last.mounts].flatMap(
    (name) => stageNamed(file, name, last.index) ?? [],
  );
  const made = new Set(sources.filter((stage) => hasSteps(file, stage)));
  const [only, ...more] = [...made].filter(
    (stage) => ![...made].some((other) => other !== stage && needs(file, other, stage)),
  );
  if (!only || more.length > 0 || !only.steps.some(({ instruction }) => instruction === 'RUN')) return null;
  return isOwn(file, only, new Set()) ? only : null;
}

/** Whether a stage is made of another one, at whatever remove. */
function needs(file: Containerfile, stage: Stage, wanted: Stage): boolean {
  const names = [stage.base, ...stage.steps.flatMap(({ from }) => from ?? []), ...stage.mounts];
  return names.some((name) => {
    const source = stageNamed(file, name, stage.index);
    return source !== undefined && (source === wanted || needs(file, source, wanted));
  });
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
