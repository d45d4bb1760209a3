import { pipeline, Readable, type Transform } from 'node:stream';
import zlib from 'node:zlib';
import { Decompress } from 'fzstd';
import { badArchive } from './tar.ts';

/** How much is unpacked at a time: steps of the usual 16 KiB cost as much as the unpacking. */
const chunkSize = 1 << 17;

/**
 * Unpacks a stream.
 * @returns chunks of its own, which nothing writes to later.
 * @throws UserError when it is damaged or ends early.
 */
export async function* decompressed(source: AsyncGenerator<Buffer>, kind: 'gzip' | 'zstd'): AsyncGenerator<Uint8Array> {
  const native = kind === 'gzip' ? zlib.createGunzip({ chunkSize }) : nativeZstd();
  if (native === null) yield* zstdInJs(source);
  else yield* through(source, native);
}

/** Node has it from 22.15 on. */
function nativeZstd(): Transform | null {
  const { createZstdDecompress } = zlib as { createZstdDecompress?: (options: { chunkSize: number }) => Transform };
  return createZstdDecompress?.({ chunkSize }) ?? null;
}

async function* through(source: AsyncGenerator<Buffer>, unpack: Transform): AsyncGenerator<Uint8Array> {
  // A failure of either end ends both, and is thrown by the reading below.
  pipeline(Readable.from(source, { objectMode: false }), unpack, () => undefined);
  try {
    for await (const chunk of unpack) yield chunk as Buffer;
  } catch (error) {
    if (/^(?:Z_|ZSTD_|ERR_ZSTD)/.test(String((error as NodeJS.ErrnoException).code)))
      throw badArchive('a compressed layer is damaged.');
    throw error;
  }
}

async function* zstdInJs(source: AsyncGenerator<Buffer>): AsyncGenerator<Uint8Array> {
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
