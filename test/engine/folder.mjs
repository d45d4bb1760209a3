/** The one folder that holds all: known as ours before anything in it is touched, known as unused before it is removed. */
import { spawn } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { EngineError } from './exec.mjs';

/** A file by which the folder is known as ours: nothing else is ever removed. */
const MARK = 'made-by-create-caution-app-test-engine';

/**
 * Puts aside what is not needed any more, and has it removed while nobody waits: hundreds of thousands of files take their time.
 * @param {string} home
 * @param {string[]} names
 */
export function discard(home, names) {
  const trash = join(home, 'trash', String(Date.now()));
  mkdirSync(trash, { recursive: true });
  for (const name of names) if (existsSync(join(home, name))) renameSync(join(home, name), join(trash, basename(name)));
  spawn('rm', ['-rf', '--one-file-system', '--', join(home, 'trash')], {
    detached: true,
    stdio: 'ignore',
    cwd: '/',
  }).unref();
}

/** Takes the folder, which must be new or ours. @param {string} home */
export function claim(home) {
  mkdirSync(home, { recursive: true });
  if (readdirSync(home).length > 0) requireOurs(home);
  mkdirSync(join(home, 'log'), { recursive: true });
  mkdirSync(join(home, 'made'), { recursive: true });
  writeFileSync(join(home, MARK), 'Remove with: npm run engine -- --down\n');
}

/** @param {string} home */
export function requireOurs(home) {
  const there = lstatSync(home);
  if (there.isDirectory() && there.uid === process.getuid?.() && existsSync(join(home, MARK))) return;
  throw new EngineError(`${home} is not a folder of this engine, or another user's: it is left alone`);
}

/** Refuses while anything is mounted in the folder, or runs with its root in it. @param {string} home */
export function requireUnused(home) {
  const within = (/** @type {string} */ path) => path.startsWith(`${home}/`);
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '');
  const still = mounts.filter(within).map((path) => `mounted: ${path}`);
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    if (within(rootOf(pid))) still.push(`running: process ${pid}`);
  }
  if (still.length > 0) throw new EngineError(`In use, so nothing was removed: ${still.join(', ')}`);
}

/** @param {string} pid @returns {string} a process's root folder; empty when the process has ended, or is none of ours to look at */
function rootOf(pid) {
  try {
    return readlinkSync(`/proc/${pid}/root`);
  } catch (error) {
    if (error instanceof Error && 'code' in error && /^(ENOENT|ESRCH|EACCES)$/.test(String(error.code))) return '';
    throw error;
  }
}
