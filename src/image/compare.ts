import type { MeasuredEntry, MeasuredTree } from '../caution/measure.ts';
import type { Image } from './image.ts';
import type { Inode } from './tree.ts';

/** What can differ about one path, most telling first. */
export type Aspect =
  | 'presence'
  | 'type'
  | 'content'
  | 'link'
  | 'executable'
  | 'hard-links'
  | 'mode'
  | 'owner'
  | 'time'
  | 'attributes';

/** One path that is not the same in two images. */
export interface PathDifference {
  /** Byte string, without a leading `/`. */
  path: string;
  aspects: Aspect[];
  /** Whether Caution measures any of it. */
  inEnclave: boolean;
  /** Which images were held against each other, by index: the first, and the first that differs from it. */
  builds: [number, number];
  entries: [Inode | null, Inode | null];
}

export interface Comparable {
  image: Pick<Image, 'tree'>;
  measured: MeasuredTree;
}

/** Holds images against the first of them. Sorted by path; each path once. */
export function compareTrees(images: readonly Comparable[]): PathDifference[] {
  const [first, ...others] = images;
  if (!first) return [];
  const found = new Map<string, PathDifference>();
  const names = hardLinks(first.measured);
  others.forEach((other, index) => {
    for (const difference of comparePair(first, names, other, index + 1)) {
      if (!found.has(difference.path)) found.set(difference.path, difference);
    }
  });
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function* comparePair(
  first: Comparable,
  firstNames: Measured,
  other: Comparable,
  index: number,
): Generator<PathDifference> {
  const otherNames = hardLinks(other.measured);
  for (const path of new Set([...first.image.tree.keys(), ...other.image.tree.keys()])) {
    const a = first.image.tree.get(path) ?? null;
    const b = other.image.tree.get(path) ?? null;
    const measured: [Entry | undefined, Entry | undefined] = [firstNames.get(path), otherNames.get(path)];
    const enclave = measuredAspects(measured);
    const aspects = new Set<Aspect>([...enclave, ...imageAspects(a, b)]);
    if (aspects.size > 0)
      yield { path, aspects: [...aspects], inEnclave: enclave.length > 0, builds: [0, index], entries: [a, b] };
  }
}

type Entry = MeasuredEntry & { firstName: string };
type Measured = Map<string, Entry>;

/** Entries by path, each with the first name of its file: names that share one are hard links of each other. */
function hardLinks({ entries }: MeasuredTree): Measured {
  const firstNames = new Map<number, string>();
  const measured: Measured = new Map();
  for (const entry of entries) {
    const firstName = firstNames.get(entry.inode) ?? entry.path;
    firstNames.set(entry.inode, firstName);
    measured.set(entry.path, { ...entry, firstName });
  }
  return measured;
}

/** What differs of that which Caution measures. */
function measuredAspects([a, b]: [Entry | undefined, Entry | undefined]): Aspect[] {
  if (!a && !b) return [];
  if (!a || !b) return ['presence'];
  if (a.type !== b.type) return ['type'];
  const aspects: Aspect[] = [];
  if (a.sha256 !== b.sha256 || a.size !== b.size) aspects.push('content');
  if (a.link !== b.link) aspects.push('link');
  if (a.executable !== b.executable) aspects.push('executable');
  // A directory's count follows from its subdirectories, each of which is a difference of its own.
  if (a.type !== 'directory' && (a.links !== b.links || a.firstName !== b.firstName)) aspects.push('hard-links');
  return aspects;
}

/** What differs of the image, measured or not. */
function imageAspects(a: Inode | null, b: Inode | null): Aspect[] {
  if (!a || !b) return ['presence'];
  if (a.type !== b.type) return ['type'];
  const aspects: Aspect[] = [];
  if (a.sha256 !== b.sha256 || a.size !== b.size) aspects.push('content');
  if (a.link !== b.link || a.device !== b.device) aspects.push('link');
  if (a.mode !== b.mode && a.type !== 'link') aspects.push('mode');
  if (a.uid !== b.uid || a.gid !== b.gid) aspects.push('owner');
  if (a.mtime !== b.mtime) aspects.push('time');
  if (a.xattrs.join('\0') !== b.xattrs.join('\0')) aspects.push('attributes');
  return aspects;
}

/** A difference outside the file system: of the configuration, or of how layers are packed. */
export interface MetadataDifference {
  what: string;
  evidence: string;
}

/**
 * Why two images whose file systems are the same are not the same image.
 * @param names what the images are called; else builds by their number.
 * @returns what differs of the configuration, key by key, and which layers differ in form alone.
 */
export function compareMetadata(
  images: readonly Pick<Image, 'config' | 'layers' | 'manifest'>[],
  names: readonly string[] = images.map((_, index) => `build ${index + 1}`),
): MetadataDifference[] {
  const [first, ...others] = images;
  const found = new Map<string, MetadataDifference>();
  for (const [index, other] of others.entries()) {
    if (!first || first.manifest === other.manifest) continue;
    for (const key of differingKeys(withoutLayers(first.config), withoutLayers(other.config), '')) {
      found.set(key, {
        what: `image configuration: ${key}`,
        evidence: `${key} differs between ${names[0]} and ${names[index + 1]}`,
      });
    }
    const layers = Math.max(first.layers.length, other.layers.length);
    for (let layer = 0; layer < layers; layer += 1) {
      const [a, b] = [first.layers[layer]?.diffId ?? 'none', other.layers[layer]?.diffId ?? 'none'];
      if (a !== b)
        found.set(`layer ${layer}`, {
          what: `layer ${layer + 1}`,
          evidence: `${names[0]}: ${a}; ${names[index + 1]}: ${b}`,
        });
    }
  }
  return [...found.values()];
}

function withoutLayers(config: unknown): unknown {
  if (typeof config !== 'object' || config === null) return config;
  const { rootfs: _, ...rest } = config as Record<string, unknown>;
  return rest;
}

const maxDepth = 6;

function differingKeys(a: unknown, b: unknown, path: string, depth = 0): string[] {
  if (Object.is(a, b)) return [];
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || depth >= maxDepth)
    return [path || '.'];
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].flatMap((key) =>
    differingKeys(left[key], right[key], path === '' ? key : `${path}.${key}`, depth + 1),
  );
}
