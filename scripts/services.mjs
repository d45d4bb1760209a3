// `npm run services -- FOLDER`: what the tool says of real services (test/services), beside what a careful person would want.
//   node scripts/services.mjs FOLDER [--only WORD] [--json]    FOLDER/<owner>_<name>: a checkout of each
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { judge } from '../test/services/judge.mjs';
import { root, run } from './prepare.mjs';

/** @typedef {import('../test/services/judge.mjs').Service} Service */
/** @typedef {import('../test/services/judge.mjs').Answer} Answer */
/** @typedef {{ service: Service, answer: Answer, ms: number, verdict: string, why: string }} Row */

/** @returns {Promise<number>} the exit code: 0 when nothing is wrong */
async function main() {
  const { values, positionals } = parseArgs({
    options: { only: { type: 'string' }, json: { type: 'boolean' } },
    allowPositionals: true,
  });
  const [folder] = positionals;
  if (folder === undefined) throw new Error('Give the folder in which the checkouts lie.');
  const only = values.only ?? '';
  const services = readServices().filter(({ name, language }) => language === only || name.includes(only));
  const there = services.filter((service) => existsSync(path.join(checkout(folder, service), '.git')));
  if (there.length === 0) throw new Error(`No checkout of a service in ${folder}.`);
  await run(process.execPath, [path.join(root, 'scripts/build.mjs')]);
  const rows = [];
  for (const service of there) {
    const row = await ask(folder, service);
    rows.push(row);
    if (!values.json) process.stdout.write(line(row));
  }
  if (values.json) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
  else process.stdout.write(total(rows, services.length));
  return rows.every(({ verdict }) => verdict === 'right') ? 0 : 1;
}

/** @returns {Service[]} */
function readServices() {
  return JSON.parse(readFileSync(path.join(root, 'test/services/services.json'), 'utf8'));
}

/** @param {string} folder @param {Service} service */
function checkout(folder, { repository }) {
  return path.join(folder, new URL(repository).pathname.slice(1).replace('/', '_'));
}

/** Runs the tool on one service. @param {string} folder @param {Service} service @returns {Promise<Row>} */
async function ask(folder, service) {
  const at = checkout(folder, service);
  const commit = execFileSync('git', ['-C', at, 'rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
  const begun = performance.now();
  const first = parsed(await dryRun(path.join(at, service.folder)));
  const ms = Math.round(performance.now() - begun);
  // A repository of two languages: a person answers that question, and is asked what is left.
  const asked = first.missing.includes('--language');
  const answer = asked ? parsed(await dryRun(path.join(at, service.folder), service.language)) : first;
  const other = commit === service.commit ? '' : " (another commit than the list's)";
  const { verdict, why } = judge(service, answer);
  const question = asked ? 'after --language' : '';
  return { service, answer, ms, verdict, why: [question, `${why}${other}`].filter(Boolean).join(', ') };
}

/** @param {string} dir @param {string} [language] @returns {Promise<string>} what was printed, whatever the exit code */
function dryRun(dir, language) {
  const given = language === undefined ? [] : ['--language', language];
  const words = [path.join(root, 'dist/cli.js'), 'create', dir, '--dry-run', '--json', '--yes', ...given];
  return new Promise((resolve) => {
    execFile(process.execPath, words, { maxBuffer: 64 << 20, timeout: 60_000 }, (error, stdout, stderr) =>
      resolve(stdout || `${error?.message}\n${stderr}`),
    );
  });
}

/** @param {string} output @returns {Answer} */
function parsed(output) {
  try {
    return JSON.parse(output);
  } catch {
    return { outcome: 'no JSON', app: null, evidence: [], findings: [], missing: [], error: { message: output } };
  }
}

/** @param {Row} row */
function line({ service, answer, ms, verdict, why }) {
  const ids = answer.findings.filter(({ level }) => level === 'error').map(({ id }) => id);
  const cells = [
    service.name.padEnd(44),
    service.language.padEnd(7),
    service.want.outcome.padEnd(8),
    answer.outcome.padEnd(8),
    `${ms} ms`.padStart(8),
    verdict.padEnd(18),
    [why, ids.join(', ')].filter(Boolean).join(' | '),
  ];
  return `${cells.join(' ').trimEnd()}\n`;
}

/** @param {Row[]} rows @param {number} listed @returns {string} */
function total(rows, listed) {
  const count = (/** @type {string} */ verdict) => rows.filter((row) => row.verdict === verdict).length;
  const times = rows.map(({ ms }) => ms).sort((a, b) => a - b);
  const middle = times[Math.floor(times.length / 2)];
  const absent = listed - rows.length;
  return [
    `\n${count('right')} of ${rows.length} right, ${count('wrong')} wrong, ${count('confidently wrong')} confidently wrong`,
    absent > 0 ? `; ${absent} without a checkout` : '',
    `. Median ${middle} ms, longest ${times.at(-1)} ms.\n`,
  ].join('');
}

process.exitCode = await main().catch((error) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return 2;
});
