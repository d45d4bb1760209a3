import type { Scope, Trait } from '../trait.ts';
import { type Archive, type ArchiveMember, compareMembers, type Range, without } from './archive.ts';

/** cpio archives in the new ASCII format. Source: https://man.freebsd.org/cgi/man.cgi?query=cpio&sektion=5 */
export function readCpio(a: Buffer, b: Buffer, scope: Scope): Trait[] | null {
  if (!isCpio(a) || !isCpio(b)) return null;
  return compareMembers(archive(a), archive(b), 1000, scope);
}

const maxMembers = 100_000;
/** Linux's PATH_MAX, with the zero at its end. */
const maxName = 4097;

function isCpio(bytes: Buffer): boolean {
  return /^07070[12]/.test(bytes.toString('latin1', 0, 6));
}

function archive(bytes: Buffer): Archive {
  const found: ArchiveMember[] = [];
  const told: Range[] = [];
  // Packers write hexadecimal numbers in small or in capital letters.
  const letters = new Set<string>();
  for (let at = 0; at + 110 <= bytes.length; ) {
    // inode, mode, uid, gid, links, mtime, size, device (2), special device (2), length of the name, check sum
    const numbers = Array.from({ length: 13 }, (_, index) =>
      Number.parseInt(bytes.toString('latin1', at + 6 + index * 8, at + 14 + index * 8), 16),
    );
    const [, mode = 0, uid = 0, gid = 0, , mtime = 0, size = 0, , , , , nameSize = 0] = numbers;
    const readable = /^07070[12][0-9a-f]{104}$/i.test(bytes.toString('latin1', at, at + 110));
    if (!readable || nameSize < 1 || nameSize > maxName || found.length >= maxMembers) break;
    const name = bytes.toString('latin1', at + 110, at + 110 + nameSize - 1);
    if (name === 'TRAILER!!!') break;
    const start = at + padded(110 + nameSize);
    if (start + size > bytes.length) break;
    const stored = bytes.subarray(start, start + size);
    const numbersText = bytes.toString('latin1', at + 6, at + 110);
    if (/[a-f]/.test(numbersText)) letters.add('a');
    if (/[A-F]/.test(numbersText)) letters.add('A');
    // mode, uid, gid; time, size; what follows from the content: the check sum, where the format has one
    told.push([at + 14, at + 38], [at + 46, at + 62], [start, start + size]);
    if (bytes[at + 5] === 0x32) told.push([at + 102, at + 110]);
    const directory = (mode & 0o170000) === 0o040000;
    found.push({
      name,
      time: mtime * 1000,
      mode,
      owner: `${uid}:${gid}`,
      directory,
      stored,
      open: () => stored,
    });
    at = start + padded(size);
  }
  return { members: found, rest: Buffer.concat([without(bytes, told), Buffer.from([...letters].sort().join(''))]) };
}

function padded(size: number): number {
  return Math.ceil(size / 4) * 4;
}
