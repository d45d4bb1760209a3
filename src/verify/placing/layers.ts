import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { PathDifference } from '../../image/compare.ts';
import { layerHistory } from '../../image/history.ts';
import { type Image, readImage } from '../../image/image.ts';
import { displayPath, type Inode, toBytes } from '../../image/tree.ts';
import { namedStages } from '../build/build.ts';
import { type Stage, type Step, stageNamed } from '../containerfile.ts';
import type { Proved } from '../proved.ts';
import type { Run } from '../run.ts';
import { chain, type Placed, placeByText } from './static.ts';

/** What is at a path in either build of a pair. */
type Pair = [Inode | null, Inode | null];
type Images = [Image, Image];

/** How far a path is followed back from stage to stage. */
const maxHops = 20;

/**
 * Finds the instruction that brought a path in. An image's layers are its instructions', so the layer that last set a
 * path names one; a COPY from another stage is followed into that stage, which the engine exports from its cache; and
 * where a step copied what an earlier one had made, the earlier one is named.
 */
export class Placer {
  readonly #run: Run;
  readonly #built: readonly Proved[];
  readonly #exported = new Map<string, Promise<Image | null>>();

  constructor(run: Run, built: readonly Proved[]) {
    this.#run = run;
    this.#built = built;
  }

  /** @returns null when nothing names one instruction. */
  async place({ path: name, builds: [i, j], entries }: PathDifference): Promise<Placed | null> {
    const { file } = this.#run;
    const last = file.stages.at(-1);
    const images = [this.#built[i]?.image, this.#built[j]?.image];
    const [first, second] = images;
    if (!last || !first || !second) return null;
    let found: Placed | null = null;
    let at: { stage: Stage; name: string; images: Images } | null = { stage: last, name, images: [first, second] };
    for (let hops = 0; at !== null && hops < maxHops; hops += 1) {
      const origin: string = earliest(at.images, at.name, entries);
      const step = stepThatSet(at.stage, origin, at.images, file);
      if (!step) break;
      found = { ...step, at: origin };
      at = await this.#source(step, origin, entries, [i, j]);
    }
    return found ?? placeByText(file, name);
  }

  /** Where a COPY from another stage took a path from. */
  async #source({ stage, step }: Placed, name: string, entries: Pair, [i, j]: [number, number]) {
    const from = step.from === null ? undefined : stageNamed(this.#run.file, step.from, stage.index);
    if (step.instruction !== 'COPY' || !from) return null;
    const [first, second] = await Promise.all([this.#export(from, i), this.#export(from, j)]);
    if (!first || !second) return null;
    const images: Images = [first, second];
    const candidates = sourcePaths(step, name).filter((one) => isPair(images, one, entries));
    const source = candidates[0] ?? anywhere(images, entries);
    return source === null || source === undefined ? null : { stage: from, name: source, images };
  }

  /** A stage's image, as one of the builds made it; null when the engine cannot give it. */
  #export(stage: Stage, build: number): Promise<Image | null> {
    const key = `${stage.index} ${build}`;
    const known = this.#exported.get(key);
    if (known) return known;
    const exported = this.#exportNow(stage, build);
    this.#exported.set(key, exported);
    return exported;
  }

  async #exportNow(stage: Stage, build: number): Promise<Image | null> {
    const { request, file, overrides, folder, cache } = this.#run;
    const one = this.#built[build];
    if (!one?.engine.targets) return null;
    const home = path.join(folder, `stage-${stage.index}-of-${build + 1}`);
    const spool = path.join(home, 'layers');
    await mkdir(spool, { recursive: true });
    const output = path.join(home, 'image.tar');
    const { signal } = request;
    const { ok } = await one.engine.build({
      context: one.context,
      containerfile: await namedStages(path.join(one.context, request.containerfile), home),
      overrides,
      hostname: one.conditions.hostname,
      cacheNamespace: file.hasCacheMounts ? one.conditions.hostname : null,
      arguments: one.conditions.arguments,
      cache: 'own',
      target: stage.name,
      exports: 'layers',
      output,
      signal,
      onChange: (change) => cache.note(change),
    });
    return ok ? readImage(output, { spool, signal }) : null;
  }
}

/** The step of a stage, or of those it is built on, whose layer last set a path; null for a base image's. */
function stepThatSet(stage: Stage, name: string, [a, b]: Images, file: Run['file']): Placed | null {
  const image = a.tree.has(name) ? a : b;
  const steps = chain(file, stage);
  const history = layerHistory(image);
  const base = image.layers.length - steps.length;
  if (!history || base < 0 || !steps.every(({ step }, index) => isHistoryOf(history[base + index] ?? '', step)))
    return null;
  return steps[image.layerOf(name) - base] ?? null;
}

function isHistoryOf(createdBy: string, step: Step): boolean {
  return createdBy.trimStart().toUpperCase().startsWith(`${step.instruction} `);
}

/** The first name, in the order of layers, under which a stage has the very contents that differ: others are its copies. */
function earliest(images: Images, name: string, entries: Pair): string {
  let best = { name, layer: layerIn(images, name) };
  if (!hasContent(entries)) return name;
  for (const other of namesOf(images, entries)) {
    const layer = layerIn(images, other);
    if (layer >= 0 && layer < best.layer) best = { name: other, layer };
  }
  return best.name;
}

function layerIn([a, b]: Images, name: string): number {
  return (a.tree.has(name) ? a : b).layerOf(name);
}

/** Whether a pair can be recognised by its contents: empty files, and what is in one build only, are like many others. */
function hasContent([a, b]: Pair): boolean {
  return a?.type === 'file' && b?.type === 'file' && a.sha256 !== b.sha256 && a.size > 0 && b.size > 0;
}

function* namesOf(images: Images, entries: Pair): Generator<string> {
  const [a] = entries;
  for (const [name, inode] of images[0].tree) {
    if (inode.sha256 === a?.sha256 && inode.type === a.type && isPair(images, name, entries)) yield name;
  }
}

function anywhere(images: Images, entries: Pair): string | null {
  if (!hasContent(entries)) return null;
  let best: string | null = null;
  for (const name of namesOf(images, entries)) {
    if (best === null || layerIn(images, name) < layerIn(images, best)) best = name;
  }
  return best;
}

function isPair([a, b]: Images, name: string, entries: Pair): boolean {
  return isLike(a.tree.get(name) ?? null, entries[0]) && isLike(b.tree.get(name) ?? null, entries[1]);
}

function isLike(one: Inode | null, other: Inode | null): boolean {
  if (!one || !other) return one === other;
  return one.type === other.type && one.sha256 === other.sha256 && one.link === other.link;
}

/** Where a path can have been before a COPY, by what it says: `COPY --from=build /out/ /app/` brings app/x from out/x. */
function sourcePaths({ sources, destination }: Step, name: string): string[] {
  const target = path.posix.resolve('/', destination ?? '/');
  const whole = `/${displayPath(name)}`;
  if (whole !== target && !whole.startsWith(target === '/' ? '/' : `${target}/`)) return [];
  const rest = path.posix.relative(target, whole);
  const found = sources.flatMap((source) => {
    const from = path.posix.resolve('/', source);
    return [
      path.posix.join(from, rest),
      path.posix.join(path.posix.dirname(from), rest),
      ...(rest === '' ? [from] : []),
    ];
  });
  return found.map((one) => toBytes(one.slice(1)));
}
