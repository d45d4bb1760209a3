/**
 * A Chromium for the tests of pages: the machine's own where there is one, else Debian's, unpacked into a folder beside
 * the test engine's. `node test/browser/chromium.mjs` prints its path.
 */
import { accessSync, constants, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeRoot, missingForDebian, updateIndex } from '../engine/debian.mjs';
import { EngineError, run } from '../engine/exec.mjs';
import { claim } from '../engine/folder.mjs';
import { withLock } from '../engine/lock.mjs';
import { homeOf } from '../engine/names.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
/** What the page's fonts fall back to, beside the browser itself. */
const PACKAGES = ['base-files', 'chromium', 'fonts-dejavu-core', 'busybox'];

/**
 * Sees to it that there is a Chromium. Quick when there is one; else about a minute and 900 MB, which stay for the next time.
 * @param {{ log?: (line: string) => void, signal?: AbortSignal | undefined }} [options]
 * @returns {Promise<string>} the absolute path of a program that takes Chromium's arguments
 * @throws {EngineError} what the machine lacks, or what failed
 */
export async function findChromium({ log = () => {}, signal } = {}) {
  const own = process.env.CREATE_CAUTION_APP_CHROMIUM ?? inPath();
  if (own) return own;
  const home = homeOf(
    { ...process.env, CREATE_CAUTION_APP_ENGINE_HOME: process.env.CREATE_CAUTION_APP_CHROMIUM_HOME },
    'chromium',
  ).replace(/engine-chromium$/, 'chromium');
  const program = join(home, 'chromium');
  if (existsSync(program)) return program;
  const missing = missingForDebian();
  if (process.getuid?.() !== 0) missing.push('root (to work in a folder as if it were a system)');
  if (missing.length > 0) throw new EngineError(`There is no Chromium in PATH. To unpack one: ${missing.join('; ')}`);
  return withLock(`${home}.lock`, { log, signal }, async () => {
    if (!existsSync(program)) await make(home, program, log, signal);
    return program;
  });
}

/** @returns {string | undefined} */
function inPath() {
  const folders = (process.env.PATH ?? '').split(':').filter((folder) => folder.startsWith('/'));
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find(isProgram);
}

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // not in this folder
  }
}

/**
 * @param {string} home @param {string} program
 * @param {(line: string) => void} log @param {AbortSignal | undefined} signal
 */
async function make(home, program, log, signal) {
  const started = Date.now();
  claim(home);
  mkdirSync(join(home, 'apt'), { recursive: true });
  const scripts = join(dirname(fileURLToPath(import.meta.url)), '..', 'engine', 'parts');
  const context = { home, hash: '', log, signal, scripts };
  await updateIndex(context);
  const root = join(home, 'root');
  await makeRoot(context, 'chromium', root, PACKAGES);
  // The packages are kept no longer than they are needed: what is unpacked is three times as large already.
  await run('rm', ['-rf', '--', join(home, 'apt')], { signal });
  const size = (await run('du', ['-sm', root], { signal })).split('\t')[0];
  writeFileSync(program, entering(root), { mode: 0o755 });
  log(`chromium: ready after ${Math.round((Date.now() - started) / 1000)} s, ${size} MB in ${home}`);
}

/**
 * A program that runs Chromium with the unpacked folder as its root, with mounts of its own that end with it. The
 * machine's own /tmp is there too: the profile and the pages to read.
 * @param {string} root
 */
function entering(root) {
  return `#!/bin/sh
set -eu
exec unshare --mount --propagation private --pid --fork --kill-child=KILL -- sh -euc '
R=$1; shift
mount -t proc proc "$R/proc"
mount --rbind /dev "$R/dev"
mount --rbind /tmp "$R/tmp"
exec chroot "$R" /usr/bin/env HOME=/tmp LC_ALL=C.UTF-8 /usr/lib/chromium/chromium --no-sandbox "$@"
' sh '${root}' "$@"
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const path = await findChromium({ log: (line) => process.stderr.write(`${line}\n`) });
  process.stdout.write(`${path}\n`);
}
