import { describe, expect, it } from 'vitest';
import { heldStill, makeConditions } from '../../../src/verify/conditions.ts';
import { readContainerfile } from '../../../src/verify/containerfile.ts';
import type { Proof } from '../../../src/verify/proof.ts';

const proof: Proof = { steps: [], executionProved: true, stepsRun: 0, stepsCached: 0 } as unknown as Proof;
function held(engine: string, ...lines: string[]): string[] {
  const builds = makeConditions(2).map((conditions) => ({
    conditions,
    proof,
    engine: { name: engine as 'docker', builder: 'default', version: '1' },
    began: 0,
  }));
  return heldStill([], builds, readContainerfile(lines.join('\n')));
}

describe('the time of a folder that WORKDIR makes', () => {
  it.each([
    ['before the first RUN', ['FROM a', 'WORKDIR /w', 'RUN b']],
    ['in a stage that another one is based on', ['FROM a AS base', 'WORKDIR /w', 'FROM base', 'RUN b']],
    [
      'in a stage without a RUN, from which it is copied',
      ['FROM a AS b', 'WORKDIR /w', 'FROM a', 'COPY --from=b /w /w', 'RUN c'],
    ],
  ])('is held still %s', (_, lines) => {
    expect(held('docker', ...lines)).toContain('workdir-time');
  });

  it.each([
    ['after a RUN', ['FROM a', 'RUN b', 'WORKDIR /w', 'RUN c']],
    ['after a RUN of the stage below', ['FROM a AS base', 'RUN b', 'FROM base', 'WORKDIR /w', 'RUN c']],
    ['where nothing runs that could see it', ['FROM a', 'WORKDIR /w']],
    ['in a stage that the image does not need', ['FROM a AS test', 'WORKDIR /w', 'RUN b', 'FROM a', 'RUN c']],
  ])('is its own %s', (_, lines) => {
    expect(held('docker', ...lines)).not.toContain('workdir-time');
  });

  it('is its own with Podman and Buildah, which make it in each build', () => {
    expect(held('buildah', 'FROM a', 'WORKDIR /w', 'RUN b')).not.toContain('workdir-time');
  });
});
