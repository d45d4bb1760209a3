import { type Containerfile, type Stage, type Step, stageNamed } from '../containerfile.ts';

/**
 * The stage up to which a build can run beside another one on the same engine; null when it cannot.
 *
 * An engine merges steps of builds at the same time that look alike. A RUN never does, since each build has a host name
 * of its own, nor does what follows it in its stage; nor does a COPY from the context, since the checkouts' modes differ.
 * But a COPY between stages does, where no RUN came before it, when what it copies is the same; and then a later RUN
 * would see the other build's file times. In a reproducible build the last stage begins so: it is built when the other
 * build has ended, from the one stage that it is made of.
 * What decides in the end is the proof, from the engine's own progress: this only spares builds that would prove nothing.
 */
export function stageToBuildAhead(file: Containerfile): Stage | null {
  const last = file.stages.at(-1);
  // A stage without a name is called by its number; one that has that very name would be taken for it.
  const names = new Set(file.stages.map(({ name }) => name));
  if (!last || names.size < file.stages.length) return null;
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
export function needs(file: Containerfile, stage: Stage, wanted: Stage): boolean {
  const names = [stage.base, ...stage.steps.flatMap(({ from }) => from ?? []), ...stage.mounts];
  return names.some((name) => {
    const source = stageNamed(file, name, stage.index);
    return source !== undefined && (source === wanted || needs(file, source, wanted));
  });
}

/** Whether no step of a stage, nor of those that it is made of, can be another build's as well. */
function isOwn(file: Containerfile, stage: Stage, seen: Set<Stage>): boolean {
  if (seen.has(stage)) return true;
  seen.add(stage);
  if (stage.steps.some(({ linked }) => linked)) return false;
  const names = [stage.base, ...stage.steps.flatMap(({ from }) => from ?? []), ...stage.mounts];
  const sources = names.flatMap((name) => stageNamed(file, name, stage.index) ?? []);
  if (!sources.every((source) => isOwn(file, source, seen))) return false;
  return beginsWithRun(file, stage) || stage.steps.every(isOwnStep) || isOwnUntilRun(stage);
}

/** Whether all that a stage is built on carries a RUN's mark. */
function beginsWithRun(file: Containerfile, stage: Stage): boolean {
  const base = stageNamed(file, stage.base, stage.index);
  return (
    base !== undefined && (base.steps.some(({ instruction }) => instruction === 'RUN') || beginsWithRun(file, base))
  );
}

function isOwnUntilRun({ steps }: Stage): boolean {
  const first = steps.findIndex(({ instruction }) => instruction === 'RUN');
  return first >= 0 && steps.slice(0, first).every(isOwnStep);
}

/** A WORKDIR is the same in every build, also in those that run one after the other. */
function isOwnStep({ instruction, from, inline }: Step): boolean {
  if (instruction === 'ADD' || inline) return false;
  return instruction === 'RUN' || instruction === 'WORKDIR' || from === null;
}

function hasSteps(file: Containerfile, stage: Stage): boolean {
  if (stage.steps.some(({ instruction }) => instruction !== 'WORKDIR')) return true;
  const base = stageNamed(file, stage.base, stage.index);
  return base !== undefined && hasSteps(file, base);
}
