/** Makes the stand-ins of one recipe: root, script, layers, images. What is finished is noted in made/, and never made again. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fetchSource, makeRoot } from './debian.mjs';
import { RECIPES, SOURCES, TAG } from './images.mjs';
import { alive } from './progress.mjs';
import { pushImage, pushLayer } from './registry.mjs';
import { runInRoot } from './root.mjs';
import { readJson, writeJson } from './state.mjs';

/** @typedef {import('./debian.mjs').Context} Context */
/** @typedef {keyof typeof RECIPES} RecipeName */
/**
 * @typedef {object} Made
 * @property {string} versions for people
 * @property {Record<string, import('./registry.mjs').Blob>} layers
 * @property {Record<string, string>} images name to manifest digest
 */

/** @param {string} home @param {RecipeName} name */
const madeFile = (home, name) => join(home, 'made', `${name}.json`);

/** @param {string} home @param {RecipeName} name @returns {Made | undefined} */
export const madeOf = (home, name) => readJson(madeFile(home, name));

/** @param {string} home @param {RecipeName} name */
export const isMade = (home, name) => existsSync(madeFile(home, name));

/**
 * @param {Context} context
 * @param {RecipeName} name
 * @param {{ registry: () => Promise<import('./state.mjs').State>, base: () => Promise<Made> }} shared the registry once it is up; the layers that all stand on
 * @returns {Promise<Made>}
 */
export async function makeStandIns(context, name, shared) {
  const { home, log, signal } = context;
  const started = Date.now();
  const recipe = RECIPES[name];
  const root = join(home, 'work', name);
  await makeRoot(context, name, root, recipe.packages);
  const done = join(root, 'done');
  if (!existsSync(done)) {
    if (name === 'python') await fetchSource(context, SOURCES.python, root);
    await alive(log, `${name}: ${name === 'rust' || name === 'python' ? 'compiling' : 'assembling'}`, () =>
      runInRoot(context, name, root, recipe.script, recipe.inputs),
    );
    writeFileSync(done, '');
  }
  const { port } = await shared.registry();
  /** @type {Record<string, import('./registry.mjs').Blob>} */
  const layers = {};
  await alive(log, `${name}: pushing layers`, async () => {
    for (const layer of recipe.layers) {
      layers[layer] = await pushLayer(
        port,
        { folder: join(root, 'out', layer), keepOwners: layer === 'filesystem' },
        signal,
      );
    }
  });
  const available = name === 'base' ? layers : { ...(await shared.base()).layers, ...layers };
  /** @type {Record<string, string>} */
  const images = {};
  for (const [image, { layers: names, config }] of recipe.images) {
    images[image] = await pushImage(
      port,
      image,
      TAG,
      names.map((each) => ({ name: each, blob: blobOf(available, each) })),
      config,
    );
  }
  const made = { versions: readFileSync(join(root, 'out/versions'), 'utf8').trim(), layers, images };
  writeJson(madeFile(home, name), made);
  const megabytes = Math.round(Object.values(layers).reduce((sum, { size }) => sum + size, 0) / 1e6);
  log(
    `${name}: made in ${Math.round((Date.now() - started) / 1000)} s: ${made.versions} (${recipe.images.length} images, ${megabytes} MB)`,
  );
  return made;
}

/** @param {Record<string, import('./registry.mjs').Blob>} layers @param {string} name */
function blobOf(layers, name) {
  const blob = layers[name];
  if (blob === undefined) throw new Error(`No recipe makes the layer ${name}`);
  return blob;
}

/**
 * Where every made stand-in is, by StageX's name.
 * @param {string} home
 * @param {number} port
 * @returns {Record<string, string>}
 */
export function references(home, port) {
  const folder = join(home, 'made');
  const made = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .flatMap((name) => {
      const { images } = readJson(join(folder, name)) ?? { images: {} };
      return Object.entries(images);
    });
  return Object.fromEntries(
    made.sort().map(([image, digest]) => [image, `127.0.0.1:${port}/stagex/${image}@${digest}`]),
  );
}
