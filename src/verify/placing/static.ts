import path from 'node:path';
import { displayPath } from '../../image/tree.ts';
import { type Containerfile, type Stage, type Step, stageNamed } from '../containerfile.ts';

/** The instruction that brought a path in. */
export interface Placed {
  stage: Stage;
  step: Step;
  /** Where the path is in that stage: a byte string without a leading `/`; null when it is not known. */
  at: string | null;
}

/** The stage's own steps, and before them those of the stages that it is built on. */
export function chain(file: Containerfile, stage: Stage): Placed[] {
  const base = stageNamed(file, stage.base, stage.index);
  return [...(base ? chain(file, base) : []), ...stage.steps.map((step) => ({ stage, step, at: null }))];
}

/** The instruction that brought a path into the final stage, or a stage that it is built on, when only one can have. */
export function placeByText(file: Containerfile, bytes: string): Placed | null {
  const last = file.stages.at(-1);
  if (!last) return null;
  let directory = '/';
  const candidates: Placed[] = [];
  for (const { stage, step } of chain(file, last)) {
    if (step.instruction === 'WORKDIR') directory = absolute(directory, step.text.replace(/^WORKDIR\s+/, ''));
    else if (step.instruction === 'RUN') candidates.push({ stage, step, at: null });
    else {
      const target = absolute(directory, step.destination ?? '/').replace(/\/+$/, '');
      if (
        target.includes('$') ||
        `/${displayPath(bytes)}` === target ||
        `/${displayPath(bytes)}`.startsWith(`${target}/`)
      )
        candidates.push({ stage, step, at: null });
    }
  }
  const [only, ...more] = candidates;
  return only && more.length === 0 ? only : null;
}

function absolute(directory: string, target: string): string {
  return path.posix.resolve('/', directory, target);
}
