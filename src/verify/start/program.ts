import { readSlice } from '../../image/content.ts';
import type { Inode } from '../../image/tree.ts';
import { printableLine } from '../../output.ts';
import { cautionsOwn, type RootEntry } from './overlay.ts';

/** Where a shell without PATH looks. */
const searched = ['sbin', 'usr/sbin', 'bin', 'usr/bin'];
const elfMagic = Buffer.from('\x7fELF', 'latin1');
const amd64 = 62;
const interpreterHeader = 3;

/**
 * What keeps the kernel from running the program of a run command, seen in the file system alone.
 * @param program as the run command names it; relative names are looked up from `/`.
 * @returns a sentence; null when nothing of that kind does.
 */
export async function programProblem(root: readonly RootEntry[], program: string): Promise<string | null> {
  const names = new Map(root.map((entry) => [entry.path, entry]));
  const shown = printableLine(program);
  const wanted = Buffer.from(program).toString('latin1');
  if (cautionsOwn.some((own) => `/${own}` === program)) return `${shown} is Caution's own file, not one of the image.`;
  const found = program.includes('/')
    ? resolve(names, wanted)
    : searched.map((folder) => resolve(names, `${folder}/${wanted}`)).find((entry) => entry !== null);
  if (!found) return `${shown} is not in the image.`;
  if (found.type === 'directory') return `${shown} is a folder.`;
  if ((found.mode & 0o111) === 0) return `${shown} is not executable.`;
  return found.source ? loaderProblem(names, shown, found.source) : null;
}

/** The file or folder that a path leads to. */
function resolve(names: ReadonlyMap<string, RootEntry>, path: string): RootEntry | null {
  let words = path.split('/');
  const done: string[] = [];
  for (let links = 0; words.length > 0; ) {
    const [word = '', ...rest] = words;
    words = rest;
    if (word === '' || word === '.') continue;
    if (word === '..') {
      done.pop();
      continue;
    }
    const entry = names.get([...done, word].join('/'));
    if (!entry) return null;
    if (entry.type === 'link') {
      links += 1;
      if (links > 40) return null;
      if (entry.link.startsWith('/')) done.length = 0;
      words = [...entry.link.split('/'), ...words];
    } else done.push(word);
  }
  const entry = names.get(done.join('/'));
  return entry?.type === 'hard-link' ? (names.get(entry.link) ?? null) : (entry ?? null);
}

/** The kernel says «not found» of a file that is there when the program that must load it is missing. */
async function loaderProblem(
  names: ReadonlyMap<string, RootEntry>,
  shown: string,
  source: Inode,
): Promise<string | null> {
  const head = await readSlice(source, 0, 4096);
  if (head.subarray(0, 2).toString('latin1') === '#!') {
    const end = head.indexOf('\n');
    const interpreter =
      head
        .subarray(2, end < 0 ? 256 : end)
        .toString('latin1')
        .trim()
        .split(/\s/)[0] ?? '';
    return resolve(names, interpreter) === null
      ? `${shown} is a script for ${printableLine(interpreter)}, which is not in the image.`
      : null;
  }
  if (!head.subarray(0, 4).equals(elfMagic) || head.length < 64)
    return `${shown} is neither a program nor a script with #!.`;
  const machine = head.readUInt16LE(18);
  if (head[4] !== 2 || machine !== amd64) return `${shown} is a program for another processor, not for x86-64.`;
  const interpreter = elfInterpreter(head);
  return interpreter !== null && resolve(names, interpreter) === null
    ? `${shown} needs the loader ${printableLine(interpreter)}, which is not in the image.`
    : null;
}

/** The loader that a 64-bit little-endian ELF file names (PT_INTERP), as far as its first bytes hold it. Source: elf(5) */
function elfInterpreter(head: Buffer): string | null {
  const table = Number(head.readBigUInt64LE(32));
  const size = head.readUInt16LE(54);
  const count = head.readUInt16LE(56);
  for (let index = 0; index < count; index += 1) {
    const at = table + index * size;
    if (at + 56 > head.length) return null;
    if (head.readUInt32LE(at) !== interpreterHeader) continue;
    const offset = Number(head.readBigUInt64LE(at + 8));
    const length = Number(head.readBigUInt64LE(at + 32));
    if (offset + length > head.length) return null;
    return head
      .subarray(offset, offset + length)
      .toString('latin1')
      .replace(/\0.*$/s, '');
  }
  return null;
}
