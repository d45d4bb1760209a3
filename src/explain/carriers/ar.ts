import type { Scope, Trait } from '../trait.ts';
import { type ArchiveMember, compareMembers } from './archive.ts';

/** Static libraries (`.a`, `.rlib`). Source: https://man.freebsd.org/cgi/man.cgi?query=ar&sektion=5 */
export function readAr(a: Buffer, b: Buffer, scope: Scope): Trait[] | null {
  if (!isAr(a) || !isAr(b)) return null;
  return compareMembers(members(a), members(b), 1000, scope);
}

const magic = '!<arch>\n';
const headerSize = 60;
const maxMembers = 100_000;

function isAr(bytes: Buffer): boolean {
  return bytes.toString('latin1', 0, magic.length) === magic;
}

/** @throws when a header is broken. */
function members(bytes: Buffer): ArchiveMember[] {
  const found: ArchiveMember[] = [];
  let longNames = '';
  for (let at = magic.length; at + headerSize <= bytes.length; ) {
    const header = bytes.toString('latin1', at, at + headerSize);
    // name (16), time (12), owner (6), group (6), mode (8, octal), size (10), end mark
    const [time, uid, gid] = [header.slice(16, 28), header.slice(28, 34), header.slice(34, 40)].map(Number);
    const [mode, size] = [Number.parseInt(header.slice(40, 48), 8), Number(header.slice(48, 58))];
    if (!header.endsWith('`\n') || !Number.isSafeInteger(size) || found.length >= maxMembers)
      throw new Error('no static library');
    const stored = bytes.subarray(at + headerSize, at + headerSize + size);
    const name = header.slice(0, 16).trimEnd();
    if (name === '//') longNames = stored.toString('latin1');
    // The table of symbols holds positions in the file, which follow from the members.
    else if (name !== '/' && name !== '/SYM64/')
      found.push({
        name: fullName(name, longNames),
        time: (time ?? 0) * 1000,
        mode: Number.isNaN(mode) ? null : mode & 0o7777,
        owner: `${uid}:${gid}`,
        directory: false,
        stored,
        open: () => stored,
      });
    at += headerSize + size + (size % 2);
  }
  return found;
}

/** `name/`, or `/12`: where the name begins in the table of long names. */
function fullName(name: string, longNames: string): string {
  const at = /^\/(\d+)$/.exec(name)?.[1];
  if (at === undefined) return name.replace(/\/$/, '');
  return longNames.slice(Number(at), Number(at) + 1024).split(/\/?\n/, 1)[0] ?? name;
}
