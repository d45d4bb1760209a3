// `npm run test:planted`: every planted source of nondeterminism, and every control, through the built command; a table.
//   node scripts/planted.mjs [--sample] [--details] [FILTER...]    FILTER: part of a case's name
import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { namedWellEnough, readCases, runCase } from '../test/planted/run.mjs';
import { startServer } from '../test/planted/server.mjs';
import { prepare, root, say } from './prepare.mjs';

/** @typedef {import('../test/planted/run.mjs').Outcome} Outcome */

/** @returns {Promise<number>} the exit code */
async function main() {
  const { values, positionals } = parseArgs({
    options: { sample: { type: 'boolean' }, details: { type: 'boolean' } },
    allowPositionals: true,
  });
  const chosen = readCases().filter(
    ({ name, sample }) =>
      (!values.sample || sample) && (positionals.length === 0 || positionals.some((part) => name.includes(part))),
  );
  if (chosen.length === 0) throw new Error(`No case has ${JSON.stringify(positionals.join(' '))} in its name.`);
  await prepare();
  say('A container engine and the StageX images');
  const { setUp } = await import('../test/engine/engine.mjs');
  const log = (/** @type {string} */ line) => process.stderr.write(`${line}\n`);
  const engine = await setUp({ languages: ['rust', 'node', 'python', 'go'], log });
  say(`${chosen.length} cases, on ${engine.standIns ? 'stand-ins for StageX' : 'StageX'}`);
  const reference = await pins();
  process.stdout.write(row(['case', 'language', 'planted', 'found', 'certain', 'exit', 'seconds', 'line', 'verdict']));
  const outcomes = [];
  const server = await startServer();
  try {
    for (const one of chosen) {
      const { port } = server;
      const outcome = await runCase(one, { reference, port, env: { ...process.env, ...engine.env } });
      outcomes.push(outcome);
      show(outcome, values.details === true);
    }
  } finally {
    await server.close();
  }
  return total(outcomes);
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
    await build({
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

/** @param {Outcome[]} outcomes @returns {number} the exit code */
function total(outcomes) {
  const planted = outcomes.filter(({ planted: { plants } }) => plants !== null);
  const count = (/** @type {string} */ word) => planted.filter(({ verdict }) => verdict === word).length;
  const controls = outcomes.filter(({ planted: { plants } }) => plants === null);
  const quiet = controls.filter(({ problems }) => problems.length === 0).length;
  const broken = outcomes.filter(({ problems }) => problems.length > 0);
  const enough = namedWellEnough(planted);
  process.stdout.write(
    `\n${planted.length} planted: ${count('right')} named right, ${count('wrong')} wrong, ${count('uncertain')} uncertain, ` +
      `${count('missed')} missed; the instruction named right in ${planted.filter(({ placed }) => placed).length}\n${controls.length} controls: ${quiet} reproducible\n`,
  );
  if (broken.length > 0)
    process.stdout.write(`Not as it must be: ${broken.map((one) => one.planted.name).join(', ')}\n`);
  if (!enough) process.stdout.write('The cause is named right in less than nine of ten.\n');
  return broken.length === 0 && enough ? 0 : 1;
}

process.exitCode = await main().catch((error) => {
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
});
