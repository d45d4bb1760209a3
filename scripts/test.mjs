// `npm test`: everything that a change must pass, from a bare clone on. With `--all` (`npm run test:all`) the suites run
// whole: every planted cause, every moment of interruption, every engine with every language.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { exitCodeOf, prepare, root, run, say } from './prepare.mjs';

const bin = (/** @type {string} */ name) => path.join(root, 'node_modules', '.bin', name);
const reports = mkdtempSync(path.join(tmpdir(), 'caution-test-'));

const { all } = parseArgs({ options: { all: { type: 'boolean', default: false } } }).values;
/** What tells the suites to run whole. */
const whole = all ? { ALL: '1' } : {};

/** @returns {Promise<number>} the exit code */
async function test() {
  await prepare();
  say('Types, lint and format');
  await run(bin('tsc'), ['-p', '.']);
  await run(bin('biome'), ['check', '--error-on-warnings', '.']);
  say('Unit and command-line tests');
  const quick = await vitest('quick', ['unit', 'cli'], { ...process.env, ...whole });
  say('Report pages in a real browser');
  const pages = await vitest('pages', ['browser'], process.env);
  say('A container engine and the StageX images');
  const { setUp } = await import('../test/engine/engine.mjs');
  const engine = await setUp({
    languages: ['rust', 'node', 'python', 'go'],
    log: (line) => process.stderr.write(`${line}\n`),
  });
  say(
    `Container builds on ${engine.standIns ? 'stand-ins for StageX (its own images cannot be pulled here)' : 'StageX'}`,
  );
  const builds = await vitest('builds', ['builds'], { ...process.env, ...engine.env, ...whole });
  const planted = all ? await exitCodeOf(process.execPath, ['scripts/planted.mjs']) : 0;
  const passed = quick.passed + pages.passed + builds.passed;
  const failed = quick.failed + pages.failed + builds.failed;
  process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
  return [quick.code, pages.code, builds.code, planted].every((code) => code === 0) && passed > 0 && failed === 0
    ? 0
    : 1;
}

/**
 * @param {string} name
 * @param {string[]} projects
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ code: number, passed: number, failed: number }>}
 */
async function vitest(name, projects, env) {
  const file = path.join(reports, `${name}.json`);
  const code = await exitCodeOf(
    bin('vitest'),
    [
      'run',
      ...projects.flatMap((project) => ['--project', project]),
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
    ],
    { env },
  );
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(file, 'utf8'));
  return { code, passed: numPassedTests, failed: numFailedTests };
}

process.exitCode = await test()
  .catch((error) => {
    process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  })
  .finally(() => rmSync(reports, { recursive: true, force: true }));
