import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
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

  it('is dirty where git was told to overlook changes', async () => {
    const root = repository({ a: 'a', b: 'b', c: 'c' });
    git(root, 'update-index', '--assume-unchanged', 'a');
    git(root, 'update-index', '--skip-worktree', 'b');
    const source = await readSource(root, none);
    expect(source.dirty).toBe(true);
    expect(source.findings).toMatchObject([{ id: 'overlooked-files' }]);
    expect(source.findings[0]?.message).toContain('2 files: a, b');
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
