import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import tar from 'tar-stream';
import { afterAll } from 'vitest';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'image-test-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** A folder of this test file's own. */
export function temporary(): string {
  return mkdtempSync(path.join(scratch, 'part-'));
}

export type Entry = Partial<tar.Header> & { name: string; content?: string };

/** A tar of these entries, made by a library. */
export async function tarOf(entries: readonly Entry[]): Promise<Buffer> {
  const pack = tar.pack();
  for (const { content, ...header } of entries)
    pack.entry({ mtime: new Date(0), mode: 0o644, type: 'file', ...header }, Buffer.from(content ?? ''));
  pack.finalize();
  const parts: Buffer[] = [];
  for await (const part of pack) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export interface Options {
  /** From a layer as it is to how it is stored. */
  pack?: (layer: Buffer) => Buffer;
  /** Changes the manifest before it is written. */
  manifest?: (manifest: { layers: { digest: string; size: number }[] }) => void;
  config?: Record<string, unknown>;
}

/** An OCI archive of these layers; its path. */
export async function archiveOf(
  layers: readonly Buffer[],
  { pack = (layer) => layer, manifest: change, config: more }: Options = {},
): Promise<string> {
  const blobs = new Map<string, Buffer>();
  const store = (bytes: Buffer) => {
    blobs.set(`blobs/sha256/${sha256(bytes)}`, bytes);
    return { digest: `sha256:${sha256(bytes)}`, size: bytes.length };
  };
  const config = { ...more, rootfs: { type: 'layers', diff_ids: layers.map((layer) => `sha256:${sha256(layer)}`) } };
  const manifest = {
    schemaVersion: 2,
    config: store(Buffer.from(JSON.stringify(config))),
    layers: layers.map((layer) => store(pack(layer))),
  };
  change?.(manifest);
  const index = { schemaVersion: 2, manifests: [store(Buffer.from(JSON.stringify(manifest)))] };
  const file = path.join(temporary(), 'image.tar');
  const members = [...blobs].map(([name, bytes]) => ({ name, bytes }));
  const pieces = tar.pack();
  for (const { name, bytes } of [...members, { name: 'index.json', bytes: Buffer.from(JSON.stringify(index)) }])
    pieces.entry({ name }, bytes);
  pieces.finalize();
  const parts: Buffer[] = [];
  for await (const part of pieces) parts.push(part as Buffer);
  writeFileSync(file, Buffer.concat(parts));
  return file;
}

/** A tar header with whatever it is told to say; `rawSize` is written as it is. */
export function rawHeader(entry: {
  name: string;
  type?: string;
  link?: string;
  size?: number;
  rawSize?: string;
}): Buffer {
  const { name, type = '0', link = '', size = 0, rawSize } = entry;
  const block = Buffer.alloc(512);
  block.write(name, 0, 100, 'latin1');
  block.write('0000644\0', 100);
  block.write(rawSize ?? `${size.toString(8).padStart(11, '0')}\0`, 124, 12, 'latin1');
  block.write('00000000000\0', 136);
  block.write(type, 156, 'latin1');
  block.write(link, 157, 100, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, value) => total + value, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}
