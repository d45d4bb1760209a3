/**
 * Podman and Buildah, in a Debian root of their own. They run where the machine's own files are seen at their own paths, but for /usr, /etc and
 * /run, which are the root's; in namespaces that a process of ours holds, whose end ends all that they started and every mount.
 */
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeRoot, updateIndex } from './debian.mjs';
import { commandLine, readState, startDetached, stateFile, stopEngine } from './docker.mjs';
import { EngineError, OWN_PROCESSES, run } from './exec.mjs';
import { discard } from './folder.mjs';
import { copyNameServers } from './root.mjs';
import { isAlive, writeJson, writeWhole } from './state.mjs';

/** @typedef {import('./debian.mjs').Context} Context */

const PACKAGES = [
  'base-files',
  'podman',
  'buildah',
  'runc',
  'conmon',
  'netavark',
  'iptables',
  'coreutils',
  'catatonit',
];

/** @param {string} home */
export const podmanRoot = (home) => join(home, 'podman');

/** The root's /usr comes last: with it, the machine's own `mount` is gone. */
const IN_OWN_NAMESPACES = `
mount -t tmpfs -o mode=755 tmpfs /run
mount -t proc proc /proc
mount --rbind "$1/etc" /etc
mount --rbind "$1/usr" /usr
trap 'exit 0' TERM
while :; do sleep 3600 & wait $!; done
`;

/** @param {string} home @param {'podman' | 'buildah'} name */
const wrapper = (home, name) => join(commandLine(home).bin, name);

/**
 * The program under its plain name, which enters the namespaces of one process.
 * @param {number | undefined} pid whose @param {'podman' | 'buildah'} name
 */
function wrapperText(pid, name) {
  const namespaces = `--mount=/proc/${pid}/ns/mnt --pid=/proc/${pid}/ns/pid_for_children`;
  return `#!/bin/sh\nexec nsenter ${namespaces} --wd="$PWD" -- /usr/bin/${name} "$@"\n`;
}

/**
 * Whether it can be called: a wrapper that an earlier process left behind leads nowhere.
 * @param {string} home @param {'podman' | 'buildah'} name
 */
export function isPodmanUp(home, name) {
  const state = readState(home);
  const file = wrapper(home, name);
  const registries = join(podmanRoot(home), 'etc/containers/registries.conf');
  return (
    isAlive(state?.podman) &&
    existsSync(file) &&
    readFileSync(file, 'utf8') === wrapperText(state?.podman?.pid, name) &&
    readFileSync(registries, 'utf8').includes(`127.0.0.1:${state?.port}"`)
  );
}

/** @param {Context} context @param {'podman' | 'buildah'} name */
export async function startPodman(context, name) {
  const { home, log, signal } = context;
  const root = podmanRoot(home);
  if (!existsSync(root)) {
    await updateIndex(context);
    await makeRoot(context, 'podman', root, PACKAGES);
    discard(home, ['apt/archives', 'apt/updated']);
  }
  const state = readState(home);
  if (state === undefined) throw new EngineError('The first engine has to be started first');
  copyNameServers(root);
  writeSettings(home, state.port);
  if (!isAlive(state.podman)) {
    await stopEngine({ engine: state.podman });
    const inside = ['sh', '-euc', IN_OWN_NAMESPACES, 'sh', root];
    const arguments_ = ['--mount', '--propagation', 'private', ...OWN_PROCESSES, ...inside];
    state.podman = startDetached('unshare', arguments_, join(home, 'log', 'podman.log'));
    writeJson(stateFile(home), state);
  }
  const file = wrapper(home, name);
  rmSync(file, { force: true });
  writeWhole(file, wrapperText(state.podman?.pid, name));
  chmodSync(file, 0o755);
  // The mounts are there some milliseconds after the process: until then this is not the root's program.
  const said = await run('sh', ['-euc', WAIT, 'sh', file, join(home, 'log', 'podman.log')], { signal });
  log(`${said.trim().split('\n').at(-1)}: up`);
}

const WAIT = `
for try in $(seq 100); do
  if "$1" --version 2>/dev/null; then exit 0; fi
  sleep 0.1
done
cat "$2"; exec "$1" --version
`;

/**
 * What a user of such a machine would write: an old kernel interface for cgroups, limits that may be set, no nft.
 * @param {string} home
 * @param {number} port the registry's
 */
function writeSettings(home, port) {
  const folder = join(podmanRoot(home), 'etc/containers');
  mkdirSync(folder, { recursive: true });
  const limits = /** @type {const} */ ([
    ['nofile', 'Max open files'],
    ['nproc', 'Max processes'],
  ]).map(([name, row]) => `"${name}=${hardLimit(row)}:${hardLimit(row)}"`);
  const storage = JSON.stringify(join(home, 'containers'));
  const files = {
    'containers.conf': [
      '[containers]',
      `default_ulimits = [${limits.join(', ')}]`,
      'netns = "host"',
      '[engine]',
      'cgroup_manager = "cgroupfs"',
      'runtime = "runc"',
      'events_logger = "file"',
    ],
    'storage.conf': [
      '[storage]',
      'driver = "overlay"',
      `graphroot = ${storage}`,
      'runroot = "/run/containers/storage"',
    ],
    'registries.conf': [
      'unqualified-search-registries = ["docker.io"]',
      '[[registry]]',
      `location = "127.0.0.1:${port}"`,
      'insecure = true',
    ],
  };
  for (const [name, lines] of Object.entries(files)) writeWhole(join(folder, name), `${lines.join('\n')}\n`);
}

/** The most that this process may grant: more is refused to one without CAP_SYS_RESOURCE. @param {string} row of /proc/self/limits */
function hardLimit(row) {
  const line = readFileSync('/proc/self/limits', 'utf8')
    .split('\n')
    .find((one) => one.startsWith(row));
  const hard = line?.slice(row.length).trim().split(/\s+/)[1] ?? '1024';
  return hard === 'unlimited' ? '-1' : hard;
}
