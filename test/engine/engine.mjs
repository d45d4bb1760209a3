/**
 * A Docker engine and stand-ins for StageX images, on a machine that has neither: one folder outside the clone, shared by all clones with the same
 * scripts, made once, used from then on. `node test/engine/engine.mjs --help`; README.md tells the rest.
 */
import { existsSync, readdirSync, realpathSync, rmdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeRoot, updateIndex } from './debian.mjs';
import {
  commandLine,
  engineRoot,
  isUp,
  makeCommandLine,
  readState,
  socketOf,
  startDocker,
  startRegistry,
  stopAll,
} from './docker.mjs';
import { EngineError, run } from './exec.mjs';
import { claim, discard, requireOurs, requireUnused } from './folder.mjs';
import { requireHost } from './host.mjs';
import { ENGINE_PACKAGES, RECIPES } from './images.mjs';
import { removeHeldLock, withLock } from './lock.mjs';
import { isEngineUp, megabytesOf, parseEngines, startEngine } from './more.mjs';
import { assignments, hashOf, homeOf, LANGUAGES, parseLanguages, setUpScripts } from './names.mjs';
import { newestRelease, probe, probedImage } from './probe.mjs';
import { copyNameServers } from './root.mjs';
import { isMade, madeOf, makeStandIns, references } from './standins.mjs';
import { writeJson } from './state.mjs';

/** @typedef {import('./names.mjs').Language} Language */
/** @typedef {import('./more.mjs').EngineName} EngineName */
/** @typedef {import('./debian.mjs').Context} Context */
/** @typedef {import('./standins.mjs').RecipeName} RecipeName */
/**
 * @typedef {object} SetUp
 * @property {Record<string, string>} env to be set for whatever calls Docker; empty where nothing had to be made
 * @property {boolean} standIns whether images come from stand-ins (CREATE_CAUTION_APP_IMAGES names them)
 * @property {string} home the folder that holds it all
 */

const HERE = dirname(fileURLToPath(import.meta.url));
const STAGEX_DATA = join(HERE, '..', '..', 'data', 'stagex');
const ENGINE_MEGABYTES = 1500;

/**
 * Sees to it that images can be built here: with the machine's own Docker where that can pull StageX images, else with an engine and stand-ins of
 * our own. Quick when all is there.
 * @param {object} [options]
 * @param {readonly Language[]} [options.languages]
 * @param {readonly EngineName[]} [options.engines] beside Docker; with any of these, an engine of our own is made whatever the machine has
 * @param {(line: string) => void} [options.log]
 * @param {AbortSignal | undefined} [options.signal]
 * @returns {Promise<SetUp>}
 * @throws {EngineError} what the machine lacks, or what failed
 */
export async function setUp({ languages = LANGUAGES, engines = [], log = () => {}, signal } = {}) {
  const context = contextOf(log, signal);
  const { home } = context;
  const recipes = /** @type {RecipeName[]} */ (['base', ...languages]);
  if (await isStanding(home, recipes, engines)) return standing(home);
  let why = 'The engine that was begun here is not whole';
  if (engines.length > 0) why = `The tests ask for ${engines.join(', ')} beside Docker`;
  else if (!existsSync(home)) {
    const found = await probe(probedImage(newestRelease(STAGEX_DATA)), signal);
    if (found.usable) {
      context.log(`${found.why}: nothing to set up`);
      return { env: {}, standIns: false, home };
    }
    why = `No Docker here can build from StageX images: ${found.why}`;
  }
  const megabytes =
    (existsSync(engineRoot(home)) ? 0 : ENGINE_MEGABYTES) +
    missingOf(home, recipes).reduce((sum, name) => sum + RECIPES[name].megabytes, 0) +
    engines.reduce((sum, name) => sum + megabytesOf(home, name), 0);
  await requireHost(home, megabytes, why, signal);
  return withLock(`${home}.lock`, context, async () => {
    if (!(await isStanding(home, recipes))) await make(context, recipes);
    for (const name of engines) if (!(await isEngineUp(home, name))) await startEngine(context, name);
    return standing(home);
  });
}

/**
 * Ends the engine and removes all that it left on the machine.
 * @param {{ log?: (line: string) => void, signal?: AbortSignal | undefined }} [options]
 */
export async function tearDown({ log = () => {}, signal } = {}) {
  const context = contextOf(log, signal);
  const { home } = context;
  if (!existsSync(home)) {
    context.log(`nothing to remove: there is no ${home}`);
    return;
  }
  await withLock(`${home}.lock`, context, async () => {
    requireOurs(home);
    await stopAll(context);
    requireUnused(home);
    await run('rm', ['-rf', '--one-file-system', '--', home]);
    removeHeldLock(`${home}.lock`);
    const parent = dirname(home);
    if (basename(parent) === 'create-caution-app' && readdirSync(parent).length === 0) rmdirSync(parent);
    context.log(`removed ${home}`);
  });
}

/** @param {(line: string) => void} log @param {AbortSignal | undefined} signal @returns {Context} */
function contextOf(log, signal) {
  const started = Date.now();
  const home = homeOf(process.env, hashOf(setUpScripts(HERE)));
  const timed = (/** @type {string} */ line) =>
    log(`${String(Math.round((Date.now() - started) / 1000)).padStart(4)} s  ${line}`);
  // Of the folder, not of the scripts: two folders on one machine have two bridges.
  const hash = hashOf([{ name: 'home', content: home }]);
  return { home, hash, log: timed, signal, scripts: join(HERE, 'parts') };
}

/** @param {string} home @param {RecipeName[]} recipes */
const missingOf = (home, recipes) => recipes.filter((name) => !isMade(home, name));

/** @param {string} home @param {RecipeName[]} recipes @param {readonly EngineName[]} [engines] */
async function isStanding(home, recipes, engines = []) {
  if (missingOf(home, recipes).length > 0 || !existsSync(imagesFile(home)) || !(await isUp(home))) return false;
  return (await Promise.all(engines.map((name) => isEngineUp(home, name)))).every(Boolean);
}

/** @param {string} home */
const imagesFile = (home) => join(home, 'images.json');

/** @param {string} home @returns {SetUp} */
function standing(home) {
  copyNameServers(engineRoot(home)); // the machine may be in another network by now
  const { bin, config } = commandLine(home);
  const path = process.env.PATH ?? '';
  const env = {
    DOCKER_HOST: `unix://${socketOf(home)}`,
    DOCKER_CONFIG: config,
    CREATE_CAUTION_APP_IMAGES: imagesFile(home),
    // A builder of the user's own is unknown to this engine.
    ...(process.env.BUILDX_BUILDER ? { BUILDX_BUILDER: 'default' } : {}),
    PATH: path.split(':')[0] === bin ? path : `${bin}:${path}`,
  };
  return { env, standIns: true, home };
}

/** @param {Context} outer @param {RecipeName[]} recipes */
async function make(outer, recipes) {
  const { home, log } = outer;
  claim(home);
  const missing = missingOf(home, recipes);
  const toMake = [
    ...(existsSync(engineRoot(home)) ? [] : ['a Docker engine']),
    ...missing.filter((name) => name !== 'base'),
  ];
  if (toMake.length > 0) log(`making in ${home}: ${toMake.join(', ')}; nothing is installed on this machine itself`);
  const failed = new AbortController();
  const context = {
    ...outer,
    signal: AbortSignal.any([failed.signal, ...(outer.signal === undefined ? [] : [outer.signal])]),
  };
  if (missing.length > 0 || !existsSync(engineRoot(home))) await updateIndex(context);
  const parts = start(context, missing);
  for (const part of parts) part.catch((error) => failed.abort(error));
  // All have to end before the lock is given back, also those that a failure of another stops.
  await Promise.allSettled(parts);
  context.signal.throwIfAborted();
  const state = readState(home);
  if (state === undefined) throw new Error('No state was written');
  writeJson(imagesFile(home), references(home, state.port));
  discard(home, ['work', 'apt/archives', 'apt/source', 'apt/updated']);
  log(`ready: ${Object.keys(references(home, state.port)).length} stand-ins at 127.0.0.1:${state.port}`);
}

/**
 * Starts all that does not need one another at once. Packages are downloaded in the order of these calls: what compiles long comes first.
 * @param {Context} context
 * @param {RecipeName[]} missing
 * @returns {Promise<unknown>[]}
 */
function start(context, missing) {
  const { home, log } = context;
  const slowFirst = /** @type {const} */ (['rust', 'python', 'node', 'go']).filter((name) => missing.includes(name));
  const shared = { registry: () => registry, base: () => base };
  const compiled = slowFirst.slice(0, 2).map((name) => makeStandIns(context, name, shared));
  const made = madeOf(home, 'base');
  const base = made === undefined ? makeStandIns(context, 'base', shared) : Promise.resolve(made);
  const root = makeRoot(context, 'engine', engineRoot(home), ENGINE_PACKAGES);
  const registry = root.then(() => startRegistry(context));
  const engine = registry.then(async () => {
    await startDocker(context);
    log(`engine: ${await makeCommandLine(context)}`);
  });
  const others = slowFirst.slice(2).map((name) => makeStandIns(context, name, shared));
  return [...compiled, engine, ...others, base];
}

const HELP = `usage: eval "$(node test/engine/engine.mjs [--languages rust,node,python,go] [--engines podman,buildah,second])"
  --languages LIST  which stand-ins are needed (default: all)
  --engines LIST    more engines beside Docker: podman,buildah,second (default: none)
  --print           print the assignments of an engine that is up; make and start nothing
  --down            end the engine and remove all of it
`;

/** @param {AbortSignal} signal @returns {Promise<number>} exit code */
async function main(signal) {
  const { values } = parseArgs({
    options: {
      languages: { type: 'string' },
      engines: { type: 'string' },
      down: { type: 'boolean' },
      print: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  const log = (/** @type {string} */ line) => process.stderr.write(`${line}\n`);
  if (values.help) {
    process.stderr.write(HELP);
    return 0;
  }
  if (values.down) {
    await tearDown({ log, signal });
    return 0;
  }
  const languages = values.languages === undefined ? LANGUAGES : parseLanguages(values.languages);
  const engines = values.engines === undefined ? [] : parseEngines(values.engines);
  if (values.print && !(await isStanding(contextOf(log, signal).home, ['base', ...languages], engines))) {
    log('No engine with these stand-ins is up.');
    return 1;
  }
  const { env, standIns, home } = await setUp({ languages, engines, log, signal });
  const { bin } = commandLine(home);
  if (standIns) process.stdout.write(assignments(env, process.env.PATH?.split(':')[0] === bin ? undefined : bin));
  return 0;
}

class Stopped extends Error {
  /** @param {number} code */
  constructor(code) {
    super('stopped; the next run goes on from here');
    this.code = code;
  }
}

async function atTheEdge() {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort(new Stopped(130)));
  process.once('SIGTERM', () => stop.abort(new Stopped(143)));
  try {
    process.exitCode = await main(stop.signal);
  } catch (error) {
    const cause = stop.signal.aborted ? stop.signal.reason : error;
    const known =
      cause instanceof EngineError ||
      cause instanceof Stopped ||
      (cause instanceof Error && 'code' in cause && String(cause.code).startsWith('ERR_PARSE_ARGS'));
    process.stderr.write(
      known ? `engine: ${cause.message}\n` : `engine: ${cause instanceof Error ? cause.stack : cause}\n`,
    );
    process.exitCode = cause instanceof Stopped ? cause.code : 1;
  }
}

if (process.argv[1] !== undefined && fileURLToPath(import.meta.url) === realpathSync(process.argv[1]))
  await atTheEdge();
