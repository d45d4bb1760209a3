import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { processOf } from '../../src/verify/leftovers/identity.ts';
import { childEnv, cli, scratch } from '../cli/harness.ts';
import { docker } from './harness.ts';
import { busyboxContainerfile, commitAll, serverLines, serverProcfile } from './services.ts';

/** How the command ended: its exit code, or the signal that ended it before it could answer one. */
export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** The built command while it runs. */
export interface Running {
  pid: number;
  child: ChildProcess;
  ended: Promise<Ended>;
  said(): string;
  /** Waits for a text on stderr or stdout. */
  until(pattern: RegExp): Promise<void>;
}

export function start(args: string[], cwd: string, env: Record<string, string | undefined> = {}): Running {
  const child = spawn(process.execPath, [cli, ...args], {
    cwd,
    env: childEnv(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += String(chunk)));
  let over = false;
  const ended = new Promise<Ended>((resolve) =>
    child.on('close', (code, signal) => {
      over = true;
      resolve({ code, signal });
    }),
  );
  return {
    pid: child.pid ?? 0,
    child,
    ended,
    said: () => text,
    async until(pattern) {
      const deadline = Date.now() + 120_000;
      while (!pattern.test(text)) {
        if (over || Date.now() > deadline) throw new Error(`Never saw ${pattern}; it said:\n${text}`);
        await pause(20);
      }
    },
  };
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A small service that starts, committed. */
export function smallService(procfile = serverProcfile): string {
  const folder = scratch({
    Containerfile: busyboxContainerfile(...serverLines),
    Procfile: procfile,
    'a/file': 'text\n',
  });
  commitAll(folder);
  return folder;
}

/** Every file below a folder, git's own among them: its kind, mode and content. */
export function everything(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const at = path.join(folder, name);
    const info = lstatSync(at);
    const content = info.isFile() ? readFileSync(at) : info.isSymbolicLink() ? readlinkSync(at) : '';
    found[name] = `${info.mode} ${createHash('sha256').update(content).digest('hex')}`;
  }
  return found;
}

/** A folder of its own for temporary files, so that other runs on this machine are not seen. */
export function ownTemporary(): string {
  const folder = path.join(scratch(), 'tmp');
  mkdirSync(folder);
  return folder;
}

/** Containers and images of one process: the engine may be shared, and others' are none of our business. */
export async function objectsOf(pid: number): Promise<string[]> {
  const filter = ['--filter', 'label=create-caution-app.run'];
  const label = '"create-caution-app.run"';
  const containers = await docker(['ps', '--all', ...filter, '--format', `container {{.Label ${label}}}`], '/');
  const { stdout } = await docker(['images', '--all', '--quiet', '--no-trunc', ...filter], '/');
  const ids = [...new Set(stdout.split('\n').filter(Boolean))];
  const format = ['--format', `image {{index .Config.Labels ${label}}}`];
  const images = ids.length === 0 ? { stdout: '' } : await docker(['image', 'inspect', ...format, ...ids], '/');
  return `${containers.stdout}\n${images.stdout}`
    .split('\n')
    .filter((line) => processOf(line.split(' ')[1] ?? '')?.pid === pid);
}

/** Waits until a run has a container and its image. */
export async function untilStarted(run: Running): Promise<void> {
  let over = false;
  void run.ended.then(() => {
    over = true;
  });
  while ((await objectsOf(run.pid)).length < 2) {
    if (over) throw new Error(`It ended before its service was started; it said:\n${run.said()}`);
    await pause(200);
  }
}

/** Numbers from 0 to 1 that are the same in every run. Source: Park and Miller's minimal standard generator. */
export function* seeded(seed: number): Generator<number> {
  for (let state = seed; ; ) {
    state = (state * 48_271) % 2_147_483_647;
    yield state / 2_147_483_647;
  }
}

/** Random moments of a whole, one in each of `count` equal parts of it; from 0 to 1. */
export function moments(count: number, seed: number): number[] {
  const random = seeded(seed);
  return Array.from({ length: count }, (_, part) => (part + (random.next().value as number)) / count);
}

/** The engine, reached by a socket of our own that can be taken away. */
export async function proxied(folder: string): Promise<{ host: string; cut: () => void }> {
  const real = (process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock').replace(/^unix:\/\//, '');
  const open = new Set<net.Socket>();
  const server = net.createServer({ allowHalfOpen: true }, (near) => {
    const far = net.connect({ path: real, allowHalfOpen: true });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => open.delete(one));
      one.pipe(other);
    }
  });
  const socket = path.join(folder, 'engine.sock');
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return {
    host: `unix://${socket}`,
    cut: () => {
      server.close();
      for (const one of open) one.destroy();
    },
  };
}
