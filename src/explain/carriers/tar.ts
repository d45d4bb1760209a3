import { TarReader } from '../../image/tar.ts';
import type { Scope, Trait } from '../trait.ts';
import { type ArchiveMember, compareMembers } from './archive.ts';

/** tar archives, by the reader that also reads layers. */
export function readTar(a: Buffer, b: Buffer, scope: Scope): Trait[] | null {
  if (!isTar(a) || !isTar(b)) return null;
  return compareMembers(members(a), members(b), 1000, scope);
}

const maxMembers = 100_000;

function isTar(bytes: Buffer): boolean {
  return bytes.length >= 512 && bytes.toString('latin1', 257, 262) === 'ustar';
}

/** @throws what the reader throws for a broken archive. */
function members(bytes: Buffer): ArchiveMember[] {
  const found: ArchiveMember[] = [];
  let parts: Buffer[] = [];
  const reader = new TarReader({
    entry: ({ name, mtime, mode, uid, gid, type, link }) => {
      if (found.length >= maxMembers) throw new Error(`more than ${maxMembers} members`);
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
  return found;
}
