import { badArchive } from './tar.ts';

/** What zstd's own program takes without being asked for more; engines write 8 MiB at most. */
const maxWindow = 2 ** 27;
const frameMagic = 0xfd2fb528;

/** Bytes of a frame, header and all. */
export interface FramePart {
  /** Counts from 1. */
  frame: number;
  bytes: Uint8Array;
}

type State = 'header' | 'block' | 'data' | 'checksum' | 'skippable';

/**
 * Tells the frames of a zstd stream apart, and sees that none asks for a window that would fill the memory: a frame
 * claims in a few bytes what whoever unpacks it must set aside. Frames to be skipped are left out.
 * Format: https://www.rfc-editor.org/rfc/rfc8878
 */
export class ZstdFrames {
  #state: State = 'header';
  #frame = 0;
  /** A header, as far as it has come. */
  #pending: number[] = [];
  /** Bytes until something is to be decided again. */
  #skip = 0;
  #last = false;
  #checksum = false;

  /** Whether nothing of a frame is missing. */
  get whole(): boolean {
    return this.#state === 'header' && this.#pending.length === 0;
  }

  /** @throws UserError for a frame that asks for too much memory, or what is no frame. */
  split(piece: Uint8Array): FramePart[] {
    const parts: FramePart[] = [];
    let from = 0;
    for (let at = 0; at < piece.length; ) {
      const before = this.#state;
      at += this.#take(piece, at);
      if (this.#state === before) continue;
      // The header may lie in two pieces: it is handed on from memory.
      if (before === 'header' && this.#state === 'block')
        parts.push({ frame: this.#frame, bytes: Buffer.from(this.#pending.splice(0)) });
      if (before !== 'header' && before !== 'skippable' && this.#state === 'header')
        parts.push({ frame: this.#frame, bytes: piece.subarray(from, at) });
      if (before === 'header') from = at;
    }
    if (this.#state !== 'header' && this.#state !== 'skippable' && from < piece.length)
      parts.push({ frame: this.#frame, bytes: piece.subarray(from) });
    return parts;
  }

  /** @returns how many bytes were taken, at least one. */
  #take(piece: Uint8Array, at: number): number {
    if (this.#state === 'header' || this.#state === 'block') {
      this.#pending.push(piece[at] ?? 0);
      if (this.#state === 'header') this.#readHeader(Buffer.from(this.#pending));
      else if (this.#pending.length === 3) this.#readBlock(Buffer.from(this.#pending.splice(0)));
      return 1;
    }
    const taken = Math.min(this.#skip, piece.length - at);
    this.#skip -= taken;
    if (this.#skip === 0) this.#ended();
    return taken;
  }

  #ended(): void {
    const toChecksum = this.#state === 'data' && this.#last && this.#checksum;
    if (toChecksum) this.#skip = 4;
    this.#state = toChecksum ? 'checksum' : this.#state === 'data' && !this.#last ? 'block' : 'header';
  }

  #readBlock(header: Buffer): void {
    const bits = header.readUIntLE(0, 3);
    this.#last = (bits & 1) === 1;
    // A block of one repeated byte holds that byte alone.
    this.#skip = ((bits >> 1) & 3) === 1 ? 1 : bits >> 3;
    this.#state = 'data';
    if (this.#skip === 0) this.#ended();
  }

  /** A frame header has 6 to 18 bytes; that of a frame to be skipped 8. */
  #readHeader(header: Buffer): void {
    if (header.length < 5) return;
    const magic = header.readUInt32LE(0);
    if (magic >>> 4 === 0x184d2a5) {
      if (header.length < 8) return;
      this.#pending = [];
      this.#skip = header.readUInt32LE(4);
      this.#state = this.#skip === 0 ? 'header' : 'skippable';
      return;
    }
    if (magic !== frameMagic) throw badArchive('a compressed layer is damaged.');
    const descriptor = header[4] ?? 0;
    const single = (descriptor & 0x20) !== 0;
    const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0;
    const content = [single ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
    const contentAt = 5 + (single ? 0 : 1) + dictionary;
    if (header.length < contentAt + content) return;
    if ((single ? contentSize(header, contentAt, content) : windowSize(header[5] ?? 0)) > maxWindow)
      throw badArchive('a compressed layer needs more than 128 MiB of memory to unpack.');
    this.#checksum = (descriptor & 4) !== 0;
    this.#frame += 1;
    this.#state = 'block';
  }
}

function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

/** With a single segment the whole content is the window. */
function contentSize(header: Buffer, at: number, length: number): number {
  if (length === 8) return Number(header.readBigUInt64LE(at));
  return header.readUIntLE(at, length) + (length === 2 ? 256 : 0);
}
