// Runs planted cases through the built command: each a folder with one known source of nondeterminism, or a control.
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { writePair } from './archives.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(path.dirname(here));

/**
 * What a case plants, from its case.json.
 * @typedef {object} Case
 * @property {string} name the folder's
 * @property {'shell' | 'rust' | 'node' | 'python' | 'go' | 'pair'} language `pair`: not built, two prepared images
 * @property {string | null} plants the cause, in the words of the contract; null for a control
 * @property {string[]} [accepts] other causes that are as true: a listing holds times and modes
 * @property {boolean} [mixed] whether several causes make the difference: nobody may be certain of one
 * @property {string} [path] what differs; `*` stands for any part of a name
 * @property {number} [line] of the instruction that plants it
 * @property {string} [carrier] where it shows
 * @property {string} note what happens here, and why
 * @property {boolean} [sample] of the part that every test run builds
 */
/**
 * @typedef {object} Found one difference as verify reports it
 * @property {string} path
 * @property {boolean} inEnclave
 * @property {string} cause
 * @property {boolean} certain
 * @property {string} [carrier]
 * @property {string} evidence
 * @property {string} [instruction]
 * @property {number} [line]
 */
/**
 * @typedef {object} Outcome
 * @property {Case} planted
 * @property {number} exit
 * @property {number} seconds
 * @property {Found | null} found the difference that was planted
 * @property {'right' | 'wrong' | 'uncertain' | 'missed'} verdict right cause; another one; `unknown`; not as planted
 * @property {boolean} placed whether the instruction that plants it is the one that is named
 * @property {string[]} problems what must not be, in words
 */

/**
 * @typedef {object} Options
 * @property {(image: string) => string} reference from a StageX image to its pin
 * @property {number} [port] of the server (server.mjs) that some cases ask
 * @property {NodeJS.ProcessEnv} env
 */

/** @returns {Case[]} sorted by name */
export function readCases() {
  const folder = path.join(here, 'cases');
  return readdirSync(folder)
    .sort()
    .map((name) => ({ name, ...JSON.parse(readFileSync(path.join(folder, name, 'case.json'), 'utf8')) }));
}

/**
 * Verifies one case in a repository of its own, made for it and removed again.
 * @param {Case} planted
 * @param {Options} options
 * @returns {Promise<Outcome>}
 */
export async function runCase(planted, options) {
  const folder = mkdtempSync(path.join(tmpdir(), 'planted-'));
  try {
    writeRepository(planted, path.join(folder, planted.name), options);
    const started = Date.now();
    const args = [path.join(root, 'dist/cli.js'), 'verify', path.join(folder, planted.name), '--no-start', '--json'];
    const { exit, stdout, stderr } = await runProgram(process.execPath, args, options.env);
    return judge(planted, { exit, stdout, stderr, seconds: (Date.now() - started) / 1000 });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Compares a prepared pair of images, of which nothing else is known.
 * @param {import('./pairs.mjs').Pair} pair
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Outcome>}
 */
export async function runPair(pair, env) {
  const folder = mkdtempSync(path.join(tmpdir(), 'planted-'));
  try {
    const started = Date.now();
    const archives = await writePair(pair, folder);
    const args = [path.join(root, 'dist/cli.js'), 'compare', ...archives, '--json'];
    const { exit, stdout, stderr } = await runProgram(process.execPath, args, env);
    const seconds = (Date.now() - started) / 1000;
    const { contents: _, ...planted } = pair;
    return judge({ ...planted, language: 'pair', note: '' }, { exit, stdout, stderr, seconds });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {Case} planted @param {string} folder @param {Options} options */
function writeRepository(planted, folder, { reference, port }) {
  cpSync(path.join(here, 'cases', planted.name), folder, { recursive: true });
  rmSync(path.join(folder, 'case.json'));
  const containerfile = path.join(folder, 'Containerfile');
  const text = readFileSync(containerfile, 'utf8');
  writeFileSync(
    containerfile,
    text.replaceAll(/\{\{([a-z0-9-]+)\}\}/g, (_, name) => (name === 'http-port' ? String(port) : reference(name))),
  );
  git(folder, 'init', '--quiet');
  git(folder, 'add', '--all', '--force');
  git(folder, 'commit', '--quiet', '--no-verify', '--message', planted.name);
}

/** @param {string} folder @param {string[]} args */
function git(folder, ...args) {
  const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', '-c', 'commit.gpgSign=false'];
  execFileSync('git', ['-C', folder, ...who, ...args]);
}

/**
 * @param {string} file @param {string[]} args @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ exit: number, stdout: string, stderr: string }>}
 */
function runProgram(file, args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ exit: code ?? -1, stdout, stderr }));
  });
}

/**
 * Holds what a verification says against what was planted.
 * @param {Case} planted
 * @param {{ exit: number, stdout: string, stderr: string, seconds: number }} ran
 * @returns {Outcome}
 */
export function judge(planted, { exit, stdout, stderr, seconds }) {
  const wanted = planted.plants === null ? 0 : 3;
  const problems = exit === wanted ? [] : [`exit ${exit} instead of ${wanted}`];
  const document = parse(stdout);
  if (!document?.differences) {
    const why = document?.error?.message ?? stderr.trim();
    return { planted, exit, seconds, ...missed([...problems, `no result: ${why}`]) };
  }
  if (document.reproducible !== (planted.plants === null)) problems.push(`reproducible: ${document.reproducible}`);
  // A comparison of images knows nothing of builds.
  if (planted.language !== 'pair') {
    const proved = document.builds.filter((/** @type {{ executionProved: boolean }} */ one) => one.executionProved);
    if (proved.length < 2 || proved.length < document.builds.length) problems.push('not every build is proved');
  }
  const differences = /** @type {Found[]} */ (document.differences).filter(({ inEnclave }) => inEnclave);
  return { planted, exit, seconds, ...judgeDifferences(planted, differences, problems) };
}

/** @param {string[]} problems @returns {Pick<Outcome, 'found' | 'verdict' | 'placed' | 'problems'>} */
function missed(problems) {
  return { found: null, verdict: 'missed', placed: false, problems };
}

/**
 * Holds explained differences of the enclave against what was planted.
 * @param {Pick<Case, 'plants' | 'accepts' | 'mixed' | 'path' | 'line'>} planted
 * @param {Found[]} differences
 * @param {string[]} [problems] what is known to be wrong already
 * @returns {Pick<Outcome, 'found' | 'verdict' | 'placed' | 'problems'>}
 */
export function judgeDifferences(planted, differences, problems = []) {
  const all = [...problems];
  if (planted.plants === null) {
    all.push(...differences.map(({ path: at }) => `${at} differs`));
    return all.length > 0 ? missed(all) : { found: null, verdict: 'right', placed: true, problems: all };
  }
  const right = new Set([planted.plants, ...(planted.accepts ?? [])]);
  // Whatever else differs follows from what was planted: another cause for it, and certain, is as wrong.
  for (const { path: at, cause, certain } of differences) {
    if (certain && !right.has(cause)) all.push(`${at}: wrong (${cause}), and certain of it`);
  }
  if (planted.mixed && differences.some(({ certain }) => certain)) all.push('certain, though there are several causes');
  const there = differences.filter(({ path: at }) => pattern(planted.path ?? '').test(at));
  const found = there.find(({ cause }) => !right.has(cause)) ?? there[0] ?? null;
  if (!found) {
    const others = differences.map(({ path: at }) => at).slice(0, 5);
    all.push(`${planted.path} is not among the differences (${others.join(', ') || 'there are none'})`);
    return missed(all);
  }
  const verdict = right.has(found.cause) ? 'right' : found.cause === 'unknown' ? 'uncertain' : 'wrong';
  return { found, verdict, placed: found.line === planted.line, problems: all };
}

/** @param {string} glob @returns {RegExp} */
function pattern(glob) {
  const parts = glob.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^/]*')}$`);
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * Whether the cause is named right often enough: in nine of ten planted cases.
 * @param {readonly Pick<Outcome, 'verdict'>[]} outcomes of planted cases, controls left out
 */
export function namedWellEnough(outcomes) {
  return outcomes.filter(({ verdict }) => verdict === 'right').length >= 0.9 * outcomes.length;
}
