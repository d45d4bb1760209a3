import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';

const zeros = Buffer.alloc(1 << 17);

/** A temporary file for a layer's unpacked bytes. Zeros take no room on the disk. */
export class Spool {
  readonly file: string;
  readonly #handle: FileHandle;
  #size = 0;
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(file: string, handle: FileHandle) {
    this.file = file;
    this.#handle = handle;
  }

  /** @param folder an existing folder. */
  static async create(folder: string): Promise<Spool> {
    const file = path.join(folder, `layer-${randomBytes(6).toString('hex')}.tar`);
    return new Spool(file, await open(file, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o600));
  }

  /** Begins to write a piece, which must stay as it is; settles when the piece before it is written. */
  async write(piece: Uint8Array): Promise<void> {
    await this.#writing;
    const at = this.#size;
    this.#size += piece.length;
    if (!isZero(piece)) {
      this.#writing = this.#writeWhole(piece, at);
      // A failure is told by the next call.
      this.#writing.catch(() => undefined);
    }
  }

  async #writeWhole(piece: Uint8Array, at: number): Promise<void> {
    for (let done = 0; done < piece.length; ) {
      const { bytesWritten } = await this.#handle.write(piece, done, piece.length - done, at + done);
      done += bytesWritten;
    }
  }

  /** @throws the error of a write that failed. */
  async close(): Promise<void> {
    try {
      await this.#writing;
      await this.#handle.truncate(this.#size);
    } finally {
      await this.#handle.close();
    }
  }
}

function isZero(piece: Uint8Array): boolean {
  return piece[0] === 0 && piece.length <= zeros.length && zeros.compare(piece, 0, piece.length, 0, piece.length) === 0;
}
