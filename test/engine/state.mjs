/** What is remembered between runs: which processes, network and port are ours. Written whole or not at all. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** @typedef {{ pid: number, start: string, boot: string }} ProcessId pid alone may be another process by now; start: clock ticks since boot */
/**
 * @typedef {object} DaemonState
 * @property {string} bridge
 * @property {string} subnet first three numbers; empty: none yet
 * @property {ProcessId} [engine] the process whose end ends the daemon and all that it started
 */
/**
 * @typedef {DaemonState & Parts} State
 * @typedef {object} Parts
 * @property {number} port the registry's
 * @property {ProcessId} [registry]
 * @property {DaemonState} [second] a second Docker daemon
 * @property {ProcessId} [podman] the process in whose namespaces Podman and Buildah run
 */

/**
 * @template T
 * @param {string} path
 * @returns {T | undefined} undefined when there is none
 */
export function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return undefined;
    throw error;
  }
}

/** @param {string} path @param {unknown} value */
export function writeJson(path, value) {
  writeWhole(path, `${JSON.stringify(value, null, 1)}\n`);
}

/** @param {string} path @param {string} text */
export function writeWhole(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, text);
  renameSync(temporary, path);
}

/** @param {number} pid @returns {ProcessId | undefined} undefined: no such process, or one that has ended */
export function identify(pid) {
  const fields = statFields(pid);
  if (fields === undefined || fields[0] === 'Z') return undefined;
  return { pid, start: fields[19] ?? '', boot: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() };
}

/** @param {ProcessId | undefined} id */
export function isAlive(id) {
  if (id === undefined) return false;
  const now = identify(id.pid);
  return now !== undefined && now.start === id.start && now.boot === id.boot;
}

/** @param {number} pid @returns {number | undefined} */
export function parentOf(pid) {
  const fields = statFields(pid);
  return fields === undefined ? undefined : Number(fields[1]);
}

/**
 * The fields of /proc/<pid>/stat from the third (state) on: the second may hold spaces and parentheses.
 * @param {number} pid
 */
function statFields(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text
      .slice(text.lastIndexOf(')') + 2)
      .trim()
      .split(' ');
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH'))
      return undefined;
    throw error;
  }
}
