import { stat } from 'node:fs/promises';
import { openArchive } from './archive.ts';
import type { KnownLayers } from './known.ts';
import { type LayerContents, Meter, readLayer, storedDigest } from './layer.ts';
import { otherLayers, type Plan, readPlan, type StoredLayer } from './plan.ts';
import { badArchive } from './tar.ts';
import { defaultLimits, type Tree, TreeBuilder, type TreeLimits } from './tree.ts';

export interface Layer {
  /** Digest of the layer as stored. */
  digest: string;
  /** Digest of the uncompressed layer. */
  diffId: string;
}

/** An image as read from disk: metadata, and the file system that its layers give. */
export interface Image {
  /** Digest of the manifest; `''` where there is none (`docker save` of old engines, a plain file system). */
  manifest: string;
  /** The image configuration, as parsed; null for a plain file system. */
  config: unknown;
  layers: Layer[];
  tree: Tree;
  /** The layer that last set a path, counted from 0; -1 for a directory that no layer names. */
  layerOf: (path: string) => number;
  /** The latest modification time in any layer, seconds since 1970. */
  latestTime: number;
}

export interface ReadOptions {
  /** An existing folder on this machine that takes compressed layers' contents; removing it is the caller's part. */
  spool: string;
  limits?: TreeLimits;
  signal?: AbortSignal;
  /** Layers that were read before; takes those that are read now. */
  known?: KnownLayers;
}

/** As many layers are unpacked at once: more would only take memory. */
const atOnce = 2;

/**
 * Reads an image from an OCI archive, an OCI layout folder or a `docker save` archive. Every digest and size is
 * verified, layers are streamed once, and memory holds names and attributes only.
 * @throws UserError when anything about it is wrong.
 */
export async function readImage(location: string, options: ReadOptions): Promise<Image> {
  const [image] = await readImages([location], options);
  return image;
}

/**
 * Reads images as `readImage` does. A layer that several of them have, or one of them several times, is unpacked once.
 * @throws UserError when anything about one of them is wrong.
 */
export async function readImages<const Locations extends readonly string[]>(
  locations: Locations,
  options: ReadOptions,
): Promise<{ -readonly [Each in keyof Locations]: Image }> {
  const plans: Plan[] = [];
  for (const location of locations) plans.push(await readPlan(await openArchive(location)));
  return (await readPlans(plans, options)) as { -readonly [Each in keyof Locations]: Image };
}

/**
 * Reads a plain file system from a tar file (`--output type=tar`).
 * @throws UserError when anything about it is wrong.
 */
export async function readRootTar(location: string, options: ReadOptions): Promise<Image> {
  const { size } = await stat(location);
  const stored: StoredLayer = { member: { file: location, offset: 0, size }, digest: null, diffId: null };
  const [image] = await readPlans([{ manifest: '', config: null, layers: [stored] }], options);
  if (!image) throw badArchive('there is none.');
  return image;
}

/** A layer to be read, and every place in which an image has it. */
interface Task {
  places: { plan: number; layer: number; stored: StoredLayer }[];
}

async function readPlans(
  plans: readonly Plan[],
  { spool, limits = defaultLimits, signal, known }: ReadOptions,
): Promise<Image[]> {
  // The first failure ends what else is under way.
  const failed = new AbortController();
  const stop = AbortSignal.any([failed.signal, ...(signal ? [signal] : [])]);
  const meters = plans.map(() => new Meter(limits));
  const read = plans.map((): LayerContents[] => []);
  const tasks = tasksOf(plans);
  let next = 0;
  const work = async () => {
    for (let task = tasks[next++]; task !== undefined; task = tasks[next++]) {
      for (const { plan, layer, contents } of await readTask(task, meters, { spool, known, signal: stop })) {
        const layers = read[plan];
        if (layers) layers[layer] = contents;
      }
    }
  };
  const workers = Array.from({ length: atOnce }, () =>
    work().catch((error: unknown) => {
      failed.abort(error);
      throw error;
    }),
  );
  await Promise.allSettled(workers);
  // Whatever the abort broke elsewhere, the first failure is what happened.
  signal?.throwIfAborted();
  if (failed.signal.aborted) throw failed.signal.reason;
  return plans.map((plan, index) => assemble(plan, read[index] ?? [], limits));
}

/** Layers that claim to be the same are one task. Lowest first, the images in turn. */
function tasksOf(plans: readonly Plan[]): Task[] {
  const tasks: Task[] = [];
  const byClaim = new Map<string, Task>();
  const depth = Math.max(0, ...plans.map(({ layers }) => layers.length));
  for (let layer = 0; layer < depth; layer += 1) {
    for (const [plan, { layers }] of plans.entries()) {
      const stored = layers[layer];
      if (!stored) continue;
      // Where there is no digest of the stored bytes, they are not compressed, or the claim will not hold.
      const claim = stored.digest ?? stored.diffId;
      const task = (claim === null ? undefined : byClaim.get(claim)) ?? { places: [] };
      if (task.places.length === 0) tasks.push(task);
      task.places.push({ plan, layer, stored });
      if (claim !== null) byClaim.set(claim, task);
    }
  }
  return tasks;
}

/** Reads a layer at the first of its places; elsewhere it is only seen to be the same bytes. */
async function readTask(
  { places }: Task,
  meters: readonly Meter[],
  { spool, known, signal }: { spool: string; known: KnownLayers | undefined; signal: AbortSignal },
): Promise<{ plan: number; layer: number; contents: LayerContents }[]> {
  const done: { plan: number; layer: number; contents: LayerContents }[] = [];
  const seen = new Map<string, LayerContents>();
  for (const { plan, layer, stored } of places) {
    signal.throwIfAborted();
    const { member, digest, diffId } = stored;
    const meter = meters[plan] ?? new Meter(defaultLimits);
    const place = `${member.file}\0${member.offset}`;
    let contents = seen.get(place);
    if (!contents && seen.size > 0) {
      const actual = await storedDigest(member, signal);
      contents = [...seen.values()].find((one) => one.digest === actual);
    }
    contents ??= await known?.find(member);
    contents ??= await readLayer(member, { spool, meter, signal });
    await known?.add(member, contents);
    seen.set(place, contents);
    if (digest !== null && contents.digest !== digest) throw badArchive(`layer ${digest} does not have its digest.`);
    if (diffId !== null && contents.diffId !== diffId) throw otherLayers();
    done.push({ plan, layer, contents });
  }
  return done;
}

function assemble({ manifest, config }: Plan, read: readonly LayerContents[], limits: TreeLimits): Image {
  const builder = new TreeBuilder(limits);
  const laid = new Set<LayerContents>();
  for (const contents of read) {
    builder.apply(contents.entries, laid.has(contents));
    laid.add(contents);
  }
  return {
    manifest,
    config,
    layers: read.map(({ digest, diffId }) => ({ digest, diffId })),
    tree: builder.finish(),
    layerOf: (path) => builder.layerOf(path),
    latestTime: Math.max(0, ...read.map(({ latestTime }) => latestTime)),
  };
}
