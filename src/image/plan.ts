import { type Archive, blobName, type Member, readJson } from './archive.ts';
import { badArchive } from './tar.ts';

interface Descriptor {
  mediaType?: unknown;
  digest?: unknown;
  size?: unknown;
  platform?: { os?: unknown; architecture?: unknown };
  annotations?: Record<string, unknown>;
}

/** A layer as its archive stores it. */
export interface StoredLayer {
  member: Member;
  /** Of the stored bytes, as the manifest claims; null where there is no manifest. */
  digest: string | null;
  /** Of the unpacked bytes, as the configuration claims; null where there is no configuration. */
  diffId: string | null;
}

/** What an archive says of its image: all of it is still to be verified but the manifest's and configuration's digests. */
export interface Plan {
  manifest: string;
  config: unknown;
  /** Lowest first. */
  layers: StoredLayer[];
}

/** More than any engine can mount over each other. */
const maxLayers = 1000;
const maxIndexes = 5;

/** Reads what an archive says of its image. @throws UserError when anything about it is wrong. */
export async function readPlan(archive: Archive): Promise<Plan> {
  const plan = (await archive.find('index.json')) ? await planOci(archive) : await planDockerSave(archive);
  const claimed = diffIds(plan.config);
  if (plan.layers.length > maxLayers) throw badArchive(`it has more than ${maxLayers} layers.`);
  if (claimed.length !== plan.layers.length) throw otherLayers();
  const layers = plan.layers.map((layer, index) => {
    const diffId = claimed[index];
    blobName(diffId);
    return { ...layer, diffId: String(diffId) };
  });
  return { ...plan, layers };
}

/** The layers are not what the configuration says. */
export function otherLayers(): Error {
  return badArchive('its layers are not those that its configuration names.');
}

async function planOci(archive: Archive): Promise<Plan> {
  let digest = choose(asRecord(await readJson(archive, 'index.json'), 'index.json').manifests);
  for (let depth = 0; depth < maxIndexes; depth += 1) {
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
      layers.push({ member, digest: String(layer.digest), diffId: null });
    }
    return { manifest: digest, config, layers };
  }
  throw badArchive('its indexes are nested too deeply.');
}

/** The manifest to read of an index: attestations aside, the only one, or the one for linux/amd64. */
function choose(manifests: unknown): string {
  if (!Array.isArray(manifests)) throw badArchive('an index names no manifests.');
  const images = (manifests as (Descriptor | null)[]).filter(
    (entry): entry is Descriptor => entry?.annotations?.['vnd.docker.reference.type'] !== 'attestation-manifest',
  );
  const digests = new Set(images.map((entry) => entry?.digest));
  const fitting = images.filter((entry) => entry?.platform?.os === 'linux' && entry.platform.architecture === 'amd64');
  const chosen = digests.size === 1 ? images[0] : fitting[0];
  if (!chosen || (digests.size > 1 && new Set(fitting.map((entry) => entry.digest)).size > 1)) {
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
    layers.push({ member, digest: null, diffId: null });
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
