import { badArchive } from './tar.ts';

/** What zstd's own program takes without being asked for more; engines write 8 MiB at most. */
const maxWindow = 2 ** 27;
const frameMagic = 0xfd2fb528;
const longestHeader = 18;

/**
 * Walks over the frames of a zstd stream and sees that none asks for a window that would fill the memory: a frame
 * claims in a few bytes what whoever unpacks it must set aside.
 * Format: https://www.rfc-editor.org/rfc/rfc8878
 */
export class ZstdFrames {
  #pending = Buffer.alloc(0);
  /** Bytes that hold no header. */
  #skip = 0;
  #inFrame = false;
  #checksum = false;

  /** @throws UserError for a frame that asks for too much, or what is no frame. */
  check(piece: Uint8Array): void {
    let at = 0;
    while (at < piece.length) {
      if (this.#skip > 0) {
        const skipped = Math.min(this.#skip, piece.length - at);
        this.#skip -= skipped;
        at += skipped;
        continue;
      }
      this.#pending = Buffer.concat([this.#pending, piece.subarray(at, at + 1)]);
      at += 1;
      const done = this.#inFrame ? this.#block(this.#pending) : this.#frame(this.#pending);
      if (done) this.#pending = Buffer.alloc(0);
    }
  }

  /** A block header: 3 bytes. */
  #block(header: Buffer): boolean {
    if (header.length < 3) return false;
    const bits = header.readUIntLE(0, 3);
    const type = (bits >> 1) & 3;
    // A block of one repeated byte holds that byte alone.
    this.#skip = type === 1 ? 1 : bits >> 3;
    if (bits & 1) {
      this.#inFrame = false;
      if (this.#checksum) this.#skip += 4;
    }
    return true;
  }

  /** A frame header: 6 to 18 bytes; of a skippable frame 8. */
  #frame(header: Buffer): boolean {
    if (header.length < 5) return false;
    const magic = header.readUInt32LE(0);
    if (magic >>> 4 === 0x184d2a5) {
      if (header.length < 8) return false;
      this.#skip = header.readUInt32LE(4);
      return true;
    }
    if (magic !== frameMagic) throw badArchive('a compressed layer is damaged.');
    const descriptor = header[4] ?? 0;
    const single = (descriptor & 0x20) !== 0;
    const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0;
    const content = [single ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
    const length = 5 + (single ? 0 : 1) + dictionary + content;
    if (header.length < length || header.length > longestHeader) return false;
    if (windowOf(header, single, 5 + dictionary, content) > maxWindow)
      throw badArchive('a compressed layer needs more than 128 MiB of memory to unpack.');
    this.#checksum = (descriptor & 4) !== 0;
    this.#inFrame = true;
    return true;
  }
}

function windowOf(header: Buffer, single: boolean, contentAt: number, content: number): number {
  if (!single) {
    const descriptor = header[5] ?? 0;
    const base = 2 ** (10 + (descriptor >> 3));
    return base + (base / 8) * (descriptor & 7);
  }
  // With a single segment the whole content is the window.
  if (content === 8) return Number(header.readBigUInt64LE(contentAt));
  return header.readUIntLE(contentAt, content) + (content === 2 ? 256 : 0);
}
