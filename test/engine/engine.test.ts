import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withLock } from './lock.mjs';
import {
  assignments,
  bridgeName,
  chooseSubnet,
  hashOf,
  homeOf,
  parseLanguages,
  parseNameServers,
  parseRoutes,
  quote,
} from './names.mjs';
import { isPodmanUp, podmanRoot } from './podman.mjs';
import { identify, isAlive } from './state.mjs';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'engine-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the assignments for eval', () => {
  it('give a shell exactly the values, whatever is in them', () => {
    fc.assert(
      fc.property(
        // A shell holds no NUL in a value, and no half of a surrogate pair.
        fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0')),
        (text) => {
          const ended = spawnSync('sh', ['-c', `${assignments({ X: text }, undefined)}printf %s "$X"`]);
          expect(ended.stdout.toString()).toBe(text);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("keep the user's PATH behind ours", () => {
    const lines = assignments({ A: '1', PATH: 'ignored' }, "/it's/bin");
    expect(lines).toBe(`export A='1'\nexport PATH=${quote("/it's/bin")}:"$PATH"\n`);
    const ended = spawnSync('/bin/sh', ['-c', `${lines}printf %s "$PATH"`], { env: { PATH: '/usr/bin:/bin' } });
    expect(ended.stdout.toString()).toBe("/it's/bin:/usr/bin:/bin");
  });
});

describe("the engine's folder", () => {
  const files = [
    { name: 'a.mjs', content: 'one' },
    { name: 'b.sh', content: 'two' },
  ];

  it('has a name that changes with a script, a script name, and where one ends', () => {
    const hash = hashOf(files);
    expect(hash).toMatch(/^[0-9a-f]{12}$/);
    expect(hashOf([...files].reverse())).toBe(hash);
    expect(hashOf([files[0] ?? { name: '', content: '' }])).not.toBe(hash);
    expect(
      hashOf([
        { name: 'a.mjs', content: 'on' },
        { name: 'b.sh', content: 'etwo' },
      ]),
    ).not.toBe(hash);
    expect(
      hashOf([
        { name: 'c.mjs', content: 'one' },
        { name: 'b.sh', content: 'two' },
      ]),
    ).not.toBe(hash);
  });

  it('lies in the cache, or where the environment says', () => {
    expect(homeOf({}, 'abc')).toBe('/var/cache/create-caution-app/engine-abc');
    expect(homeOf({ XDG_CACHE_HOME: '/x' }, 'abc')).toBe('/x/create-caution-app/engine-abc');
    expect(homeOf({ CREATE_CAUTION_APP_ENGINE_HOME: '/opt/e/' }, 'abc')).toBe('/opt/e');
  });

  it.each(['relative', '/a:b', '/a\nb', '/a/../b', '/', `/${'x'.repeat(90)}`])('is refused as %j', (home) => {
    expect(() => homeOf({ CREATE_CAUTION_APP_ENGINE_HOME: home }, 'abc')).toThrow(/The engine's folder/);
  });

  it('gives its bridge a name that the kernel takes', () => {
    expect(bridgeName('0123456789ab')).toBe('cca0123456789ab');
    expect(bridgeName('0123456789ab').length).toBeLessThanOrEqual(15);
  });
});

describe('the languages', () => {
  it('are read in a fixed order, each once', () => {
    expect(parseLanguages('go, rust,go')).toEqual(['rust', 'go']);
  });

  it.each(['', 'go,cobol'])('are refused as %j', (text) => {
    expect(() => parseLanguages(text)).toThrow(/--languages takes some of rust,node,python,go/);
  });
});

describe('the subnet', () => {
  const free = chooseSubnet('000000', []);

  it('starts where the hash says', () => {
    expect(free).toBe('172.16.0');
    expect(chooseSubnet('000fff', [])).toBe('172.31.255');
  });

  it('steps over what is routed, also as part of something larger', () => {
    const routes = parseRoutes(
      [
        'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT',
        'eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0',
        'docker0\t000010AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0',
        '',
      ].join('\n'),
    );
    expect(routes).toEqual([{ address: 0xac100000, mask: 0xffff0000 }]);
    expect(chooseSubnet('000000', routes)).toBe('172.17.0');
  });

  it('does not hide a name server', () => {
    expect(chooseSubnet('000000', parseNameServers('# x\nnameserver 172.16.0.53\nnameserver fd00::1\n'))).toBe(
      '172.16.1',
    );
  });

  it('is a clear failure when nothing is free', () => {
    expect(() => chooseSubnet('000000', [{ address: 0xac100000, mask: 0xfff00000 }])).toThrow(/No free network/);
  });
});

describe('the lock', () => {
  it('lets one in at a time', async () => {
    const path = join(folder, 'one', 'lock');
    const events: string[] = [];
    const enter = (name: string) =>
      withLock(path, { log: () => {} }, async () => {
        events.push(`${name} in`);
        await new Promise((resolve) => setTimeout(resolve, 50));
        events.push(`${name} out`);
      });
    await Promise.all([enter('a'), enter('b'), enter('c')]);
    expect(events.length).toBe(6);
    for (let i = 0; i < 6; i += 2) expect(events[i + 1]).toBe(events[i]?.replace('in', 'out'));
  });

  it('is free again when its holder was killed', async () => {
    const path = join(folder, 'killed.lock');
    const script = join(folder, 'hold.mjs');
    const lock = JSON.stringify(new URL('./lock.mjs', import.meta.url).href);
    writeFileSync(
      script,
      `import { withLock } from ${lock};
       await withLock(${JSON.stringify(path)}, { log: () => {} }, () => new Promise(() => setInterval(() => {}, 1000) && console.log('held')));`,
    );
    const holder = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    holder.kill('SIGKILL');
    await expect(withLock(path, { log: () => {} }, async () => 'mine')).resolves.toBe('mine');
  });

  it('is given back when the work fails, and not waited for after a cancel', async () => {
    const path = join(folder, 'failing.lock');
    const fail = withLock(path, { log: () => {} }, () => Promise.reject(new Error('no')));
    await expect(fail).rejects.toThrow('no');
    await withLock(path, { log: () => {} }, async () => {
      const stop = new AbortController();
      const waiting = withLock(path, { log: () => {}, signal: stop.signal }, async () => 'never');
      setTimeout(() => stop.abort(new Error('cancelled')), 50);
      await expect(waiting).rejects.toThrow('cancelled');
    });
  });
});

describe('a remembered process', () => {
  it('is alive while it runs, and another one under its number is not it', () => {
    const me = identify(process.pid);
    expect(isAlive(me)).toBe(true);
    expect(isAlive(me && { ...me, start: '1' })).toBe(false);
    expect(isAlive(me && { ...me, boot: 'earlier' })).toBe(false);
    expect(isAlive(undefined)).toBe(false);
  });
});

describe('Podman and Buildah', () => {
  it('are up only while their programs lead to the process that holds their namespaces now', () => {
    const home = join(folder, 'podman');
    const podman = identify(process.pid);
    for (const name of [join(podmanRoot(home), 'etc/containers'), join(home, 'bin')])
      mkdirSync(name, { recursive: true });
    writeFileSync(join(home, 'state.json'), JSON.stringify({ port: 5000, podman }));
    writeFileSync(join(podmanRoot(home), 'etc/containers/registries.conf'), 'location = "127.0.0.1:5000"\n');
    const write = (pid: number) =>
      writeFileSync(
        join(home, 'bin/buildah'),
        `#!/bin/sh\nexec nsenter --mount=/proc/${pid}/ns/mnt --pid=/proc/${pid}/ns/pid_for_children --wd="$PWD" -- /usr/bin/buildah "$@"\n`,
      );
    expect(isPodmanUp(home, 'buildah')).toBe(false);
    write(process.pid + 1); // left by a process that has ended
    expect(isPodmanUp(home, 'buildah')).toBe(false);
    write(process.pid);
    expect(isPodmanUp(home, 'buildah')).toBe(true);
  });
});
