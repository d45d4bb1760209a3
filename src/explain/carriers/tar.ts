import { TarReader } from '../../image/tar.ts';
import type { Scope, Trait } from '../trait.ts';
import { type Archive, type ArchiveMember, compareMembers, type Range, without } from './archive.ts';

/** tar archives, by the reader that also reads layers. */
export function readTar(a: Buffer, b: Buffer, scope: Scope): Trait[] | null {
  if (!isTar(a) || !isTar(b)) return null;
  return compareMembers(archive(a), archive(b), 1000, scope);
}

const maxMembers = 100_000;

function isTar(bytes: Buffer): boolean {
  return bytes.length >= 512 && bytes.toString('latin1', 257, 262) === 'ustar';
}

/** @throws what the reader throws for a broken archive. */
function archive(bytes: Buffer): Archive {
  const found: ArchiveMember[] = [];
  const told: Range[] = [];
  let after = 0;
  let parts: Buffer[] = [];
  const reader = new TarReader({
    entry: ({ name, mtime, mode, uid, gid, type, link, size }, offset) => {
      if (found.length >= maxMembers) throw new Error(`more than ${maxMembers} members`);
      told.push(...toldByExtended(bytes, after, offset - block), ...numbersOf(bytes, offset - block), [
        offset,
        offset + size,
      ]);
      after = offset + Math.ceil(size / block) * block;
      parts = [Buffer.from(link, 'latin1')];
      const none = Buffer.alloc(0);
      const owner = `${uid}:${gid}`;
      const directory = type === 'directory';
      found.push({ name, time: mtime * 1000, mode, owner, directory, stored: none, open: () => none });
    },
    data: (chunk) => parts.push(Buffer.from(chunk)),
    end: () => {
      const last = found.at(-1);
      if (!last) return;
      const stored = Buffer.concat(parts);
      last.stored = stored;
      last.open = () => stored;
    },
  });
  reader.write(bytes);
  reader.close();
  return { members: found, rest: without(bytes, told) };
}

const block = 512;

/** Mode, owner, group, size, time and check sum: where they begin in a header, and how many bytes they take. */
const fields = [
  [100, 8],
  [108, 8],
  [116, 8],
  [124, 12],
  [136, 12],
  [148, 8],
] as const;

/** The numbers of a header, but not how they are spelled: packers differ in blanks. */
function numbersOf(bytes: Buffer, header: number): Range[] {
  return fields.map(([at, size]) => {
    const start = header + at;
    const binary = ((bytes[start] ?? 0) & 0x80) !== 0;
    const digits = /^[0-7]*/.exec(bytes.toString('latin1', start, start + size))?.[0].length ?? 0;
    return [start, start + (binary ? size : digits)];
  });
}

/** Of extended headers from one place up to another: what the reader made fields of the member that follows. */
function toldByExtended(bytes: Buffer, from: number, to: number): Range[] {
  const told: Range[] = [];
  for (let at = from; at + block < to; ) {
    const size = Number.parseInt(bytes.toString('latin1', at + 124, at + 135), 8) || 0;
    const start = at + block;
    const text = bytes.toString('latin1', start, Math.min(start + size, to));
    told.push(...numbersOf(bytes, at));
    for (const { index, 0: record } of text.matchAll(/\d{1,9} (?:mtime|size|uid|gid)=[^\n]{0,100}\n/g))
      told.push([start + index, start + index + record.length]);
    at = start + Math.ceil(size / block) * block;
  }
  return told;
}
