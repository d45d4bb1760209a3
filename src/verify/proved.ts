import { type Built, timesOf } from './build/build.ts';
import { type Proof, proveExecution } from './proof.ts';
import type { Run } from './run.ts';

/** A build, with what its progress shows. */
export interface Proved extends Built {
  proof: Proof;
  began: number;
  ended: number;
}

/** Holds each build's progress against the Containerfile, and against the builds that ran at the same time. */
export function proveBuilds({ file, findStep }: Run, built: readonly Built[]): Proved[] {
  const timed = built.map((one) => ({ ...one, ...timesOf(one.outcome.progress) }));
  return timed.map((one) => {
    const overlapping = timed.filter((other) => other !== one && other.began <= one.ended && one.began <= other.ended);
    const others = overlapping.map(({ outcome }) => outcome.progress);
    return { ...one, proof: proveExecution(file, findStep, one.outcome.progress, others) };
  });
}
