import type { Scope, Trait } from '../trait.ts';
import { type Archive, type ArchiveMember, compareMembers, type Range, without } from './archive.ts';

/** Static libraries (`.a`, `.rlib`). Source: https://man.freebsd.org/cgi/man.cgi?query=ar&sektion=5 */
export function readAr(a: Buffer, b: Buffer, scope: Scope): Trait[] | null {
  if (!isAr(a) || !isAr(b)) return null;
  return compareMembers(archive(a), archive(b), 1000, scope);
}

const magic = '!<arch>\n';
const headerSize = 60;
const maxMembers = 100_000;

function isAr(bytes: Buffer): boolean {
  return bytes.toString('latin1', 0, magic.length) === magic;
}

/** @throws when a header is broken. */
function archive(bytes: Buffer): Archive {
  const found: ArchiveMember[] = [];
  const told: Range[] = [];
  let longNames = '';
  for (let at = magic.length; at + headerSize <= bytes.length; ) {
    const header = bytes.toString('latin1', at, at + headerSize);
    // name (16), time (12), owner (6), group (6), mode (8, octal), size (10), end mark
    const [time, uid, gid] = [header.slice(16, 28), header.slice(28, 34), header.slice(34, 40)].map(Number);
    const [mode, size] = [Number.parseInt(header.slice(40, 48), 8), Number(header.slice(48, 58))];
    if (
      !/^[\d ]{24}[0-7 ]{8}\d{1,10} *`\n$/.test(header.slice(16)) ||
      at + headerSize + size > bytes.length ||
      found.length >= maxMembers
    )
      throw new Error('no static library');
    const stored = bytes.subarray(at + headerSize, at + headerSize + size);
    const name = header.slice(0, 16).trimEnd();
    const start = at + headerSize;
    if (name === '//') longNames = stored.toString('latin1');
    // The table of symbols holds positions in the file, which follow from the members.
    else if (name === '/' || name === '/SYM64/') told.push([at + 48, at + 58], [start, start + size]);
    else {
      told.push([start, start + size]);
      if (header.slice(16, 58) === plainly([time, uid, gid, mode.toString(8), size])) told.push([at + 16, at + 58]);
      found.push({
        name: fullName(name, longNames),
        time: (time ?? 0) * 1000,
        mode: Number.isNaN(mode) ? null : mode,
        owner: `${uid}:${gid}`,
        directory: false,
        stored,
        open: () => stored,
      });
    }
    at += headerSize + size + (size % 2);
  }
  return { members: found, rest: without(bytes, told) };
}

/** Fields as archivers write them: other spellings of the same numbers differ as well. */
function plainly(fields: readonly (string | number | undefined)[]): string {
  return fields.map((field, index) => `${field}`.padEnd([12, 6, 6, 8, 10][index] ?? 0)).join('');
}

/** `name/`, or `/12`: where the name begins in the table of long names. */
function fullName(name: string, longNames: string): string {
  const at = /^\/(\d+)$/.exec(name)?.[1];
  if (at === undefined) return name.replace(/\/$/, '');
  return longNames.slice(Number(at), Number(at) + 1024).split(/\/?\n/, 1)[0] ?? name;
}
