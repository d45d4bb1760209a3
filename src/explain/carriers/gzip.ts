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
  const [nameA, nameB] = [nameIn(a), nameIn(b)];
  if (nameA !== nameB)
    traits.push({ kind: 'texts', where: 'name in the gzip header', a: nameA, b: nameB, whole: true });
  if (!left.equals(right)) traits.push(...within('in the compressed part', scope.dissect(left, right)));
  if (traits.length === 0)
    traits.push({
      kind: 'mark',
      where: '',
      cause: 'archive-metadata',
      because: 'the same content is packed otherwise',
    });
  return traits;
}

/** @throws when it is damaged, or holds more than may be unpacked. */
function unpack(bytes: Buffer, { budget }: Scope): Buffer {
  const most = Math.min(maxContent, budget.bytes);
  // An attempt that fails costs as much as it unpacked: at most this.
  budget.bytes -= most;
  const content = gunzipSync(bytes, { maxOutputLength: Math.max(1, most) });
  budget.bytes += most - content.length;
  return content;
}

function isGzip(bytes: Buffer): boolean {
  return bytes.length >= 18 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function nameIn(bytes: Buffer): string {
  const flags = bytes[3] ?? 0;
  if ((flags & 8) === 0) return '';
  const start = 10 + (flags & 4 ? 2 + bytes.readUInt16LE(10) : 0);
  const end = bytes.indexOf(0, start);
  return bytes.toString('latin1', start, end < 0 ? start : Math.min(end, start + 1024));
}
