/**
 * One set-up at a time. The lock is the kernel's (flock), held by a child that lives as long as this process: a holder that is killed, however, has
 * let go of it, and there is no stale lock to judge.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { EngineError, hostEnv } from './exec.mjs';

/**
 * Runs `work` while holding the lock.
 * @template T
 * @param {string} path the lock file; its folder is made
 * @param {{ log: (line: string) => void, signal?: AbortSignal | undefined }} options
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(path, options, work) {
  mkdirSync(dirname(path), { recursive: true });
  const release = await acquire(path, options);
  try {
    writeFileSync(path, `${process.pid}\n`);
    return await work();
  } finally {
    await release();
  }
}

/**
 * Removes a lock file that the caller holds: whoever waits for it finds that it is another file by then, and starts over.
 * @param {string} path
 */
export function removeHeldLock(path) {
  rmSync(path, { force: true });
}

/**
 * @param {string} path
 * @param {{ log: (line: string) => void, signal?: AbortSignal | undefined }} options
 * @returns {Promise<() => Promise<void>>}
 */
async function acquire(path, options) {
  for (;;) {
    const held = await flock(path, options);
    if (isStillThere(path, held.pid)) return held.release;
    await held.release();
  }
}

/**
 * @param {string} path
 * @param {{ log: (line: string) => void, signal?: AbortSignal | undefined }} options
 * @returns {Promise<{ pid: number, release: () => Promise<void> }>}
 */
async function flock(path, { log, signal }) {
  signal?.throwIfAborted();
  // `cat` ends when this process does, since its input ends then; with it ends the lock.
  const child = spawn('flock', ['--exclusive', path, 'sh', '-c', 'echo $$; exec cat'], {
    env: hostEnv(),
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true, // held through Ctrl-C until everything has ended
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const waiting = setTimeout(() => log(`waiting for another set-up${holder(path)} to finish`), 1000);
  const stop = () => child.kill('SIGKILL');
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const pid = await new Promise((resolve, reject) => {
      child.once('error', (error) => reject(new EngineError(`flock could not be started: ${error.message}`)));
      child.once('close', () => reject(signal?.reason ?? new EngineError(`The lock ${path} could not be taken`)));
      child.stdout.once('data', (/** @type {Buffer} */ data) => resolve(Number(data.toString())));
    });
    const release = async () => {
      child.stdin.end();
      await ended;
    };
    return { pid, release };
  } finally {
    clearTimeout(waiting);
    signal?.removeEventListener('abort', stop);
  }
}

/** @param {string} path */
function holder(path) {
  const pid = Number.parseInt(readFileSync(path, 'utf8'), 10);
  return Number.isInteger(pid) ? ` (process ${pid})` : '';
}

/**
 * Whether the locked file is the one that the path names: an earlier holder may have removed it.
 * @param {string} path
 * @param {number} pid of the child that inherited the locked file
 */
function isStillThere(path, pid) {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there === undefined) return false;
  // flock(1) opens the file as the first descriptor after the standard ones, and passes it on.
  const held = statSync(`/proc/${pid}/fd/3`);
  return held.ino === there.ino && held.dev === there.dev;
}
