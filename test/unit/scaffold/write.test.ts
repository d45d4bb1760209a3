import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CancelledError, UserError } from '../../../src/errors.ts';
import { type PlannedFile, plan } from '../../../src/scaffold/plan.ts';
import { write } from '../../../src/scaffold/write.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'write-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const never = new AbortController().signal;
const file = (name: string, content = name): PlannedFile => ({ path: name, content, action: 'create', existing: null });
const tree = () => readdirSync(folder, { recursive: true }).map(String).sort();

describe('planning', () => {
  it('tells new, identical and conflicting files apart', () => {
    writeFileSync(path.join(folder, 'same'), 'x');
    writeFileSync(path.join(folder, 'other'), 'y');
    const actions = plan(
      folder,
      ['new', 'same', 'other'].map((name) => ({ path: name, content: 'x' })),
    ).map(({ action }) => action);
    expect(actions).toEqual(['create', 'identical', 'conflict']);
  });
  it('refuses a path through a link, and a link in the place of a file', () => {
    symlinkSync(tmpdir(), path.join(folder, 'src'));
    expect(() => plan(folder, [{ path: 'src/main.rs', content: '' }])).toThrow(UserError);
    expect(() => plan(folder, [{ path: 'src', content: '' }])).toThrow(/link/);
  });
});

describe('writing', () => {
  it('writes every file whole and leaves nothing else', async () => {
    await write(path.join(folder, 'new', 'service'), [file('a'), file('b/c')], never);
    expect(tree()).toEqual(['new', 'new/service', 'new/service/a', 'new/service/b', 'new/service/b/c']);
  });
  it('leaves files that are kept, identical or in conflict as they are', async () => {
    writeFileSync(path.join(folder, 'a'), 'mine');
    await write(
      folder,
      [
        { ...file('a'), action: 'keep' },
        { ...file('a'), action: 'conflict' },
      ],
      never,
    );
    expect(readFileSync(path.join(folder, 'a'), 'utf8')).toBe('mine');
  });
  it('takes everything back when one file cannot be written', async () => {
    writeFileSync(path.join(folder, 'a'), 'mine');
    mkdirSync(path.join(folder, 'z'));
    const files: PlannedFile[] = [{ ...file('a', 'new'), action: 'overwrite' }, file('b/c'), file('z')];
    await expect(write(folder, files, never)).rejects.toThrow(/Nothing was written/);
    expect(tree()).toEqual(['a', 'z']);
    expect(readFileSync(path.join(folder, 'a'), 'utf8')).toBe('mine');
  });
  it('takes everything back when it is cancelled, at whichever file', async () => {
    for (let allowed = 0; allowed < 7; allowed += 1) {
      let asked = 0;
      const signal = {
        get aborted() {
          asked += 1;
          return asked > allowed;
        },
        reason: new CancelledError(),
      } as unknown as AbortSignal;
      await expect(write(path.join(folder, 'new'), [file('a'), file('b/c'), file('d')], signal)).rejects.toThrow(
        CancelledError,
      );
    }
    expect(tree()).toEqual([]);
  });
  it('never replaces a file that came to be there since the plan was made', async () => {
    const planned = [file('a', 'ours')];
    writeFileSync(path.join(folder, 'a'), 'theirs');
    await expect(write(folder, planned, never)).rejects.toThrow(/has changed since/);
    expect(readFileSync(path.join(folder, 'a'), 'utf8')).toBe('theirs');
  });
  it('names a folder that may not be written', async () => {
    const closed = path.join(folder, 'closed');
    mkdirSync(closed);
    chmodSync(closed, 0o500);
    const unprivileged = process.getuid?.() !== 0;
    if (unprivileged) await expect(write(closed, [file('a')], never)).rejects.toThrow(/may not be written/);
    else await write(closed, [file('a')], never); // root may write everywhere
    expect(existsSync(path.join(closed, 'a'))).toBe(!unprivileged);
  });
});
