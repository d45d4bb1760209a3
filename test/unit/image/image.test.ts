import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/errors.ts';
import { readInode } from '../../../src/image/content.ts';
import { readImage } from '../../../src/image/image.ts';
import { defaultLimits, type Inode, type Tree, toBytes } from '../../../src/image/tree.ts';
import { archiveOf, type Entry, type Options, sha256, tarOf, temporary } from './layers.ts';

async function read(layers: readonly (readonly Entry[])[], options?: Options) {
  const tars = await Promise.all(layers.map(tarOf));
  return readImage(await archiveOf(tars, options), {
    spool: temporary(),
    limits: { ...defaultLimits, entries: 1000, bytes: 1 << 20 },
  });
}

async function contentOf(tree: Tree, path: string): Promise<string> {
  const parts: Buffer[] = [];
  const inode = tree.get(path);
  if (!inode) throw new Error(`${path} is missing`);
  for await (const part of readInode(inode)) parts.push(Buffer.from(part));
  return Buffer.concat(parts).toString();
}

describe('reading an image', () => {
  it('reads files, links, directories and metadata, compressed or not', async () => {
    const entries: Entry[] = [
      { name: 'etc/', type: 'directory', mode: 0o750 },
      { name: 'etc/motd', content: 'welcome', mode: 0o600, uid: 7, mtime: new Date(5000) },
      { name: 'link', type: 'symlink', linkname: '/etc/motd' },
      { name: './etc/twin', type: 'link', linkname: 'etc/motd' },
    ];
    for (const pack of [(layer: Buffer) => layer, (layer: Buffer) => gzipSync(layer)]) {
      const { tree, latestTime } = await read([entries], { pack });
      expect([...tree.keys()]).toEqual(['', 'etc', 'etc/motd', 'etc/twin', 'link']);
      expect(tree.get('etc/motd')).toMatchObject({
        type: 'file',
        mode: 0o600,
        uid: 7,
        size: 7,
        sha256: sha256(Buffer.from('welcome')),
      });
      expect(tree.get('etc/twin')).toBe(tree.get('etc/motd'));
      expect(tree.get('link')).toMatchObject({ type: 'link', link: '/etc/motd' });
      expect(await contentOf(tree, 'etc/twin')).toBe('welcome');
      expect(latestTime).toBe(5);
    }
  });

  it('hides what upper layers remove or replace', async () => {
    const { tree } = await read([
      [
        { name: 'a/one', content: '1' },
        { name: 'a/two', content: '2' },
        { name: 'b/deep/three', content: '3' },
        { name: 'c', content: 'file' },
        { name: 'd/', type: 'directory' },
        { name: 'd/inner', content: 'x' },
      ],
      [
        { name: 'a/.wh.one' },
        { name: 'b/new', content: 'kept' },
        { name: 'b/.wh..wh..opq' },
        { name: 'c/', type: 'directory' },
        { name: 'd', content: 'now a file' },
      ],
    ]);
    expect([...tree.keys()]).toEqual(['', 'a', 'a/two', 'b', 'b/new', 'c', 'd']);
    expect(tree.get('d')?.type).toBe('file');
  });

  it('puts a file where a link of a lower layer leads, and never out of the image', async () => {
    const { tree } = await read([
      [
        { name: 'usr/lib/', type: 'directory' },
        { name: 'lib', type: 'symlink', linkname: 'usr/lib' },
        { name: 'up', type: 'symlink', linkname: '../../../..' },
      ],
      [
        { name: 'lib/x.so', content: 'x' },
        { name: 'up/y', content: 'y' },
      ],
    ]);
    expect([...tree.keys()]).toEqual(['', 'lib', 'up', 'usr', 'usr/lib', 'usr/lib/x.so', 'y']);
  });

  const hostile: [string, Entry[]][] = [
    ['a name that leads out', [{ name: '../../etc/passwd', content: 'x' }]],
    ['a hard link to nothing', [{ name: 'a', type: 'link', linkname: 'missing' }]],
    ['a hard link out', [{ name: 'a', type: 'link', linkname: '../../etc/passwd' }]],
    [
      'a hard link to a directory',
      [
        { name: 'd/', type: 'directory' },
        { name: 'a', type: 'link', linkname: 'd' },
      ],
    ],
    [
      'links in circles',
      [
        { name: 'a', type: 'symlink', linkname: 'b' },
        { name: 'b', type: 'symlink', linkname: 'a' },
        { name: 'a/x', content: 'x' },
      ],
    ],
    ['too many entries', Array.from({ length: 1001 }, (_, index) => ({ name: `f${index}`, content: '' }))],
    ['too many bytes', [{ name: 'large', content: 'x'.repeat(1 << 21) }]],
    ['too many directories in one name', [{ name: `${'d/'.repeat(1500)}f`, content: '' }]],
  ];
  it.each(hostile)('refuses %s', async (_, entries) => {
    await expect(read([entries])).rejects.toMatchObject({ name: 'UserError', code: 'bad-image' });
  });

  it('refuses a bomb without unpacking it whole', async () => {
    const bomb = (layer: Buffer) => gzipSync(layer);
    await expect(read([[{ name: 'zeros', content: '\0'.repeat(8 << 20) }]], { pack: bomb })).rejects.toThrow(
      /unpacks to more/,
    );
  });

  it('refuses layers that are cut off, altered or of another size', async () => {
    const entries: Entry[] = [{ name: 'a', content: 'x'.repeat(5000) }];
    const cut = (layer: Buffer) => layer.subarray(0, 2048);
    const altered = (layer: Buffer) => Buffer.concat([gzipSync(layer).subarray(0, -6), Buffer.from('broken')]);
    await expect(read([entries], { pack: cut })).rejects.toBeInstanceOf(UserError);
    await expect(read([entries], { pack: altered })).rejects.toThrow(/damaged/);
    const other = (manifest: { layers: { size: number }[] }) => {
      for (const layer of manifest.layers) layer.size += 1;
    };
    await expect(read([entries], { manifest: other })).rejects.toThrow(/size/);
  });

  it('keeps names that are not UTF-8 apart', async () => {
    const layer = await tarOf([
      { name: 'name-A', content: '1' },
      { name: 'name-B', content: '2' },
    ]);
    for (const [letter, byte] of [
      ['A', 0xfe],
      ['B', 0xff],
    ] as const)
      rename(layer, `name-${letter}`, byte);
    const { tree } = await readImage(await archiveOf([layer]), { spool: temporary() });
    expect([...tree.keys()]).toEqual(['', 'name-\xfe', 'name-\xff']);
  });

  it('reads whatever bytes it is given, or refuses them as a bad image', async () => {
    const sound = await tarOf([
      { name: 'a/b', content: 'some content' },
      { name: 'c', type: 'symlink', linkname: 'a' },
    ]);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(sound.length - 1), fc.nat(255)), { maxLength: 6 }), async (changes) => {
        const layer = Buffer.from(sound);
        for (const [at, value] of changes) layer[at] = value;
        const image = await readImage(await archiveOf([layer]), { spool: temporary() }).catch(
          (error: unknown) => error,
        );
        if (image instanceof UserError) expect(image.code).toBe('bad-image');
        else
          expect(image).toMatchObject({
            tree: expect.any(Map),
            layers: [{ digest: expect.stringMatching(/^sha256:/) }],
          });
      }),
      { numRuns: 150 },
    );
  });
});

/** Changes the last byte of a name, and the header's checksum with it. */
function rename(layer: Buffer, name: string, byte: number): void {
  const at = layer.indexOf(name);
  layer[at + name.length - 1] = byte;
  layer.fill(' ', at + 148, at + 156);
  const sum = layer.subarray(at, at + 512).reduce((total, value) => total + value, 0);
  layer.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148, 'latin1');
}

describe('laying layers over each other', () => {
  type Action = { kind: 'file' | 'directory' | 'remove' | 'clear'; path: string[]; content: string };
  const name = fc.constantFrom('a', 'b', 'c');
  const action: fc.Arbitrary<Action> = fc.record({
    kind: fc.constantFrom('file', 'directory', 'remove', 'clear'),
    path: fc.array(name, { minLength: 1, maxLength: 3 }),
    content: fc.string({ maxLength: 4 }),
  });

  /** The simplest thing that could be right: paths, one layer after the other; removals hide lower layers only. */
  function model(layers: readonly (readonly Action[])[]): Map<string, string> {
    const tree = new Map<string, string>();
    for (const layer of layers) applyToModel(tree, layer);
    return tree;
  }

  function applyToModel(tree: Map<string, string>, layer: readonly Action[]): void {
    const own = new Set<string>();
    const below = (path: string) => [...tree.keys()].filter((key) => key.startsWith(`${path}/`));
    const set = (path: string, value: string) => {
      if (value !== 'directory') for (const key of below(path)) tree.delete(key);
      tree.set(path, value);
      own.add(path);
    };
    const makeParents = (path: string[]) => {
      const parents = path.slice(0, -1).map((_, index) => path.slice(0, index + 1).join('/'));
      for (const parent of parents) if (tree.get(parent) !== 'directory') set(parent, 'directory');
    };
    const hide = (paths: string[]) => {
      for (const path of paths.sort().reverse()) if (!own.has(path) && below(path).length === 0) tree.delete(path);
    };
    const isRemoval = ({ kind }: Action) => kind === 'remove' || kind === 'clear';
    for (const { kind, path } of layer.filter(isRemoval)) {
      const whole = path.join('/');
      makeParents(kind === 'clear' ? [...path, ''] : path);
      hide([...below(whole), ...(kind === 'remove' ? [whole] : [])]);
    }
    for (const { kind, path, content } of layer.filter((one) => !isRemoval(one))) {
      makeParents(path);
      set(path.join('/'), kind === 'file' ? `file ${content}` : 'directory');
    }
  }

  function toEntries(layer: readonly Action[]): Entry[] {
    const removals = layer.filter(({ kind }) => kind === 'remove' || kind === 'clear');
    const rest = layer.filter(({ kind }) => kind === 'file' || kind === 'directory');
    return [...removals, ...rest].map(({ kind, path, content }): Entry => {
      const whole = path.join('/');
      if (kind === 'remove') return { name: [...path.slice(0, -1), `.wh.${path.at(-1)}`].join('/') };
      if (kind === 'clear') return { name: `${whole}/.wh..wh..opq` };
      return kind === 'directory' ? { name: `${whole}/`, type: 'directory' } : { name: whole, content };
    });
  }

  it('agrees with a simple model', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(action, { maxLength: 6 }), { minLength: 1, maxLength: 3 }), async (layers) => {
        const { tree } = await read(layers.map(toEntries));
        const seen = await Promise.all(
          [...tree]
            .filter(([path]) => path !== '')
            .map(async ([path, inode]: [string, Inode]) => {
              return [path, inode.type === 'file' ? `file ${await contentOf(tree, path)}` : inode.type] as const;
            }),
        );
        expect(new Map(seen)).toEqual(model(layers));
      }),
      { numRuns: 100 },
    );
  });

  it('keeps bytes as bytes', () => {
    expect(toBytes('é')).toBe('\xc3\xa9');
  });
});
