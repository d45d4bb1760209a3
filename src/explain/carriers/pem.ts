import type { Trait } from '../trait.ts';

/** More than this are no keys of one service, but a list of authorities. */
const maxBlocks = 12;
const block = /-----BEGIN ([A-Z0-9 ]{1,40})-----[^-]{1,100000}-----END \1-----/g;

/** Keys and certificates as bytes. */
export function readDer(a: Buffer, b: Buffer): Trait[] | null {
  return isDer(a) && isDer(b) ? [keys('DER')] : null;
}

/** Keys and certificates as text. Source: RFC 7468. */
export function readPem(a: Buffer, b: Buffer): Trait[] | null {
  const [left, right] = [a, b].map((bytes) => bytes.toString('latin1', 0, 1 << 20));
  if (left === undefined || right === undefined || !left.includes('-----BEGIN ')) return null;
  const [blocksA, blocksB] = [left, right].map((text) => [...text.matchAll(block)]);
  if (!blocksA?.length || blocksA.length !== blocksB?.length || blocksA.length > maxBlocks) return null;
  const kinds = new Set(blocksA.filter(([text], index) => text !== blocksB[index]?.[0]).map(([, kind]) => kind ?? ''));
  if (kinds.size === 0) return null;
  const traits = [keys([...kinds].join(', '))];
  const [restA, restB] = [left, right].map((text) => text.replace(block, ''));
  if (restA !== restB)
    traits.push({ kind: 'texts', where: 'beside the keys', a: restA ?? '', b: restB ?? '', whole: true });
  return traits;
}

function keys(kind: string): Trait {
  return { kind: 'mark', where: kind, cause: 'generated-key', because: 'keys or certificates differ' };
}

/** A sequence with a length of two bytes that is the file's, which begins with a number or a sequence. Source: X.690. */
function isDer(bytes: Buffer): boolean {
  return (
    bytes.length > 64 &&
    bytes.readUInt16BE(0) === 0x3082 &&
    bytes.readUInt16BE(2) === bytes.length - 4 &&
    [0x02, 0x30].includes(bytes[4] ?? 0)
  );
}
