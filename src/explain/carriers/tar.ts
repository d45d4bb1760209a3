import { TarReader } from '../../image/tar.ts';
import type { Trait } from '../trait.ts';
import { type ArchiveMember, compareMembers, type DissectContent } from './archive.ts';

/** tar archives, by the reader that also reads layers. */
export function readTar(a: Buffer, b: Buffer, depth: number, dissect: DissectContent): Trait[] | null {
  if (!isTar(a) || !isTar(b)) return null;
  return compareMembers(members(a), members(b), { step: 1000, depth, dissect });
}

function isTar(bytes: Buffer): boolean {
  return bytes.length >= 512 && bytes.toString('latin1', 257, 262) === 'ustar';
}

/** @throws what the reader throws for a broken archive. */
function members(bytes: Buffer): ArchiveMember[] {
  const found: ArchiveMember[] = [];
  let parts: Buffer[] = [];
  const reader = new TarReader({
    entry: ({ name, mtime, mode, uid, gid, type, link }) => {
      parts = [Buffer.from(link, 'latin1')];
      const owner = `${uid}:${gid}`;
      found.push({ name, time: mtime * 1000, mode, owner, directory: type === 'directory', content: Buffer.alloc(0) });
    },
    data: (chunk) => parts.push(Buffer.from(chunk)),
    end: () => {
      const last = found.at(-1);
      if (last) last.content = Buffer.concat(parts);
    },
  });
  reader.write(bytes);
  reader.close();
  return found;
}
