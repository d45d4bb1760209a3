import { describe, expect, it } from 'vitest';
import { measuredTree } from '../../../src/caution/measure.ts';
import { compareMetadata, compareTrees, type PathDifference } from '../../../src/image/compare.ts';
import type { Inode } from '../../../src/image/tree.ts';

function inode(type: Inode['type'], more: Partial<Inode> = {}): Inode {
  const base = { uid: 0, gid: 0, mtime: 0, size: 0, sha256: '', link: '', device: '', xattrs: [], content: null };
  return { type, mode: type === 'directory' ? 0o755 : 0o644, ...base, ...more };
}

function image(entries: Record<string, Inode>) {
  const tree = new Map(Object.entries({ '': inode('directory'), ...entries }));
  return { image: { tree }, measured: measuredTree(tree) };
}

const brief = (found: PathDifference[]) =>
  found.map(({ path, aspects, inEnclave }) => [path, aspects.join(' '), inEnclave]);

describe('comparing trees', () => {
  it('finds nothing in equal trees', () => {
    const entries = { a: inode('file', { sha256: 'x' }) };
    expect(compareTrees([image(entries), image(entries), image(entries)])).toEqual([]);
  });

  it('tells what Caution measures from what it does not', () => {
    const one = image({
      content: inode('file', { sha256: 'x' }),
      gone: inode('file'),
      kind: inode('file'),
      link: inode('link', { link: 'a' }),
      mode: inode('file', { mode: 0o644 }),
      program: inode('file', { mode: 0o755 }),
      time: inode('file', { mtime: 1 }),
      owner: inode('file', { uid: 1 }),
      'etc/hosts': inode('file', { sha256: 'x' }),
    });
    const two = image({
      content: inode('file', { sha256: 'y' }),
      kind: inode('directory'),
      link: inode('link', { link: 'b' }),
      mode: inode('file', { mode: 0o664 }),
      program: inode('file', { mode: 0o644 }),
      time: inode('file', { mtime: 2 }),
      owner: inode('file', { uid: 2 }),
      'etc/hosts': inode('file', { sha256: 'y' }),
    });
    expect(brief(compareTrees([one, two]))).toEqual([
      ['content', 'content', true],
      ['etc/hosts', 'content', false],
      ['gone', 'presence', true],
      ['kind', 'type', true],
      ['link', 'link', true],
      ['mode', 'mode', false],
      ['owner', 'owner', false],
      ['program', 'executable mode', true],
      ['time', 'time', false],
    ]);
  });

  it('sees that two names became two files', () => {
    const shared = inode('file', { sha256: 'x' });
    const found = compareTrees([
      image({ a: shared, b: shared }),
      image({ a: shared, b: inode('file', { sha256: 'x' }) }),
    ]);
    expect(brief(found)).toEqual([
      ['a', 'hard-links', true],
      ['b', 'hard-links', true],
    ]);
  });

  it('finds what only the third differs in', () => {
    const entries = { a: inode('file', { sha256: 'x' }) };
    const found = compareTrees([image(entries), image(entries), image({ a: inode('file', { sha256: 'y' }) })]);
    expect(found).toMatchObject([{ path: 'a', builds: [0, 2] }]);
  });

  it('names the keys of a configuration that differ', () => {
    const of = (env: string, id: string) => ({
      manifest: id,
      config: { config: { Env: [env] }, rootfs: { diff_ids: [id] } },
      layers: [],
    });
    expect(compareMetadata([of('A=1', 'm1'), of('A=2', 'm2')]).map(({ what }) => what)).toEqual([
      'image configuration: config.Env.0',
    ]);
    expect(compareMetadata([of('A=1', 'm1'), of('A=1', 'm1')])).toEqual([]);
  });
});
