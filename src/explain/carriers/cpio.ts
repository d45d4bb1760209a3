import type { Scope, Trait } from '../trait.ts';
import { type ArchiveMember, compareMembers } from './archive.ts';

/** cpio archives in the new ASCII format. Source: https://man.freebsd.org/cgi/man.cgi?query=cpio&sektion=5 */
export function readCpio(a: Buffer, b: Buffer, scope: Scope): Trait[] | null {
  if (!isCpio(a) || !isCpio(b)) return null;
  return compareMembers(members(a), members(b), 1000, scope);
}

function isCpio(bytes: Buffer): boolean {
  return /^07070[12]/.test(bytes.toString('latin1', 0, 6));
}

function members(bytes: Buffer): ArchiveMember[] {
  const found: ArchiveMember[] = [];
  for (let at = 0; at + 110 <= bytes.length; ) {
    // inode, mode, uid, gid, links, mtime, size, device (2), special device (2), length of the name, check sum
    const numbers = Array.from({ length: 13 }, (_, index) =>
      Number.parseInt(bytes.toString('latin1', at + 6 + index * 8, at + 14 + index * 8), 16),
    );
    const [, mode = 0, uid = 0, gid = 0, , mtime = 0, size = 0, , , , , nameSize = 0] = numbers;
    if (!isCpio(bytes.subarray(at)) || numbers.some(Number.isNaN) || nameSize < 1) break;
    const name = bytes.toString('latin1', at + 110, at + 110 + nameSize - 1);
    if (name === 'TRAILER!!!') break;
    const start = at + padded(110 + nameSize);
    const stored = bytes.subarray(start, start + size);
    const directory = (mode & 0o170000) === 0o040000;
    found.push({
      name,
      time: mtime * 1000,
      mode: mode & 0o7777,
      owner: `${uid}:${gid}`,
      directory,
      stored,
      open: () => stored,
    });
    at = start + padded(size);
  }
  return found;
}

function padded(size: number): number {
  return (size + 3) & ~3;
}
