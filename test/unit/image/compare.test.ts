import { describe, expect, it } from 'vitest';
import { measuredTree } from '../../../src/caution/measure.ts';
import type { Inside } from '../../../src/explain/content.ts';
import { type BuildFacts, explain } from '../../../src/explain/explain.ts';
import { compareMetadata, compareTrees, type PathDifference } from '../../../src/image/compare.ts';
import type { Inode } from '../../../src/image/tree.ts';
import { readContainerfile } from '../../../src/verify/containerfile.ts';

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

describe('explaining a difference', () => {
  const file = readContainerfile(
    'FROM x AS build\nRUN make\nFROM scratch\nCOPY --from=build /out/ /app/\nCOPY --from=build /etc/ /etc/',
  );
  const began = Date.UTC(2026, 7, 1, 10, 0, 0);
  const facts: BuildFacts[] = [0, 1].map((index) => ({
    hostname: `host-${index}`,
    context: `/tmp/checkout-${index}`,
    umask: index === 0 ? 0o022 : 0o002,
    fileTime: new Date(Date.UTC(2000 + index, 0, 1)),
    began: began + index * 60_000,
    ended: began + index * 60_000 + 30_000,
  }));

  function tell(a: string, b: string, path = 'app/info') {
    const offset = [...a].findIndex((char, at) => char !== b[at]);
    const inside: Inside = { offset: offset < 0 ? Math.min(a.length, b.length) : offset, texts: [a, b], whole: true };
    const entries: [Inode, Inode] = [inode('file', { size: a.length }), inode('file', { size: b.length })];
    return explain({ path, aspects: ['content'], inEnclave: true, builds: [0, 1], entries }, inside, facts, file);
  }

  it.each([
    ['epoch seconds', '1785578410', '1785578470'],
    ['nanoseconds', '1785578410123456789', '1785578470987654321'],
    ['an ISO date', '2026-08-01T10:00:10.5Z', '2026-08-01T10:01:10.25Z'],
    ['what date prints', 'Sat Aug  1 10:00:10 UTC 2026', 'Sat Aug  1 10:01:10 UTC 2026'],
    ['a mail date', 'Sat, 01 Aug 2026 10:00:10 +0000', 'Sat, 01 Aug 2026 10:01:10 +0000'],
    ['digits', '20260801100010', '20260801100110'],
  ])('is certain of the clock when each build wrote its own time: %s', (_, a, b) => {
    expect(tell(`built at ${a}\n`, `built at ${b}\n`)).toMatchObject({
      ...{ cause: 'wall-clock', certain: true, carrier: 'text', path: '/app/info' },
      ...{ stage: 'stage-1', instruction: 'COPY --from=build /out/ /app/', line: 4 },
    });
  });

  it('is not certain when something else differs too, or the times are not the builds’', () => {
    expect(tell('1785578410 x', '1785578470 y')).toMatchObject({ cause: 'wall-clock', certain: false });
    expect(tell('1685578410', '1685578470')).toMatchObject({ cause: 'unknown', certain: false });
    expect(tell('1785578470', '1785578410')).toMatchObject({ cause: 'unknown', certain: false });
    expect(tell('8f14e45f', 'c9f0f895')).toMatchObject({ cause: 'unknown', certain: false });
  });

  it('recognises host name, path and file times of its own builds', () => {
    expect(tell('on host-0', 'on host-1')).toMatchObject({ cause: 'hostname', certain: true });
    expect(tell('/tmp/checkout-0/x', '/tmp/checkout-1/x')).toMatchObject({ cause: 'build-path', certain: true });
    expect(tell('946684800', '978307200')).toMatchObject({ cause: 'unknown' });
    expect(tell('2000-01-01T00:00:00Z', '2001-01-01T00:00:00Z')).toMatchObject({ cause: 'file-time', certain: true });
  });

  it('recognises byte-code that records a time', () => {
    const pyc = (time: string) => `\xa7\x0d\x0d\x0a\0\0\0\0${time}\x10\0\0\0code`;
    expect(tell(pyc('aaaa'), pyc('bbbb'), 'app/x.pyc')).toMatchObject({
      cause: 'bytecode',
      certain: true,
      carrier: 'pyc',
    });
    expect(tell(`${pyc('aaaa')}1`, `${pyc('bbbb')}2`, 'app/x.pyc')).toMatchObject({
      cause: 'bytecode',
      certain: false,
    });
  });

  it('recognises the modes of its own checkouts', () => {
    const entries: [Inode, Inode] = [inode('file', { mode: 0o644 }), inode('file', { mode: 0o664 })];
    const found = explain(
      { path: 'app/x', aspects: ['mode'], inEnclave: false, builds: [0, 1], entries },
      null,
      facts,
      file,
    );
    expect(found).toMatchObject({ cause: 'umask', certain: true, inEnclave: false });
  });

  it('names no line when several instructions could have brought a path in', () => {
    expect(tell('a', 'b', 'app/x').line).toBe(4);
    expect(tell('a', 'b', 'usr/x').line).toBeUndefined();
  });

  it('shows what differs without what a terminal would act on', () => {
    expect(tell('x\n\u001b[31mred\n', 'x\n\u001b[32mred2\n').evidence).not.toContain('\u001b');
  });
});
