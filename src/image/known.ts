import { stat } from 'node:fs/promises';
import type { Member } from './archive.ts';
import type { LayerContents } from './layer.ts';

/** Layers that were read: the same file, as several layouts may have it by hard links, need not be read again. */
export class KnownLayers {
  readonly #contents = new Map<string, LayerContents>();

  /** What a file holds, when it is one that was read. */
  async find(member: Member): Promise<LayerContents | undefined> {
    if (this.#contents.size === 0) return undefined;
    const key = await identity(member);
    return key === null ? undefined : this.#contents.get(key);
  }

  async add(member: Member, contents: LayerContents): Promise<void> {
    const key = await identity(member);
    if (key !== null) this.#contents.set(key, contents);
  }
}

/** What tells a file from all others while it is not changed; null for a part of one. */
async function identity({ file, offset, size }: Member): Promise<string | null> {
  const info = await stat(file, { bigint: true });
  if (offset !== 0 || BigInt(size) !== info.size) return null;
  return [info.dev, info.ino, info.size, info.mtimeNs].join(':');
}
