import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readContainerfile } from '../../../../src/verify/containerfile.ts';
import { StepReader } from '../../../../src/verify/engines/steps.ts';
import { proveExecution } from '../../../../src/verify/proof.ts';
import { stepFinder } from '../../../../src/verify/step-names.ts';

const digest = `@sha256:${'1'.repeat(64)}`;
const text = [
  `FROM stagex/core-busybox${digest} AS build`,
  'USER 0',
  'WORKDIR /w',
  'COPY a b ./',
  'RUN <<EOF',
  'make',
  'EOF',
  'run echo a \\',
  '  && echo b',
  'FROM scratch',
  'COPY --from=build /w /',
  '',
].join('\n');
/** What Buildah 1.43 prints of it; a step's output without a newline stands before the next line. */
const said = [
  `[1/2] STEP 1/6: FROM stagex/core-busybox${digest} AS build`,
  'Trying to pull stagex/core-busybox...',
  '[1/2] STEP 2/6: USER 0',
  '[1/2] STEP 3/6: WORKDIR /w',
  '[1/2] STEP 4/6: COPY a b ./',
  '[1/2] STEP 5/6: RUN <<EOF (make)',
  'made',
  'no newline[1/2] STEP 6/6: run echo a   && echo b',
  'a',
  'b',
  '[2/2] STEP 1/2: FROM scratch',
  '[2/2] STEP 2/2: COPY --from=build /w /',
  '[2/2] COMMIT oci-archive:/image.tar',
  '--> 9cca65523817',
];

function read(lines: readonly string[], containerfile = text, replaced: string[] = [], ok = true) {
  const file = readContainerfile(containerfile);
  const findStep = stepFinder(
    file,
    replaced.map((reference) => ({ reference, image: 'x', replacement: 'y' })),
  );
  const reader = new StepReader(file, findStep, 1000);
  const changes = lines.flatMap((line, index) => reader.line(line, 2000 + index));
  changes.push(...reader.end(ok, 9000));
  const proof = proveExecution(file, findStep, [{ progress: reader.progress, stages: null }]);
  return { changes, proof, progress: reader.progress };
}

describe('what Podman and Buildah print', () => {
  it.each([[[]], [[`stagex/core-busybox${digest}`]]])(
    'proves each step, with its times; bases replaced: %j',
    (replaced) => {
      const { proof } = read(said, text, replaced);
      expect(proof).toMatchObject({ executionProved: true, stepsRun: 4, stepsCached: 0, unproved: [], everyRun: true });
      expect(proof.steps.map(({ line, started, completed }) => [line, started, completed])).toEqual([
        [4, 2004, 2005],
        [5, 2005, 2007],
        [8, 2007, 2010],
        [11, 2011, 2012],
      ]);
    },
  );

  it('gives each step its own output', () => {
    const { progress, changes } = read(said);
    const logs = [...progress.vertices.values()].map(({ name, log }) => [name.slice(0, 20), log]);
    expect(logs).toContainEqual(['[build 4/5] RUN <<EO', ['made', 'no newline']]);
    expect(changes.filter(({ type }) => type === 'output').length).toBe(4);
  });

  it('proves nothing of a step that came from a cache, or is not there', () => {
    const cached = said.toSpliced(6, 0, '--> Using cache 0123456789ab');
    expect(read(cached).proof).toMatchObject({ executionProved: false, stepsCached: 1 });
    for (const [index, line] of said.entries()) {
      if (!/STEP \d\/\d: (?:RUN|run|COPY)/.test(line)) continue;
      expect(read(said.toSpliced(index, 1)).proof.executionProved).toBe(false);
    }
  });

  it('does not take what a step prints for a step: the same line twice is a doubt, one out of turn is output', () => {
    const ahead = said.toSpliced(6, 0, '[1/2] STEP 6/6: run echo a   && echo b');
    expect(read(ahead).proof.executionProved).toBe(false);
    const later = said.toSpliced(
      6,
      0,
      '[2/2] STEP 2/2: COPY --from=build /w /',
      'STEP 9/9: RUN true',
      '[2/2] COMMIT x',
    );
    expect(read(later).proof.executionProved).toBe(true);
    const other = said.with(5, said[5]?.replace('make', 'other').replace('RUN', 'COPY') ?? '');
    expect(read(other).proof.executionProved).toBe(false);
  });

  it('shows the step that failed, with the words of the engine', () => {
    const failing = [...said.slice(0, 7), 'Error: building at STEP "RUN <<EOF (make)": exit status 1'];
    const { changes, proof } = read(failing, text, [], false);
    expect(changes.at(-1)).toMatchObject({
      type: 'error',
      vertex: { error: expect.stringContaining('exit status 1') },
    });
    expect(proof.executionProved).toBe(false);
  });

  it('reads a file of one stage, whose lines name none', () => {
    const { proof } = read(
      ['STEP 1/2: FROM scratch', 'STEP 2/2: COPY a /', 'COMMIT oci-archive:/x', '--> 0'],
      'FROM scratch\nCOPY a /\n',
    );
    expect(proof).toMatchObject({ executionProved: true, stepsRun: 1 });
  });

  it('takes any lines without a failure, and proves by no lines but its own', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.constantFrom(...said.slice(0, -3)))), (lines) => {
        expect(read(lines).proof.executionProved).toBe(false);
      }),
    );
  });
});
