import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { enclaveDigest, measuredTree } from '../../../src/caution/measure.ts';
import { readInode } from '../../../src/image/content.ts';
import { readImage } from '../../../src/image/image.ts';
import { imageClaim } from '../../../src/verify/claims.ts';
import { busyboxContainerfile } from '../services.ts';
import { checkout, enclaveDifferences, naiveArchive, naiveBuild, naiveCheckPasses, ours, repository } from './check.ts';

/** Lies about what was compared. */

const sound = { Containerfile: busyboxContainerfile('RUN echo fine > /rootfs/app/fine') };
/** A step that takes the epoch where there is one, as many tools do, and else the clock. */
const dated = {
  Containerfile: busyboxContainerfile(
    'ARG SOURCE_DATE_EPOCH',
    // Not every date knows more than seconds: two builds in a row must not fall into one.
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a shell's variable
    'RUN echo "${SOURCE_DATE_EPOCH:-$(date +%s)}" > /rootfs/app/built; sleep 1',
  ),
};

describe('lie 5: attestations', () => {
  it('make the same image differ for a check that compares all that is exported', async () => {
    // Most builders add it without being asked; this one may not.
    expect(await naiveCheckPasses(checkout(sound), { arguments: ['--provenance=true'] })).toBe(false);
    expect(await naiveCheckPasses(checkout(sound))).toBe(true);
  });

  it('are no part of what ours compares', async () => {
    const { verification } = await ours(repository(sound));
    expect(verification).toMatchObject({ reproducible: true, imageIdentical: true, differences: [] });
    const [first, second] = verification.builds;
    expect(first?.manifest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(second?.manifest).toBe(first?.manifest);
  });
});

describe('lies 6 and 8: an epoch that the platform does not give', () => {
  const without = ['--provenance=false', '--sbom=false'];

  it('hides a clock from a check that gives it as a build argument, or has it in its environment', async () => {
    const folder = checkout(dated);
    const given = await naiveBuild(folder, { arguments: [...without, '--build-arg', 'SOURCE_DATE_EPOCH=1'] });
    expect(await naiveBuild(folder, { environment: { SOURCE_DATE_EPOCH: '1' } })).toBe(given);
    expect(await naiveBuild(folder, { arguments: [...without, '--build-arg', 'SOURCE_DATE_EPOCH=1'] })).toBe(given);
    // The same check without it, as the platform builds.
    expect(await naiveCheckPasses(folder)).toBe(false);
  });

  it('does not reach the steps of ours, whatever the environment says', async () => {
    const found = await ours(repository(dated), { environment: { SOURCE_DATE_EPOCH: '1' } });
    expect(found.verification.reproducible).toBe(false);
    expect(enclaveDifferences(found)).toMatchObject([{ path: '/app/built', cause: 'wall-clock' }]);
  });

  it('of ENV is no epoch for the export: a check that relies on it calls the same image another, and ours does not', async () => {
    const files = { Containerfile: `${sound.Containerfile}ENV SOURCE_DATE_EPOCH=1\n` };
    expect(await naiveCheckPasses(checkout(files), { output: 'rewrite-timestamp=true' })).toBe(false);
    const { verification } = await ours(repository(files));
    expect(verification).toMatchObject({ reproducible: true, imageIdentical: true });
    expect(verification.imageConditions).toContain('SOURCE_DATE_EPOCH=1 at export');
  });
});

async function read(file: string) {
  const image = await readImage(file, { spool: mkdtempSync(path.join(path.dirname(file), 'spool-')) });
  return { image, enclave: await enclaveDigest(measuredTree(image.tree), readInode) };
}

describe('lie 9 (prepared images): times that were asked to be set back and were not', () => {
  const claim = async (output: string) => {
    const { image } = await read((await naiveArchive(checkout(sound), { output })).file);
    const one = { engine: { exports: 'oci' as const }, image };
    return imageClaim([one, one]);
  };

  it('are no matter to a check that compares digests, and are said by ours', async () => {
    const kept = await claim('source-date-epoch=1');
    expect(kept).toMatchObject({ imageIdentical: true });
    expect(kept.imageConditions).toContain('the engine did not set all times in the image back');
    const set = await claim('source-date-epoch=1,rewrite-timestamp=true');
    expect(set.imageConditions).toContain('all times in the image set back');
  });
});

describe('lie 11: encodings of the same layers', () => {
  it('differ for a check that compares archives, and ours reads the same layers and the same enclave', async () => {
    const folder = checkout(sound);
    const encodings = ['uncompressed', 'gzip,compression-level=1', 'gzip,compression-level=9', 'zstd'];
    const digests = new Set<string>();
    const images = [];
    for (const encoding of encodings) {
      const output = `source-date-epoch=1,rewrite-timestamp=true,force-compression=true,compression=${encoding}`;
      const { file, sha256 } = await naiveArchive(folder, { output });
      digests.add(sha256);
      images.push(await read(file));
    }
    expect(digests.size).toBe(encodings.length);
    const diffIds = images.map(({ image }) => image.layers.map(({ diffId }) => diffId));
    expect(new Set(images.map(({ image }) => image.manifest)).size).toBe(encodings.length);
    for (const one of diffIds) expect(one).toEqual(diffIds[0]);
    expect(new Set(images.map(({ enclave }) => enclave)).size).toBe(1);
  });
});
