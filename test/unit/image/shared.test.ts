import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readImage, readImages } from '../../../src/image/image.ts';
import { archiveOf, type Entry, tarOf, temporary } from './layers.ts';

const base: Entry[] = [
  { name: 'etc/one', content: 'one' },
  { name: 'app/two', content: 'two' },
];
const cut: Entry[] = [{ name: 'app/.wh.two', content: '' }];
const more: Entry[] = [{ name: 'app/three', content: 'three' }];

async function both(a: Entry[][], b: Entry[][]) {
  const archive = async (layers: Entry[][]) => archiveOf(await Promise.all(layers.map(tarOf)), { pack: gzipSync });
  const [first, second] = [await archive(a), await archive(b)];
  const spool = path.join(temporary(), 'spool');
  mkdirSync(spool);
  const images = await readImages([first, second], { spool });
  const alone = await Promise.all([first, second].map((file) => readImage(file, { spool: temporary() })));
  return { images, alone, unpacked: readdirSync(spool) };
}

describe('images that share layers', () => {
  it('are the same as when each is read by itself, and each shared layer is unpacked once', async () => {
    const { images, alone, unpacked } = await both([base, cut], [base, more]);
    for (const [index, { tree, layers, layerOf }] of images.entries()) {
      const other = alone[index];
      expect([...tree.keys()]).toEqual([...(other?.tree.keys() ?? [])]);
      expect(layers).toEqual(other?.layers);
      expect([...tree].map(([name, { sha256 }]) => [name, sha256, layerOf(name)])).toEqual(
        [...(other?.tree ?? [])].map(([name, { sha256 }]) => [name, sha256, other?.layerOf(name)]),
      );
    }
    expect(images[0].tree.has('app/two')).toBe(false);
    expect(images[1].tree.has('app/two')).toBe(true);
    expect(unpacked).toHaveLength(3);
  });

  it('may have them at other places', async () => {
    const { images, unpacked } = await both([base, more], [more, base]);
    expect([...images[0].tree.keys()]).toEqual([...images[1].tree.keys()]);
    expect(unpacked).toHaveLength(2);
  });
});
