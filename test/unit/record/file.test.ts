import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkRecordPath, readRecordFile, writeRecord } from '../../../src/record/file.ts';
import { recordOf, recordText } from '../../../src/record/record.ts';
import { about, verified } from './samples.ts';

const statement = recordOf(verified(), about);
let folder = '';
const at = (name: string) => path.join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'caution-record-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('writing a record', () => {
  it('gives a file that is read back', async () => {
    await checkRecordPath(at('a.json'));
    await writeRecord(at('a.json'), statement);
    expect((await readRecordFile(at('a.json'))).predicate).toEqual(statement.predicate);
    expect(readdirSync(folder)).toEqual(['a.json']);
    expect(statSync(at('a.json')).mode & 0o400).toBe(0o400);
  });

  it('takes the place of a record, of another version too', async () => {
    writeFileSync(at('a.json'), recordText(statement).replace('verification/v1', 'verification/v9'));
    await checkRecordPath(at('a.json'));
    await writeRecord(at('a.json'), statement);
    expect(readFileSync(at('a.json'), 'utf8')).toBe(recordText(statement));
  });

  it.each([
    ['another file', () => writeFileSync(at('a.json'), '{"name": "precious"}'), 'record-exists'],
    ['an empty file', () => writeFileSync(at('a.json'), ''), 'record-exists'],
    ['a folder', () => mkdirSync(at('a.json')), 'record-exists'],
    [
      'a link to a record',
      () => {
        writeFileSync(at('real.json'), recordText(statement));
        symlinkSync('real.json', at('a.json'));
      },
      'record-exists',
    ],
  ])('leaves %s alone', async (_, prepare, code) => {
    prepare();
    const before = readdirSync(folder).sort();
    await expect(checkRecordPath(at('a.json'))).rejects.toMatchObject({ code });
    await expect(writeRecord(at('a.json'), statement)).rejects.toMatchObject({ code });
    expect(readdirSync(folder).sort()).toEqual(before);
  });

  it('says before anything is built that a folder is not there', async () => {
    await expect(checkRecordPath(at('missing/a.json'))).rejects.toMatchObject({ code: 'record-failed' });
    writeFileSync(at('file'), '');
    await expect(checkRecordPath(at('file/a.json'))).rejects.toMatchObject({ code: 'record-failed' });
  });

  it('leaves the old record and nothing else behind on a full disk', async () => {
    const script = `
      mount -t tmpfs -o size=64k tmpfs "$1" && cp "$2" "$1/a.json" && head -c 100k /dev/zero > "$1/fill" 2> "$1/../said"
      "$3" --input-type=module -e "$4" "$1/a.json"; cmp "$2" "$1/a.json" && ls -A "$1"`;
    const source = `
      const { writeRecord } = await import(${JSON.stringify(path.resolve('src/record/file.ts'))});
      const { readFileSync } = await import('node:fs');
      const file = process.argv[1];
      await writeRecord(file, JSON.parse(readFileSync(file, 'utf8'))).catch((error) => console.log(error.code, error.message));`;
    const old = at('old.json');
    writeFileSync(old, recordText(statement));
    mkdirSync(at('disk'));
    const tsx = path.resolve('node_modules/.bin/esbuild');
    const bundle = at('file.mjs');
    await execa(tsx, [
      'src/record/file.ts',
      '--bundle',
      '--platform=node',
      '--format=esm',
      `--outfile=${bundle}`,
      "--banner:js=import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    ]);
    const { stdout } = await execa('unshare', [
      '-rm',
      'sh',
      '-c',
      script,
      'sh',
      at('disk'),
      old,
      process.execPath,
      source.replace(path.resolve('src/record/file.ts'), bundle),
    ]);
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^record-failed .*full disk.*No record was written/),
      'a.json',
      'fill',
    ]);
  });
});

describe('reading a record from a file', () => {
  it('refuses what is not there, and what is no file', async () => {
    await expect(readRecordFile(at('missing'))).rejects.toMatchObject({ code: 'no-record' });
    await expect(readRecordFile(folder)).rejects.toMatchObject({ code: 'no-record' });
    await expect(readRecordFile('/dev/zero')).rejects.toMatchObject({ code: 'no-record' });
  });
});
