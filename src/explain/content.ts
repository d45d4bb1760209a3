import type { PathDifference } from '../image/compare.ts';
import { readSlice as readBytes } from '../image/content.ts';
import type { Inode } from '../image/tree.ts';

/** What is inside a difference, as far as it is needed to explain it. */
export interface Inside {
  /** Where the contents first differ, in bytes from the start; null when nothing was read. */
  offset: number | null;
  /** The contents, as byte strings: whole when `whole`, else the part around the first difference. */
  texts: [string, string];
  whole: boolean;
}

/** Contents up to this size are looked at whole. */
const wholeBelow = 1 << 20;
const windowSize = 4096;

/** Reads what a difference of contents consists of. */
export async function lookInside({ aspects, entries: [a, b] }: PathDifference): Promise<Inside | null> {
  if (!aspects.includes('content') || a?.type !== 'file' || b?.type !== 'file') return null;
  if (a.size <= wholeBelow && b.size <= wholeBelow) {
    const texts: [string, string] = [await readSlice(a, 0, a.size), await readSlice(b, 0, b.size)];
    return { offset: firstDifference(...texts), texts, whole: true };
  }
  const size = Math.min(a.size, b.size);
  const step = 1 << 20;
  let offset = size;
  for (let at = 0; at < size; at += step) {
    const found = firstDifference(await readSlice(a, at, step), await readSlice(b, at, step));
    if (found < Math.min(step, size - at)) {
      offset = at + found;
      break;
    }
  }
  const start = Math.max(0, offset - windowSize / 2);
  return {
    offset,
    texts: [await readSlice(a, start, windowSize), await readSlice(b, start, windowSize)],
    whole: false,
  };
}

async function readSlice(inode: Inode, at: number, length: number): Promise<string> {
  return (await readBytes(inode, at, length)).toString('latin1');
}

function firstDifference(a: string, b: string): number {
  const size = Math.min(a.length, b.length);
  for (let at = 0; at < size; at += 1) if (a[at] !== b[at]) return at;
  return size;
}
