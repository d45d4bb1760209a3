import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import { type Member, readPart } from './archive.ts';
import { decompressed } from './decompress.ts';
import { badArchive, TarReader } from './tar.ts';
import { defaultLimits, type LayerEntry, type Tree, TreeBuilder, type TreeLimits } from './tree.ts';

export interface Layer {
  /** Digest of the layer as stored. */
  digest: string;
  /** Digest of the uncompressed layer. */
  diffId: string;
}

/** A layer to be read: where it is, and the digest that the manifest gives, if it gives one. */
export interface PlannedLayer {
  member: Member;
  digest: string | null;
}

/** Layers as read, and the file system that they give. */
export interface LaidLayers {
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
  /** Layers that other images have as well: whoever comes to one first reads it for all. */
  shared?: SharedLayers;
}

/** A layer that was read, and what it holds. */
interface ReadLayer {
  layer: Layer;
  entries: LayerEntry[];
  latestTime: number;
}

/** Layers of several images, by their digest as stored: each is unpacked once. */
export class SharedLayers {
  readonly #read = new Map<string, Promise<ReadLayer>>();
  readonly #digests: ReadonlySet<string>;

  /** @param digests of the layers that several images have. */
  constructor(digests: ReadonlySet<string>) {
    this.#digests = digests;
  }

  /** @returns null for a layer that only one image has. */
  take(digest: string | null, read: () => Promise<ReadLayer>): { first: boolean; layer: Promise<ReadLayer> } | null {
    if (digest === null || !this.#digests.has(digest)) return null;
    const known = this.#read.get(digest);
    if (known) return { first: false, layer: known };
    const layer = read();
    // Whoever waits for it sees the failure.
    layer.catch(() => undefined);
    this.#read.set(digest, layer);
    return { first: true, layer };
  }
}

/**
 * Reads layers, lowest first, and lays them over each other.
 * @throws UserError when one is damaged, or is not what its digest says.
 */
export async function readLayers(
  plan: readonly PlannedLayer[],
  { spool, limits = defaultLimits, signal, shared }: ReadOptions,
): Promise<LaidLayers> {
  const builder = new TreeBuilder(limits);
  const layers: Layer[] = [];
  const meter: Meter = { bytes: 0, latestTime: 0, limit: limits.bytes };
  for (const [index, planned] of plan.entries()) {
    signal?.throwIfAborted();
    const spoolFile = path.join(spool, `layer-${index}.tar`);
    const keep: LayerEntry[] = [];
    const taken = shared?.take(planned.digest, async () => {
      const layer = await readLayer(builder, planned, spoolFile, meter, keep);
      return { layer, entries: keep, latestTime: meter.latestTime };
    });
    if (taken) {
      const { layer, entries, latestTime } = await taken.layer;
      if (!taken.first) builder.replay(entries);
      meter.latestTime = Math.max(meter.latestTime, latestTime);
      layers.push(layer);
    } else layers.push(await readLayer(builder, planned, spoolFile, meter, null));
  }
  return {
    layers,
    tree: builder.finish(),
    layerOf: (path) => builder.layerOf(path),
    latestTime: meter.latestTime,
  };
}

/** What all layers together come to. */
interface Meter {
  bytes: number;
  latestTime: number;
  limit: number;
}

/** Reads one layer into the tree, and verifies its digest. */
async function readLayer(
  builder: TreeBuilder,
  { member, digest }: PlannedLayer,
  spoolFile: string,
  meter: Meter,
  keep: LayerEntry[] | null,
): Promise<Layer> {
  const kind = await compression(member);
  const handler = builder.layer(kind === 'none' ? member : { file: spoolFile, offset: 0 }, keep);
  const reader = new TarReader({
    ...handler,
    entry: (header, offset) => {
      meter.latestTime = Math.max(meter.latestTime, header.mtime);
      handler.entry(header, offset);
    },
  });
  const take = (chunk: Uint8Array) => {
    meter.bytes += chunk.length;
    if (meter.bytes > meter.limit)
      throw badArchive(`it unpacks to more than ${Math.round(meter.limit / 2 ** 20)} MiB.`);
    reader.write(chunk);
  };
  const read = kind === 'none' ? await readPlain(member, take) : await unpack(member, kind, spoolFile, take);
  reader.close();
  if (digest && read.digest !== digest) throw badArchive(`layer ${digest} does not have its digest.`);
  return read;
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
  kind: Exclude<Compression, 'none'>,
  spoolFile: string,
  take: (chunk: Uint8Array) => void,
): Promise<Layer> {
  const packed = createHash('sha256');
  const plain = createHash('sha256');
  const spool = await open(spoolFile, 'w');
  // One chunk is written while the next one is hashed: nothing else is held.
  let written: Promise<void> = Promise.resolve();
  try {
    for await (const chunk of decompressed(hashed(member, packed), kind)) {
      plain.update(chunk);
      take(chunk);
      await written;
      written = writeAll(spool, chunk);
      // Seen where it is awaited, which a failure of the reading may keep from coming.
      written.catch(() => undefined);
    }
    await written;
  } finally {
    await Promise.allSettled([written]);
    await spool.close();
  }
  return { digest: `sha256:${packed.digest('hex')}`, diffId: `sha256:${plain.digest('hex')}` };
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let done = 0; done < chunk.length; ) done += (await file.write(chunk, done)).bytesWritten;
}

async function* hashed(member: Member, hash: Hash): AsyncGenerator<Buffer> {
  for await (const piece of readPart(member)) {
    hash.update(piece);
    yield Buffer.from(piece);
  }
}
