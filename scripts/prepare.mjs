// What every command of the repository needs first: dependencies and a build, each only when it is out of date.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
export const cli = path.join(root, 'dist', 'cli.js');

/** Installs dependencies and bundles the tool, when that has not been done since they last changed. */
export async function prepare() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new Error(`Node.js 20.19 or newer is needed; this is ${process.versions.node}.`);
  }
  const installed = path.join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed) || isOlder(installed, ['package-lock.json'])) {
    say('Installing dependencies (npm ci)');
    await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  }
  if (!existsSync(cli) || isOlder(cli, ['src', 'templates', 'scripts/build.mjs', 'package-lock.json'])) {
    say('Building dist/cli.js');
    await run(process.execPath, ['scripts/build.mjs']);
  }
}

/** @param {string} text */
export function say(text) {
  process.stderr.write(`\n── ${text}\n`);
}

/**
 * Runs a program in the repository's root, its output shown; stdout goes to stderr unless it is the result.
 * @param {string} file
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, stdout?: 'inherit' | 'stderr' }} [options]
 * @returns {Promise<void>} rejects when the program fails
 */
export async function run(file, args, options = {}) {
  const code = await exitCodeOf(file, args, options);
  if (code !== 0) throw new Error(`${file} ${args.join(' ')} ended with exit code ${code}`);
}

/**
 * As `run`, but the exit code is the answer.
 * @param {string} file
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, stdout?: 'inherit' | 'stderr' }} [options]
 * @returns {Promise<number>}
 */
export function exitCodeOf(file, args, { env = process.env, cwd = root, stdout = 'stderr' } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, env, stdio: ['inherit', stdout === 'inherit' ? 'inherit' : 2, 'inherit'] });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}

/**
 * Whether anything below the sources is newer than a file that was made from them.
 * @param {string} made
 * @param {string[]} sources
 */
function isOlder(made, sources) {
  const at = statSync(made).mtimeMs;
  return sources.some((source) => newest(path.join(root, source)) > at);
}

/** @param {string} at @returns {number} */
function newest(at) {
  const stat = statSync(at);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(at).map((name) => newest(path.join(at, name))));
}
