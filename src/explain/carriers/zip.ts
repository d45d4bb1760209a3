import { inflateRawSync } from 'node:zlib';
import type { Scope, Trait } from '../trait.ts';
import { type Archive, type ArchiveMember, compareMembers, type Range, without } from './archive.ts';

/** zip archives: wheels, jars, npz. Source: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT */
export function readZip(a: Buffer, b: Buffer, scope: Scope): Trait[] | null {
  const [left, right] = [archive(a, scope), archive(b, scope)];
  return left && right && compareMembers(left, right, 2000, scope);
}

const maxMembers = 20_000;
const endMark = 0x06054b50;
const entryMark = 0x02014b50;

/** By the directory at the end, which also self-extracting archives have. */
function archive(bytes: Buffer, scope: Scope): Archive | null {
  const end = bytes.lastIndexOf('PK\u0005\u0006', undefined, 'latin1');
  if (end < 0 || end + 22 > bytes.length || bytes.readUInt32LE(end) !== endMark) return null;
  const size = bytes.readUInt32LE(end + 12);
  const start = end - size;
  // Bytes before the archive shift all offsets that it names.
  const shift = start - bytes.readUInt32LE(end + 16);
  if (start < 0 || shift < 0) return null;
  const found: ArchiveMember[] = [];
  const told: Range[] = [[end + 12, end + 20]];
  for (let at = start; at + 46 <= end && found.length < maxMembers; ) {
    if (bytes.readUInt32LE(at) !== entryMark) return null;
    told.push(...toldBy(bytes, at, shift));
    const [nameSize, extraSize, commentSize] = [28, 30, 32].map((field) => bytes.readUInt16LE(at + field));
    const name = bytes.toString('latin1', at + 46, at + 46 + (nameSize ?? 0));
    const stored = storedOf(bytes, at, shift);
    const [method, claimed] = [bytes.readUInt16LE(at + 10), bytes.readUInt32LE(at + 24)];
    found.push({
      name,
      time: dosTime(bytes.readUInt16LE(at + 14), bytes.readUInt16LE(at + 12)),
      mode: bytes.readUInt16LE(at + 40),
      owner: '',
      directory: name.endsWith('/'),
      stored,
      open: () => (method === 8 ? inflated(stored, claimed, scope) : stored),
    });
    at += 46 + (nameSize ?? 0) + (extraSize ?? 0) + (commentSize ?? 0);
  }
  return { members: found, rest: without(bytes, told) };
}

/** Of a member's two headers and its content: time, check sum, sizes, mode and place, and what is stored. */
function toldBy(bytes: Buffer, entry: number, shift: number): Range[] {
  const header = bytes.readUInt32LE(entry + 42) + shift;
  const central: Range[] = [
    [entry + 12, entry + 28],
    [entry + 40, entry + 46],
  ];
  if (header + 30 > bytes.length) return central;
  const start = header + 30 + bytes.readUInt16LE(header + 26) + bytes.readUInt16LE(header + 28);
  const end = start + bytes.readUInt32LE(entry + 20);
  // Bit 3: the check sum and sizes follow the content, and the local header need not hold them.
  const streamed = (bytes.readUInt16LE(entry + 8) & 8) !== 0;
  const described = streamed && bytes.toString('latin1', end, end + 4) === 'PK\u0007\u0008';
  // The header repeats what the directory says: where it does not, the rest shows it.
  const repeats = bytes.subarray(header + 10, header + 14).equals(bytes.subarray(entry + 12, entry + 16));
  const sizes = bytes.subarray(header + 14, header + 26).equals(bytes.subarray(entry + 16, entry + 28));
  return [
    ...central,
    ...(repeats ? [[header + 10, header + 14] as const] : []),
    ...(sizes ? [[header + 14, header + 26] as const] : []),
    [start, described ? end + 16 : end],
  ];
}

function storedOf(bytes: Buffer, entry: number, shift: number): Buffer {
  const size = bytes.readUInt32LE(entry + 20);
  const header = bytes.readUInt32LE(entry + 42) + shift;
  if (header + 30 > bytes.length) return Buffer.alloc(0);
  const start = header + 30 + bytes.readUInt16LE(header + 26) + bytes.readUInt16LE(header + 28);
  return bytes.subarray(start, start + size);
}

/** What is damaged, or holds more than it claims or than may be unpacked, is compared as it is stored. */
function inflated(stored: Buffer, claimed: number, { budget }: Scope): Buffer {
  if (claimed > budget.bytes) return stored;
  budget.bytes -= claimed;
  try {
    return inflateRawSync(stored, { maxOutputLength: Math.max(1, claimed) });
  } catch {
    return stored;
  }
}

/** Years from 1980, in steps of two seconds, in no zone. */
function dosTime(date: number, time: number): number {
  return Date.UTC(1980 + (date >> 9), ((date >> 5) & 15) - 1, date & 31, time >> 11, (time >> 5) & 63, (time & 31) * 2);
}
