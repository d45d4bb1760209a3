import { type Built, timesOf } from './build/build.ts';
import { doubtFrontend } from './frontend.ts';
import { type Proof, proveExecution } from './proof.ts';
import type { Run } from './run.ts';

/** A build, with what its progress shows. */
export interface Proved extends Built {
  proof: Proof;
  /** Whether another build ran at the same time. */
  overlapped: boolean;
  began: number;
  ended: number;
}

/** Holds each build's progress against the Containerfile, and against the builds that ran at the same time. */
export function proveBuilds({ file, findStep, text }: Run, built: readonly Built[]): Proved[] {
  const timed = built.map((one) => ({ ...one, ...timesOf(one.parts) }));
  return timed.map((one) => {
    const others = timed.filter((other) => other !== one);
    const overlapped = others.some((other) => other.began <= one.ended && one.began <= other.ended);
    const parts = others.flatMap((other) => other.parts);
    return { ...one, overlapped, proof: doubtFrontend(proveExecution(file, findStep, one.parts, parts), text) };
  });
}
