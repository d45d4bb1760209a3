import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readContainerfile } from '../../../../src/verify/containerfile.ts';
import { emptyProgress, endProgress, foldProgress, type Progress } from '../../../../src/verify/engines/progress.ts';
import { proveExecution } from '../../../../src/verify/proof.ts';
import { stepFinder } from '../../../../src/verify/step-names.ts';

/** The progress of one of two builds that ran side by side on one BuildKit, as it was recorded. */
function recorded(name: string): Progress {
  const progress = emptyProgress();
  const partial = new Map<string, string>();
  const lines = readFileSync(new URL(`../streams/${name}.jsonl`, import.meta.url), 'utf8').split('\n');
  for (const line of lines) foldProgress(progress, line, partial);
  endProgress(progress, partial);
  return progress;
}

const base =
  'registry.example/stagex/core-busybox@sha256:b0b146fa810110c53024647483cd36a06e8e3ff7205fc8f5d25f8b6b9dcbb2b6';
const start = [`FROM ${base} AS build`, 'USER 0', 'SHELL ["/bin/sh","-euc"]'];
const end = ['FROM scratch', 'COPY --from=build /out /'];

function prove(lines: string[], name: string, other: string) {
  const file = readContainerfile(lines.join('\n'));
  return proveExecution(
    file,
    stepFinder(file, []),
    [{ progress: recorded(name), stages: null }],
    [{ progress: recorded(other) }],
  );
}

describe('lie 1 (recorded streams): builds that one engine merged', () => {
  const random = [...start, 'RUN mkdir /out && head -c16 /dev/urandom > /out/r && sleep 4', ...end];

  it('is seen through when a whole chain of steps ran once for two builds, 2 s apart', () => {
    const proof = prove(random, 'merged-second', 'merged-first');
    expect(proof).toMatchObject({ stepsRun: 0, executionProved: false, everyRun: false });
    expect(proof.unproved.map(({ text }) => text)).toEqual([
      expect.stringContaining('RUN mkdir'),
      expect.stringContaining('COPY --from=build'),
    ]);
  });

  it('is not suspected when host names kept the steps apart', () => {
    const apart = random.map((line) => line.replace('sleep 4', 'sleep 5'));
    for (const [one, other] of [
      ['apart-first', 'apart-second'],
      ['apart-second', 'apart-first'],
    ] as const)
      expect(prove(apart, one, other)).toMatchObject({ stepsRun: 2, stepsCached: 0, executionProved: true });
  });

  it('is seen through when both builds had begun, and the engine dates the shared step a little differently for each', () => {
    const heredoc = [...start, 'COPY <<E /in/x', 'hi', 'E', 'RUN mkdir /out && sleep 1', ...end];
    const proof = prove(heredoc, 'merged-copy-second', 'merged-copy-first');
    expect(proof.executionProved).toBe(false);
    expect(proof.unproved).toContainEqual(expect.objectContaining({ text: expect.stringContaining('COPY <<E') }));
  });

  it('is seen through when a COPY between stages was merged because what it copies is the same, file times aside', () => {
    const times = [
      ...[...start, 'RUN mkdir /out && echo same > /out/x'],
      ...[`FROM ${base} AS two`, ...start.slice(1), 'COPY --from=build /out /in'],
      'RUN mkdir /out && stat -c %Y.%y /in/x /in > /out/t && cat /out/t && sleep 5',
      ...['FROM scratch', 'COPY --from=two /out /'],
    ];
    const proof = prove(times, 'merged-by-content-second', 'merged-by-content-first');
    expect(proof.executionProved).toBe(false);
    expect(proof.unproved).toEqual([expect.objectContaining({ text: 'COPY --from=build /out /in' })]);
  });
});
