import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Images, imageIn } from '../../../../src/verify/build/images.ts';
import { archiveOf, type Options, sha256, tarOf, temporary } from '../../image/layers.ts';

const engine = { exports: 'layout' } as const;
const { signal } = new AbortController();
const base = await tarOf([{ name: 'etc/one', content: 'one' }]);
const app = await tarOf([{ name: 'app/two', content: 'two' }]);
const other = await tarOf([{ name: 'app/two', content: 'another' }]);

/** Writes an image as an engine writes a layout: blobs that are there already are left as they are. */
async function write(layers: readonly Buffer[], layout: string, options: Options = {}): Promise<void> {
  execFileSync('tar', ['-x', '--skip-old-files', '-f', await archiveOf(layers, options), '-C', layout]);
}

async function build(images: Images, layers: readonly Buffer[], options: Options = {}) {
  const layout = imageIn(temporary(), engine);
  const spool = temporary();
  await images.prepare(layout, engine);
  const offered = readdirSync(path.join(layout, 'blobs/sha256')).sort();
  await write(layers, layout, options);
  const image = await images.read(layout, engine, { spool, signal });
  return { layout, offered, image, unpacked: readdirSync(spool).length };
}

const blob = (layout: string, layer: Buffer) => path.join(layout, 'blobs/sha256', sha256(layer));

describe('images of one run', () => {
  it('begin with the layers that were read of those before them', async () => {
    const images = new Images();
    const first = await build(images, [base, app]);
    const second = await build(images, [base, other]);
    expect(first.offered).toEqual([]);
    expect(second.offered).toEqual([sha256(base), sha256(app)].sort());
    expect(first.image.tree.get('app/two')?.sha256).toBe(sha256(Buffer.from('two')));
    expect(second.image.tree.get('app/two')?.sha256).toBe(sha256(Buffer.from('another')));
    expect(second.image.manifest).not.toBe(first.image.manifest);
    expect(statSync(blob(second.layout, base)).ino).toBe(statSync(blob(first.layout, base)).ino);
  });

  it('have each layer read once', async () => {
    const images = new Images();
    const first = await build(images, [base, app], { pack: gzipSync });
    const second = await build(images, [base, other], { pack: gzipSync });
    expect([first.unpacked, second.unpacked]).toEqual([2, 1]);
    expect(second.image.tree.get('etc/one')).toEqual(first.image.tree.get('etc/one'));
  });

  it('get the layers of one that is read while they are written', async () => {
    const images = new Images();
    const layout = imageIn(temporary(), engine);
    await images.prepare(layout, engine);
    await build(images, [base]);
    expect(existsSync(blob(layout, base))).toBe(true);
  });

  it('are never read as what they claim to be when they are not', async () => {
    const images = new Images();
    const layout = imageIn(temporary(), engine);
    await images.prepare(layout, engine);
    writeFileSync(blob(layout, base), app);
    await write([base], layout);
    await expect(images.read(layout, engine, { spool: temporary(), signal })).rejects.toThrow(/size|digest/);
    const next = await build(images, [base]);
    expect(next.offered).toEqual([]);
    expect(next.image.tree.has('etc/one')).toBe(true);
  });

  it('are read again where a layer was changed after it was read', async () => {
    const images = new Images();
    const first = await build(images, [base]);
    appendFileSync(blob(first.layout, base), 'x');
    await expect(build(images, [base])).rejects.toThrow(/size|digest/);
  });

  it('take the place of what an attempt left that was given up', async () => {
    const images = new Images();
    const layout = imageIn(temporary(), engine);
    mkdirSync(layout);
    writeFileSync(path.join(layout, 'index.json'), '{}');
    await images.prepare(layout, engine);
    await write([base], layout);
    expect((await images.read(layout, engine, { spool: temporary(), signal })).tree.has('etc/one')).toBe(true);
  });
});
