import { stat } from 'node:fs/promises';
import { type Archive, blobName, openArchive, readJson } from './archive.ts';
import { type Layer, type PlannedLayer, type ReadOptions, readLayers, SharedLayers } from './layers.ts';
import { badArchive } from './tar.ts';
import type { Tree } from './tree.ts';

/** An image as read from disk: metadata, and the file system that its layers give. */
export interface Image {
  /** Digest of the manifest; `''` where there is none (`docker save` of old engines, a plain file system). */
  manifest: string;
  /** The image configuration, as parsed; null for a plain file system. */
  config: unknown;
  layers: Layer[];
  tree: Tree;
  /** The layer that last set a path, counted from 0; -1 for a directory that no layer names. */
  layerOf: (path: string) => number;
  /** The latest modification time in any layer, seconds since 1970. */
  latestTime: number;
}

interface Descriptor {
  mediaType?: unknown;
  digest?: unknown;
  size?: unknown;
  platform?: { os?: unknown; architecture?: unknown };
  annotations?: Record<string, unknown>;
}

interface Plan {
  manifest: string;
  config: unknown;
  /** Layers lowest first; a digest where the manifest gives one. */
  layers: PlannedLayer[];
}

/**
 * Reads an image from an OCI archive, an OCI layout folder or a `docker save` archive. Every digest and size is
 * verified, layers are streamed once, and memory holds names and attributes only.
 * @throws UserError when anything about it is wrong.
 */
export async function readImage(location: string, options: ReadOptions): Promise<Image> {
  const plan = await planOf(location);
  const { layers, tree, layerOf, latestTime } = await readLayers(plan.layers, options);
  const claimed = diffIds(plan.config);
  if (claimed.length !== layers.length || claimed.some((id, index) => id !== layers[index]?.diffId)) {
    throw badArchive('its layers are not those that its configuration names.');
  }
  return { manifest: plan.manifest, config: plan.config, layers, tree, layerOf, latestTime };
}

/** The layers that two images have in common, by their manifests alone. @throws UserError as `readImage` does. */
export async function sharedLayers(a: string, b: string): Promise<SharedLayers> {
  const [first, second] = await Promise.all([planOf(a), planOf(b)]);
  const own = new Set(first.layers.map(({ digest }) => digest));
  return new SharedLayers(new Set(second.layers.flatMap(({ digest }) => (digest && own.has(digest) ? digest : []))));
}

async function planOf(location: string): Promise<Plan> {
  const archive = await openArchive(location);
  return (await archive.find('index.json')) ? planOci(archive) : planDockerSave(archive);
}

/**
 * Reads a plain file system from a tar file (`--output type=tar`).
 * @throws UserError when anything about it is wrong.
 */
export async function readRootTar(location: string, options: ReadOptions): Promise<Image> {
  const { size } = await stat(location);
  const read = await readLayers([{ member: { file: location, offset: 0, size }, digest: null }], options);
  return { manifest: '', config: null, ...read };
}

async function planOci(archive: Archive): Promise<Plan> {
  let digest = choose(asRecord(await readJson(archive, 'index.json'), 'index.json').manifests);
  for (let depth = 0; depth < 5; depth += 1) {
    const document = asRecord(await readJson(archive, blobName(digest), digest), digest);
    if (Array.isArray(document.manifests)) {
      digest = choose(document.manifests);
      continue;
    }
    const configDigest = String(asRecord(document.config, 'config').digest);
    const config = await readJson(archive, blobName(configDigest), configDigest);
    if (!Array.isArray(document.layers)) throw badArchive('its manifest names no layers.');
    const layers: Plan['layers'] = [];
    for (const layer of document.layers as Descriptor[]) {
      const member = await archive.find(blobName(layer?.digest));
      if (!member) throw badArchive(`layer ${String(layer.digest)} is missing.`);
      if (layer.size !== member.size) throw badArchive(`layer ${String(layer.digest)} does not have its size.`);
      layers.push({ member, digest: String(layer.digest) });
    }
    return { manifest: digest, config, layers };
  }
  throw badArchive('its indexes are nested too deeply.');
}

/** The manifest to read of an index: attestations aside, the only one, or the one for linux/amd64. */
function choose(manifests: unknown): string {
  if (!Array.isArray(manifests)) throw badArchive('an index names no manifests.');
  const images = (manifests as Descriptor[]).filter(
    (entry) => entry?.annotations?.['vnd.docker.reference.type'] !== 'attestation-manifest',
  );
  const digests = new Set(images.map((entry) => entry.digest));
  const fitting = images.filter(({ platform }) => platform?.os === 'linux' && platform.architecture === 'amd64');
  const chosen = digests.size === 1 ? images[0] : fitting.length > 0 ? fitting[0] : undefined;
  if (!chosen || new Set(fitting.map((entry) => entry.digest)).size > 1) {
    throw badArchive('it holds several images, or none for linux/amd64: export one.');
  }
  blobName(chosen.digest);
  return String(chosen.digest);
}

/** Archives of `docker save` before Docker 25 have no index. */
async function planDockerSave(archive: Archive): Promise<Plan> {
  if (!(await archive.find('manifest.json')))
    throw badArchive('it has neither index.json nor manifest.json: not an image archive.');
  const images = await readJson(archive, 'manifest.json');
  if (!Array.isArray(images) || images.length !== 1) throw badArchive('it holds several images, or none: export one.');
  const { Config, Layers } = asRecord(images[0], 'manifest.json');
  if (typeof Config !== 'string' || !Array.isArray(Layers))
    throw badArchive('manifest.json names no configuration or layers.');
  const layers: Plan['layers'] = [];
  for (const name of Layers) {
    const member = typeof name === 'string' && isPlainName(name) ? await archive.find(name) : null;
    if (!member) throw badArchive(`layer ${JSON.stringify(name)?.slice(0, 100)} is missing.`);
    layers.push({ member, digest: null });
  }
  if (!isPlainName(Config)) throw badArchive('manifest.json names its configuration oddly.');
  return { manifest: '', config: await readJson(archive, Config), layers };
}

function isPlainName(name: string): boolean {
  return (
    /^[A-Za-z0-9._/-]+$/.test(name) && !name.split('/').some((part) => part === '' || part === '..' || part === '.')
  );
}

function asRecord(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badArchive(`${what} is not an object.`);
  return value as Record<string, unknown>;
}

function diffIds(config: unknown): unknown[] {
  const rootfs = asRecord(asRecord(config, 'the configuration').rootfs, 'rootfs');
  if (!Array.isArray(rootfs.diff_ids)) throw badArchive('its configuration names no layers.');
  return rootfs.diff_ids;
}
