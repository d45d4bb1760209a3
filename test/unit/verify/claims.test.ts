import { describe, expect, it } from 'vitest';
import { type MeasuredTree, measuredTree } from '../../../src/caution/measure.ts';
import type { Image } from '../../../src/image/image.ts';
import { imageClaim, memory } from '../../../src/verify/claims.ts';
import type { Engine } from '../../../src/verify/engines/engine.ts';
import type { Started } from '../../../src/verify/start/start.ts';

const image = (manifest: string, latestTime = 1, exports: Engine['exports'] = 'oci') => ({
  engine: { exports },
  image: { tree: new Map(), manifest, latestTime, config: { created: '1970-01-01T00:00:01Z' } } as unknown as Image,
});

describe('what is said of the images', () => {
  it('is that they are the same when their manifests are', () => {
    expect(imageClaim([image('sha256:a'), image('sha256:a')]).imageIdentical).toBe(true);
    expect(imageClaim([image('sha256:a'), image('sha256:b')]).imageIdentical).toBe(false);
    expect(imageClaim([image(''), image('')]).imageIdentical).toBe(false);
    expect(imageClaim([]).imageIdentical).toBe(false);
  });

  it('names times that were not set back as a condition, which does not make equal manifests differ', () => {
    const claim = imageClaim([image('sha256:a', 5000), image('sha256:a', 5000)]);
    expect(claim.imageIdentical).toBe(true);
    expect(claim.imageConditions).toContain('did not set all times');
  });

  it('is nothing where the builder exports file systems only', () => {
    const claim = imageClaim([image('', 1, 'tar'), image('', 1, 'tar')]);
    expect(claim.imageIdentical).toBe(false);
    expect(claim.imageConditions).toContain('not compared');
  });
});

describe('memory', () => {
  const tree = (treeBytes: number): MeasuredTree => ({ ...measuredTree(new Map()), treeBytes });
  const started = (residentBytes: number): Started => ({
    result: { started: true, listening: [], http: null, needs: [], seconds: 0, log: '' },
    findings: [],
    residentBytes,
  });

  it('is four times the tree and what the service holds, in steps of 64 MiB, 512 at least', () => {
    expect(memory(tree(2 ** 20), null, 512)).toMatchObject({ suggestedMb: 512, residentBytes: 0, enough: true });
    expect(memory(tree(200 * 2 ** 20), started(2 ** 20), 512)).toEqual({
      treeBytes: 200 * 2 ** 20,
      residentBytes: 2 ** 20,
      suggestedMb: 832,
      configuredMb: 512,
      enough: false,
    });
  });
});
