import { describe, expect, it } from 'vitest';
import { causes } from '../../../src/explain/mends.ts';
import { bare, file, inode, known, tell, tellEntries } from './pair.ts';

describe('what each build left of its own', () => {
  it.each([
    ['wall-clock', 'at 1785578410', 'at 1785578470'],
    ['wall-clock', 'at 1785578410123', 'at 1785578470456'],
    ['wall-clock', 'Saturday, 01-Aug-26 10:00:10 GMT', 'Saturday, 01-Aug-26 10:01:10 GMT'],
    ['wall-clock', 'Aug  1 2026 10:00:10', 'Aug  1 2026 10:01:10'],
    ['wall-clock', 'built 10:00:10', 'built 10:01:10'],
    ['wall-clock', '20260801T100010Z', '20260801T100110Z'],
    ['wall-clock', 'datetime.datetime(2026, 8, 1, 10, 0, 10)', 'datetime.datetime(2026, 8, 1, 10, 1, 10)'],
    ['hostname', 'on host-0abc', 'on host-1abc'],
    ['build-path', 'from /tmp/d0/checkout-0/a.c', 'from /tmp/d0/checkout-1/a.c'],
    ['file-time', 'changed 2003-03-04 05:06:07', 'changed 2004-03-04 05:06:08'],
    ['umask', '-rw-r--r-- a.txt', '-rw-rw-r-- a.txt'],
    ['cache-bust', 'bust 99012345', 'bust 99112345'],
  ])('is certain when nothing else differs: %s, %j', async (cause, a, b) => {
    expect(await tell(`${a}\n`, `${b}\n`)).toMatchObject({ cause, certain: true, carrier: 'text' });
  });

  it('is no clue when both builds have the same', async () => {
    const told = await tell('2026-08-01 id 4f1c09d2a7b3\n', '2026-08-01 id 9e27cc01f4a8\n');
    expect(told).toMatchObject({ cause: 'random', certain: false });
    expect(told.evidence).not.toContain('own time');
    expect(await tell('mode 644 k9XqLz27PwRt\n', 'mode 644 bV4cYs81QmNe\n')).toMatchObject({ cause: 'random' });
  });

  it('is the zone when the same moments are written in two', async () => {
    const zones = ['2026-01-02T03:04:05+00:00', '2026-01-01T22:04:05-05:00'] as const;
    expect(await tell(...zones, { context: bare })).toMatchObject({ cause: 'timezone', certain: true });
    const other = ['2026-01-02T03:04:05+00:00', '2026-01-01T22:04:06-05:00'] as const;
    expect((await tell(...other, { context: bare })).certain).toBe(false);
    const spelling = ['2026-01-02T03:04:05.1234Z', '2026-01-02T03:04:05.1235+00:00'] as const;
    expect((await tell(...spelling, { context: bare })).cause).not.toBe('timezone');
  });

  it('is not certain when two origins stand in it', async () => {
    expect(await tell('host-0abc 1785578410', 'host-1abc 1785578470')).toMatchObject({ certain: false });
  });
});

describe('what differs looks like its origin, and is not certain', () => {
  it.each([
    ['wall-clock', 'Copyright, built 2026-08-01', 'Copyright, built 2026-08-03'],
    ['wall-clock', 'built on Aug 1 2026', 'built on Aug 2 2026'],
    ['wall-clock', 'released 2026-W31', 'released 2026-W32'],
    ['random', 'id f81d4fae-7dec-41d0-a765-00a0c91e6bf6', 'id 1b4e28ba-2fa1-41d2-883f-b9a761bde3fb'],
    ['random', 'token k9XqLz27PwRt', 'token bV4cYs81QmNe'],
    ['address', '<function f at 0x7f3a2c1d4e50>', '<function f at 0x7f91be027e50>'],
    ['process-id', 'pid 4711', 'pid 4822'],
    ['temporary-path', 'cd /tmp/tmp.Ab3dE6fGh1', 'cd /tmp/tmp.Zy8xW5vUt2'],
    ['temporary-path', 'in /tmp/go-build1234567890/b001', 'in /tmp/go-build9876543210/b001'],
    ['temporary-path', 'obj ccAb12Cd.o', 'obj ccXy34Zw.o'],
    ['kernel', 'Linux version 6.1.0-28-amd64', 'Linux version 6.8.0-49-generic'],
    ['cpu', 'nproc 8', 'nproc 64'],
    ['cpu', 'CFLAGS=-march=znver3', 'CFLAGS=-march=skylake'],
    ['user', 'Built-By: alice', 'Built-By: runner'],
    ['user', 'cache in /home/alice/.m2', 'cache in /home/runner/.m2'],
    ['hostname', 'hostname: 3f2a9b1c4d5e', 'hostname: 77aa12bc90ef'],
    ['locale', 'LANG=de_DE.UTF-8', 'LANG=C.UTF-8'],
    ['locale', 'Stand: Dienstag, 3. März 2026', 'Stand: Tuesday, 3 March 2026'],
    ['locale', 'ratio 3,14', 'ratio 3.14'],
    ['timezone', 'zone CET', 'zone PST'],
    ['timezone', 'Fri Jan  2 03:04:05 UTC 2026', 'Fri Jan  2 04:04:05 CET 2026'],
    ['environment', 'HOME=/root', 'HOME=/var/empty'],
    ['network', 'ETag: "5d8c72a5"', 'ETag: "1f0b66c3"'],
    ['unlocked-dependency', '"version": "1.2.0"', '"version": "1.3.0"'],
    ['vcs-stamp', 'commit 5d1f0c2e8b7a4c3d', 'commit 9e6f1a2b3c4d5e6f'],
    ['vcs-stamp', 'v1.2.0-3-g5d1f0c2', 'v1.2.0-3-g5d1f0c2-dirty'],
    ['codegen-units', 'app.1a2b-cgu.0.rcgu.o', 'app.1a2b-cgu.12.rcgu.o'],
    ['generated-key', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBx1', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJq7'],
    ['directory-order', 'src/a.js\nsrc/b.js\nsrc/c.js', 'src/c.js\nsrc/a.js\nsrc/b.js'],
    ['hash-order', 'pear\nfig\nkiwi', 'kiwi\npear\nfig'],
    ['locale', 'apple\nBanana\ncherry\nDate', 'Banana\nDate\napple\ncherry'],
    [
      'database-order',
      "INSERT INTO t VALUES('a');\nINSERT INTO t VALUES('b');",
      "INSERT INTO t VALUES('b');\nINSERT INTO t VALUES('a');",
    ],
  ])('%s: %j', async (cause, a, b) => {
    expect(await tell(`${a}\n`, `${b}\n`, { context: bare })).toMatchObject({ cause, certain: false });
  });

  it.each([
    ['parallel-order', "seq 3 | xargs -P 3 -I{} sh -c 'echo {} >> out'"],
    ['parallel-order', 'job one & job two & wait'],
    ['directory-order', 'ls -U src > out'],
    ['database-order', 'sqlite3 data.db "SELECT name FROM t" > out'],
    ['hash-order', 'python3 -c "for x in set(words): print(x)"'],
  ])('the same lines in another order, by the step: %s, %j', async (cause, script) => {
    const told = await tell('pear\nfig\nkiwi\n', 'kiwi\npear\nfig\n', { context: { ...known, script } });
    expect(told).toMatchObject({ cause, certain: false });
  });
});

describe('words beside which anything may stand', () => {
  it.each([
    ['hostname', 'the node alpha is first', 'the node beta is first'],
    ['hostname', 'const node = parent', 'const node = child'],
    ['hostname', 'import x from "node:path"', 'import x from "node:http"'],
    ['hostname', 'state machine idle', 'state machine busy'],
    ['hostname', 'node version v22.1.0', 'node version v22.2.0'],
    ['user', 'the user likes tea', 'the user likes coffee'],
    ['user', 'owner: platform team says hello', 'owner: platform team says bye'],
    ['cpu', 'threads 12 posts', 'threads 15 posts'],
    ['cpu', 'core team has 3 members', 'core team has 4 members'],
    ['cpu', 'cipher AES-128', 'cipher AES-256'],
    ['cpu', 'the processor said intel', 'the processor said hello'],
    ['kernel', 'linux package 3.1.2', 'linux package 3.1.3'],
    ['vcs-stamp', 'bank branch north', 'bank branch south'],
    ['process-id', 'process 12 orders', 'process 13 orders'],
    ['process-id', 'food processor 12', 'food processor 13'],
    ['build-path', '/api/v1/users', '/api/v2/users'],
    ['timezone', 'local 10:00', 'local 11:00'],
    ['unlocked-dependency', 'page 3.1 of the package tour', 'page 3.2 of the package tour'],
    ['temporary-path', 'tmp_directory', 'tmp_files_dir'],
  ])('are not taken for %s: %j', async (cause, a, b) => {
    const told = await tell(`${a}\n`, `${b}\n`, { context: bare });
    expect(told.cause).not.toBe(cause);
    expect(told.certain).toBe(false);
  });

  it.each([
    ['hostname', '{"system":"Linux","node":"alpha01"}', '{"system":"Linux","node":"beta02"}'],
    ['hostname', '{"buildHost":"alpha01"}', '{"buildHost":"beta02"}'],
    ['hostname', 'Linux alpha01 6.1.0-28-amd64 #1 SMP', 'Linux beta02 6.1.0-28-amd64 #1 SMP'],
    ['hostname', 'host=alpha01.example.org', 'host=beta02.example.org'],
    ['hostname', 'built on alpha01', 'built on beta02'],
    ['kernel', 'Linux h 6.1.0-28-amd64 x86_64', 'Linux h 6.8.0-49-generic x86_64'],
    ['kernel', '{"platform":"Linux-6.1.0-28-amd64"}', '{"platform":"Linux-6.8.0-49-generic"}'],
    ['kernel', '{"os":{"release":"6.1.0"},"kernel":"6.1.0"}', '{"os":{"release":"6.1.0"},"kernel":"6.8.0"}'],
    ['user', 'uid=1000(alice)', 'uid=1001(runner)'],
    ['user', '{"builtBy":"alice"}', '{"builtBy":"runner"}'],
    ['user', 'owner = alice', 'owner = runner'],
    ['cpu', 'make -j8 all', 'make -j64 all'],
    ['cpu', 'built with 8 cores', 'built with 64 cores'],
    ['cpu', '{"cpuCount":8}', '{"cpuCount":64}'],
    ['cpu', '{"cpu":"AMD EPYC 7763"}', '{"cpu":"Intel Xeon 8375C"}'],
    ['cpu', 'flags : fpu aes avx', 'flags : fpu aes avx2'],
    ['process-id', 'service[4711]: ready', 'service[4822]: ready'],
    ['process-id', '{"processId":4711}', '{"processId":4822}'],
    ['process-id', 'worker 3 pid=4711', 'worker 3 pid=4822'],
    ['vcs-stamp', 'branch: main', 'branch: release'],
    ['unlocked-dependency', 'requests==2.31', 'requests==2.32'],
  ])('are, where they name what stands there: %s, %j', async (cause, a, b) => {
    expect(await tell(`${a}\n`, `${b}\n`, { context: bare })).toMatchObject({ cause, certain: false });
  });
});

describe('what the name of a file tells', () => {
  it.each([
    ['log-file', 'var/log/build.log'],
    ['log-file', 'root/.npm/_logs/2026-08-01T10_00_00_000Z-debug-0.log'],
    ['package-cache', 'root/.cache/go-build/00/00aa-d'],
    ['package-cache', 'root/.npm/_cacache/index-v5/aa/bb'],
    ['installer-metadata', 'usr/lib/python3/site-packages/app-1.0.dist-info/direct_url.json'],
    ['installer-metadata', 'app/node_modules/.package-lock.json'],
    ['generated-key', 'etc/ssh/ssh_host_ed25519_key'],
    ['generated-key', 'etc/machine-id'],
  ])('%s: %s', async (cause, name) => {
    const told = await tell('one 8f14e45f\n', 'two c9f0f895\n', { name, context: bare });
    expect(told).toMatchObject({ cause, certain: false });
  });

  it.each([
    ['wall-clock', true, 'app/build-1785578410.txt'],
    ['hostname', true, 'app/host-0abc.txt'],
    ['bytecode', false, 'app/__pycache__/a.cpython-313.pyc'],
    ['temporary-path', false, 'app/tmpab12cd34/file'],
    ['unlocked-dependency', false, 'usr/lib/python3/site-packages/requests-2.32.3.dist-info/METADATA'],
    ['random', false, 'app/chunk.a81bc81b.js'],
  ])('only in one build: %s (certain: %s), %s', async (cause, certain, name) => {
    expect(await tellEntries([file('x'), null], ['presence'], name, known)).toMatchObject({ cause, certain });
  });
});

describe('what is no file', () => {
  it('tells the umask by modes that are the checkouts’', async () => {
    const entries = (a: number, b: number) => [inode('file', { mode: a }), inode('file', { mode: b })] as const;
    expect(await tellEntries([...entries(0o644, 0o664)], ['mode'], 'app/x', known)).toMatchObject({
      cause: 'umask',
      certain: true,
      carrier: 'mode',
    });
    expect(await tellEntries([...entries(0o600, 0o640)], ['mode'], 'app/x', known)).toMatchObject({ certain: false });
  });

  it('tells what differs in the target of a link', async () => {
    const link = (target: string) => inode('link', { link: target });
    const told = await tellEntries([link('v-1785578410'), link('v-1785578470')], ['link'], 'app/current', known);
    expect(told).toMatchObject({ cause: 'wall-clock', certain: true, carrier: 'link' });
  });
});

describe('what only looks like an origin', () => {
  it.each([
    ['numbers that are no times', 'n 4123456789', 'n 3987654321', known],
    ['times outside of both builds', 'at 1685578410', 'at 1685578470', known],
    ['the times of the other build', 'at 1785578470', 'at 1785578410', known],
    ['a version that looks like a date', 'tzdata 2026.8.1', 'tzdata 2026.8.2', known],
    ['a month as a processor', 'in March 3', 'in April 3', bare],
    ['words', 'left side', 'right side', bare],
    ['an order of few', 'a b', 'b a', bare],
  ])('is never certain: %s', async (_, a, b, context) => {
    const told = await tell(`${a}\n`, `${b}\n`, { context });
    expect(told.certain).toBe(false);
    expect(told.cause).not.toBe('cpu');
    expect(causes).toContain(told.cause);
  });

  it('is unknown where nothing speaks for an origin', async () => {
    expect(await tell('left side\n', 'right side\n', { context: bare })).toMatchObject({ cause: 'unknown' });
    expect(await tell('at 1685578410\n', 'at 1685578470\n')).toMatchObject({ cause: 'unknown' });
  });
});
