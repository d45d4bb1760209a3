/** Whether this machine needs any of this: a Docker that can build, and StageX images that can be pulled. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tryRun } from './exec.mjs';

const OLDEST_DOCKER = 23; // the first whose `docker build` is BuildKit

/**
 * @param {string} release a folder of data/stagex with one `<manifest sha256> <name>` a line in core.txt
 * @returns {string} StageX's smallest image, pinned
 */
export function probedImage(release) {
  const line = /^([0-9a-f]{64}) core-filesystem$/m.exec(readFileSync(join(release, 'core.txt'), 'utf8'));
  if (line === null) throw new Error(`${release}/core.txt does not list core-filesystem`);
  return `stagex/core-filesystem@sha256:${line[1]}`;
}

/** @param {string} data data/stagex @returns {string} the folder of the newest release */
export function newestRelease(data) {
  const newest = readdirSync(data)
    .filter((name) => /^\d{4}\.\d{2}\.\d+$/.test(name))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .at(-1);
  if (newest === undefined) throw new Error(`No release in ${data}`);
  return join(data, newest);
}

/**
 * @param {string} image
 * @param {AbortSignal | undefined} signal
 * @returns {Promise<{ usable: boolean, why: string }>} why: a sentence for people
 */
export async function probe(image, signal) {
  const version = await docker(['version', '--format', '{{.Server.Version}}'], signal);
  if (version === undefined) return { usable: false, why: 'no Docker answers' };
  const major = Number.parseInt(version, 10);
  if (!(major >= OLDEST_DOCKER)) return { usable: false, why: `Docker ${version} is older than ${OLDEST_DOCKER}` };
  if ((await docker(['buildx', 'version'], signal)) === undefined)
    return { usable: false, why: `Docker ${version} has no buildx` };
  if ((await docker(['buildx', 'imagetools', 'inspect', image], signal)) === undefined) {
    return { usable: false, why: `Docker ${version} is here, but StageX images cannot be pulled` };
  }
  return { usable: true, why: `Docker ${version} is here, and StageX images can be pulled` };
}

/** @param {string[]} args @param {AbortSignal | undefined} signal @returns {Promise<string | undefined>} output; undefined: it failed */
async function docker(args, signal) {
  const ended = await tryRun('docker', args, { signal, timeoutMs: 8000 });
  return ended.code === 0 ? ended.stdout.trim() : undefined;
}
