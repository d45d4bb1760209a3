import type { Trait } from '../trait.ts';
import { readCpio } from './cpio.ts';
import { readElf } from './elf.ts';
import { readGzip } from './gzip.ts';
import { readJson } from './json.ts';
import { readPyc } from './pyc.ts';
import { readSqlite } from './sqlite.ts';
import { readTar } from './tar.ts';
import { readZip } from './zip.ts';

/** How deep archives in archives are looked into. */
const maxDepth = 4;

/** A format that is known by its content. */
interface Carrier {
  name: string;
  read: (a: Buffer, b: Buffer, depth: number) => Trait[] | null;
}

const carriers: readonly Carrier[] = [
  { name: 'gzip', read: (a, b, depth) => readGzip(a, b, depth, dissect) },
  { name: 'tar', read: (a, b, depth) => readTar(a, b, depth, dissect) },
  { name: 'cpio', read: (a, b, depth) => readCpio(a, b, depth, dissect) },
  { name: 'zip', read: (a, b, depth) => readZip(a, b, depth, dissect) },
  { name: 'elf', read: readElf },
  { name: 'pyc', read: readPyc },
  { name: 'sqlite', read: readSqlite },
  { name: 'json', read: readJson },
];

/** How two contents differ, by the format that both have; as they are when none is known, or they are damaged. */
export function takeApart(a: Buffer, b: Buffer, depth = 0): { carrier: string | undefined; traits: Trait[] } {
  for (const { name, read } of depth <= maxDepth ? carriers : []) {
    const traits = attempt(() => read(a, b, depth));
    if (traits && traits.length > 0) return { carrier: name, traits };
  }
  const texts: Trait = { kind: 'texts', where: '', a: a.toString('latin1'), b: b.toString('latin1'), whole: true };
  return { carrier: plainCarrier(a, b), traits: [texts] };
}

function dissect(a: Buffer, b: Buffer, depth: number): Trait[] {
  return takeApart(a, b, depth).traits;
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
