/** What the machine must have before anything is made, said all at once. */
import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { missingForDebian } from './debian.mjs';
import { EngineError, hostEnv } from './exec.mjs';
import { canUnshare } from './root.mjs';

/** Each is in a Debian that has nothing but its required packages. */
const PROGRAMS = [
  'apt-get',
  'dpkg-deb',
  'tar',
  'chroot',
  'flock',
  'mount',
  'nsenter',
  'setpriv',
  'unshare',
  'rm',
  'sh',
];

/**
 * @param {string} home
 * @param {number} megabytes free disk that the making needs
 * @param {string} why there is no way around it, a sentence
 * @param {AbortSignal | undefined} signal
 */
export async function requireHost(home, megabytes, why, signal) {
  const missing = [];
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    missing.push(`Linux on x86-64 (this is ${process.platform} on ${process.arch}); StageX images are for that alone`);
  }
  if (process.getuid?.() !== 0) missing.push('root (for a daemon, mounts and a network of its own)');
  const absent = PROGRAMS.filter((name) => !isInPath(name));
  if (absent.length > 0) missing.push(`${absent.join(', ')} (a Debian-like system has them)`);
  if (!absent.includes('apt-get')) missing.push(...missingForDebian());
  if (missing.length === 0 && !(await canUnshare(signal))) {
    missing.push('the right to make mounts and namespaces (a container lacks CAP_SYS_ADMIN)');
  }
  const free = freeMegabytes(home);
  if (free < megabytes)
    missing.push(
      `${megabytes} MB of free disk for ${home} (${free} MB are free; CREATE_CAUTION_APP_ENGINE_HOME names another folder)`,
    );
  if (missing.length > 0)
    throw new EngineError(
      `${why}. To make an engine here, this is missing:\n${missing.map((each) => `  - ${each}`).join('\n')}`,
    );
}

/** @param {string} name */
function isInPath(name) {
  return (hostEnv().PATH ?? '').split(':').some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false; // not in this folder
    }
  });
}

/** @param {string} path that need not be there yet */
function freeMegabytes(path) {
  let folder = path;
  while (!existsSync(folder)) folder = dirname(folder);
  const { bavail, bsize } = statfsSync(folder);
  return Math.floor((bavail * bsize) / 1e6);
}
