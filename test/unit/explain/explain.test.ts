import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { explain } from '../../../src/explain/explain.ts';
import type { BuildFacts } from '../../../src/explain/types.ts';
import type { Inode } from '../../../src/image/tree.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'explain-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;

function inode(type: Inode['type'], more: Partial<Inode> = {}): Inode {
  const base = { uid: 0, gid: 0, mtime: 0, size: 0, sha256: '', link: '', device: '', xattrs: [], content: null };
  return { type, mode: type === 'directory' ? 0o755 : 0o644, ...base, ...more };
}

describe('explaining a difference', () => {
  const began = Date.UTC(2026, 7, 1, 10, 0, 0);
  const facts: BuildFacts[] = [0, 1].map((index) => ({
    hostname: `host-${index}`,
    context: `/tmp/checkout-${index}`,
    umask: index === 0 ? 0o022 : 0o002,
    fileTime: new Date(Date.UTC(2000 + index, 0, 1)),
    began: began + index * 60_000,
    ended: began + index * 60_000 + 30_000,
  }));

  const names = ['build 1', 'build 2'] as const;
  const context = { names, facts: [facts[0] ?? null, facts[1] ?? null] as const, script: null, experiments: [] };

  function file(bytes: string): Inode {
    const at = path.join(folder, `content-${count++}`);
    writeFileSync(at, bytes, 'latin1');
    return inode('file', { size: bytes.length, content: { file: at, offset: 0 } });
  }

  function tell(a: string, b: string, name = 'app/info') {
    const entries: [Inode, Inode] = [file(a), file(b)];
    return explain({ path: name, aspects: ['content'], inEnclave: true, builds: [0, 1], entries }, context);
  }

  it.each([
    ['epoch seconds', '1785578410', '1785578470'],
    ['nanoseconds', '1785578410123456789', '1785578470987654321'],
    ['an ISO date', '2026-08-01T10:00:10.5Z', '2026-08-01T10:01:10.25Z'],
    ['what date prints', 'Sat Aug  1 10:00:10 UTC 2026', 'Sat Aug  1 10:01:10 UTC 2026'],
    ['a mail date', 'Sat, 01 Aug 2026 10:00:10 +0000', 'Sat, 01 Aug 2026 10:01:10 +0000'],
    ['digits', '20260801100010', '20260801100110'],
  ])('is certain of the clock when each build wrote its own time: %s', async (_, a, b) => {
    expect(await tell(`built at ${a}\n`, `built at ${b}\n`)).toMatchObject({
      cause: 'wall-clock',
      certain: true,
      carrier: 'text',
    });
  });

  it('is not certain when something else differs too, or the times are not the builds’', async () => {
    expect(await tell('1785578410 x', '1785578470 y')).toMatchObject({ cause: 'wall-clock', certain: false });
    expect(await tell('1685578410', '1685578470')).toMatchObject({ cause: 'unknown', certain: false });
    expect(await tell('1785578470', '1785578410')).toMatchObject({ cause: 'unknown', certain: false });
    expect(await tell('8f14e45f', 'c9f0f895')).toMatchObject({ cause: 'random', certain: false });
  });

  it('recognises host name, path and file times of its own builds', async () => {
    expect(await tell('on host-0', 'on host-1')).toMatchObject({ cause: 'hostname', certain: true });
    expect(await tell('/tmp/checkout-0/x', '/tmp/checkout-1/x')).toMatchObject({ cause: 'build-path', certain: true });
    expect(await tell('946684800', '978307200')).toMatchObject({ cause: 'file-time', certain: true });
    expect(await tell('2000-01-01T00:00:00Z', '2001-01-01T00:00:00Z')).toMatchObject({
      cause: 'file-time',
      certain: true,
    });
  });

  it('recognises byte-code that records a time', async () => {
    const pyc = (time: string) => `\xa7\x0d\x0d\x0a\0\0\0\0${time}\x10\0\0\0code`;
    expect(await tell(pyc('aaaa'), pyc('bbbb'), 'app/x.pyc')).toMatchObject({
      cause: 'bytecode',
      certain: true,
      carrier: 'pyc',
    });
    expect(await tell(`${pyc('aaaa')}1`, `${pyc('bbbb')}2`, 'app/x.pyc')).toMatchObject({
      cause: 'bytecode',
      certain: false,
    });
  });

  it('recognises the modes of its own checkouts', async () => {
    const entries: [Inode, Inode] = [inode('file', { mode: 0o644 }), inode('file', { mode: 0o664 })];
    const found = await explain(
      { path: 'app/x', aspects: ['mode'], inEnclave: false, builds: [0, 1], entries },
      context,
    );
    expect(found).toMatchObject({ cause: 'umask', certain: true });
  });

  it('shows what differs without what a terminal would act on', async () => {
    const found = await tell('x\n\u001b[31mred\n', 'x\n\u001b[32mred2\n');
    expect(found.evidence).not.toContain('\u001b');
  });
});
