import { createHash, type Hash } from 'node:crypto';
import { createWriteStream, type WriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Decompress } from 'fzstd';
import { type Archive, blobName, type Member, openArchive, readJson, readPart } from './archive.ts';
import { badArchive, TarReader } from './tar.ts';
import { type Content, defaultLimits, type Tree, TreeBuilder, type TreeLimits } from './tree.ts';

export interface Layer {
  /** Digest of the layer as stored. */
  digest: string;
  /** Digest of the uncompressed layer. */
  diffId: string;
}

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

export interface ReadOptions {
  /** An existing folder on this machine that takes compressed layers' contents; removing it is the caller's part. */
  spool: string;
  limits?: TreeLimits;
  signal?: AbortSignal;
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
  layers: { member: Member; digest: string | null }[];
}

/**
 * Reads an image from an OCI archive, an OCI layout folder or a `docker save` archive. Every digest and size is
 * verified, layers are streamed once, and memory holds names and attributes only.
 * @throws UserError when anything about it is wrong.
 */
export async function readImage(location: string, options: ReadOptions): Promise<Image> {
  const archive = await openArchive(location);
  const plan = (await archive.find('index.json')) ? await planOci(archive) : await planDockerSave(archive);
  const { layers, tree, layerOf, latestTime } = await readLayers(plan.layers, options);
  const claimed = diffIds(plan.config);
  if (claimed.length !== layers.length || claimed.some((id, index) => id !== layers[index]?.diffId)) {
    throw badArchive('its layers are not those that its configuration names.');
  }
  return { manifest: plan.manifest, config: plan.config, layers, tree, layerOf, latestTime };
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

async function readLayers(
  plan: Plan['layers'],
  { spool, limits = defaultLimits, signal }: ReadOptions,
): Promise<Pick<Image, 'layers' | 'tree' | 'layerOf' | 'latestTime'>> {
  const builder = new TreeBuilder(limits);
  const layers: Layer[] = [];
  const meter = { bytes: 0, latestTime: 0 };
  for (const [index, { member, digest }] of plan.entries()) {
    signal?.throwIfAborted();
    const kind = await compression(member);
    const spoolFile = path.join(spool, `layer-${index}.tar`);
    const source: Content = kind === 'none' ? member : { file: spoolFile, offset: 0 };
    const handler = builder.layer(source);
    const reader = new TarReader({
      ...handler,
      entry: (header, offset) => {
        meter.latestTime = Math.max(meter.latestTime, header.mtime);
        handler.entry(header, offset);
      },
    });
    const take = (chunk: Uint8Array) => {
      meter.bytes += chunk.length;
      if (meter.bytes > limits.bytes)
        throw badArchive(`it unpacks to more than ${Math.round(limits.bytes / 2 ** 20)} MiB.`);
      reader.write(chunk);
    };
    const read = kind === 'none' ? await readPlain(member, take) : await unpack(member, kind, spoolFile, take);
    reader.close();
    if (digest && read.digest !== digest) throw badArchive(`layer ${digest} does not have its digest.`);
    layers.push(read);
  }
  return { layers, tree: builder.finish(), layerOf: (path) => builder.layerOf(path), latestTime: meter.latestTime };
}

type Compression = 'none' | 'gzip' | 'zstd';

/** What the bytes say; media types are not to be relied on. */
async function compression(member: Member): Promise<Compression> {
  for await (const piece of readPart({ ...member, size: Math.min(4, member.size) })) {
    if (piece.subarray(0, 2).toString('hex') === '1f8b') return 'gzip';
    if (piece.toString('hex') === '28b52ffd') return 'zstd';
  }
  return 'none';
}

async function readPlain(member: Member, take: (chunk: Uint8Array) => void): Promise<Layer> {
  const hash = createHash('sha256');
  for await (const piece of readPart(member)) {
    hash.update(piece);
    take(piece);
  }
  const digest = `sha256:${hash.digest('hex')}`;
  return { digest, diffId: digest };
}

/** Unpacks a layer into the spool file, hashing both forms on the way. */
async function unpack(
  member: Member,
  kind: Compression,
  spoolFile: string,
  take: (chunk: Uint8Array) => void,
): Promise<Layer> {
  const packed = createHash('sha256');
  const plain = createHash('sha256');
  const spool = createWriteStream(spoolFile);
  try {
    const source = hashed(member, packed);
    for await (const chunk of kind === 'gzip' ? gunzip(source) : unzstd(source)) {
      plain.update(chunk);
      take(chunk);
      await write(spool, chunk);
    }
  } finally {
    await new Promise<void>((resolve) => spool.end(resolve));
  }
  return { digest: `sha256:${packed.digest('hex')}`, diffId: `sha256:${plain.digest('hex')}` };
}

async function* hashed(member: Member, hash: Hash): AsyncGenerator<Buffer> {
  for await (const piece of readPart(member)) {
    hash.update(piece);
    yield Buffer.from(piece);
  }
}

async function* gunzip(source: AsyncGenerator<Buffer>): AsyncGenerator<Uint8Array> {
  const unzipped = Readable.from(source, { objectMode: false }).compose(createGunzip());
  try {
    for await (const chunk of unzipped) yield chunk as Buffer;
  } catch (error) {
    if (String((error as NodeJS.ErrnoException).code).startsWith('Z_'))
      throw badArchive('a compressed layer is damaged.');
    throw error;
  }
}

async function* unzstd(source: AsyncGenerator<Buffer>): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  const stream = new Decompress((chunk) => ready.push(chunk));
  const push = (piece: Buffer, last: boolean) => {
    try {
      stream.push(piece, last);
    } catch (error) {
      throw badArchive(`a compressed layer is damaged (${(error as Error).message}).`);
    }
  };
  // Small steps: four bytes of input can stand for 128 KiB of output.
  const step = 1024;
  for await (const piece of source) {
    for (let at = 0; at < piece.length; at += step) {
      push(piece.subarray(at, at + step), false);
      yield* ready.splice(0);
    }
  }
  push(Buffer.alloc(0), true);
  yield* ready.splice(0);
}

function write(stream: WriteStream, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(chunk, (error) => (error ? reject(error) : resolve()));
  });
}
