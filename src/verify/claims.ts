import type { MeasuredTree } from '../caution/measure.ts';
import { compareMetadata } from '../image/compare.ts';
import type { Image } from '../image/image.ts';
import type { Containerfile } from './containerfile.ts';
import type { Engine } from './engines/engine.ts';
import type { Started } from './start/start.ts';
import type { Difference, Memory, Verification } from './types.ts';

/** Whether the images are the same bit for bit (equal manifests), and under what conditions. */
export function imageClaim(
  built: readonly { engine: Pick<Engine, 'exports' | 'imageConditions'>; image: Image }[],
  file?: Containerfile,
): Pick<Verification, 'imageIdentical' | 'imageConditions'> {
  if (built.some(({ engine }) => engine.exports === 'tar')) {
    return {
      imageIdentical: false,
      imageConditions:
        'This builder exports file systems only, so images were not compared. For that, turn on the containerd image store (https://docs.docker.com/engine/storage/containerd/) or use: docker buildx create --use',
    };
  }
  const [first] = built;
  const manifest = first?.image.manifest ?? '';
  const imageIdentical = manifest !== '' && built.every(({ image }) => image.manifest === manifest);
  const own = (file && first?.engine.imageConditions?.(file)) ?? null;
  if (own !== null) return { imageIdentical, imageConditions: own };
  // Engines only log when they cannot rewrite a layer: so look at the times themselves.
  const rewritten = built.every(({ image }) => image.latestTime <= 1 && createdAt(image) <= 1000);
  return {
    imageIdentical,
    imageConditions: rewritten
      ? 'OCI manifests of uncompressed layers, all times in the image set back to SOURCE_DATE_EPOCH=1 at export; RUN steps did not see that'
      : 'OCI manifests of uncompressed layers; SOURCE_DATE_EPOCH=1 was asked for at export, but the engine did not set all times in the image back; RUN steps did not see that',
  };
}

function createdAt({ config }: Image): number {
  const created = (config as { created?: unknown } | null)?.created;
  return typeof created === 'string' ? Date.parse(created) : 0;
}

/** Why images with the same file system are not the same image. */
/** @param names what the images are called; else builds by their number. */
export function metadataDifferences(built: readonly { image: Image }[], names?: readonly string[]): Difference[] {
  return compareMetadata(
    built.map(({ image }) => image),
    names,
  ).map(({ what, evidence }) => ({
    path: what,
    inEnclave: false,
    cause: 'unknown',
    certain: false,
    evidence,
    mend: 'The enclave is the same; for the same image, take what varies out of ENV, LABEL or the order of files in a layer.',
  }));
}

const mebibyte = 2 ** 20;

/** The enclave's memory: AWS's rule of thumb (four times the image) plus what the service holds, in steps of 64 MiB. */
export function memory({ treeBytes }: MeasuredTree, started: Started | null, configuredMb: number): Memory {
  const residentBytes = started?.residentBytes ?? 0;
  const suggestedMb = Math.max(512, Math.ceil((4 * treeBytes + residentBytes) / mebibyte / 64) * 64);
  return { treeBytes, residentBytes, suggestedMb, configuredMb, enough: configuredMb >= suggestedMb };
}
