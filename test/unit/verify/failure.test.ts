import os from 'node:os';
import { describe, expect, it } from 'vitest';
import { readContainerfile } from '../../../src/verify/containerfile.ts';
import { emptyProgress, type Vertex } from '../../../src/verify/engines/progress.ts';
import { buildFailure } from '../../../src/verify/failure.ts';
import { stepFinder } from '../../../src/verify/step-names.ts';

const file = readContainerfile('FROM scratch\nRUN make\n');
const failed = (vertex: Partial<Vertex>) => {
  const progress = emptyProgress();
  const name = '[1/1] RUN make';
  progress.vertices.set('a', { name, started: 1, completed: 2, cached: false, error: '', log: [], ...vertex });
  return buildFailure('Containerfile', file, stepFinder(file, []), progress);
};

describe('a full disk', () => {
  it('is told apart: the one that the image is written to', () => {
    const error = `write ${os.tmpdir()}/create-caution-app-x/build-1/image.tar: no space left on device`;
    const { code, message, next } = failed({ name: 'exporting to oci image format', error });
    expect(code).toBe('disk-full');
    expect(message).toContain(os.tmpdir());
    expect(next).toContain('TMPDIR');
  });

  it.each([
    ['the engine says so', { error: 'failed to create snapshot: write /var/lib/x: no space left on device' }],
    ['the step says so', { error: 'exit code: 1', log: ['cc: error: No space left on device'] }],
  ])('is told apart: the one of the engine, when %s', (_, vertex) => {
    const { code, message, next } = failed(vertex);
    expect(code).toBe('disk-full');
    expect(message).toContain("engine's disk is full, at [1/1] RUN make");
    expect(next).toContain('docker system df');
  });

  it('is not what every failure is', () => {
    expect(failed({ error: 'exit code: 2', log: ['no rule to make target'] })).toMatchObject({ code: 'build-failed' });
  });
});

describe('the finding of a failed build', () => {
  const offline = readContainerfile('FROM scratch\nRUN --network=none go build .\n');
  const fail = (log: string[]) => {
    const progress = emptyProgress();
    const name = '[1/1] RUN --network=none go build .';
    progress.vertices.set('a', { name, started: 1, completed: 2, cached: false, error: 'exit code: 1', log });
    return buildFailure('Containerfile', offline, stepFinder(offline, []), progress);
  };

  it('stands at the step, in the message and beside the error', () => {
    const { findings, message, next } = fail(['main.go:3:12: pattern dist/*: no matching files found']);
    expect(findings).toMatchObject([{ id: 'go-embed-missing', level: 'error', path: 'Containerfile', line: 2 }]);
    expect(message).toContain('go-embed-missing: dist/* is embedded');
    expect(next).toBe(findings[0]?.mend);
  });

  it('knows a step without a network', () => {
    expect(fail(["wget: bad address 'example.com'"]).next).toContain('dependency step');
  });

  it('is none where nothing is known', () => {
    const { findings, next } = fail(['no rule to make target']);
    expect(findings).toEqual([]);
    expect(next).toContain('line 2 of Containerfile');
  });
});
