import type { Override } from '../stagex/references.ts';
import type { Containerfile, Stage, Step } from './containerfile.ts';

/** Finds the step that a name in BuildKit's progress stands for, such as `[build 2/4] RUN make`; null for others. */
export type FindStep = (name: string) => { stage: Stage; step: Step } | null;

/** The number is padded to the width of the total: `[build  2/12] RUN make`, `[ 2/12] RUN make`. */
const stepName = /^\[(?:\S+\/\S+ )?(?:([^\s/]+) )? *(\d+)\/(\d+)\] ([A-Z]+)\b/;

/** The needed stage whose RUN, COPY or ADD a name in BuildKit's progress stands for, in the file or not; else null. */
export function neededStage(file: Containerfile, name: string): Stage | null {
  const [, stageName, , , keyword] = stepName.exec(name) ?? [];
  if (keyword !== 'RUN' && keyword !== 'COPY' && keyword !== 'ADD') return null;
  const stage = stageOf(file, stageName);
  return stage && file.needed.includes(stage) ? stage : null;
}

function stageOf(file: Containerfile, name: string | undefined): Stage | undefined {
  if (name !== undefined) return file.stages.findLast((one) => one.name === name);
  return file.stages.length === 1 ? file.stages[0] : undefined;
}

/**
 * Whether a name may be a step's: BuildKit names it by its text on one line, with variables put in, escapes resolved and
 * heredocs shortened. Compared is what comes before the first of these, blanks aside.
 */
function sameText(name: string, { script }: Step): boolean {
  const oneLine = script.replaceAll(/\\[ \t]*\r?\n(?:[ \t]*(?:#.*)?\r?\n)*/g, '');
  const fixed = /^(?:(?!<<)[^$\\`"'\r\n])*/.exec(oneLine)?.[0].replaceAll(/\s+/g, '') ?? '';
  const shown = name.slice(name.indexOf('] ') + 2).replaceAll(/\s+/g, '');
  // Instructions may be written in lower case.
  return shown.toUpperCase().startsWith(fixed.toUpperCase());
}

/**
 * BuildKit numbers RUN, COPY, ADD and WORKDIR of a stage. A FROM that names an image counts in the total, and takes the
 * first number unless the image is replaced by a build context; a FROM of another stage, or scratch, does neither.
 * An image's ONBUILD steps shift the numbers, so the text must fit too.
 */
export function stepFinder(file: Containerfile, replaced: readonly Override[]): FindStep {
  const references = new Set(replaced.map(({ reference }) => reference));
  const isImage = (stage: Stage) =>
    stage.base !== 'scratch' &&
    !file.stages.slice(0, stage.index).some(({ name }) => name === stage.base.toLowerCase());
  return (name) => {
    const [, stageName, number, total, keyword] = stepName.exec(name) ?? [];
    if (keyword === undefined) return null;
    const stage = stageOf(file, stageName);
    if (!stage || Number(total) !== stage.steps.length + (isImage(stage) ? 1 : 0)) return null;
    const before = isImage(stage) && !references.has(stage.base) ? 1 : 0;
    const step = stage.steps[Number(number) - 1 - before];
    return step?.instruction === keyword && (keyword === 'WORKDIR' || sameText(name, step)) ? { stage, step } : null;
  };
}
