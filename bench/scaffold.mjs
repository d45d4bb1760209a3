// Scaffolding without verification against create-vite, in one run: median wall times, and their ratio.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cli, prepare, root } from '../scripts/prepare.mjs';

const rounds = 15;

/**
 * @param {string} script
 * @param {(folder: string) => string[]} args
 * @returns {number} milliseconds
 */
function once(script, args) {
  const folder = mkdtempSync(path.join(tmpdir(), 'caution-bench-'));
  const start = process.hrtime.bigint();
  execFileSync(process.execPath, [script, ...args(folder)], { cwd: folder, stdio: 'ignore' });
  const took = Number(process.hrtime.bigint() - start) / 1e6;
  rmSync(folder, { recursive: true, force: true });
  return took;
}

/** @param {number[]} values */
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

await prepare();
const vite = path.join(root, 'node_modules/create-vite/index.js');
/** @type {Record<string, { script: string, args: () => string[], times: number[] }>} */
const contestants = {
  'node (nothing)': { script: path.join(root, 'bench/nothing.mjs'), args: () => [], times: [] },
  'create-vite': { script: vite, args: () => ['svc', '--template', 'vanilla', '--no-interactive'], times: [] },
  'create-caution-app': {
    script: cli,
    args: () => ['svc', '--language', 'go', '--yes', '--no-verify', '--no-git'],
    times: [],
  },
};
// Turn by turn, so that a busy moment hits all alike.
for (let round = 0; round < rounds; round += 1) {
  for (const { script, args, times } of Object.values(contestants)) times.push(once(script, args));
}
const peer = median(contestants['create-vite']?.times ?? []);
for (const [name, { times }] of Object.entries(contestants)) {
  const middle = median(times);
  process.stdout.write(
    `${name.padEnd(20)} ${middle.toFixed(0).padStart(5)} ms   ${(middle / peer).toFixed(2)} × create-vite\n`,
  );
}
