import { lstatSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../errors.ts';
import { readGit } from '../git.ts';
import { printableLine } from '../output.ts';
import type { Target } from '../target.ts';
import { largestFile } from './subject.ts';
import type { GitView, Text, View } from './view.ts';

/**
 * The view of a setup on the disk. Runs git, none of whose filters and hooks; asks no network.
 * @throws UserError `git-failed` when git refuses to read the repository.
 */
export async function openView(target: Target, signal: AbortSignal): Promise<View> {
  const { root, dir } = target;
  const git = target.inRepository ? await gitView(root, signal) : null;
  const files = git
    ? [...git.tracked].sort()
    : [...(await (await import('../languages/project.ts')).openProject(root)).files];
  const known = git?.tracked ?? new Set(files);
  const stat = (file: string) => quietly(() => lstatSync(path.join(root, file)));
  const real = realpathSync(root);
  return {
    ...{ dir, files, git },
    has: (file) => known.has(file),
    stands: (file) => stat(file) !== null,
    read: (file) => readText(real, file),
    size: (file) => stat(file)?.size ?? 0,
  };
}

/** Nothing is read out of the folder. */
function readText(root: string, file: string): Text | null {
  return quietly(() => {
    const at = path.join(root, file);
    const link = lstatSync(at).isSymbolicLink() ? readlinkSync(at) : null;
    const real = link === null ? at : quietly(() => realpathSync(at));
    const text = real === null ? null : readInside(root, real);
    return link === null ? text : { ...(text ?? { text: '', intact: true }), link };
  });
}

function readInside(root: string, at: string): Text | null {
  const stat = lstatSync(at);
  const parent = realpathSync(path.dirname(at));
  if (!stat.isFile() || stat.size > largestFile || (parent !== root && !parent.startsWith(root + path.sep)))
    return null;
  const bytes = readFileSync(at);
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  return { text, intact: !text.includes('\ufffd') || Buffer.from(text).equals(bytes) };
}

/** Null for what is not there, or not ours to read. */
function quietly<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (/^E[A-Z0-9]+$/.test(code ?? '')) return null;
    throw error;
  }
}

async function gitView(root: string, signal: AbortSignal): Promise<GitView | null> {
  const [index, settings] = await Promise.all([
    readGit(root, ['ls-files', '-z', '--stage', '--', '.'], { signal }),
    readGit(root, ['config', '-z', '--list'], { signal }),
  ]);
  if (!index.installed) return null;
  if (!index.ok) {
    throw new UserError('git-failed', `git cannot read the repository: ${printableLine(index.stderr, 600)}`, {
      next: 'Mend that first: what Caution builds is what git has.',
    });
  }
  const { tracked, submodules } = readIndex(index.stdout);
  const pairs = settings.stdout.split('\0').map((record) => split(record, '\n'));
  return {
    ...{ tracked, submodules },
    modified: await modifiedFiles(root, pairs, signal),
    remotes: pairs.flatMap(([name, url]) => {
      const [, remote] = /^remote\.(.+)\.url$/.exec(name) ?? [];
      return remote === undefined ? [] : [{ name: remote, url }];
    }),
    autocrlf: (pairs.findLast(([name]) => name === 'core.autocrlf')?.[1] ?? '').toLowerCase(),
  };
}

/** `<mode> <object> <stage>\t<path>` a record; mode 160000 is a submodule. */
function readIndex(text: string): Pick<GitView, 'tracked' | 'submodules'> & { tracked: Set<string> } {
  const tracked = new Set<string>();
  const submodules = new Set<string>();
  for (const record of text.split('\0')) {
    const tab = record.indexOf('\t');
    if (tab < 0) continue;
    if (record.startsWith('160000 ')) submodules.add(record.slice(tab + 1));
    else tracked.add(record.slice(tab + 1));
  }
  return { tracked, submodules: [...submodules] };
}

/** Of the files that a setup may consist of: looking at all files of a large repository takes long. */
async function modifiedFiles(
  root: string,
  settings: readonly (readonly [name: string, value: string])[],
  signal: AbortSignal,
): Promise<Set<string>> {
  const filters = settings
    .filter(([name]) => /^filter\..*\.(?:clean|smudge|process|required)$/.test(name))
    .map(([name]): [string, string] => [name, name.endsWith('.required') ? 'false' : '']);
  const names = [
    'Procfile',
    'caution.hcl',
    '*Containerfile*',
    '*Dockerfile*',
    '*.dockerignore',
    '.gitattributes',
    '.caution',
  ];
  const args = ['status', '--porcelain=v1', '-z', '--untracked-files=no', '--no-renames', '--ignore-submodules=all'];
  const { stdout } = await readGit(root, [...args, '--', ...names], { signal, config: filters });
  return new Set(
    stdout
      .split('\0')
      .filter(Boolean)
      .map((record) => record.slice(3)),
  );
}

function split(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
