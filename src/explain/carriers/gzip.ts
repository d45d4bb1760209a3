import { gunzipSync } from 'node:zlib';
import { type Scope, type Trait, within } from '../trait.ts';

const maxContent = 16 << 20;

/** gzip: the time and the name in its header, and what is packed. Source: RFC 1952. */
export function readGzip(a: Buffer, b: Buffer, scope: Scope): Trait[] | null {
  if (!isGzip(a) || !isGzip(b)) return null;
  const [left, right] = [a, b].map((bytes) => unpack(bytes, scope));
  if (!left || !right) return null;
  const traits: Trait[] = [];
  const [timeA, timeB] = [a.readUInt32LE(4) * 1000, b.readUInt32LE(4) * 1000];
  if (timeA !== timeB) traits.push({ kind: 'times', where: 'time in the gzip header', a: timeA, b: timeB, step: 1000 });
  const [headA, headB] = [headerOf(a), headerOf(b)];
  if (headA.name !== headB.name)
    traits.push({ kind: 'texts', where: 'name in the gzip header', a: headA.name, b: headB.name, whole: true });
  const packed = (because: string) => traits.push({ kind: 'mark', where: '', cause: 'archive-metadata', because });
  if (!headA.rest.equals(headB.rest)) packed('other fields of the gzip header differ');
  if (!left.content.equals(right.content)) {
    traits.push(...within('in the compressed part', scope.dissect(left.content, right.content)));
    if (!a.subarray(left.used).equals(b.subarray(right.used))) packed('what follows the compressed part differs');
  } else if (!a.subarray(headA.size).equals(b.subarray(headB.size))) packed('the same content is packed otherwise');
  return traits;
}

/**
 * @returns the content, and how many bytes hold it: what may follow is no part of it.
 * @throws when it is damaged, or holds more than may be unpacked.
 */
function unpack(bytes: Buffer, { budget }: Scope): { content: Buffer; used: number } {
  const most = Math.min(maxContent, budget.bytes);
  // An attempt that fails costs as much as it unpacked: at most this.
  budget.bytes -= most;
  const { buffer, engine } = gunzipSync(bytes, { maxOutputLength: Math.max(1, most), info: true }) as unknown as {
    buffer: Buffer;
    engine: { bytesWritten: number };
  };
  budget.bytes += most - buffer.length;
  return { content: buffer, used: engine.bytesWritten };
}

function isGzip(bytes: Buffer): boolean {
  return bytes.length >= 18 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** The header's name, its size, and what else it holds, without time and check sum. */
function headerOf(bytes: Buffer): { name: string; size: number; rest: Buffer } {
  const flags = bytes[3] ?? 0;
  const start = 10 + (flags & 4 ? 2 + bytes.readUInt16LE(10) : 0);
  const afterName = flags & 8 ? after(bytes, start) : start;
  const end = flags & 16 ? after(bytes, afterName) : afterName;
  return {
    name: flags & 8 ? bytes.toString('latin1', start, Math.min(afterName - 1, start + 1024)) : '',
    size: end + (flags & 2 ? 2 : 0),
    rest: Buffer.concat([bytes.subarray(0, 4), bytes.subarray(8, start), bytes.subarray(afterName, end)]),
  };
}

/** Where what follows a text begins, which ends with a zero. */
function after(bytes: Buffer, start: number): number {
  const end = bytes.indexOf(0, start);
  return end < 0 ? bytes.length : end + 1;
}
