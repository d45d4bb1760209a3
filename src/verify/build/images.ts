import { link, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { type Image, readImage, readRootTar } from '../../image/image.ts';
import { KnownLayers } from '../../image/known.ts';
import type { Engine } from '../engines/engine.ts';

/** Where an engine writes the image of a build to. @param home a folder of this build's own. */
export function imageIn(home: string, { exports }: Pick<Engine, 'exports'>): string {
  return path.join(home, { layout: 'image', oci: 'image.tar', tar: 'root.tar' }[exports]);
}

/** The images of a run. What was read of one, and found to be what its digests say, is not sent or read again. */
export class Images {
  readonly #known = new KnownLayers();
  /** Where each layer lies that was read, by its digest. */
  readonly #files = new Map<string, string>();
  /** Layouts that an engine may be writing to. */
  readonly #open = new Set<string>();

  /**
   * Makes a place ready for an engine to write an image to, once for each time that it does.
   * @param location as `imageIn` gives it.
   */
  async prepare(location: string, { exports }: Pick<Engine, 'exports'>): Promise<void> {
    if (exports !== 'layout') return;
    await rm(location, { recursive: true, force: true });
    await mkdir(blobFolder(location), { recursive: true });
    this.#open.add(location);
    await Promise.all([...this.#files.keys()].map((digest) => this.#offer(digest, location)));
  }

  /**
   * Reads what an engine wrote. Every digest is verified.
   * @param spool an existing folder.
   * @throws UserError when anything about it is wrong.
   */
  async read(
    location: string,
    { exports }: Pick<Engine, 'exports'>,
    options: { spool: string; signal: AbortSignal },
  ): Promise<Image> {
    if (exports === 'tar') return readRootTar(location, options);
    if (exports === 'oci') return readImage(location, options);
    const image = await readImage(location, { ...options, known: this.#known });
    this.#open.delete(location);
    for (const { digest } of image.layers) {
      this.#files.set(digest, blobFile(location, digest));
      // An engine that has begun to write may not have come to this layer yet.
      await Promise.all([...this.#open].map((other) => this.#offer(digest, other)));
    }
    return image;
  }

  /** Links a layer into a layout. Where there are no links, or it is there, nothing but time is lost. */
  async #offer(digest: string, layout: string): Promise<void> {
    const file = this.#files.get(digest);
    if (file !== undefined) await link(file, blobFile(layout, digest)).catch(() => undefined);
  }
}

/** https://github.com/opencontainers/image-spec/blob/main/image-layout.md */
function blobFolder(layout: string): string {
  return path.join(layout, 'blobs', 'sha256');
}

/** @param digest of a layer that was read: `sha256:` and 64 hexadecimal digits. */
function blobFile(layout: string, digest: string): string {
  return path.join(blobFolder(layout), digest.slice('sha256:'.length));
}
