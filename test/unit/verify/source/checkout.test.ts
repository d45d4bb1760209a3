import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeConditions } from '../../../../src/verify/conditions.ts';
import { readSource, writeCheckout } from '../../../../src/verify/source/checkout.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'checkout-test-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const { signal } = new AbortController();

function folder(files: Record<string, string>): string {
  const root = mkdtempSync(path.join(scratch, 'source-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  return root;
}

function git(root: string, ...args: string[]): string {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org'];
  return execFileSync('git', ['-C', root, ...identity, ...args], { encoding: 'utf8' });
}

function repository(files: Record<string, string>): string {
  const root = folder(files);
  git(root, 'init', '--quiet');
  git(root, 'add', '--all');
  git(root, 'commit', '--quiet', '--message', 'Test');
  return root;
}

const none = { written: [], needed: [], signal };
const names = (source: { files: { path: string }[] }) => source.files.map((file) => file.path);

/** A source, and what one checkout of it has. */
async function checkedOut(root: string) {
  const source = await readSource(root, none);
  const [conditions] = makeConditions(1);
  if (!conditions) throw new Error('conditions were asked for');
  const checkout = await writeCheckout(source, mkdtempSync(path.join(scratch, 'checkout-')), conditions, signal);
  return { source, read: (name: string) => readFileSync(path.join(checkout, name), 'latin1') };
}

/** Gives all files an old time, and lets git note it: what changes in the moment of a checkout, git looks at again. */
function settle(root: string): void {
  for (const name of git(root, 'ls-files').trim().split('\n'))
    utimesSync(path.join(root, name), new Date(1e12), new Date(1e12));
  git(root, 'update-index', '--refresh');
}

/** One line for all that is in a folder, git's own files among it: names, modes, times and contents. */
function fingerprint(root: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(root, { recursive: true }).map(String).sort()) {
    const file = path.join(root, name);
    const info = lstatSync(file);
    hash.update(JSON.stringify([name, info.mode, info.mtimeMs, info.ino, info.size]));
    if (info.isFile()) hash.update(readFileSync(file));
  }
  return hash.digest('hex');
}

describe('what Caution would get', () => {
  it('is the tracked files of a clean repository, at a commit', async () => {
    const root = repository({ '.gitignore': 'ignored\n', 'src/a': 'a', b: 'b' });
    writeFileSync(path.join(root, 'untracked'), 'x');
    writeFileSync(path.join(root, 'ignored'), 'x');
    const source = await readSource(root, none);
    expect(names(source)).toEqual(['.gitignore', 'b', 'src/a']);
    expect(source).toMatchObject({ dirty: false, commit: git(root, 'rev-parse', 'HEAD').trim() });
    expect(source.findings).toMatchObject([{ id: 'untracked-files', level: 'warning' }]);
    expect(source.findings[0]?.message).toBe('One file is not tracked by git, and left out: untracked.');
  });

  it('is what is committed where git was told to overlook changes', async () => {
    const root = repository({ a: 'a', b: 'b', c: 'c', same: 'same' });
    git(root, 'update-index', '--assume-unchanged', 'a', 'same');
    git(root, 'update-index', '--skip-worktree', 'b', 'c');
    writeFileSync(path.join(root, 'a'), 'changed');
    writeFileSync(path.join(root, 'b'), 'changed too');
    rmSync(path.join(root, 'c'));
    const { source, read } = await checkedOut(root);
    expect(source.dirty).toBe(false);
    expect(source.findings.map(({ id }) => id)).toEqual(['overlooked-files', 'not-checked-out']);
    expect(source.findings[0]?.message).toContain('2 files have other bytes here');
    expect(source.findings[0]?.message).toContain(': a, b.');
    expect(['a', 'b', 'c', 'same'].map(read)).toEqual(['a', 'b', 'c', 'same']);
  });

  it('is what a plain clone has, whatever settings and filters make of it here', async () => {
    const root = repository({
      '.gitattributes': '*.sh eol=lf\n*.bat eol=crlf\n*.up filter=upper\n*.id ident\n*.bin binary\n',
      'run.sh': 'a\nb\n',
      'run.bat': 'a\nb\n',
      text: 'a\nb\n',
      'name.up': 'quiet',
      'file.id': '$Id$\n',
      'data.bin': 'a\nb\n',
    });
    git(root, 'config', 'core.autocrlf', 'true');
    git(root, 'config', 'filter.upper.smudge', 'tr a-z A-Z');
    git(root, 'config', 'filter.upper.clean', 'tr A-Z a-z');
    for (const name of git(root, 'ls-files').trim().split('\n')) rmSync(path.join(root, name));
    git(root, 'checkout', '--', '.');
    settle(root);
    expect(['text', 'name.up'].map((name) => readFileSync(path.join(root, name), 'utf8'))).toEqual([
      'a\r\nb\r\n',
      'QUIET',
    ]);
    const before = fingerprint(root);
    const { source, read } = await checkedOut(root);
    const clone = mkdtempSync(path.join(scratch, 'clone-'));
    git(root, '-c', 'core.autocrlf=false', 'clone', '--quiet', '-c', 'core.autocrlf=false', root, clone);
    for (const { path: name } of source.files)
      expect([name, read(name)]).toEqual([name, readFileSync(path.join(clone, name), 'latin1')]);
    expect(read('text')).toBe('a\nb\n');
    expect(read('run.bat')).toBe('a\r\nb\r\n');
    expect(read('name.up')).toBe('quiet');
    expect(source).toMatchObject({ dirty: false, findings: [{ id: 'converted-files', level: 'warning' }] });
    expect(fingerprint(root)).toBe(before);
  });

  it('is the file as it stands where only its filter could say whether it is changed, and says so', async () => {
    const root = repository({ '.gitattributes': '*.up filter=upper\n', 'name.up': 'quiet' });
    git(root, 'config', 'filter.upper.clean', 'touch ran-a-program; tr A-Z a-z');
    writeFileSync(path.join(root, 'name.up'), 'QUIET');
    utimesSync(path.join(root, 'name.up'), new Date(1e12), new Date(1e12));
    const { source, read } = await checkedOut(root);
    expect(source).toMatchObject({ dirty: true, findings: [{ id: 'unfiltered-files', level: 'warning' }] });
    expect(read('name.up')).toBe('QUIET');
    expect(existsSync(path.join(root, 'ran-a-program'))).toBe(false);
  });

  it('is the pointer where LFS has put the file itself, though git’s memory of the file is stale', async () => {
    const content = 'the file itself';
    const oid = createHash('sha256').update(content).digest('hex');
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${content.length}\n`;
    const root = repository({ '.gitattributes': '*.big filter=lfs\n', 'a.big': pointer, 'b.big': pointer });
    git(root, 'config', 'filter.lfs.clean', 'touch ran-a-program; false');
    git(root, 'config', 'filter.lfs.required', 'true');
    writeFileSync(path.join(root, 'a.big'), content);
    const { source, read } = await checkedOut(root);
    expect(source.dirty).toBe(false);
    expect(source.findings.map(({ id, path: name }) => [id, name])).toEqual([
      ['lfs-pointer', 'a.big'],
      ['lfs-pointer', 'b.big'],
    ]);
    expect(read('a.big')).toBe(pointer);
    expect(existsSync(path.join(root, 'ran-a-program'))).toBe(false);
    writeFileSync(path.join(root, 'a.big'), `${content}, changed`);
    const changed = await checkedOut(root);
    expect(changed.source.dirty).toBe(true);
    expect(changed.read('a.big')).toBe(`${content}, changed`);
  });

  it('is all of the commit where a part is checked out, also from a second work tree', async () => {
    const root = repository({ 'in/a': 'a', 'out/b': 'b', '.gitattributes': '* text=auto\n' });
    git(root, 'sparse-checkout', 'set', '--no-cone', '/in/', '/.gitattributes');
    expect(existsSync(path.join(root, 'out'))).toBe(false);
    const { source, read } = await checkedOut(root);
    expect(source).toMatchObject({ dirty: false, findings: [{ id: 'not-checked-out', level: 'note' }] });
    expect([read('in/a'), read('out/b')]).toEqual(['a', 'b']);
    const second = path.join(scratch, 'second-tree');
    git(root, 'worktree', 'add', '--quiet', '--detach', second);
    git(second, 'sparse-checkout', 'disable');
    const there = await checkedOut(second);
    expect(there.source).toMatchObject({ dirty: false, findings: [], commit: source.commit });
    expect(there.read('out/b')).toBe('b');
  });

  it('is the files of a repository before its first commit, marked dirty', async () => {
    const root = folder({ a: 'a' });
    git(root, 'init', '--quiet');
    expect(await readSource(root, none)).toMatchObject({ commit: null, dirty: true, files: [] });
    git(root, 'add', 'a');
    const { source, read } = await checkedOut(root);
    expect(source).toMatchObject({ commit: null, dirty: true });
    expect(read('a')).toBe('a');
  });

  it('keeps names with newlines and control characters, and names those that differ in capitals alone or are not UTF-8', async () => {
    const root = repository({
      'new\nline': '1',
      'bell\u0007\u001b[31m': '2',
      README: '3',
      readme: '4',
      'a b': '5',
      ü: '6',
    });
    execFileSync(
      'sh',
      [
        '-c',
        'printf 7 > "$(printf "\\377")" && git add --all && git -c user.name=T -c user.email=t@example.org commit -qm More',
      ],
      { cwd: root },
    );
    const { source, read } = await checkedOut(root);
    expect(names(source)).toEqual(['README', 'a b', 'bell\u0007\u001b[31m', 'new\nline', 'readme', 'ü']);
    expect(names(source).map(read)).toEqual(['3', '5', '2', '1', '4', '6']);
    expect(source.findings.map(({ id, level }) => [id, level])).toEqual([
      ['name-not-utf8', 'error'],
      ['case-collision', 'note'],
    ]);
  });

  it('names links that lead out of the repository, and keeps them as links', async () => {
    const root = repository({ 'src/a': 'a' });
    symlinkSync('../a', path.join(root, 'src/inside'));
    symlinkSync('../../etc/passwd', path.join(root, 'src/above'));
    symlinkSync('/etc/passwd', path.join(root, 'absolute'));
    git(root, 'add', '--all');
    git(root, 'commit', '--quiet', '--message', 'Links');
    const { source } = await checkedOut(root);
    expect(source.findings).toMatchObject([{ id: 'link-outside' }]);
    expect(source.findings[0]?.message).toContain('2 symbolic links lead out of the repository: absolute, src/above.');
  });

  it('is not guessed where a repository cannot be read', async () => {
    const root = repository({ 'sub/a': 'a' });
    writeFileSync(path.join(root, '.git/HEAD'), 'broken');
    await expect(readSource(path.join(root, 'sub'), none)).rejects.toMatchObject({ code: 'git-failed' });
  });

  it('is the files as they stand when there is uncommitted work, marked dirty, and git’s index stays as it was', async () => {
    const root = repository({ a: 'old', b: 'b' });
    writeFileSync(path.join(root, 'a'), 'new');
    rmSync(path.join(root, 'b'));
    const index = readFileSync(path.join(root, '.git/index'));
    const source = await readSource(root, none);
    expect(names(source)).toEqual(['a']);
    expect(source.dirty).toBe(true);
    expect(readFileSync(path.join(root, '.git/index')).equals(index)).toBe(true);
  });

  it('has what was just written, and an untracked Containerfile with a warning', async () => {
    const root = repository({ a: 'a' });
    writeFileSync(path.join(root, 'Containerfile'), 'FROM scratch');
    writeFileSync(path.join(root, 'Procfile'), 'run: /a');
    const needed = ['Containerfile', 'Procfile'];
    const source = await readSource(root, { written: ['Procfile'], needed, signal });
    expect(names(source)).toEqual(['Containerfile', 'Procfile', 'a']);
    expect(source.dirty).toBe(true);
    expect(source.findings).toMatchObject([{ id: 'untracked-file', path: 'Containerfile', level: 'warning' }]);
  });

  it('is every file that is not ignored where there is no git', async () => {
    const root = folder({
      '.gitignore': '/build\n*.log\n',
      'build/x': 'x',
      'a/x.log': 'x',
      'a/.gitignore': '!x.log\nsecret\n',
      'a/secret': 's',
      'b/secret': 's',
    });
    const source = await readSource(root, none);
    expect(names(source)).toEqual(['.gitignore', 'a/.gitignore', 'a/x.log', 'b/secret']);
    expect(source).toMatchObject({ commit: null, dirty: true });
  });

  it('names LFS pointers, submodules and files behind links', async () => {
    const root = repository({ 'big.bin': 'version https://git-lfs.github.com/spec/v1\noid sha256:0\n', 'd/file': 'x' });
    git(root, 'update-index', '--add', '--cacheinfo', `160000,${git(root, 'rev-parse', 'HEAD').trim()},module`);
    rmSync(path.join(root, 'd'), { recursive: true });
    symlinkSync(os.tmpdir(), path.join(root, 'd'));
    const source = await readSource(root, none);
    expect(source.findings.map(({ id, path: name }) => [id, name]).sort()).toEqual([
      ['lfs-pointer', 'big.bin'],
      ['source-left-out', 'd/file'],
      ['submodule', 'module'],
      // The link that took the folder's place.
      ['untracked-files', undefined],
    ]);
    expect(names(source)).toEqual(['big.bin', 'module']);
  });
});

describe('checkouts', () => {
  it('are not made of files that change meanwhile', async () => {
    const root = repository({ a: 'a', b: 'b', link: 'x' });
    const source = await readSource(root, none);
    const [one] = makeConditions(1);
    if (!one) throw new Error('conditions were asked for');
    const write = () => writeCheckout(source, mkdtempSync(path.join(scratch, 'changed-')), one, signal);
    writeFileSync(path.join(root, 'b'), 'B');
    utimesSync(path.join(root, 'b'), new Date(1e12), new Date(1e12));
    await expect(write()).rejects.toMatchObject({
      code: 'source-changed',
      message: expect.stringContaining('b has changed'),
    });
    rmSync(path.join(root, 'b'));
    await expect(write()).rejects.toMatchObject({ code: 'source-changed' });
  });

  it('leave work tree and index as they were, to the byte and the second', async () => {
    const root = repository({ 'src/a': 'a', b: 'b', '.gitattributes': '* text=auto\n' });
    writeFileSync(path.join(root, 'b'), 'changed');
    // git would note the new time in its index.
    utimesSync(path.join(root, 'src/a'), new Date(1e12), new Date(1e12));
    const before = fingerprint(root);
    await checkedOut(root);
    expect(fingerprint(root)).toBe(before);
  });

  it('have the same contents under different conditions, with links as links', async () => {
    const root = repository({ 'src/a': 'content', run: '#!/bin/sh\n' });
    chmodSync(path.join(root, 'run'), 0o755);
    symlinkSync('/etc/passwd', path.join(root, 'link'));
    git(root, 'add', '--all');
    const source = await readSource(root, none);
    const temporary = mkdtempSync(path.join(scratch, 'checkouts-'));
    const [one, two] = makeConditions(2);
    if (!one || !two) throw new Error('two conditions were asked for');
    const first = await writeCheckout(source, temporary, one, signal);
    const second = await writeCheckout(source, temporary, two, signal);
    for (const checkout of [first, second]) {
      expect(readFileSync(path.join(checkout, 'src/a'), 'utf8')).toBe('content');
      expect(readlinkSync(path.join(checkout, 'link'))).toBe('/etc/passwd');
      expect(lstatSync(path.join(checkout, 'link')).isSymbolicLink()).toBe(true);
      expect(existsSync(path.join(checkout, '.git'))).toBe(false);
    }
    const modes = (checkout: string) =>
      ['src', 'src/a', 'run'].map((name) => statSync(path.join(checkout, name)).mode & 0o777);
    expect(modes(first)).toEqual([0o755, 0o644, 0o755]);
    expect(modes(second)).toEqual([0o775, 0o664, 0o775]);
    const times = [first, second].map((checkout) => statSync(path.join(checkout, 'src/a')).mtimeMs);
    expect(times).toEqual([one.time.getTime(), two.time.getTime()]);
    expect(path.basename(first)).not.toBe(path.basename(second));
    expect(first.split('/').length).not.toBe(second.split('/').length);
  });
});
