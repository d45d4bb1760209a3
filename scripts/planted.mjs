// `npm run test:planted`: every planted source of nondeterminism, and every control, through the built command; a table.
//   node scripts/planted.mjs [--sample] [--details] [FILTER...]    FILTER: part of a case's name
import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build as bundle } from 'esbuild';
import { makePairs } from '../test/planted/pairs.mjs';
import { namedWellEnough, readCases, runCase, runPair } from '../test/planted/run.mjs';
import { startServer } from '../test/planted/server.mjs';
import { prepare, root, say } from './prepare.mjs';

/** @typedef {import('../test/planted/run.mjs').Outcome} Outcome */

/** @returns {Promise<number>} the exit code */
async function main() {
  const { values, positionals } = parseArgs({
    options: { sample: { type: 'boolean' }, details: { type: 'boolean' } },
    allowPositionals: true,
  });
  const wanted = (/** @type {string} */ name) =>
    positionals.length === 0 || positionals.some((part) => name.includes(part));
  const cases = readCases().filter(({ name, sample }) => wanted(name) && (!values.sample || sample));
  const pairs = values.sample ? [] : (await makePairs()).filter(({ name }) => wanted(name));
  if (cases.length + pairs.length === 0) throw new Error(`No case has ${positionals.join(' or ')} in its name.`);
  await prepare();
  process.stdout.write(row(['case', 'language', 'planted', 'found', 'certain', 'exit', 'seconds', 'line', 'verdict']));
  const outcomes = { pairs: /** @type {Outcome[]} */ ([]), cases: /** @type {Outcome[]} */ ([]) };
  for (const pair of pairs) {
    const outcome = await runPair(pair, process.env);
    outcomes.pairs.push(outcome);
    show(outcome, values.details === true);
  }
  if (cases.length > 0) {
    await build(cases, (outcome) => {
      outcomes.cases.push(outcome);
      show(outcome, values.details === true);
    });
  }
  return total(outcomes);
}

/**
 * Builds cases, one at a time.
 * @param {import('../test/planted/run.mjs').Case[]} cases
 * @param {(outcome: Outcome) => void} report called with each as it ends
 */
async function build(cases, report) {
  say('A container engine and the StageX images');
  const { setUp } = await import('../test/engine/engine.mjs');
  const log = (/** @type {string} */ line) => process.stderr.write(`${line}\n`);
  const engine = await setUp({ languages: ['rust', 'node', 'python', 'go'], log });
  say(`${cases.length} cases, on ${engine.standIns ? 'stand-ins for StageX' : 'StageX'}`);
  const reference = await pins();
  const server = await startServer();
  try {
    for (const one of cases)
      report(await runCase(one, { reference, port: server.port, env: { ...process.env, ...engine.env } }));
  } finally {
    await server.close();
  }
}

/**
 * The pins that the product itself writes, from its own sources.
 * @returns {Promise<(image: string) => string>}
 */
async function pins() {
  // Inside the repository, for the lists of digests are looked for beside the code.
  const folder = mkdtempSync(path.join(root, 'node_modules', '.planted-'));
  try {
    const outfile = path.join(folder, 'releases.mjs');
    await bundle({
      entryPoints: [path.join(root, 'src/stagex/releases.ts')],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
    });
    const { defaultRegistry, defaultRelease, imageReference, digestsOf } = await import(pathToFileURL(outfile).href);
    // Read while the module is where it was made.
    digestsOf(defaultRelease);
    return (image) => imageReference(image, { release: defaultRelease, registry: defaultRegistry });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const widths = [31, 8, 18, 18, 7, 4, 7, 5, 0];

/** @param {string[]} cells */
function row(cells) {
  return `${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(' ')}\n`;
}

/** @param {Outcome} outcome @param {boolean} details */
function show({ planted, exit, seconds, found, verdict, placed, problems }, details) {
  const cells = [planted.name, planted.language, planted.plants ?? '(control)', found?.cause ?? '-'];
  cells.push(found ? (found.certain ? 'yes' : 'no') : '-', String(exit), seconds.toFixed(1));
  cells.push(found ? (placed ? 'right' : 'wrong') : '-', verdict);
  process.stdout.write(row(cells));
  for (const problem of problems) process.stdout.write(`    ! ${problem}\n`);
  if (details && found) process.stdout.write(`    ${found.path} (line ${found.line ?? '?'}): ${found.evidence}\n`);
}

/** @param {{ cases: Outcome[], pairs: Outcome[] }} outcomes @returns {number} the exit code */
function total({ cases, pairs }) {
  const planted = cases.filter(({ planted: { plants } }) => plants !== null);
  const controls = cases.filter(({ planted: { plants } }) => plants === null);
  const quiet = controls.filter(({ problems }) => problems.length === 0).length;
  const placed = planted.filter((one) => one.placed).length;
  process.stdout.write(`\n${inWords('planted', planted)}; the instruction named right in ${placed}\n`);
  process.stdout.write(`${inWords('prepared pairs', pairs)}\n${controls.length} controls: ${quiet} reproducible\n`);
  const broken = [...cases, ...pairs].filter(({ problems }) => problems.length > 0);
  if (broken.length > 0)
    process.stdout.write(`Not as it must be: ${broken.map((one) => one.planted.name).join(', ')}\n`);
  const enough = namedWellEnough(planted) && namedWellEnough(pairs);
  if (!enough) process.stdout.write('The cause is named right in less than nine of ten.\n');
  return broken.length === 0 && enough ? 0 : 1;
}

/** @param {string} what @param {Outcome[]} outcomes */
function inWords(what, outcomes) {
  const count = (/** @type {string} */ word) => `${outcomes.filter(({ verdict }) => verdict === word).length} ${word}`;
  return `${outcomes.length} ${what}: ${['right', 'wrong', 'uncertain', 'missed'].map(count).join(', ')}`;
}

process.exitCode = await main().catch((error) => {
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
});
