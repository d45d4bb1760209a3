import type { Aspect, PathDifference } from '../image/compare.ts';
import { readInode, readSlice } from '../image/content.ts';
import { displayPath, type Inode } from '../image/tree.ts';
import { isText, takeApart } from './carriers/index.ts';
import { hintsOf } from './clues/hints.ts';
import { lookInside } from './content.ts';
import { describe } from './describe.ts';
import { byExperiments } from './experiments.ts';
import { mendFor } from './mends.ts';
import { byName, byPlace } from './names.ts';
import { differingParts } from './parts.ts';
import type { ExplainContext, Explanation } from './types.ts';
import { judge, type Known, together, unknown, type Verdict } from './verdict.ts';

/** Files up to this size are taken apart; of larger ones only the places are looked at in which they differ. */
const wholeBelow = 24 << 20;
/** As much of a content that only one build has is searched for what is the build's own. */
const searchedBelow = 1 << 20;

/** Explains one difference: cause only with evidence for it, and `certain` only when nothing else is left to explain. */
export async function explain(difference: PathDifference, context: ExplainContext): Promise<Explanation> {
  const hints = hintsOf(context.script ?? '', context.sources ?? '');
  const inside = await lookInside(difference);
  const found = await origin(difference, { facts: context.facts, hints, carrier: undefined });
  const telling = difference.entries.every((entry) => (entry?.size ?? 0) >= 8);
  const placed = byPlace(displayPath(difference.path), byExperiments(found, context.experiments, { telling, hints }));
  const { carrier } = found;
  return {
    cause: placed.cause,
    certain: placed.certain && difference.aspects.filter((aspect) => measured.has(aspect)).length <= 1,
    ...(carrier === undefined ? {} : { carrier }),
    evidence: [describe(difference, inside, context.names), placed.because].filter(Boolean).join('; '),
    mend: mendFor(placed.cause, carrier),
  };
}

/** Aspects that have origins of their own: where two of them differ, one origin does not explain both. */
const measured = new Set<Aspect>(['presence', 'type', 'content', 'link', 'executable', 'hard-links']);

type Origin = Verdict & { carrier?: string | undefined };

async function origin(difference: PathDifference, known: Known): Promise<Origin> {
  const { aspects, entries } = difference;
  const [a, b] = entries;
  if (!a || !b) return ofOneSide(difference, known);
  if (aspects.includes('content') && a.type === 'file' && b.type === 'file') return ofContents(a, b, known);
  if (aspects.includes('link')) {
    const carrier = 'link';
    return {
      ...judge({ kind: 'texts', where: '', a: a.link, b: b.link, whole: true }, { ...known, carrier }),
      carrier,
    };
  }
  if (aspects.includes('hard-links')) {
    const cause = known.hints.random ? 'random' : known.hints.parallel ? 'parallel-order' : 'unknown';
    return { cause, certain: false, because: cause === 'unknown' ? '' : 'the step makes it likely', carrier: 'link' };
  }
  if (aspects.includes('executable') || aspects.includes('mode')) {
    const directory = a.type === 'directory';
    const verdict = judge({ kind: 'modes', where: '', a: a.mode, b: b.mode, directory }, known);
    return { ...(verdict.cause === 'umask' ? verdict : unknown), carrier: 'mode' };
  }
  if (aspects.every((aspect) => aspect === 'time'))
    return judge({ kind: 'times', where: '', a: a.mtime * 1000, b: b.mtime * 1000, step: 1000 }, known);
  return unknown;
}

async function ofOneSide({ path, entries: [a, b] }: PathDifference, known: Known): Promise<Origin> {
  const entry = a ?? b;
  const content =
    entry?.type === 'file' && entry.size <= searchedBelow
      ? (await contentOf(entry)).toString('latin1')
      : (entry?.link ?? '');
  return byName(displayPath(path), a ? 0 : 1, content, known);
}

async function ofContents(a: Inode, b: Inode, known: Known): Promise<Origin> {
  if (a.size > wholeBelow || b.size > wholeBelow) return ofWindows(a, b, known);
  const { carrier, traits } = takeApart(await contentOf(a), await contentOf(b));
  const verdict = together(traits.map((trait) => judge(trait, { ...known, carrier })));
  return { ...verdict, carrier };
}

/** Files too large to be taken apart: the places in which they differ, or else what is around the first of them. */
async function ofWindows(a: Inode, b: Inode, known: Known): Promise<Origin> {
  const parts = await differingParts(a, b);
  const carrier = await carrierOf(a, b);
  if (parts) {
    const [left, right] = parts;
    return { ...judge({ kind: 'texts', where: '', a: left, b: right, whole: true }, { ...known, carrier }), carrier };
  }
  const inside = await lookInside({ path: '', aspects: ['content'], inEnclave: true, builds: [0, 1], entries: [a, b] });
  if (!inside) return unknown;
  const [left, right] = inside.texts;
  return { ...judge({ kind: 'texts', where: '', a: left, b: right, whole: false }, known), certain: false, carrier };
}

/** By how both begin. */
async function carrierOf(a: Inode, b: Inode): Promise<string | undefined> {
  const starts = await Promise.all([a, b].map(async (one) => (await readSlice(one, 0, 4096)).toString('latin1')));
  if (starts.every((start) => start.startsWith('\x7fELF'))) return 'elf';
  return starts.every(isText) ? 'text' : undefined;
}

async function contentOf(inode: Inode): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const piece of readInode(inode)) parts.push(Buffer.from(piece));
  return Buffer.concat(parts);
}
