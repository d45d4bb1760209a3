import { describe, expect, it } from 'vitest';
import { type Containerfile, readContainerfile } from '../../../src/verify/containerfile.ts';
import {
  emptyProgress,
  endProgress,
  foldProgress,
  type Progress,
  type ProgressChange,
} from '../../../src/verify/engines/progress.ts';
import { buildFailure } from '../../../src/verify/failure.ts';
import { clockVaried, proveExecution } from '../../../src/verify/proof.ts';
import { stepFinder } from '../../../src/verify/step-names.ts';

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
const base64 = (text: string) => Buffer.from(text).toString('base64');
const vertex = (digest: string, name: string, more: object = {}) => ({ vertexes: [{ digest, name, ...more }] });

function fold(lines: (object | string)[]): { progress: Progress; changes: ProgressChange[] } {
  const progress = emptyProgress();
  const partial = new Map<string, string>();
  const changes = lines.flatMap((line) =>
    foldProgress(progress, typeof line === 'string' ? line : JSON.stringify(line), partial),
  );
  endProgress(progress, partial);
  return { progress, changes };
}

const file: Containerfile = readContainerfile(
  ['FROM image:1 AS build', 'WORKDIR /x', 'RUN make', 'FROM scratch', 'COPY --from=build /x /'].join('\n'),
);
const find = stepFinder(file, []);
const sound = [
  vertex('a', '[internal] load build definition from Containerfile', { started: at(0), completed: at(1) }),
  vertex('b', '[build 1/3] FROM image:1', { started: at(1), completed: at(1), cached: true }),
  vertex('c', '[build 2/3] WORKDIR /x', { started: at(2), completed: at(2) }),
  vertex('d', '[build 3/3] RUN make', { started: at(2) }),
  vertex('d', '[build 3/3] RUN make', { started: at(2), completed: at(5) }),
  vertex('e', '[stage-1 1/1] COPY --from=build /x /', { started: at(5), completed: at(6) }),
];

describe('the progress of a build', () => {
  it('is folded by step, with its output line by line and without control characters', () => {
    const { progress, changes } = fold([
      ...sound.slice(0, 4),
      { logs: [{ vertex: 'd', data: base64('one\ntw') }] },
      { logs: [{ vertex: 'd', data: base64('o\u001b[31m!\u0007\nold\rnew\nlast') }] },
      ...sound.slice(4),
      '{ not json',
      'ERROR: failed to build',
    ]);
    expect(changes.map((change) => change.type).filter((type) => type !== 'output')).toEqual([
      'start',
      'done',
      'cached',
      'start',
      'done',
      'start',
      'done',
      'start',
      'done',
    ]);
    expect(changes.flatMap((change) => (change.type === 'output' ? change.text : []))).toEqual(['one', 'two!', 'new']);
    expect(progress.vertices.get('d')?.log).toEqual(['one', 'two!', 'new', 'last']);
    expect(progress.words).toEqual(['{ not json', 'ERROR: failed to build']);
  });

  it('keeps no more than the last lines, however much a step prints', () => {
    const noise = Array.from({ length: 500 }, (_, index) => ({
      logs: [{ vertex: 'd', data: base64(`line ${index}\n`) }],
    }));
    const { progress } = fold([...sound, ...noise]);
    expect(progress.vertices.get('d')?.log).toHaveLength(200);
    expect(progress.vertices.get('d')?.log.at(-1)).toBe('line 499');
  });

  it('takes anything for a line', () => {
    const strange = [
      'null',
      '[]',
      '{"vertexes":5}',
      '{"vertexes":[null,{"digest":1}]}',
      '{"logs":[{"vertex":"none","data":"x"}]}',
      '',
    ];
    expect(fold(strange).progress.vertices.size).toBe(0);
  });
});

describe('proof of execution', () => {
  const prove = (lines: (object | string)[]) =>
    proveExecution(file, find, [{ progress: fold(lines).progress, stages: null }]);

  it('holds when every step ran in this build, FROM and WORKDIR not counted', () => {
    expect(prove(sound)).toMatchObject({ stepsRun: 2, stepsCached: 0, executionProved: true, unproved: [] });
  });

  it('does not hold for a step that came from a cache', () => {
    const cached = [
      ...sound.slice(0, 3),
      vertex('d', '[build 3/3] RUN make', { started: at(2), completed: at(2), cached: true }),
      sound[5] ?? {},
    ];
    expect(prove(cached)).toMatchObject({ stepsRun: 1, stepsCached: 1, executionProved: false });
  });

  it('does not hold for a step that was merged with another build’s: it began before this build did', () => {
    const merged = [
      ...sound.slice(0, 3),
      vertex('d', '[build 3/3] RUN make', { started: '2025-12-31T23:59:59Z', completed: at(4) }),
      sound[5] ?? {},
    ];
    expect(prove(merged)).toMatchObject({ stepsRun: 1, executionProved: false, unproved: [{ line: 3 }] });
  });

  it('does not hold for a step that was not reported, or did not end', () => {
    expect(prove(sound.slice(0, 3)).executionProved).toBe(false);
    expect(prove([...sound.slice(0, 4), sound[5] ?? {}]).executionProved).toBe(false);
  });

  it('lets the clock count as varied only when every RUN began 3 s apart', () => {
    const starts = (...times: number[]) => ({
      runStarts: new Map(times.map((time, line) => [line, time])),
      everyRun: times.length === 2,
    });
    expect(clockVaried([starts(0, 5000), starts(3000, 8000)])).toBe(true);
    expect(clockVaried([starts(0, 5000), starts(3000, 7999)])).toBe(false);
    expect(clockVaried([starts(0, 5000), starts(3000)])).toBe(false);
    expect(clockVaried([starts(0), starts(3000)])).toBe(false);
    expect(clockVaried([starts(), starts()])).toBe(false);
  });

  it('knows when a RUN is missing, cached, merged or not in the Containerfile', () => {
    expect(prove(sound).everyRun).toBe(true);
    expect(prove(sound.slice(0, 3)).everyRun).toBe(false);
    const cached = vertex('d', '[build 3/3] RUN make', { started: at(2), completed: at(2), cached: true });
    expect(prove([...sound.slice(0, 3), cached]).everyRun).toBe(false);
    const trigger = vertex('f', '[build 4/3] RUN trigger', { started: at(2), completed: at(3) });
    expect(prove([...sound, trigger])).toMatchObject({ everyRun: false, executionProved: false, stepsCached: 0 });
  });

  it('does not take an ONBUILD step of the base for the step whose number it has', () => {
    const shifted = [
      ...sound.slice(0, 3),
      vertex('d', '[build 3/3] RUN trigger', { started: at(2), completed: at(2), cached: true }),
      vertex('f', '[build 5/3] RUN make', { started: at(2), completed: at(3) }),
      sound[5] ?? {},
    ];
    expect(prove(shifted)).toMatchObject({ executionProved: false, stepsCached: 1, stepsRun: 1 });
  });

  it('takes one report for two stages that begin alike', () => {
    const twins = readContainerfile(
      'FROM image:1 AS a\nRUN make\nFROM image:1 AS b\nRUN make\nFROM scratch\nCOPY --from=a /x /\nCOPY --from=b /x /',
    );
    const { progress } = fold([
      sound[0] ?? {},
      vertex('d', '[b 2/2] RUN make', { started: at(2), completed: at(3) }),
      vertex('e', '[stage-2 1/2] COPY --from=a /x /', { started: at(3), completed: at(4) }),
      vertex('f', '[stage-2 2/2] COPY --from=b /x /', { started: at(3), completed: at(4) }),
    ]);
    expect(proveExecution(twins, stepFinder(twins, []), [{ progress, stages: null }])).toMatchObject({
      stepsRun: 4,
      executionProved: true,
      everyRun: true,
    });
  });
});

describe('a failed build', () => {
  it('is told by its step, its line and its own output', () => {
    const { progress } = fold([
      ...sound.slice(0, 4),
      { logs: [{ vertex: 'd', data: base64('make: no rule\n') }] },
      vertex('d', '[build 3/3] RUN make', { started: at(2), completed: at(3), error: 'exit code: 2' }),
      'ERROR: failed to solve',
    ]);
    const error = buildFailure('Containerfile', file, find, progress);
    expect(error.message).toBe(
      'The build failed at [build 3/3] RUN make (Containerfile:3)\n  make: no rule\nexit code: 2',
    );
  });

  it('is told in the engine’s words when no step failed', () => {
    const { progress } = fold(['ERROR: unknown instruction: FORM']);
    expect(buildFailure('Containerfile', file, find, progress).message).toContain('unknown instruction: FORM');
  });
});
