import type { Reader, Trait } from '../trait.ts';
import { readAr } from './ar.ts';
import { readCpio } from './cpio.ts';
import { readElf } from './elf.ts';
import { readGzip } from './gzip.ts';
import { readJson } from './json.ts';
import { readDer, readPem } from './pem.ts';
import { readPyc } from './pyc.ts';
import { readSqlite } from './sqlite.ts';
import { readTar } from './tar.ts';
import { readZip } from './zip.ts';

/** How deep archives in archives are looked into. */
const maxDepth = 4;

/** As much is unpacked for one difference. */
const maxUnpacked = 64 << 20;

const carriers: readonly { name: string; read: Reader }[] = [
  { name: 'gzip', read: readGzip },
  { name: 'tar', read: readTar },
  { name: 'cpio', read: readCpio },
  { name: 'zip', read: readZip },
  { name: 'ar', read: readAr },
  { name: 'elf', read: readElf },
  { name: 'pyc', read: readPyc },
  { name: 'sqlite', read: readSqlite },
  { name: 'der', read: readDer },
  { name: 'text', read: readPem },
  { name: 'json', read: readJson },
];

/** How two contents differ, by the format that both have; as they are when none is known, or they are damaged. */
export function takeApart(
  a: Buffer,
  b: Buffer,
  depth = 0,
  budget = { bytes: maxUnpacked },
): { carrier: string | undefined; traits: Trait[] } {
  const dissect = (left: Buffer, right: Buffer) => takeApart(left, right, depth + 1, budget).traits;
  for (const { name, read } of depth <= maxDepth ? carriers : []) {
    const traits = attempt(() => read(a, b, { depth, budget, dissect }));
    if (traits && traits.length > 0) return { carrier: name, traits };
  }
  const texts: Trait = { kind: 'texts', where: '', a: a.toString('latin1'), b: b.toString('latin1'), whole: true };
  return { carrier: plainCarrier(a, b), traits: [texts] };
}

/** A format that only looks like one of those throws: then it is taken as it is. */
function attempt(read: () => Trait[] | null): Trait[] | null {
  try {
    return read();
  } catch {
    return null;
  }
}

function plainCarrier(a: Buffer, b: Buffer): string | undefined {
  return [a, b].every((bytes) => isText(bytes.toString('latin1', 0, 1 << 16))) ? 'text' : undefined;
}

export function isText(bytes: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return !/[\x00-\x08\x0e-\x1a\x1c-\x1f]/.test(bytes);
}
