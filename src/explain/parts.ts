import { readSlice } from '../image/content.ts';
import type { Inode } from '../image/tree.ts';

/** What is read at a time, and what is kept of what stands around each difference. */
const step = 1 << 20;
const around = 160;
const maxParts = 500;
const maxKept = 4 << 20;

interface Part {
  from: number;
  to: number;
}

/**
 * Where two large contents differ, with a little of what stands around, as byte strings; memory does not grow with the
 * files. All that is left out is the same in both.
 * @returns null when they differ in too many places, or in too much.
 */
export async function differingParts(a: Inode, b: Inode): Promise<[string, string] | null> {
  const places = a.size === b.size ? await placesIn(a, b) : await middleOf(a, b);
  if (!places) return null;
  const texts: [string, string] = [await join(a, places[0]), await join(b, places[1])];
  return texts;
}

async function join(inode: Inode, places: readonly Part[]): Promise<string> {
  const parts: string[] = [];
  for (const { from, to } of places) parts.push((await readSlice(inode, from, to - from)).toString('latin1'));
  return parts.join('\n');
}

/** Contents of one length: each place in which they differ. */
async function placesIn(a: Inode, b: Inode): Promise<[Part[], Part[]] | null> {
  const found: Part[] = [];
  for (let start = 0; start < a.size; start += step) {
    const [left, right] = [await readSlice(a, start, step), await readSlice(b, start, step)];
    if (left.equals(right)) continue;
    for (let at = 0; at < left.length; at += 1) {
      if (left[at] === right[at]) continue;
      const last = found.at(-1);
      const [from, to] = [Math.max(0, start + at - around), Math.min(a.size, start + at + 1 + around)];
      if (last && from <= last.to) last.to = to;
      else found.push({ from, to });
      if (found.length > maxParts) return null;
    }
  }
  const kept = found.reduce((sum, { from, to }) => sum + to - from, 0);
  return kept > maxKept ? null : [found, found];
}

/** Contents of two lengths: what is left between their common beginning and their common end. */
async function middleOf(a: Inode, b: Inode): Promise<[Part[], Part[]] | null> {
  const shorter = Math.min(a.size, b.size);
  const start = await equalBytes(shorter, (at, size) => Promise.all([readSlice(a, at, size), readSlice(b, at, size)]));
  const end = await equalBytes(shorter - start, async (at, size) => {
    const slices = await Promise.all([a, b].map((one) => readSlice(one, one.size - at - size, size)));
    return [slices[0]?.reverse() ?? Buffer.alloc(0), slices[1]?.reverse() ?? Buffer.alloc(0)];
  });
  const [left, right] = [a, b].map(({ size }) => {
    return { from: Math.max(0, start - around), to: Math.min(size, size - end + around) };
  });
  if (!left || !right || Math.max(left.to - left.from, right.to - right.from) > maxKept) return null;
  return [[left], [right]];
}

/** How many bytes are equal, read one step after the other. */
async function equalBytes(limit: number, read: (at: number, size: number) => Promise<Buffer[]>): Promise<number> {
  for (let at = 0; at < limit; at += step) {
    const [left, right] = await read(at, Math.min(step, limit - at));
    if (!left || !right || left.equals(right)) continue;
    let same = 0;
    while (left[same] === right[same]) same += 1;
    return at + same;
  }
  return limit;
}
