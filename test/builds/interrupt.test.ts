import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { keys, runInTerminal, scratch, treeOf } from '../cli/harness.ts';
import {
  type Ended,
  everything,
  moments,
  objectsOf,
  ownTemporary,
  pause,
  proxied,
  type Running,
  smallService,
  start,
  untilStarted,
} from './running.ts';
import { serverProcfile } from './services.ts';

/** `ALL=1` (npm run test:all) goes through every moment; else a part of them that is spread the same way. */
const all = process.env.ALL === '1';
const asked = all ? 25 : 3;
const killed = all ? 10 : 2;
/** Until the command listens to signals it is ended by them, as any program. */
const listensAfterMs = 1500;

const silent = serverProcfile.replace('http_port: 8080', 'http_port: 9090').replace('ports: 8080', 'ports: 9090');

/** A verification that was met by a signal at a moment of its run. */
interface Met {
  run: Running;
  temporary: string;
  ended: Ended;
  /** ms after its beginning. */
  after: number;
  /** How long an undisturbed run takes by now; ms. */
  length: number;
}

/** How long a verification takes here, undisturbed; ms. */
async function lengthOf(folder: string): Promise<number> {
  const begin = Date.now();
  const run = start(['verify', '.'], folder, { TMPDIR: ownTemporary() });
  expect(await run.ended, run.said()).toEqual({ code: 0, signal: null });
  return Date.now() - begin;
}

/** Sends a signal at a part of a run's length; once more where the run was faster than the last ones and had ended. */
async function meet(folder: string, signal: NodeJS.Signals, moment: number, length: number): Promise<Met> {
  const temporary = ownTemporary();
  const after = moment * length;
  const begin = Date.now();
  const run = start(['verify', '.'], folder, { TMPDIR: temporary });
  await Promise.race([pause(after), run.ended]);
  if (!run.child.kill(signal)) {
    expect(await run.ended, run.said()).toEqual({ code: 0, signal: null });
    return meet(folder, signal, moment, Math.min(Date.now() - begin, 0.95 * length));
  }
  return { run, temporary, ended: await run.ended, after, length };
}

describe('Ctrl-C while building', () => {
  it('ends with 130, keeps what was written, and leaves no container, image or temporary folder', async () => {
    const folder = scratch();
    const temporary = ownTemporary();
    const run = runInTerminal(['svc', '--language', 'go', '--yes'], folder, { TMPDIR: temporary });
    await run.until(/build 1 .* (RUN|COPY)/);
    run.type(keys.ctrlC);
    expect(await run.exit).toBe(130);
    expect(treeOf(folder)).toHaveProperty('svc/Containerfile');
    expect(readdirSync(temporary)).toEqual([]);
    expect(await objectsOf(run.pid)).toEqual([]);
  });
});

describe('a signal at any moment of a verification', () => {
  it.each([
    ['SIGINT', 130, 1_234_567],
    ['SIGTERM', 143, 7_654_321],
  ] as const)('%s ends it with its exit code, and nothing stays', async (signal, code, seed) => {
    const folder = smallService();
    const before = everything(folder);
    let length = await lengthOf(folder);
    let answered = 0;
    for (const moment of moments(asked, seed)) {
      const met = await meet(folder, signal, moment, length);
      const { run, ended, after } = met;
      length = met.length;
      const at = `after ${Math.round(after)} ms it had said:\n${run.said()}`;
      // At the very end the whole outcome was printed, and nothing was cancelled.
      const complete = ended.code === 0 && moment > 0.5 && run.said().includes('The same enclave from both builds');
      const early = after < listensAfterMs && ended.signal === signal && run.said() === '';
      if (!complete && !early) {
        expect(ended, at).toEqual({ code, signal: null });
        answered += 1;
      }
      expect(readdirSync(met.temporary), at).toEqual([]);
      expect(await objectsOf(run.pid), at).toEqual([]);
      expect(everything(folder), at).toEqual(before);
    }
    expect(answered).toBeGreaterThan(asked / 2);
  });
});

describe('SIGKILL', () => {
  it('leaves what the next run removes, whenever it comes', async () => {
    const folder = smallService();
    const before = everything(folder);
    let length = await lengthOf(folder);
    let left = 0;
    for (const moment of moments(killed, 9_999_991)) {
      const met = await meet(folder, 'SIGKILL', moment, length);
      const { run, temporary, ended, after } = met;
      length = met.length;
      expect(ended).toEqual({ code: null, signal: 'SIGKILL' });
      left += readdirSync(temporary).length;
      const next = start(['verify', '.', '--no-start'], folder, { TMPDIR: temporary });
      expect(await next.ended, next.said()).toEqual({ code: 0, signal: null });
      expect(readdirSync(temporary), `after ${after} ms`).toEqual([]);
      expect(await objectsOf(run.pid), `after ${after} ms`).toEqual([]);
      expect(everything(folder), `after ${after} ms`).toEqual(before);
    }
    expect(left).toBeGreaterThan(0);
  });

  it('while the service starts leaves a container and an image: the next run removes them, and none of a run that lives', async () => {
    const folder = smallService(silent);
    const temporary = ownTemporary();
    const args = ['verify', '.', '--start-timeout', '300'];
    const [living, dying] = [1, 2].map(() => start(args, folder, { TMPDIR: temporary }));
    if (!living || !dying) throw new Error('two runs were started');
    for (const run of [living, dying]) await untilStarted(run);
    const held = await objectsOf(living.pid);
    dying.child.kill('SIGKILL');
    await dying.ended;
    expect(await objectsOf(dying.pid)).not.toEqual([]);
    expect(readdirSync(temporary)).toHaveLength(2);
    const next = start(['verify', '.', '--no-start', '--json'], folder, { TMPDIR: temporary });
    expect(await next.ended, next.said()).toEqual({ code: 0, signal: null });
    expect(next.said()).toContain('leftovers-removed');
    expect(await objectsOf(dying.pid)).toEqual([]);
    expect(readdirSync(temporary)).toHaveLength(1);
    expect((await objectsOf(living.pid)).length).toBeGreaterThanOrEqual(held.length);
    living.child.kill('SIGTERM');
    expect(await living.ended).toEqual({ code: 143, signal: null });
    expect(readdirSync(temporary)).toEqual([]);
    expect(await objectsOf(living.pid)).toEqual([]);
  });
});

describe('an engine that goes away', () => {
  it('ends the run with a reason and no temporary folder, and the next run removes what stayed in the engine', async () => {
    const folder = smallService(silent);
    const temporary = ownTemporary();
    const { host, cut } = await proxied(path.dirname(temporary));
    const run = start(['verify', '.', '--json', '--start-timeout', '300'], folder, {
      TMPDIR: temporary,
      DOCKER_HOST: host,
    });
    await untilStarted(run);
    cut();
    const { code } = await run.ended;
    expect([1, 3, 4], run.said()).toContain(code);
    expect(run.said()).not.toContain('This is a bug');
    expect(readdirSync(temporary)).toEqual([]);
    expect(await objectsOf(run.pid)).not.toEqual([]);
    const next = start(['verify', '.', '--no-start'], folder, { TMPDIR: temporary });
    expect(await next.ended, next.said()).toEqual({ code: 0, signal: null });
    expect(await objectsOf(run.pid)).toEqual([]);
  });

  it('in the middle of a build ends the run with a reason and leaves no temporary folder', async () => {
    const folder = smallService();
    const temporary = ownTemporary();
    const { host, cut } = await proxied(path.dirname(temporary));
    const run = start(['verify', '.', '--json'], folder, { TMPDIR: temporary, DOCKER_HOST: host });
    await run.until(/Build 1 of 2|build 1/);
    cut();
    const { code } = await run.ended;
    expect([1, 4], run.said()).toContain(code);
    expect(run.said()).toMatch(/"code": "(build-failed|no-engine)"/);
    expect(readdirSync(temporary)).toEqual([]);
    expect(await objectsOf(run.pid)).toEqual([]);
  });
});
