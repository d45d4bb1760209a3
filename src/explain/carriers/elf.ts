import type { Trait } from '../trait.ts';

/**
 * Programs and libraries: which sections differ.
 * Source: https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.sheader.html (64 bit, little endian).
 */
export function readElf(a: Buffer, b: Buffer): Trait[] | null {
  const [left, right] = [sections(a), sections(b)];
  if (!left || !right) return null;
  const traits: Trait[] = [];
  const ids: string[] = [];
  for (const [name, content] of left) {
    const other = right.get(name);
    if (!other || content.equals(other)) continue;
    if (buildIds.has(name)) ids.push(name);
    else traits.push(ofSection(name, content, other));
  }
  // An id that is a digest of the program differs when anything else does.
  if (traits.length === 0) {
    for (const name of ids)
      traits.push({
        kind: 'mark',
        where: `section ${name}`,
        cause: 'build-id',
        because: 'nothing but the build id differs',
      });
  }
  return traits.length === 0 ? null : traits;
}

const buildIds = new Set(['.note.gnu.build-id', '.note.go.buildid', '.gnu_debuglink']);
const maxSections = 1000;

function ofSection(name: string, a: Buffer, b: Buffer): Trait {
  return { kind: 'texts', where: `section ${name}`, a: a.toString('latin1'), b: b.toString('latin1'), whole: true };
}

/** Sections with content, by name; null for what is no such file. */
function sections(bytes: Buffer): Map<string, Buffer> | null {
  if (bytes.length < 64 || bytes.toString('latin1', 0, 6) !== '\x7fELF\x02\x01') return null;
  const table = Number(bytes.readBigUInt64LE(0x28));
  const [size, count, names] = [0x3a, 0x3c, 0x3e].map((at) => bytes.readUInt16LE(at));
  if (!size || !count || names === undefined || size < 64 || count > maxSections) return null;
  if (table + size * count > bytes.length) return null;
  const at = (index: number, field: number) => table + index * size + field;
  const contentOf = (index: number) => {
    const offset = Number(bytes.readBigUInt64LE(at(index, 0x18)));
    return bytes.subarray(offset, offset + Number(bytes.readBigUInt64LE(at(index, 0x20))));
  };
  const strings = names < count ? contentOf(names) : Buffer.alloc(0);
  const found = new Map<string, Buffer>();
  for (let index = 0; index < count; index += 1) {
    const type = bytes.readUInt32LE(at(index, 4));
    const start = bytes.readUInt32LE(at(index, 0));
    const end = strings.indexOf(0, start);
    const name = strings.toString('latin1', start, end < 0 ? start : Math.min(end, start + 256));
    // Type 8 takes no room in the file.
    if (type !== 0 && type !== 8 && name !== '') found.set(name, contentOf(index));
  }
  return found;
}
