/**
 * The engine: dockerd in a Debian root, in mount and process namespaces of its own, so that its end takes every container, process and mount along;
 * on a bridge of its own, without Docker's firewall rules, so that no other daemon on the machine is touched. And the registry beside it.
 */
import { spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EngineError, hostEnv, OWN_PROCESSES, run } from './exec.mjs';
import { bridgeName, hashOf } from './names.mjs';
import { freePort, freeSubnet, makeNetwork, outsideMtu, removeNetwork } from './network.mjs';
import { answers } from './registry.mjs';
import { copyNameServers } from './root.mjs';
import { identify, isAlive, parentOf, readJson, writeJson } from './state.mjs';

/** @typedef {import('./debian.mjs').Context} Context */
/** @typedef {import('./state.mjs').State} State */

/**
 * @typedef {object} Daemon one of the daemons in the engine's root: each has its own data, socket, bridge and process namespace
 * @property {'docker' | 'second'} name
 * @property {string} socket in the root
 * @property {string} dataRoot in the root
 */

/** @type {Daemon} */
const FIRST = { name: 'docker', socket: 'srv/run/docker.sock', dataRoot: '/var/lib/docker' };
/** @type {Daemon} */
export const SECOND = { name: 'second', socket: 'srv/run/second.sock', dataRoot: '/var/lib/docker-second' };

/** @param {string} home */
export const engineRoot = (home) => join(home, 'root');
/** @param {string} home @param {Daemon} [daemon] */
export const socketOf = (home, { socket } = FIRST) => join(engineRoot(home), socket);
/** @param {string} home */
export const stateFile = (home) => join(home, 'state.json');

/** @param {string} home @returns {State | undefined} */
export const readState = (home) => readJson(stateFile(home));

/**
 * Whether daemon and registry are up and answer.
 * @param {string} home
 */
export async function isUp(home) {
  const state = readState(home);
  if (state === undefined || !isAlive(state.engine) || !isAlive(state.registry)) return false;
  const [docker, registry] = await Promise.all([ping(socketOf(home)), answers(state.port)]);
  return docker && registry;
}

/** Whether the second daemon is up and answers. @param {string} home */
export async function isSecondUp(home) {
  return isAlive(readState(home)?.second?.engine) && (await ping(socketOf(home, SECOND)));
}

/** @param {string} socketPath @returns {Promise<boolean>} */
function ping(socketPath) {
  return new Promise((resolve) => {
    const request = http.get({ socketPath, path: '/_ping', timeout: 5000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });
}

/**
 * Network, port and registry: what the stand-ins need. Whatever of it runs already is left as it is.
 * @param {Context} context
 * @returns {Promise<State>}
 */
export async function startRegistry(context) {
  const { home, hash, log, signal } = context;
  const state = readState(home) ?? { bridge: bridgeName(hash), subnet: '', port: 0 };
  if (isAlive(state.registry) && (await answers(state.port))) return state;
  await endProcess(state.registry, 'SIGTERM');
  state.port = await freePort(state.port || 20000 + (Number.parseInt(hash.slice(0, 4), 16) % 10000));
  const root = engineRoot(home);
  mkdirSync(join(root, 'var/lib/registry'), { recursive: true });
  writeJson(join(root, 'etc/registry.yml'), {
    version: '0.1',
    log: { level: 'warn', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: '/var/lib/registry' } },
    http: { addr: `127.0.0.1:${state.port}` },
  });
  state.registry = startDetached(
    'chroot',
    [root, '/usr/bin/docker-registry', 'serve', '/etc/registry.yml'],
    join(home, 'log', 'registry.log'),
  );
  writeJson(stateFile(home), state);
  await waitFor(
    'The registry',
    () => answers(state.port),
    () => isAlive(state.registry),
    join(home, 'log', 'registry.log'),
    signal,
  );
  log(`registry: up at 127.0.0.1:${state.port}`);
  return state;
}

const IN_OWN_MOUNTS = `
R=$1
mount --bind "$R" "$R"
mount -t proc proc "$R/proc"
mount --rbind /sys "$R/sys"
mount --rbind /dev "$R/dev"
mount -t tmpfs -o mode=755 tmpfs "$R/run"
exec chroot "$R" /usr/bin/docker-init -- /usr/sbin/dockerd --config-file "$2"
`;

/**
 * The bridge, its three rules, and the daemon.
 * @param {Context} context
 */
export async function startDocker(context) {
  const { home, hash } = context;
  const state = readState(home);
  if (state === undefined) throw new EngineError('The registry has to be started first');
  await startDaemon(context, FIRST, state, hash, () => writeJson(stateFile(home), state));
}

/**
 * One more daemon in the same root, with data, bridge and rules of its own: what it builds or keeps is unknown to the first one.
 * @param {Context} context
 */
export async function startSecond(context) {
  const { home } = context;
  const state = readState(home);
  if (state === undefined) throw new EngineError('The first engine has to be started first');
  const hash = hashOf([{ name: 'second', content: home }]);
  const second = state.second ?? { bridge: bridgeName(hash), subnet: '' };
  await startDaemon(context, SECOND, second, hash, () => writeJson(stateFile(home), { ...state, second }));
}

/**
 * @param {Context} context
 * @param {Daemon} daemon
 * @param {import('./state.mjs').DaemonState} state what is found or made of it is noted here
 * @param {string} hash where the search for a subnet starts
 * @param {() => void} save
 */
async function startDaemon(context, daemon, state, hash, save) {
  const { home, log, signal } = context;
  const socket = socketOf(home, daemon);
  if (isAlive(state.engine) && (await ping(socket))) return;
  await stopEngine(state);
  const root = engineRoot(home);
  if (!existsSync(`/sys/class/net/${state.bridge}`)) {
    if (state.subnet !== '') await removeNetwork({ root, log }, state); // rules that outlived the bridge
    state.subnet = freeSubnet(hash);
  }
  save();
  await makeNetwork({ root, log, signal }, state);
  copyNameServers(root);
  mkdirSync(join(root, 'srv/run'), { recursive: true });
  mkdirSync(join(root, 'etc/docker'), { recursive: true });
  rmSync(socket, { force: true });
  const configuration = `/etc/docker/${daemon.name}.json`;
  writeJson(join(root, configuration), {
    features: { 'containerd-snapshotter': true },
    iptables: false,
    ip6tables: false,
    bridge: state.bridge,
    mtu: outsideMtu(),
    group: 'root',
    hosts: [`unix:///${daemon.socket}`],
    // Gone with the daemon's own mounts: a process id left behind would stand for another process at the next start.
    pidfile: '/run/docker.pid',
    'exec-root': '/run/docker',
    'data-root': daemon.dataRoot,
  });
  const logFile = join(home, 'log', `${daemon.name}.log`);
  const inside = ['sh', '-euc', IN_OWN_MOUNTS, 'sh', root, configuration];
  state.engine = startDetached(
    'unshare',
    ['--mount', '--propagation', 'private', ...OWN_PROCESSES, ...inside],
    logFile,
  );
  save();
  await waitFor(
    'Docker',
    () => ping(socket),
    () => isAlive(state.engine),
    logFile,
    signal,
  );
  log(`Docker (${daemon.name}): up, network ${state.subnet}.0/24 on ${state.bridge}`);
}

/**
 * Ends daemon, registry, bridge and rules. What is not there is no failure.
 * @param {Context} context
 */
export async function stopAll(context) {
  const { home, log } = context;
  const state = readState(home);
  if (state === undefined) return;
  if (isAlive(state.engine)) log('stopping Docker and its containers');
  await Promise.all([state, state.second, { engine: state.podman }].map((each) => each && stopEngine(each)));
  await endProcess(state.registry, 'SIGTERM');
  for (const network of [state, state.second])
    if (network !== undefined && network.subnet !== '') await removeNetwork({ root: engineRoot(home), log }, network);
}

/** @param {{ engine?: import('./state.mjs').ProcessId | undefined }} state */
export async function stopEngine(state) {
  const { engine } = state;
  if (engine === undefined || !isAlive(engine)) return;
  // unshare itself does not pass signals on: its child, the first process of the namespace, ends the daemon in good order.
  const children = readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && parentOf(pid) === engine.pid);
  for (const pid of children) process.kill(pid, 'SIGTERM');
  for (let waited = 0; waited < 30_000 && isAlive(engine); waited += 100) await sleep(100);
  await endProcess(engine, 'SIGKILL');
}

/** @param {import('./state.mjs').ProcessId | undefined} id @param {'SIGTERM' | 'SIGKILL'} first */
async function endProcess(id, first) {
  if (id === undefined || !isAlive(id)) return;
  process.kill(id.pid, first);
  for (let waited = 0; waited < 5000 && isAlive(id); waited += 50) await sleep(50);
  if (isAlive(id)) process.kill(id.pid, 'SIGKILL');
  while (isAlive(id)) await sleep(50);
}

/**
 * Starts a program that outlives this one.
 * @param {string} file
 * @param {string[]} args
 * @param {string} logFile
 * @returns {import('./state.mjs').ProcessId}
 */
export function startDetached(file, args, logFile) {
  if (existsSync(logFile)) renameSync(logFile, `${logFile}.old`);
  const log = openSync(logFile, 'a');
  const child = spawn(file, args, { detached: true, stdio: ['ignore', log, log], cwd: '/', env: hostEnv() });
  closeSync(log);
  child.unref();
  const id = child.pid === undefined ? undefined : identify(child.pid);
  if (id === undefined) throw new EngineError(`${file} could not be started`);
  return id;
}

/**
 * @param {string} what
 * @param {() => Promise<boolean>} ready
 * @param {() => boolean} alive
 * @param {string} logFile
 * @param {AbortSignal | undefined} signal
 */
async function waitFor(what, ready, alive, logFile, signal) {
  for (let waited = 0; waited < 60_000; waited += 100) {
    if (await ready()) return;
    if (!alive()) break;
    await sleep(100, undefined, { signal });
  }
  const last = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-6).join('\n');
  throw new EngineError(`${what} did not start. All its output: ${logFile}\n${last}`);
}

/**
 * A Docker command line of our own: programs and configuration, outside the clone.
 * @param {string} home
 * @returns {{ bin: string, config: string }}
 */
export function commandLine(home) {
  const bin = join(home, 'bin');
  const config = join(home, 'docker-config');
  return { bin, config };
}

/**
 * @param {Context} context
 * @returns {Promise<string>} versions, for people
 */
export async function makeCommandLine({ home, signal }) {
  const { bin, config } = commandLine(home);
  const root = engineRoot(home);
  mkdirSync(bin, { recursive: true });
  mkdirSync(join(config, 'cli-plugins'), { recursive: true });
  relink(join(root, 'usr/bin/docker'), join(bin, 'docker'));
  relink(join(root, 'usr/libexec/docker/cli-plugins/docker-buildx'), join(config, 'cli-plugins', 'docker-buildx'));
  const env = { ...hostEnv(), DOCKER_HOST: `unix://${socketOf(home)}`, DOCKER_CONFIG: config };
  const docker = join(bin, 'docker');
  const server = await run(docker, ['version', '--format', '{{.Server.Version}}'], {
    env,
    signal,
    what: 'Running the Docker command line of Debian on this machine',
  });
  const buildx = await run(docker, ['buildx', 'version'], { env, signal });
  return `Docker ${server.trim()}, buildx ${buildx.trim().split(' ')[1] ?? buildx.trim()}`;
}

/** @param {string} target @param {string} link */
function relink(target, link) {
  if (!existsSync(target)) throw new EngineError(`Debian's packages lack ${target}`);
  rmSync(link, { force: true });
  symlinkSync(target, link);
}
