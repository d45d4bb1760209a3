/** Engines that only some tests need, made when one asks: Podman, Buildah, a second Docker daemon. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine, isSecondUp, SECOND, socketOf, startSecond } from './docker.mjs';
import { EngineError, hostEnv, run } from './exec.mjs';
import { isPodmanUp, podmanRoot, startPodman } from './podman.mjs';

/** @typedef {import('./debian.mjs').Context} Context */
/** @typedef {'podman' | 'buildah' | 'second'} EngineName */
/** @type {readonly EngineName[]} */
export const ENGINES = ['podman', 'buildah', 'second'];

/** The docker context of the second daemon, and so the name of its builder. */
const SECOND_CONTEXT = 'second';

/** @param {string} text such as `second` @returns {EngineName[]} in the order of ENGINES, each once */
export function parseEngines(text) {
  const asked = text.split(',').map((name) => name.trim());
  const unknown = asked.filter((name) => !ENGINES.some((known) => known === name));
  if (unknown.length > 0)
    throw new EngineError(`--engines takes some of ${ENGINES.join(',')}; not known: ${unknown.join(', ')}`);
  return ENGINES.filter((name) => asked.includes(name));
}

/** Disk that it needs, what it pulls included. @param {string} home @param {EngineName} name */
export const megabytesOf = (home, name) => (name === 'second' || existsSync(podmanRoot(home)) ? 1000 : 1500);

/** @param {string} home @param {EngineName} name @returns {Promise<boolean>} */
export async function isEngineUp(home, name) {
  return name === 'second' ? isSecondUp(home) : isPodmanUp(home, name);
}

/** @param {Context} context @param {EngineName} name */
export async function startEngine(context, name) {
  if (name !== 'second') return startPodman(context, name);
  await startSecond(context);
  await makeContext(context);
}

/** A docker context in the engine's own configuration: buildx has a builder of its name. @param {Context} context */
async function makeContext({ home, signal }) {
  const { bin, config } = commandLine(home);
  const env = { ...hostEnv(), DOCKER_CONFIG: config };
  rmSync(join(config, 'contexts'), { recursive: true, force: true }); // all of them are ours
  await run(
    join(bin, 'docker'),
    ['context', 'create', SECOND_CONTEXT, '--docker', `host=unix://${socketOf(home, SECOND)}`],
    { env, signal },
  );
}
