import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import zlib from 'node:zlib';
import { Decompress } from 'fzstd';
import { type Member, readPart } from './archive.ts';
import { badArchive } from './tar.ts';
import { type FramePart, ZstdFrames } from './zstd.ts';

export type Compression = 'none' | 'gzip' | 'zstd';

/** Small enough that a few of them at once do not show in memory, large enough that each costs little. */
const pieceSize = 1 << 17;

/** What the bytes say; media types are not to be relied on. */
export async function compression(member: Member): Promise<Compression> {
  for await (const piece of readPart({ ...member, size: Math.min(4, member.size) })) {
    if (piece.subarray(0, 2).toString('hex') === '1f8b') return 'gzip';
    if (piece.toString('hex') === '28b52ffd') return 'zstd';
  }
  return 'none';
}

/**
 * A layer's bytes, unpacked, in pieces that stay as they are.
 * @param onPacked is given each piece of the stored bytes, which is used again afterwards.
 * @throws UserError when they cannot be unpacked.
 */
export function unpack(
  member: Member,
  kind: 'gzip' | 'zstd',
  onPacked: (piece: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  const source = copied(member, onPacked);
  if (kind === 'gzip') return through(source, zlib.createGunzip({ chunkSize: pieceSize }));
  return unzstd(source);
}

async function* copied(member: Member, onPacked: (piece: Uint8Array) => void): AsyncGenerator<Buffer> {
  for await (const piece of readPart(member, pieceSize)) {
    onPacked(piece);
    yield Buffer.from(piece);
  }
}

/** Node.js has it from 22.15 on. */
function nativeZstd(): Transform | null {
  const { createZstdDecompress } = zlib as unknown as {
    createZstdDecompress?: (options: { chunkSize: number }) => Transform;
  };
  return createZstdDecompress?.({ chunkSize: pieceSize }) ?? null;
}

async function* through(source: AsyncGenerator<Buffer>, unpacker: Transform): AsyncGenerator<Uint8Array> {
  const fed = pipeline(source, unpacker);
  // Told below; when the reader stops early, it is not told at all.
  fed.catch(() => undefined);
  try {
    for await (const chunk of unpacker) yield chunk as Buffer;
    await fed;
  } catch (error) {
    const code = String((error as NodeJS.ErrnoException).code);
    if (/^(Z_|ZSTD_)/.test(code)) throw badArchive('a compressed layer is damaged.');
    throw error;
  }
}

/**
 * Node's own unpacking ends without a word after the first frame, or where a frame is cut off: it is given the first
 * frame alone, which in most layers is the only one. Others are unpacked in JavaScript.
 */
async function* unzstd(source: AsyncGenerator<Buffer>): AsyncGenerator<Uint8Array> {
  const parts = frameParts(source);
  const native = nativeZstd();
  const rest: Uint8Array[] = [];
  async function* first(): AsyncGenerator<Buffer> {
    for (let next = await parts.next(); !next.done; next = await parts.next()) {
      if (next.value.frame === 1) yield Buffer.from(next.value.bytes);
      else {
        rest.push(next.value.bytes);
        return;
      }
    }
  }
  async function* others(): AsyncGenerator<Uint8Array> {
    yield* rest;
    for await (const { bytes } of parts) yield bytes;
  }
  if (native) yield* through(first(), native);
  yield* unzstdFrames(others());
}

async function* frameParts(source: AsyncGenerator<Buffer>): AsyncGenerator<FramePart> {
  const frames = new ZstdFrames();
  for await (const piece of source) yield* frames.split(piece);
  if (!frames.whole) throw badArchive('a compressed layer is cut off.');
}

async function* unzstdFrames(source: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  const stream = new Decompress((chunk) => ready.push(chunk));
  const push = (piece: Uint8Array, last: boolean) => {
    try {
      stream.push(piece, last);
    } catch (error) {
      throw badArchive(`a compressed layer is damaged (${(error as Error).message}).`);
    }
  };
  // Small steps: four bytes of input can stand for 128 KiB of output.
  const step = 1024;
  let some = false;
  for await (const piece of source) {
    some = true;
    for (let at = 0; at < piece.length; at += step) {
      push(piece.subarray(at, at + step), false);
      yield* ready.splice(0);
    }
  }
  if (some) push(Buffer.alloc(0), true);
  yield* ready.splice(0);
}
