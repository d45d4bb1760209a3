// `npm run bench:compare`: comparing two images of text, one file of which differs, against gunzip and SHA-256 of the
// same bytes, and against diffoci and diffoscope where a path to them is given; in one run, turn by turn.
//   node bench/compare.mjs [--all | --sizes 100,300,1000] [--rounds 5] [--diffoci PATH] [--diffoscope PATH]
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { cli, prepare } from '../scripts/prepare.mjs';
import { makePair } from './pair.mjs';

const { values } = parseArgs({
  options: {
    all: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    sizes: { type: 'string', default: '100,300,1000' },
    diffoci: { type: 'string' },
    diffoscope: { type: 'string' },
  },
});
const rounds = Number(values.rounds);

/** @param {number[]} numbers */
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

/**
 * Runs a program to its end, whatever it says of the images.
 * @param {string} file
 * @param {string[]} args
 * @returns {Promise<{ seconds: number, peakMb: number }>} peak of resident memory, as far as it was seen
 */
function measured(file, args) {
  const start = process.hrtime.bigint();
  const child = spawn(file, args, { stdio: 'ignore' });
  let peak = 0;
  const watch = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      peak = Math.max(peak, Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024);
    } catch {
      // It has ended, or there is no /proc.
    }
  }, 20);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(watch);
      // 1 and 3 say that the images differ; anything else would be measured for nothing.
      if (code !== 0 && code !== 1 && code !== 3) reject(new Error(`${file} ended with exit code ${code}`));
      resolve({ seconds: Number(process.hrtime.bigint() - start) / 1e9, peakMb: peak });
    });
  });
}

/**
 * diffoci compares what it has loaded; its loading is not counted.
 * @param {string} program @param {string[]} images
 * @returns {[string, string, string[]]}
 */
function loadedDiffoci(program, images) {
  const cache = ['--backend', 'local', '--local-cache', path.join(folder, 'diffoci')];
  for (const image of images) execFileSync(program, [...cache, 'load', '--input', image], { stdio: 'ignore' });
  return ['diffoci', program, [...cache, 'diff', '--semantic', 'bench.invalid/pair:a', 'bench.invalid/pair:b']];
}

/** @param {string} text */
const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

await prepare();
const folder = mkdtempSync(path.join(tmpdir(), 'caution-bench-'));
try {
  for (const size of values.all ? [100, 300, 1000, 4000] : values.sizes.split(',').map(Number)) {
    const { images, layers, packed } = await makePair(folder, size);
    const floor = layers.map((layer) => `gunzip -c < ${quoted(layer)} | sha256sum &`).join(' ');
    /** @type {[string, string, string[]][]} */
    const contestants = [
      ['gunzip and sha256sum, both at once', 'sh', ['-c', `${floor} wait`]],
      ['compare', process.execPath, [cli, 'compare', ...images, '--json']],
      ...(values.diffoci ? [loadedDiffoci(values.diffoci, images)] : []),
      ...(values.diffoscope
        ? /** @type {[string, string, string[]][]} */ ([['diffoscope', values.diffoscope, [...layers]]])
        : []),
    ];
    /** @type {Map<string, { seconds: number[], peak: number[] }>} */
    const times = new Map(contestants.map(([name]) => [name, { seconds: [], peak: [] }]));
    for (let round = 0; round < (size > 1000 ? 1 : rounds); round += 1) {
      for (const [name, file, args] of contestants) {
        const { seconds, peakMb } = await measured(file, args);
        times.get(name)?.seconds.push(seconds);
        times.get(name)?.peak.push(peakMb);
      }
    }
    const base = median(times.get('gunzip and sha256sum, both at once')?.seconds ?? []);
    process.stdout.write(
      `${size} MB of text in 1 MB files (${Math.round(packed / 1e6)} MB packed), one of them changed\n`,
    );
    for (const [name, { seconds, peak }] of times) {
      const middle = median(seconds);
      process.stdout.write(
        `  ${name.padEnd(36)} ${middle.toFixed(2).padStart(7)} s  ${(middle / base).toFixed(2).padStart(6)} ×  ${Math.max(
          ...peak,
        )
          .toFixed(0)
          .padStart(5)} MB\n`,
      );
    }
    // A large pair takes room that the next one needs.
    for (const entry of readdirSync(folder)) rmSync(path.join(folder, entry), { recursive: true, force: true });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
