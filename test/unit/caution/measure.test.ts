import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { enclaveDigest, enclaveDigests } from '../../../src/caution/cpio.ts';
import { measure, measuredTree, type ReadContent, writeCpio } from '../../../src/caution/measure.ts';
import type { Inode, Tree } from '../../../src/image/tree.ts';

const contents = new Map<Inode, string>();

function inode(type: Inode['type'], more: Partial<Inode> & { text?: string } = {}): Inode {
  const { text = '', ...rest } = more;
  const made: Inode = {
    ...{
      type,
      mode: type === 'directory' ? 0o755 : 0o644,
      uid: 0,
      gid: 0,
      mtime: 0,
      link: '',
      device: '',
      xattrs: [],
      content: null,
    },
    ...{ size: text.length, sha256: type === 'file' ? createHash('sha256').update(text).digest('hex') : '' },
    ...rest,
  };
  contents.set(made, text);
  return made;
}

const content: ReadContent = async function* (of) {
  yield Buffer.from(contents.get(of) ?? '', 'latin1');
};

function treeOf(entries: Record<string, Inode>): Tree {
  return new Map(Object.entries({ '': inode('directory'), ...entries }).sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function cpio(tree: Tree): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of writeCpio(measuredTree(tree), content)) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

describe('the enclave digest, format 1', () => {
  it('is that of the archive that GNU cpio 2.13 writes, hard links included', async () => {
    const shared = inode('file', { text: 'hello' });
    const tree = treeOf({
      a: shared,
      b: inode('file', { text: 'x' }),
      bin: inode('link', { link: 'usr/bin' }),
      d: inode('directory'),
      'd/m': shared,
      usr: inode('directory'),
      'usr/bin': inode('directory'),
      z: shared,
    });
    expect(await measure(tree, content)).toEqual({
      ...{ format: 1, files: 5, treeBytes: 6, replaced: [] },
      sha256: 'cab3dd0a6fc98b1816405bfc7b66ebb63ceab0d0eb61e46a5676557ceb3b8bde',
    });
  });

  it('is that of the archive that GNU cpio 2.13 writes for an empty tree', async () => {
    expect((await measure(treeOf({}), content)).sha256).toBe(
      'e39670ff3c8f31a89fb073d34b3d95df39e3234cb35a20234d890ec4865f10d4',
    );
  });

  it('ends at a multiple of 512 bytes, and every member at one of 4', async () => {
    const bytes = await cpio(treeOf({ 'some-file': inode('file', { text: 'seven b' }) }));
    expect(bytes.length % 512).toBe(0);
    expect(bytes.indexOf('TRAILER!!!')).toBeGreaterThan(0);
    expect((bytes.indexOf('TRAILER!!!') - 110) % 4).toBe(0);
  });

  const plain = { app: inode('file', { text: 'program', mode: 0o755 }) };
  const digest = async (entries: Record<string, Inode>) => (await measure(treeOf(entries), content)).sha256;

  it('does not see owners, times, or modes but the executable bit', async () => {
    const other = {
      app: inode('file', { text: 'program', mode: 0o4711, uid: 5, gid: 6, mtime: 99, xattrs: ['user.x=1'] }),
    };
    expect(await digest(other)).toBe(await digest(plain));
    expect(await digest({ app: inode('file', { text: 'program' }) })).not.toBe(await digest(plain));
  });

  it('sees names, contents, link targets, and whether two names are one file', async () => {
    const twin = inode('file', { text: 'same' });
    const digests = await Promise.all([
      digest(plain),
      digest({ other: plain.app }),
      digest({ app: inode('file', { text: 'Program', mode: 0o755 }) }),
      digest({ app: inode('link', { link: 'a' }) }),
      digest({ app: inode('link', { link: 'b' }) }),
      digest({ x: twin, y: twin }),
      digest({ x: inode('file', { text: 'same' }), y: inode('file', { text: 'same' }) }),
    ]);
    expect(new Set(digests).size).toBe(digests.length);
  });

  it('leaves out what Caution and docker export replace, and lists what the image has of it', async () => {
    const replaced = {
      'etc/hostname': inode('file', { text: 'h' }),
      'dev/console': inode('character-device'),
      bin: inode('link', { link: 'usr/bin' }),
      'usr/bin/busybox': inode('file', { text: 'own' }),
      'usr/bin/sh': inode('link', { link: 'busybox' }),
      'usr/bin/node': inode('file', { text: 'node' }),
    };
    const found = measuredTree(treeOf(replaced));
    expect(found.replaced).toEqual(['dev/console', 'etc/hostname', 'usr/bin/busybox', 'usr/bin/sh']);
    expect(found.entries.map(({ path }) => path)).toEqual(['', 'bin', 'usr/bin/node']);
    expect(found.findings).toEqual([]);
  });

  it.each([
    ['/usr/bin', inode('link', { link: '/usr/bin' })],
    ['another place', inode('link', { link: 'opt/bin' })],
    ['a file', inode('file', { text: 'x' })],
  ])('says that Caution refuses a /bin that is %s', (_, bin) => {
    expect(measuredTree(treeOf({ bin })).findings).toMatchObject([{ id: 'root-link', level: 'error', path: '/bin' }]);
  });

  it('leaves devices and pipes out, and says so', () => {
    const found = measuredTree(treeOf({ pipe: inode('fifo'), file: inode('file') }));
    expect(found.entries.map(({ path }) => path)).toEqual(['', 'file']);
    expect(found.findings).toMatchObject([{ id: 'special-files', path: '/pipe' }]);
  });
});

describe('the digests of several enclaves at once', () => {
  it('are those of each alone, wherever they begin to differ', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'digests-test-'));
    const stored = (text: string, name: string) => {
      writeFileSync(path.join(folder, name), text);
      return inode('file', { text, content: { file: path.join(folder, name), offset: 0 } });
    };
    const common = stored('common', 'common');
    const trees = [
      treeOf({ a: common, b: stored('one', 'one'), c: common }),
      treeOf({ a: common, b: stored('two', 'two') }),
      treeOf({ a: common, b: stored('one', 'one'), c: common }),
      treeOf({}),
      treeOf({ a: common }),
    ].map((tree) => measuredTree(tree));
    const alone = await Promise.all(trees.map((tree) => enclaveDigest(tree, content)));
    expect(await enclaveDigests(trees)).toEqual(alone);
    expect(await enclaveDigests(trees.slice(0, 2))).toEqual(alone.slice(0, 2));
    expect(await enclaveDigests([])).toEqual([]);
    expect(new Set(alone).size).toBe(4);
    rmSync(folder, { recursive: true });
  });
});
