import type { Trait } from '../trait.ts';
import { type Range, without } from './archive.ts';

/**
 * Programs and libraries: which sections differ.
 * Source: https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.sheader.html (64 bit, little endian).
 */
export function readElf(a: Buffer, b: Buffer): Trait[] | null {
  const [left, right] = [sections(a), sections(b)];
  if (!left || !right) return null;
  const traits: Trait[] = [];
  const ids: string[] = [];
  for (const [key, { name, content }] of left) {
    const other = right.get(key)?.content;
    if (!other || content.equals(other)) continue;
    if (buildIds.has(name)) ids.push(name);
    else traits.push(ofSection(name, content, other));
  }
  const [names, others] = [left, right].map((found) => [...found.values()].map(({ name }) => name).join('\n'));
  if (names !== others)
    traits.push({ kind: 'texts', where: 'names of sections', a: names ?? '', b: others ?? '', whole: true });
  traits.push(...outside(a, b, left, right));
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

/** What belongs to no section. Where sections have other places, headers tell so, which follows from their sizes. */
function outside(a: Buffer, b: Buffer, left: Sections, right: Sections): Trait[] {
  const places = [left, right].map((found) => [...found.values()].map(({ range }) => range));
  const [restA, restB] = [without(a, places[0] ?? []), without(b, places[1] ?? [])];
  if (restA.equals(restB) || places[0]?.join() !== places[1]?.join()) return [];
  const [textA, textB] = [restA.toString('latin1'), restB.toString('latin1')];
  return [{ kind: 'texts', where: 'outside of its sections', a: textA, b: textB, whole: true }];
}

const buildIds = new Set(['.note.gnu.build-id', '.note.go.buildid', '.gnu_debuglink']);
const maxSections = 1000;

function ofSection(name: string, a: Buffer, b: Buffer): Trait {
  return { kind: 'texts', where: `section ${name}`, a: a.toString('latin1'), b: b.toString('latin1'), whole: true };
}

/** By name, and by how many of that name come before: objects hold one name many times. */
type Sections = Map<string, { name: string; content: Buffer; range: Range }>;

/** Sections with content; null for what is no such file. */
function sections(bytes: Buffer): Sections | null {
  if (bytes.length < 64 || bytes.toString('latin1', 0, 6) !== '\x7fELF\x02\x01') return null;
  const table = Number(bytes.readBigUInt64LE(0x28));
  const [size, count, names] = [0x3a, 0x3c, 0x3e].map((at) => bytes.readUInt16LE(at));
  if (!size || !count || names === undefined || size < 64 || count > maxSections) return null;
  if (table + size * count > bytes.length) return null;
  const at = (index: number, field: number) => table + index * size + field;
  const rangeOf = (index: number): Range => {
    const offset = Number(bytes.readBigUInt64LE(at(index, 0x18)));
    return [offset, offset + Number(bytes.readBigUInt64LE(at(index, 0x20)))];
  };
  const strings = names < count ? bytes.subarray(...rangeOf(names)) : Buffer.alloc(0);
  const found: Sections = new Map();
  const counts = new Map<string, number>();
  for (let index = 0; index < count; index += 1) {
    const type = bytes.readUInt32LE(at(index, 4));
    const start = bytes.readUInt32LE(at(index, 0));
    const end = strings.indexOf(0, start);
    const name = strings.toString('latin1', start, end < 0 ? start : Math.min(end, start + 256));
    // Type 8 takes no room in the file.
    if (type === 0 || type === 8) continue;
    const before = counts.get(name) ?? 0;
    counts.set(name, before + 1);
    const range = rangeOf(index);
    found.set(`${before} ${name}`, { name, content: bytes.subarray(...range), range });
  }
  return found;
}
