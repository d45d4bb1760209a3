import { createHash, type Hash, hash as hashOf } from 'node:crypto';
import { type Member, readPart } from './archive.ts';
import { Spool } from './spool.ts';
import { badArchive, type TarHandler, type TarHeader, TarReader } from './tar.ts';
import type { Content, Inode, LayerEntry, TreeLimits } from './tree.ts';
import { compression, unpack } from './unpack.ts';

/** A layer as it was read: what it does to the file system below it, in the order in which it stands there. */
export interface LayerContents {
  /** Digest of the layer as stored. */
  digest: string;
  /** Digest of the uncompressed layer. */
  diffId: string;
  entries: LayerEntry[];
  /** The latest modification time in it, seconds since 1970. */
  latestTime: number;
}

/** How much of its limits an image has used up, over all of its layers. */
export class Meter {
  readonly #limits: TreeLimits;
  #bytes = 0;
  #entries = 0;
  #text = 0;

  constructor(limits: TreeLimits) {
    this.#limits = limits;
  }

  /** @throws UserError when the layers unpack to too much. */
  unpacked(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > this.#limits.bytes)
      throw badArchive(`it unpacks to more than ${Math.round(this.#limits.bytes / 2 ** 20)} MiB.`);
  }

  /** @throws UserError when the layers have too many entries, or their names and attributes take too much memory. */
  entry({ name, link, xattrs }: TarHeader): void {
    this.#entries += 1;
    if (this.#entries > this.#limits.entries) throw badArchive(`it has more than ${this.#limits.entries} entries.`);
    this.#text += name.length + link.length + xattrs.reduce((sum, each) => sum + each.length, 0);
    if (this.#text > this.#limits.text)
      throw badArchive(
        `its names and attributes have more than ${Math.round(this.#limits.text / 2 ** 20)} MiB in all.`,
      );
  }
}

export interface LayerOptions {
  /** An existing folder that takes the contents of compressed layers. */
  spool: string;
  meter: Meter;
  signal: AbortSignal;
}

/**
 * Reads a layer once: unpacks it, hashes both forms and each file on the way. Memory holds names and attributes only;
 * contents stay where they lie, or, of a compressed layer, go to the spool folder.
 * @throws UserError when anything about it is wrong.
 */
export async function readLayer(member: Member, { spool, meter, signal }: LayerOptions): Promise<LayerContents> {
  const kind = await compression(member);
  const plain = createHash('sha256');
  if (kind === 'none') {
    const layer = new LayerReader(member, meter);
    for await (const piece of readPart(member)) {
      signal.throwIfAborted();
      plain.update(piece);
      layer.take(piece);
    }
    const digest = named(plain);
    return { digest, diffId: digest, ...layer.finish() };
  }
  const packed = createHash('sha256');
  const file = await Spool.create(spool);
  const layer = new LayerReader({ file: file.file, offset: 0 }, meter);
  try {
    for await (const piece of unpack(member, kind, (part) => packed.update(part))) {
      signal.throwIfAborted();
      await file.write(piece);
      plain.update(piece);
      layer.take(piece);
    }
  } finally {
    await file.close();
  }
  return { digest: named(packed), diffId: named(plain), ...layer.finish() };
}

/** The digest of a layer as it is stored, without a look into it. */
export async function storedDigest(member: Member, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of readPart(member)) {
    signal.throwIfAborted();
    hash.update(piece);
  }
  return named(hash);
}

function named(hash: Hash): string {
  return `sha256:${hash.digest('hex')}`;
}

/** Gathers what a layer's tar holds. */
class LayerReader implements TarHandler {
  readonly #source: Content;
  readonly #meter: Meter;
  readonly #tar = new TarReader(this);
  readonly #entries: LayerEntry[] = [];
  #latestTime = 0;
  #header: TarHeader | null = null;
  #offset = 0;
  #sha256 = '';
  #hash: Hash | null = null;

  /** @param source where the layer's unpacked bytes are. */
  constructor(source: Content, meter: Meter) {
    this.#source = source;
    this.#meter = meter;
  }

  take(piece: Uint8Array): void {
    this.#meter.unpacked(piece.length);
    this.#tar.write(piece);
  }

  finish(): Pick<LayerContents, 'entries' | 'latestTime'> {
    this.#tar.close();
    return { entries: this.#entries, latestTime: this.#latestTime };
  }

  entry(header: TarHeader, offset: number): void {
    this.#meter.entry(header);
    this.#latestTime = Math.max(this.#latestTime, header.mtime);
    this.#header = header;
    this.#offset = offset;
    this.#sha256 = '';
    this.#hash = null;
  }

  data(part: Uint8Array): void {
    if (this.#header?.type !== 'file') return;
    // Most files come whole, and are hashed in one go.
    if (part.length === this.#header.size) this.#sha256 = hashOf('sha256', part);
    else {
      this.#hash ??= createHash('sha256');
      this.#hash.update(part);
    }
  }

  end(): void {
    const header = this.#header;
    if (!header) return;
    this.#header = null;
    if (header.type === 'hard-link') {
      this.#entries.push({ name: header.name, target: header.link });
      return;
    }
    const sha256 = header.type === 'file' ? this.#sha256 || (this.#hash?.digest('hex') ?? emptySha256) : '';
    const { file, offset } = this.#source;
    const content = header.type === 'file' ? { file, offset: offset + this.#offset } : null;
    this.#entries.push({ name: header.name, inode: inodeOf(header, header.type, sha256, content) });
  }
}

const emptySha256 = hashOf('sha256', '');

function inodeOf(header: TarHeader, type: Inode['type'], sha256: string, content: Content | null): Inode {
  const { mode, uid, gid, mtime, link, device, xattrs } = header;
  const size = type === 'file' ? header.size : 0;
  return { type, mode, uid, gid, mtime, size, sha256, link, device, xattrs, content };
}
