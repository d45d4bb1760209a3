import type { Finding } from '../app.ts';
import { enclaveDigests } from '../caution/cpio.ts';
import { enclaveFormat, type MeasuredTree, measuredKey, measuredTree } from '../caution/measure.ts';
import { explain } from '../explain/explain.ts';
import { compareTrees, type PathDifference } from '../image/compare.ts';
import { layerHistory } from '../image/history.ts';
import type { Image } from '../image/image.ts';
import { displayPath } from '../image/tree.ts';
import { printableLine } from '../output.ts';
import { metadataDifferences } from '../verify/claims.ts';
import { moreDifferences } from '../verify/findings.ts';
import type { ComparedImage, Comparison, Difference } from '../verify/types.ts';

/** More would help nobody: the rest is counted. */
const maxDifferences = 1000;

/** An image, as it is called and as it was read. */
export interface NamedImage {
  name: string;
  image: Image;
}

interface Side extends NamedImage {
  measured: MeasuredTree;
}

/**
 * Holds two images against each other, as Caution measures them and bit for bit, and explains what differs by what is in
 * it alone: nothing is known of how they were built.
 */
export async function compareImages(a: NamedImage, b: NamedImage, signal?: AbortSignal): Promise<Comparison> {
  const sides: [Side, Side] = [withTree(a), withTree(b)];
  const [first, second] = sides;
  const reproducible = measuredKey(first.measured) === measuredKey(second.measured);
  const { differences, more } = await explainAll(sides, signal);
  const [digest = '', other = ''] = await enclaveDigests([first.measured, second.measured], signal);
  const { files, treeBytes, replaced } = first.measured;
  return {
    images: [summary(first, digest), summary(second, other)],
    reproducible,
    ...imageClaim(first.image, second.image),
    enclave: reproducible ? { format: enclaveFormat, sha256: digest, files, treeBytes, replaced } : null,
    differences,
    findings: [...findingsOf(first, second), ...moreDifferences(more, maxDifferences)],
  };
}

/** What is noteworthy about either enclave; what is so about both is said once. */
function findingsOf(a: Side, b: Side): Finding[] {
  const said = new Set(a.measured.findings.map((finding) => JSON.stringify(finding)));
  return [...a.measured.findings, ...b.measured.findings.filter((finding) => !said.has(JSON.stringify(finding)))];
}

function withTree(one: NamedImage): Side {
  return { ...one, measured: measuredTree(one.image.tree) };
}

function summary({ name, image }: Side, enclaveSha256: string): ComparedImage {
  return { name, manifest: image.manifest, enclaveSha256 };
}

function imageClaim(a: Image, b: Image): Pick<Comparison, 'imageIdentical' | 'imageConditions'> {
  const known = a.manifest !== '' && b.manifest !== '';
  const sameLayers = a.layers.map(({ diffId }) => diffId).join() === b.layers.map(({ diffId }) => diffId).join();
  return {
    imageIdentical: known && a.manifest === b.manifest,
    imageConditions: known
      ? `Manifests as they stand in the archives${a.manifest !== b.manifest && sameLayers ? '; the uncompressed layers are the same' : ''}`
      : 'An archive without manifests, as docker save of old engines makes it: the images were not compared bit for bit',
  };
}

async function explainAll(
  sides: [Side, Side],
  signal: AbortSignal | undefined,
): Promise<{ differences: Difference[]; more: number }> {
  const found = compareTrees(sides);
  const shown = [...found.filter((one) => one.inEnclave), ...found.filter((one) => !one.inEnclave)].slice(
    0,
    maxDifferences,
  );
  shown.sort((a, b) => (a.path < b.path ? -1 : 1));
  const differences: Difference[] = [];
  for (const difference of shown) {
    signal?.throwIfAborted();
    differences.push(await describe(sides, difference));
  }
  const [a, b] = sides;
  if (found.length === 0 && a.image.manifest !== b.image.manifest)
    differences.push(...metadataDifferences(sides, [a.name, b.name]));
  return { differences, more: found.length - shown.length };
}

async function describe([a, b]: [Side, Side], difference: PathDifference): Promise<Difference> {
  const { path, inEnclave } = difference;
  const instruction = instructionOf(a.image.tree.has(path) ? a.image : b.image, path);
  const explanation = await explain(difference, {
    names: [a.name, b.name],
    facts: [null, null],
    script: instruction,
    experiments: [],
  });
  return {
    path: `/${printableLine(displayPath(path), 1000)}`,
    ...(instruction === null ? {} : { instruction: printableLine(instruction, 160) }),
    inEnclave,
    ...explanation,
  };
}

/** What the image's own history says of the layer that last set a path. */
function instructionOf(image: Image, path: string): string | null {
  const made = layerHistory(image)?.[image.layerOf(path)];
  return made === undefined || made === '' ? null : made;
}
