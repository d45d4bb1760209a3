import type { Trait } from '../trait.ts';

/** Byte code of Python: its header tells the time of the source, or a digest of it. Source: PEP 552. */
export function readPyc(a: Buffer, b: Buffer): Trait[] | null {
  if (!isPyc(a) || !isPyc(b)) return null;
  const traits: Trait[] = [];
  if (!a.subarray(0, 8).equals(b.subarray(0, 8))) {
    const because = 'they are of two versions of Python, or of two kinds';
    traits.push({ kind: 'mark', where: 'header', cause: 'unknown', because });
  }
  const timed = [a, b].every((bytes) => bytes.readUInt32LE(4) === 0);
  if (timed && a.readUInt32LE(8) !== b.readUInt32LE(8)) {
    const because = 'the header records the time of the source file';
    traits.push({ kind: 'mark', where: 'header', cause: 'bytecode', because });
  }
  if (!timed && !a.subarray(8, 16).equals(b.subarray(8, 16)))
    traits.push({ kind: 'mark', where: 'header', cause: 'unknown', because: 'the digest of the source differs' });
  if (!a.subarray(16).equals(b.subarray(16)) || !a.subarray(12, 16).equals(b.subarray(12, 16))) {
    const [left, right] = [a, b].map((bytes) => bytes.toString('latin1', 16));
    traits.push({ kind: 'texts', where: 'code', a: left ?? '', b: right ?? '', whole: true });
  }
  return traits;
}

/** The magic number of each version ends with a carriage return and a line feed. */
function isPyc(bytes: Buffer): boolean {
  return bytes.length >= 16 && bytes[2] === 0x0d && bytes[3] === 0x0a && bytes.readUInt32LE(4) <= 3;
}
