import { readPart } from './archive.ts';
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
