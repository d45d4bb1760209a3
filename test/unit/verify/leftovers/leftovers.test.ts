import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CliResult, ContainerCli } from '../../../../src/verify/engines/cli.ts';
import { makeRunFolder } from '../../../../src/verify/leftovers/folder.ts';
import {
  type Identity,
  isDead,
  isDeadByPs,
  nameOfProcess,
  nameOfRun,
  ownIdentity,
  processOf,
  processVariable,
  startOf,
} from '../../../../src/verify/leftovers/identity.ts';
import { removeLeftovers } from '../../../../src/verify/leftovers/remove.ts';

const outside = process.env.TMPDIR;
let scratch = '';
const children: ChildProcess[] = [];
beforeEach(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'caution-leftovers-'));
  process.env.TMPDIR = scratch;
});
afterEach(() => {
  if (outside === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = outside;
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(scratch, { recursive: true, force: true });
});

/** A process that has ended: its number may be taken again, its start never. */
const dead: Identity = { ...ownIdentity(), started: '1' };
const folderOf = (identity: Identity, kept = false): string => {
  const at = path.join(scratch, nameOfRun(identity));
  mkdirSync(path.join(at, 'build-1/context'), { recursive: true });
  writeFileSync(path.join(at, 'build-1/context/file'), 'x');
  if (kept) writeFileSync(path.join(at, 'kept'), '');
  return at;
};

/** A program that runs on, marked as started by a process. */
async function programOf(identity: Identity): Promise<{ child: ChildProcess; ended: Promise<unknown> }> {
  const env = { ...process.env, [processVariable]: nameOfProcess(identity) };
  const child = spawn('sleep', ['300'], { env, stdio: 'ignore' });
  children.push(child);
  const ended = new Promise((resolve) => child.on('exit', resolve));
  await new Promise((resolve) => child.on('spawn', resolve));
  return { child, ended };
}

describe('whose a run is', () => {
  it('stands in its name', () => {
    const me = ownIdentity();
    expect(me).toMatchObject({ pid: process.pid, host: expect.stringMatching(/^[0-9a-f]{10}$/) });
    expect(processOf(nameOfRun(me))).toEqual(me);
    expect(nameOfRun(me)).not.toBe(nameOfRun(me));
    expect(nameOfRun(me)).toMatch(/^[a-z0-9-]{1,100}$/);
  });

  it.each([
    '',
    'create-caution-app-x1y2z3',
    'create-caution-app-',
    nameOfProcess(ownIdentity()),
    `${nameOfRun(dead)}/..`,
  ])('stands in no other name: %s', (name) => {
    expect(processOf(name)).toBeNull();
  });

  it.each([
    ['this process', {}, false],
    ['a process that began at another time under this number', { started: '1' }, true],
    ['a process that has ended', { pid: 2 ** 22 + 1 }, true],
    ['a process before the machine was started again', { boot: '00000000' }, true],
    ['another machine', { host: '0000000000', started: '1' }, false],
    ['another user', { user: '4242', started: '1' }, false],
  ])('%s', async (_, change, expected) => {
    expect(await isDead({ ...ownIdentity(), ...change })).toBe(expected);
  });

  it.each([
    ['lives', 0, false],
    ['began an hour earlier', -3600, true],
  ])('is known without /proc, too: a process that %s', async (_, seconds, expected) => {
    const started = String(Math.round(Date.now() / 1000 - process.uptime()) + seconds);
    expect(await isDeadByPs({ ...ownIdentity(), started })).toBe(expected);
    expect(await isDeadByPs({ ...ownIdentity(), pid: 2 ** 22 + 1, started })).toBe(true);
  });

  it('tells a process that lives by its number and its start', async () => {
    const child = spawn('sleep', ['300'], { stdio: 'ignore' });
    children.push(child);
    const started = startOf(readFileSync(`/proc/${child.pid}/stat`, 'utf8')) ?? '';
    const identity = { ...ownIdentity(), pid: child.pid ?? 0, started };
    expect(await isDead(identity)).toBe(false);
    const ended = new Promise((resolve) => child.on('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    expect(await isDead(identity)).toBe(true);
  });

  it.each([
    ['1 (sleep) S 0 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 777 9', '777'],
    ['1 (a) b) (c) S) R 0 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 778 9', '778'],
    ['1 (sleep) Z 0 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 779 9', ''],
    ['', null],
    ['1 (sleep) S 0', null],
  ])('reads a start of %s', (stat, expected) => {
    expect(startOf(stat)).toBe(expected);
  });
});

describe('a run folder', () => {
  it('is private, named after its run, and gone when it is removed', async () => {
    const { path: at, label, remove } = await makeRunFolder();
    expect(path.dirname(at)).toBe(scratch);
    expect(label).toBe(`create-caution-app.run=${path.basename(at)}`);
    expect(await removeLeftovers(null)).toEqual([]);
    expect(existsSync(at)).toBe(true);
    await remove();
    expect(existsSync(at)).toBe(false);
  });

  it.each([
    ['ends by itself', '', true],
    ['is killed', "process.kill(process.pid, 'SIGKILL')", false],
  ])('of a process that %s is kept: %s', async (_, ending, kept) => {
    const bundle = path.join(scratch, 'folder.mjs');
    const banner =
      "--banner:js=import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
    await execa(path.resolve('node_modules/.bin/esbuild'), [
      ...['src/verify/leftovers/folder.ts', '--bundle', '--platform=node', '--format=esm', banner],
      `--outfile=${bundle}`,
    ]);
    const script = `const { path } = await (await import(${JSON.stringify(bundle)})).makeRunFolder(); console.log(path); ${ending}`;
    const { stdout } = await execa(process.execPath, ['--input-type=module', '-e', script], { reject: false });
    expect(existsSync(stdout)).toBe(true);
    const removed = await removeLeftovers(null);
    expect(removed).toEqual(kept ? [] : [`the folder ${stdout}`]);
    expect(existsSync(stdout)).toBe(kept);
  });
});

describe('what is left', () => {
  it('is removed when its run is dead, and only then', async () => {
    const gone = [folderOf(dead), folderOf({ ...ownIdentity(), boot: '00000000' })];
    const stays = [
      folderOf(ownIdentity()),
      folderOf(dead, true),
      folderOf({ ...dead, host: '0000000000' }),
      folderOf({ ...dead, user: '4242' }),
      path.join(scratch, 'create-caution-app-abcdef'),
      path.join(scratch, 'precious'),
    ];
    mkdirSync(path.join(scratch, 'create-caution-app-abcdef'));
    mkdirSync(path.join(scratch, 'precious'));
    symlinkSync('precious', path.join(scratch, nameOfRun(dead)));
    writeFileSync(path.join(scratch, nameOfRun(dead)), 'a file of that name');
    expect((await removeLeftovers(null)).sort()).toEqual(gone.map((at) => `the folder ${at}`).sort());
    expect(gone.map((at) => existsSync(at))).toEqual([false, false]);
    expect(stays.filter((at) => !existsSync(at))).toEqual([]);
  });

  it('can be programs that still run, and those of a run that lives go on', async () => {
    const other = { ...dead, pid: 2 ** 22 + 5 };
    folderOf(dead);
    const [orphan, living] = [await programOf(dead), await programOf(other)];
    expect(await removeLeftovers(null)).toContain('1 program still running for it');
    expect(await orphan.ended).toBeNull();
    expect(living.child.exitCode).toBeNull();
    expect(living.child.signalCode).toBeNull();
  });

  it('costs next to nothing when there is nothing', async () => {
    const begin = performance.now();
    for (let index = 0; index < 20; index += 1) expect(await removeLeftovers(null)).toEqual([]);
    expect((performance.now() - begin) / 20).toBeLessThan(50);
  });

  it('never stops a run: not by a folder that is not there, nor an engine that fails', async () => {
    process.env.TMPDIR = path.join(scratch, 'missing');
    const failing = { run: () => Promise.reject(new Error('no engine')) } as unknown as ContainerCli;
    expect(await removeLeftovers(failing)).toEqual([]);
  });
});

describe('in an engine', () => {
  /** Answers as docker does, and notes what it is asked to remove. */
  function engine(containers: string[], images: string[]): { cli: ContainerCli; asked: string[][] } {
    const asked: string[][] = [];
    const answer = (args: readonly string[]): string => {
      if (args[0] === 'ps') return containers.map((run, index) => `c${index} ${run}`).join('\n');
      if (args[0] === 'images') return images.map((_, index) => `sha256:${index}`).join('\n');
      if (args[0] === 'image') return images.map((run, index) => `sha256:${index} ${run}`).join('\n');
      asked.push([...args]);
      return '';
    };
    const run = async (args: readonly string[]): Promise<CliResult> => {
      return { ok: true, stdout: answer(args), stderr: '', notStarted: null, exitCode: 0 };
    };
    return { cli: { program: 'docker', start: () => never(), run }, asked };
  }
  const never = () => {
    throw new Error('nothing is started here');
  };

  it('only what carries the name of a dead run of this user on this machine is removed', async () => {
    const names = [ownIdentity(), dead, { ...dead, host: '0000000000' }, { ...dead, user: '4242' }].map(nameOfRun);
    const { cli, asked } = engine([...names, 'create-caution-app-abcdef', ''], names);
    expect(await removeLeftovers(cli)).toEqual(['1 container', '1 image']);
    expect(asked).toEqual([
      ['rm', '--force', '--volumes', 'c1'],
      ['rmi', '--force', 'sha256:1'],
    ]);
  });

  it('nothing is asked to be removed when there is nothing', async () => {
    const { cli, asked } = engine([], []);
    expect(await removeLeftovers(cli)).toEqual([]);
    expect(asked).toEqual([]);
  });
});
