import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { ignoredBy, openProject, projectOf, withFiles } from '../../../src/languages/project.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'caution-project-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
});

function write(file: string, text: string): void {
  const at = path.join(root, file);
  mkdirSync(path.dirname(at), { recursive: true });
  writeFileSync(at, text);
}

function git(...args: string[]): void {
  execFileSync('git', ['-C', path.join(root, 'svc'), ...args], { stdio: 'ignore' });
}

describe('a tracked file whose folder became a link', () => {
  it.each(['../svc-secret', '../other'])('to %s is not read', async (target) => {
    write('svc/d/app.py', 'own');
    write(`svc/${target}/app.py`, 'secret');
    git('init', '--quiet');
    git('add', 'd/app.py');
    rmSync(path.join(root, 'svc/d'), { recursive: true });
    symlinkSync(target, path.join(root, 'svc/d'));
    expect((await openProject(path.join(root, 'svc'))).read('d/app.py')).toBeNull();
  });
});

describe('a folder without git', () => {
  it('is read, at its top and below, without what .gitignore names', async () => {
    write('svc/a.txt', 'a');
    write('svc/d/b.txt', 'b');
    write('svc/d/.gitignore', 'no.txt\n');
    write('svc/d/no.txt', 'no');
    const project = await openProject(path.join(root, 'svc'));
    expect(project.files).toEqual(['a.txt', 'd/.gitignore', 'd/b.txt']);
    expect([project.read('a.txt'), project.read('d/b.txt')]).toEqual(['a', 'b']);
  });

  it('may hold a folder called .gitignore', async () => {
    write('svc/.gitignore/x', '*');
    write('svc/a.txt', 'a');
    expect((await openProject(path.join(root, 'svc'))).files).toContain('a.txt');
  });

  it('gives null for a file that went away after it was listed', async () => {
    write('svc/d/a.txt', 'a');
    const project = await openProject(path.join(root, 'svc'));
    rmSync(path.join(root, 'svc/d'), { recursive: true });
    expect(project.read('d/a.txt')).toBeNull();
  });

  it('passes over what may not be read', async () => {
    write('svc/a.txt', 'a');
    write('svc/d/b.txt', 'b');
    write('svc/c.txt', 'c');
    chmodSync(path.join(root, 'svc/a.txt'), 0);
    chmodSync(path.join(root, 'svc/d'), 0);
    chmodSync(root, 0o755);
    // Nothing is unreadable to root: another user reads.
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(65_534);
    onTestFinished(() => {
      if (isRoot) process.seteuid?.(0);
      chmodSync(path.join(root, 'svc/d'), 0o700);
    });
    const project = await openProject(path.join(root, 'svc'));
    expect(project.files).toEqual(['a.txt', 'c.txt']);
    expect([project.read('a.txt'), project.read('c.txt')]).toEqual([null, 'c']);
  });
});

describe('a service below the root of its repository', () => {
  it('sees its own files, and the repository around it', async () => {
    write('svc/lib/a.txt', 'a');
    write('svc/services/api/b.txt', 'b');
    git('init', '--quiet');
    const project = await openProject(path.join(root, 'svc/services/api'), 'services/api');
    expect(project.files).toEqual(['b.txt']);
    expect([project.read('b.txt'), project.has('lib/a.txt'), project.read('../../lib/a.txt')]).toEqual([
      'b',
      false,
      null,
    ]);
    expect(project.around?.dir).toBe('services/api');
    expect(project.around?.context.read('lib/a.txt')).toBe('a');
  });
});

describe('files that are about to be written', () => {
  it('are there for whoever looks, in the service and around it', () => {
    const project = withFiles(projectOf({ 'api/a': 'a', b: 'b' }, 'api'), { 'api/c': 'c', 'api/a': 'new', lock: 'l' });
    expect(project.files).toEqual(['a', 'c']);
    expect([project.read('a'), project.read('c'), project.has('c'), project.read('lock')]).toEqual([
      'new',
      'c',
      true,
      null,
    ]);
    expect([project.around?.context.read('lock'), project.around?.context.read('b')]).toEqual(['l', 'b']);
  });

  it.each<[string, Record<string, string>, string, string | null]>([
    ['no rule', {}, 'x.lock', null],
    ['its name', { '.gitignore': 'node_modules\n*.lock\n' }, 'x.lock', '.gitignore'],
    ['its folder', { '.gitignore': 'api/\n' }, 'api/x.lock', '.gitignore'],
    ['a file of its own folder', { 'api/.gitignore': '/x.lock\n' }, 'api/x.lock', 'api/.gitignore'],
    ['a rule for elsewhere', { '.gitignore': '/x.lock\n' }, 'api/x.lock', null],
    ['a rule that is taken back', { '.gitignore': '*.lock\n', 'api/.gitignore': '!x.lock\n' }, 'api/x.lock', null],
  ])('are left out by git: %s', (_what, files, file, expected) => {
    expect(ignoredBy(projectOf(files), file)).toBe(expected);
    expect(ignoredBy(projectOf({ ...files, 'api/y': '' }, 'api'), file)).toBe(expected);
  });
});
