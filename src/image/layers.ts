import { createHash, type Hash } from 'node:crypto';
import { createWriteStream, type WriteStream } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Decompress } from 'fzstd';
import { type Member, readPart } from './archive.ts';
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
