import { closeSync, constants, openSync, readSync } from 'node:fs';
import { readPart } from './archive.ts';
import { badArchive } from './tar.ts';
import type { Inode } from './tree.ts';

/** A file's bytes, in pieces that are reused after each step. */
export function readInode(inode: Inode): AsyncIterable<Uint8Array> {
  return inode.content ? readPart({ ...inode.content, size: inode.size }) : nothing();
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

/** A part of a file, as much of it as there is. */
export async function readSlice(inode: Inode, at: number, length: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  if (!inode.content) return Buffer.alloc(0);
  const { file, offset } = inode.content;
  const part = { file, offset: offset + at, size: Math.max(0, Math.min(length, inode.size - at)) };
  for await (const piece of readPart(part)) parts.push(Buffer.from(piece));
  return Buffer.concat(parts);
}

/** How much is read at once, and how far the next file may lie from the last one for it to be read ahead. */
const windowSize = 1 << 18;
const readAheadGap = 1 << 12;

/**
 * Reads the contents of many files in turn: keeps open what they lie in, and reads files that lie one after the other
 * together. Reading is synchronous, as a hash over them is: whoever reads much pauses now and then.
 */
export class ContentReader {
  readonly #descriptors = new Map<string, number>();
  readonly #window = Buffer.allocUnsafe(windowSize);
  #file = '';
  /** The part of that file which the window holds. */
  #from = 0;
  #to = 0;

  /**
   * Hands on a file's bytes, in pieces that are used again afterwards.
   * @throws UserError when the file became shorter.
   */
  read({ content, size }: Inode, take: (piece: Uint8Array) => void): void {
    if (!content) return;
    for (let at = content.offset, end = content.offset + size; at < end; ) {
      if (this.#file !== content.file || at < this.#from || at >= this.#to) this.#fill(content.file, at, end);
      const piece = this.#window.subarray(at - this.#from, Math.min(end, this.#to) - this.#from);
      take(piece);
      at += piece.length;
    }
  }

  #fill(file: string, at: number, end: number): void {
    const next = this.#file === file && at >= this.#to && at - this.#to <= readAheadGap;
    const length = next ? windowSize : Math.min(windowSize, end - at);
    let descriptor = this.#descriptors.get(file);
    if (descriptor === undefined) {
      descriptor = openSync(file, constants.O_RDONLY);
      this.#descriptors.set(file, descriptor);
    }
    const read = readSync(descriptor, this.#window, 0, length, at);
    if (read === 0) throw badArchive('a file became shorter while it was read.');
    this.#file = file;
    this.#from = at;
    this.#to = at + read;
  }

  close(): void {
    for (const descriptor of this.#descriptors.values()) closeSync(descriptor);
    this.#descriptors.clear();
  }
}
