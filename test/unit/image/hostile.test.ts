import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { enclaveDigests } from '../../../src/caution/cpio.ts';
import { measuredTree } from '../../../src/caution/measure.ts';
import { readImage, readImages } from '../../../src/image/image.ts';
import { defaultLimits } from '../../../src/image/tree.ts';
import { archiveOf, type Entry, type Options, rawHeader, sha256, tarOf, temporary } from './layers.ts';

async function treeOf(layers: readonly (readonly Entry[])[], options?: Options) {
  const file = await archiveOf(await Promise.all(layers.map(tarOf)), options);
  return (await readImage(file, { spool: temporary() })).tree;
}

const bad = { name: 'UserError', code: 'bad-image' };

/** An image whose one layer is these very bytes. */
async function readRaw(layer: Buffer, limits = defaultLimits) {
  return readImage(await archiveOf([layer]), { spool: temporary(), limits });
}

describe('names and links of a hostile layer', () => {
  it('takes absolute names from the root of the image', async () => {
    const layer = Buffer.concat([rawHeader({ name: '/etc//./motd', size: 2 }), Buffer.from('hi'.padEnd(512, '\0'))]);
    expect([...(await readRaw(layer)).tree.keys()]).toEqual(['', 'etc', 'etc/motd']);
  });

  it('refuses `..` wherever it stands, also in a whiteout and in a link that is no link of the file system', async () => {
    for (const name of ['..', 'a/../b', 'a/..', 'a/../.wh.b', '.wh...', 'a/.wh..'])
      await expect(readRaw(rawHeader({ name }))).rejects.toMatchObject(bad);
    await expect(readRaw(rawHeader({ name: 'a', type: '1', link: 'b/../../c' }))).rejects.toMatchObject(bad);
  });

  it('refuses names that no file can have', async () => {
    const pax = (record: string) => {
      const body = Buffer.from(record, 'latin1');
      const padded = Buffer.concat([body, Buffer.alloc(-body.length & 511)]);
      return Buffer.concat([
        rawHeader({ name: 'x', type: 'x', size: body.length }),
        padded,
        rawHeader({ name: 'short' }),
      ]);
    };
    await expect(readRaw(pax('15 path=a\0b/cd\n'))).rejects.toThrow(/no file can have/);
    await expect(treeOf([[{ name: 'n'.repeat(256) }]])).rejects.toThrow(/no file can have/);
    expect([...(await treeOf([[{ name: 'n'.repeat(255) }]])).keys()]).toEqual(['', 'n'.repeat(255)]);
  });

  it('links names of one file across layers, and refuses a link to a later entry or to itself', async () => {
    const tree = await treeOf([[{ name: 'a', content: 'x' }], [{ name: 'b', type: 'link', linkname: 'a' }]]);
    expect(tree.get('b')).toBe(tree.get('a'));
    const later: Entry[] = [
      { name: 'b', type: 'link', linkname: 'a' },
      { name: 'a', content: 'x' },
    ];
    await expect(treeOf([later])).rejects.toThrow(/not there/);
    const itself: Entry = { name: 'a', type: 'link', linkname: './a' };
    await expect(treeOf([[{ name: 'a', content: 'x' }], [itself]])).rejects.toThrow(/itself/);
  });

  it('lets the last of several entries of one name stand, whatever they are', async () => {
    const tree = await treeOf([
      [
        { name: 'a', content: 'one' },
        { name: 'a', type: 'symlink', linkname: 'b' },
        { name: 'a', content: 'three' },
        { name: 'd/x', content: 'x' },
        { name: 'd', content: 'file' },
      ],
    ]);
    expect(tree.get('a')).toMatchObject({ type: 'file', sha256: sha256(Buffer.from('three')) });
    expect([...tree.keys()]).toEqual(['', 'a', 'd']);
  });

  it('keeps devices and pipes as what they are, with no content', async () => {
    const tree = await treeOf([
      [
        { name: 'null', type: 'character-device', devmajor: 1, devminor: 3 },
        { name: 'disk', type: 'block-device', devmajor: 8, devminor: 0 },
        { name: 'pipe', type: 'fifo' },
      ],
    ]);
    expect(['null', 'disk', 'pipe'].map((name) => [tree.get(name)?.type, tree.get(name)?.device])).toEqual([
      ['character-device', '1,3'],
      ['block-device', '8,0'],
      ['fifo', ''],
    ]);
    expect([...tree.values()].every(({ content, size }) => content === null && size === 0)).toBe(true);
  });

  it('takes a name that ends in a slash for a folder only where archives mark folders so', async () => {
    const data = Buffer.from('data'.padEnd(512, '\0'));
    const old = await readRaw(Buffer.concat([rawHeader({ name: 'd/', type: '\0', size: 4 }), data]));
    expect(old.tree.get('d')).toMatchObject({ type: 'directory', size: 0, content: null });
    const { tree } = await readRaw(Buffer.concat([rawHeader({ name: 'f/', type: '0', size: 4 }), data]));
    expect(tree.get('f')).toMatchObject({ type: 'file', size: 4 });
  });
});

describe('whiteouts in odd places', () => {
  it('hides lower layers only, wherever in its layer it stands', async () => {
    const lower: Entry[] = [
      { name: 'd/old', content: 'old' },
      { name: 'gone', content: 'x' },
    ];
    const whiteouts: Entry[] = [{ name: 'd/.wh..wh..opq' }, { name: '.wh.gone' }];
    const upper: Entry[] = [
      { name: 'd/new', content: 'new' },
      { name: 'gone', content: 'again' },
    ];
    for (const layer of [
      [...whiteouts, ...upper],
      [...upper, ...whiteouts],
    ])
      expect([...(await treeOf([lower, layer])).keys()]).toEqual(['', 'd', 'd/new', 'gone']);
  });

  it('empties the whole root, hides nothing where nothing is, and works in the lowest layer', async () => {
    expect([...(await treeOf([[{ name: 'a/b' }], [{ name: '.wh..wh..opq' }, { name: 'c' }]])).keys()]).toEqual([
      '',
      'c',
    ]);
    expect([...(await treeOf([[{ name: '.wh.nothing' }, { name: '.wh..wh..opq' }, { name: 'a' }]])).keys()]).toEqual([
      '',
      'a',
    ]);
  });

  it('works through a link of a lower layer, and removes a link itself and not what it leads to', async () => {
    const lower: Entry[] = [
      { name: 'usr/bin/tool', content: 'x' },
      { name: 'bin', type: 'symlink', linkname: 'usr/bin' },
    ];
    expect([...(await treeOf([lower, [{ name: 'bin/.wh.tool' }]])).keys()]).toEqual(['', 'bin', 'usr', 'usr/bin']);
    expect([...(await treeOf([lower, [{ name: '.wh.bin' }]])).keys()]).toEqual(['', 'usr', 'usr/bin', 'usr/bin/tool']);
  });

  it('leaves out what AUFS kept for itself', async () => {
    const tree = await treeOf([
      [{ name: '.wh..wh.plnk/12.34', content: 'x' }, { name: '.wh..wh.aufs' }, { name: 'a' }],
    ]);
    expect([...tree.keys()]).toEqual(['', 'a']);
  });

  it('refuses a whiteout of no file', async () => {
    await expect(treeOf([[{ name: 'a/.wh.' }]])).rejects.toMatchObject(bad);
  });
});

describe('what would take too much', () => {
  it('reads 100,000 files in little time', async () => {
    const name = (index: number) => `d${index % 300}/f${index}`;
    const layer = Buffer.concat(Array.from({ length: 100_000 }, (_, index) => rawHeader({ name: name(index) })));
    const start = performance.now();
    const { tree } = await readRaw(layer);
    expect(tree.size).toBe(100_301);
    expect(performance.now() - start).toBeLessThan(30_000);
  });

  it('refuses more names and attributes than memory should hold', async () => {
    const long = Array.from({ length: 100 }, (_, index) => ({ name: `${'n'.repeat(90)}${index}` }));
    const layer = await tarOf(long);
    await expect(readRaw(layer, { ...defaultLimits, text: 8000 })).rejects.toThrow(/names and attributes/);
    expect((await readRaw(layer, { ...defaultLimits, text: 10_000 })).tree.size).toBe(101);
  });

  it('removes what lower layers had once, however often a layer asks for it', async () => {
    const own = Array.from({ length: 20_000 }, (_, index) => rawHeader({ name: `d/${index}` }));
    const again = Array.from({ length: 20_000 }, () => rawHeader({ name: 'd/.wh..wh..opq' }));
    const start = performance.now();
    const { tree } = await readRaw(Buffer.concat([...own, ...again]));
    expect(tree.size).toBe(20_002);
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  it('gives up on names that lead through links without end', { timeout: 20_000 }, async () => {
    const long = await tarOf([{ name: 'l', type: 'symlink', linkname: 'd/../'.repeat(800) }]);
    const through = Array.from({ length: 13_000 }, (_, index) => rawHeader({ name: `l/${index}` }));
    const layer = Buffer.concat([rawHeader({ name: 'd/', type: '5' }), long.subarray(0, -1024), ...through]);
    await expect(readRaw(layer)).rejects.toThrow(/too many directories/);
  });

  it('hashes a file of very many names once, in time that grows with their number', async () => {
    const names = Array.from({ length: 50_000 }, (_, index) => rawHeader({ name: `n${index}`, type: '1', link: 'a' }));
    const { tree } = await readRaw(Buffer.concat([rawHeader({ name: 'a' }), ...names]));
    const measured = measuredTree(tree);
    const start = performance.now();
    const [digest] = await enclaveDigests([measured, measured]);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(performance.now() - start).toBeLessThan(15_000);
  });

  it('believes no size that a header claims', async () => {
    for (const size of [
      '77777777777\0',
      '\x80\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff',
      '\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff',
    ])
      await expect(readRaw(rawHeader({ name: 'a', rawSize: size }))).rejects.toMatchObject(bad);
  });

  it('writes no zeros to the disk when a layer unpacks to little else', async () => {
    const spool = temporary();
    const zeros = await tarOf([{ name: 'zeros', content: '\0'.repeat(32 << 20) }]);
    const { tree } = await readImage(await archiveOf([zeros], { pack: gzipSync }), { spool });
    expect(tree.get('zeros')?.size).toBe(32 << 20);
    const [file] = readdirSync(spool);
    const { size, blocks } = statSync(path.join(spool, file ?? ''));
    expect(size).toBe(zeros.length);
    expect(blocks * 512).toBeLessThan(4 << 20);
  });

  it('refuses sparse files, and links between archive members that go in circles', async () => {
    await expect(readRaw(rawHeader({ name: 'sparse', type: 'S' }))).rejects.toMatchObject(bad);
    const file = path.join(temporary(), 'circle.tar');
    const link = (name: string, to: string) => rawHeader({ name, type: '2', link: to });
    writeFileSync(file, Buffer.concat([link('index.json', 'other'), link('other', 'index.json'), Buffer.alloc(1024)]));
    await expect(readImage(file, { spool: temporary() })).rejects.toMatchObject(bad);
  });
});

describe('an archive that is not what it says', () => {
  const entries: Entry[] = [{ name: 'a', content: 'content' }];

  it('is read by what a layer is, not by the media type that its manifest gives', async () => {
    const lie = (manifest: { layers: object[] }) => {
      for (const layer of manifest.layers)
        Object.assign(layer, { mediaType: 'application/vnd.oci.image.layer.v1.tar+zstd' });
    };
    for (const pack of [gzipSync, (layer: Buffer) => layer])
      expect([...(await treeOf([entries], { pack, manifest: lie })).keys()]).toEqual(['', 'a']);
  });

  it('is refused when indexes lead to each other without end, or a digest is none', async () => {
    const folder = temporary();
    mkdirSync(path.join(folder, 'blobs/sha256'), { recursive: true });
    const store = (document: object) => {
      const bytes = Buffer.from(JSON.stringify(document));
      writeFileSync(path.join(folder, 'blobs/sha256', sha256(bytes)), bytes);
      return `sha256:${sha256(bytes)}`;
    };
    let digest = store({ manifests: [] });
    for (let depth = 0; depth < 20; depth += 1) digest = store({ manifests: [{ digest }] });
    writeFileSync(path.join(folder, 'index.json'), JSON.stringify({ manifests: [{ digest }] }));
    await expect(readImage(folder, { spool: temporary() })).rejects.toThrow(/nested too deeply/);
    for (const manifests of [[{ digest: 'sha256:../../../../etc/passwd' }], [{ digest: 7 }], [null], [], 'x', null]) {
      writeFileSync(path.join(folder, 'index.json'), JSON.stringify({ manifests }));
      await expect(readImage(folder, { spool: temporary() })).rejects.toMatchObject(bad);
    }
  });

  it('is refused when its configuration names other layers than its manifest', async () => {
    const [layer, other] = await Promise.all([tarOf(entries), tarOf([{ name: 'b' }])]);
    const file = await archiveOf([layer], { pack: () => other });
    await expect(readImage(file, { spool: temporary() })).rejects.toThrow(/not those that its configuration names/);
  });

  it('is refused when only the second of two images has a shared layer damaged', async () => {
    const layer = await tarOf([{ name: 'a', content: 'marker-of-this-file' }]);
    const [good, damaged] = [await archiveOf([layer]), await archiveOf([layer])];
    const bytes = readFileSync(damaged);
    bytes.write('M', bytes.indexOf('marker-of-this-file'));
    writeFileSync(damaged, bytes);
    await expect(readImages([good, damaged], { spool: temporary() })).rejects.toThrow(/does not have its digest/);
  });

  it('is refused with what to do when it is a pipe, or compressed as a whole', async () => {
    const pipe = path.join(temporary(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    await expect(readImage(pipe, { spool: temporary() })).rejects.toMatchObject({ code: 'no-image' });
    const file = await archiveOf([await tarOf(entries)]);
    writeFileSync(file, gzipSync(readFileSync(file)));
    await expect(readImage(file, { spool: temporary() })).rejects.toMatchObject({
      ...bad,
      next: expect.stringMatching(/gzip -d/),
    });
  });

  it('leaves files outside of the spool folder alone, whatever its names are', async () => {
    const parent = temporary();
    const spool = path.join(parent, 'spool');
    mkdirSync(spool);
    const layer = Buffer.concat([
      rawHeader({ name: 'up', type: '2', link: '../../..' }),
      rawHeader({ name: 'up/escaped', size: 1 }),
      Buffer.from('x'.padEnd(512, '\0')),
      rawHeader({ name: '/abs', size: 1 }),
      Buffer.from('x'.padEnd(512, '\0')),
    ]);
    await readImage(await archiveOf([layer], { pack: gzipSync }), { spool });
    expect(readdirSync(parent)).toEqual(['spool']);
    expect(readdirSync(spool)).toHaveLength(1);
  });
});
