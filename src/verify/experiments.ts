import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Condition, Experiment } from '../explain/types.ts';
import type { PathDifference } from '../image/compare.ts';
import type { Inode, Tree } from '../image/tree.ts';
import { waitForClock } from './build/clock.ts';
import { imageIn } from './build/images.ts';
import type { Proved } from './proved.ts';
import type { Run } from './run.ts';
import { writeCheckout } from './source/checkout.ts';

/** Builds that take longer are not repeated to tell causes apart: their causes stay likely ones. */
const longestBuildSeconds = 120;

const all: readonly Condition[] = ['path', 'hostname', 'mtime', 'umask'];

/** What further builds showed of each path. */
export type Experiments = Map<PathDifference, Experiment[]>;

/**
 * Tells causes apart by further builds: one under the first build's conditions, all of them. A path that then comes out
 * as in the first build comes from what was varied, and builds in which one condition is the second build's say from
 * which; one that does not comes from the time, from chance, or from an order.
 * @param undecided of the first two builds; the others of more builds are left out.
 */
export async function experiment(
  run: Run,
  [first, second]: readonly [Proved, Proved],
  undecided: readonly PathDifference[],
): Promise<Experiments> {
  const found: Experiments = new Map(undecided.map((difference) => [difference, []]));
  if (undecided.length === 0 || first.seconds > longestBuildSeconds || first.engine !== second.engine) return found;
  run.request.onEvent({
    type: 'phase',
    text: 'Building once more under the first build’s conditions, to tell causes apart',
  });
  let left = await hold(run, [first, second], all, undecided, found);
  for (const changed of ['hostname', 'mtime', 'umask'] as const) {
    if (left.length === 0) break;
    run.request.onEvent({ type: 'phase', text: `Building once more with another ${changed}, to tell causes apart` });
    left = await hold(
      run,
      [first, second],
      all.filter((one) => one !== changed),
      left,
      found,
    );
  }
  return found;
}

/** One such build. @returns the paths that came out as in the first. */
async function hold(
  run: Run,
  [first, second]: readonly [Proved, Proved],
  held: readonly Condition[],
  undecided: readonly PathDifference[],
  found: Experiments,
): Promise<PathDifference[]> {
  const tree = await buildHolding(run, [first, second], held);
  if (!tree) return [];
  return undecided.filter((difference) => {
    const now = tree.get(difference.path) ?? null;
    const same = isLike(now, difference.entries[0]);
    found.get(difference)?.push({ held, same, asSecond: isLike(now, difference.entries[1]) });
    return same;
  });
}

async function buildHolding(
  run: Run,
  [first, second]: readonly [Proved, Proved],
  held: readonly Condition[],
): Promise<Tree | null> {
  const { request, file, folder, source } = run;
  const { signal } = request;
  const of = (condition: Condition) => (held.includes(condition) ? first : second).conditions;
  const changed = all.filter((condition) => !held.includes(condition)).join('-') || 'nothing';
  const home = path.join(folder, `trial-${changed}`);
  const spool = path.join(home, 'layers');
  await mkdir(spool, { recursive: true });
  const asFirst = held.includes('mtime') && held.includes('umask');
  const folders = [
    path.basename(home),
    ...first.conditions.folders.slice(1, -1),
    `context-${changed}-${path.basename(first.context)}`,
  ];
  const checkout = { ...first.conditions, folders, time: of('mtime').time, umask: of('umask').umask };
  const context = asFirst ? first.context : await writeCheckout(source, folder, checkout, signal);
  await waitForClock(run, second, signal);
  const { engine } = first;
  const output = imageIn(home, engine);
  await run.images.prepare(output, engine);
  const { ok } = await engine.build({
    context,
    containerfile: path.join(context, request.containerfile),
    overrides: run.overrides,
    hostname: of('hostname').hostname,
    cacheNamespace: file.hasCacheMounts ? `${first.conditions.hostname}-${changed}` : null,
    arguments: first.conditions.arguments,
    cache: 'none',
    exports: engine.exports,
    output,
    signal,
    onChange: (change) => run.cache.note(change),
  });
  if (!ok) return null;
  return (await run.images.read(output, engine, { spool, signal })).tree;
}

function isLike(one: Inode | null, other: Inode | null): boolean {
  if (!one || !other) return one === other;
  return one.type === other.type && one.sha256 === other.sha256 && one.link === other.link && one.mode === other.mode;
}
