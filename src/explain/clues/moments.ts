import type { BuildFacts } from '../types.ts';
import { isDuring, isFileTime } from './masks.ts';

/** A stretch of two contents of one length in which they differ: from a byte on, up to another. */
export interface Stretch {
  from: number;
  to: number;
}

const maxStretches = 1000;
/** Bytes that are equal by chance inside a number that differs. */
const joined = 4;

/** Where two contents of one length differ; null when they are not, or differ in more places than can be looked at. */
export function stretches(a: string, b: string): Stretch[] | null {
  if (a.length !== b.length) return null;
  const found: Stretch[] = [];
  for (let at = 0; at < a.length; at += 1) {
    if (a[at] === b[at]) continue;
    const last = found.at(-1);
    if (last && at - last.to < joined) last.to = at + 1;
    else found.push({ from: at, to: at + 1 });
    if (found.length > maxStretches) return null;
  }
  return found;
}

/** Reads a moment out of a number, in milliseconds since 1970. */
type Read = (bytes: Buffer, at: number) => number;

const dayMs = 86_400_000;
/** Days between the beginnings of Julian dates and of Unix times; 100 ns between those of Windows' times and of Unix times. */
const julianEpoch = 2_440_587.5;
const windowsEpoch = 116_444_736_000_000_000n;

const numbers: readonly { width: number; step: number; read: Read }[] = [
  { width: 4, step: 1000, read: (bytes, at) => bytes.readUInt32LE(at) * 1000 },
  { width: 4, step: 1000, read: (bytes, at) => bytes.readUInt32BE(at) * 1000 },
  ...[1n, 1000n, 1_000_000n, 1_000_000_000n].flatMap((unit) => [
    { width: 8, step: 1000, read: (bytes: Buffer, at: number) => Number((bytes.readBigUInt64LE(at) * 1000n) / unit) },
    { width: 8, step: 1000, read: (bytes: Buffer, at: number) => Number((bytes.readBigUInt64BE(at) * 1000n) / unit) },
  ]),
  { width: 8, step: 1000, read: (bytes, at) => Number((bytes.readBigUInt64LE(at) - windowsEpoch) / 10_000n) },
  { width: 8, step: 1000, read: (bytes, at) => bytes.readDoubleBE(at) * 1000 },
  { width: 8, step: 1000, read: (bytes, at) => bytes.readDoubleLE(at) * 1000 },
  { width: 8, step: 1000, read: (bytes, at) => (bytes.readDoubleBE(at) - julianEpoch) * dayMs },
];

export type Moment = 'wall-clock' | 'file-time';

/** Whether a stretch lies in a number that holds a moment of each content's own build. */
export function momentAt(
  a: string,
  b: string,
  { from, to }: Stretch,
  [first, second]: readonly [BuildFacts, BuildFacts],
): Moment | null {
  const start = Math.max(0, to - 8);
  const [left, right] = [a, b].map((text) => Buffer.from(text.slice(start, from + 8), 'latin1'));
  if (!left || !right) return null;
  for (const { width, step, read } of numbers) {
    for (let at = Math.max(0, to - width); at <= from && at - start + width <= left.length; at += 1) {
      const [timeA, timeB] = [read(left, at - start), read(right, at - start)];
      if (isFileTime(timeA, step, first) && isFileTime(timeB, step, second)) return 'file-time';
      if (isDuring(timeA, step, first) && isDuring(timeB, step, second)) return 'wall-clock';
    }
  }
  return null;
}
