// How long check takes: on a starter, and on a repository of 100,000 files. Median wall times, node's own start included.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cli, prepare } from '../scripts/prepare.mjs';

const rounds = 9;
const limits = { 'a starter': 250, '100,000 files': 1000 };

/** @param {string} file @param {string[]} args @param {string} cwd */
const run = (file, args, cwd) => execFileSync(file, args, { cwd, stdio: 'ignore' });

/** @param {string} folder */
function commit(folder) {
  run('git', ['init', '--quiet'], folder);
  run('git', ['add', '--all'], folder);
  run('git', ['-c', 'user.name=Bench', '-c', 'user.email=bench@example.com', 'commit', '--quiet', '-m', 'All'], folder);
}

/**
 * A starter among so many other files.
 * @param {string} folder
 * @param {number} others
 */
function repository(folder, others) {
  mkdirSync(folder);
  run(process.execPath, [cli, '.', '--language', 'go', '--yes', '--no-verify', '--no-git'], folder);
  for (let index = 0; index < others; index += 1) {
    const below = path.join(folder, 'assets', String(index % 200));
    if (index < 200) mkdirSync(below, { recursive: true });
    writeFileSync(path.join(below, `${index}.txt`), `${index}\n`);
  }
  commit(folder);
}

/** @param {string} folder @returns {number} milliseconds */
function once(folder) {
  const start = process.hrtime.bigint();
  run(process.execPath, [cli, 'check'], folder);
  return Number(process.hrtime.bigint() - start) / 1e6;
}

await prepare();
const work = mkdtempSync(path.join(tmpdir(), 'caution-bench-'));
try {
  const folders = { 'a starter': path.join(work, 'small'), '100,000 files': path.join(work, 'large') };
  repository(folders['a starter'], 0);
  repository(folders['100,000 files'], 100_000);
  for (const [name, folder] of Object.entries(folders)) {
    const times = Array.from({ length: rounds }, () => once(folder)).sort((a, b) => a - b);
    const median = times[Math.floor(rounds / 2)] ?? Number.NaN;
    const limit = limits[/** @type {keyof typeof limits} */ (name)];
    process.stdout.write(`${name.padEnd(14)} ${median.toFixed(0).padStart(5)} ms   (to be within ${limit} ms)\n`);
    if (median > limit) process.exitCode = 1;
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
