import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Inode } from '../../../../src/image/tree.ts';
import type { RootEntry } from '../../../../src/verify/start/overlay.ts';
import { programProblem } from '../../../../src/verify/start/program.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'program-test-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let files = 0;

function entry(name: string, content: Buffer | string, mode = 0o755): RootEntry {
  files += 1;
  const file = path.join(scratch, String(files));
  writeFileSync(file, content);
  const size = Buffer.byteLength(content);
  const facts = { mode, uid: 0, gid: 0, mtime: 0, sha256: '', link: '', device: '', xattrs: [] };
  const source: Inode = { ...facts, type: 'file', size, content: { file, offset: 0 } };
  return { path: name, type: 'file', mode, link: '', source };
}
const link = (name: string, target: string): RootEntry => ({
  ...{ path: name, type: 'link', mode: 0o777, source: null },
  link: target,
});
const folder = (name: string): RootEntry => ({ ...link(name, ''), type: 'directory', mode: 0o755 });

/** The head of a 64-bit ELF file with one program header, that of its loader. */
function elf(loader: string | null, machine = 62, table = 64): Buffer {
  const bytes = Buffer.alloc(256);
  bytes.write('\x7fELF\x02\x01\x01', 'latin1');
  bytes.writeUInt16LE(machine, 18);
  bytes.writeBigUInt64LE(BigInt(table), 32);
  bytes.writeUInt16LE(56, 54);
  bytes.writeUInt16LE(1, 56);
  if (loader === null) return bytes;
  bytes.writeUInt32LE(3, 64);
  bytes.writeBigUInt64LE(150n, 72);
  bytes.writeBigUInt64LE(BigInt(loader.length + 1), 96);
  bytes.write(loader, 150);
  return bytes;
}

const loader = '/lib/ld-musl-x86_64.so.1';
const root = [
  ...[
    folder('usr'),
    folder('usr/bin'),
    folder('usr/lib'),
    link('bin', 'usr/bin'),
    link('lib', 'usr/lib'),
    folder('app'),
  ],
  entry('usr/lib/ld-musl-x86_64.so.1', 'loader'),
  entry('usr/bin/dynamic', elf(loader)),
  entry('usr/bin/static', elf(null)),
  entry('usr/bin/glibc', elf('/lib64/ld-linux-x86-64.so.2')),
  entry('usr/bin/arm', elf(null, 183)),
  entry('usr/bin/strange', elf(loader, 62, 2 ** 40)),
  entry('usr/bin/data', 'data', 0o644),
  entry('usr/bin/text', 'echo hello'),
  entry('usr/bin/script', '#!/bin/dynamic -x\n'),
  entry('usr/bin/orphan', '#! /usr/bin/perl\n'),
  link('app/start', '../usr/bin/dynamic'),
  link('app/loop', 'loop'),
  { ...link('app/twin', 'usr/bin/glibc'), type: 'hard-link', mode: 0o755 } as RootEntry,
];

describe('what keeps a program from running', () => {
  it.each([
    ['/usr/bin/dynamic', null],
    ['/bin/static', null],
    ['dynamic', null],
    ['bin/script', null],
    ['/app/start', null],
    ['/app/../app/./start', null],
    ['/usr/bin/strange', null],
    ['/usr/bin/absent', '/usr/bin/absent is not in the image.'],
    ['/app/loop', '/app/loop is not in the image.'],
    ['absent', 'absent is not in the image.'],
    ['/app', '/app is a folder.'],
    ['/bin/data', '/bin/data is not executable.'],
    ['/bin/text', '/bin/text is neither a program nor a script with #!.'],
    ['/bin/orphan', '/bin/orphan is a script for /usr/bin/perl, which is not in the image.'],
    ['/bin/glibc', '/bin/glibc needs the loader /lib64/ld-linux-x86-64.so.2, which is not in the image.'],
    ['/app/twin', '/app/twin needs the loader /lib64/ld-linux-x86-64.so.2, which is not in the image.'],
    ['/bin/arm', '/bin/arm is a program for another processor, not for x86-64.'],
    ['/init', "/init is Caution's own file, not one of the image."],
  ])('%s: %s', async (program, problem) => {
    expect(await programProblem(root, program)).toBe(problem);
  });
});
