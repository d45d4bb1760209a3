import { constants } from 'node:fs';
import {
  chmod,
  copyFile,
  lstat,
  lutimes,
  mkdir,
  open,
  readdir,
  readFile,
  readlink,
  symlink,
  utimes,
} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import ignore, { type Ignore } from 'ignore';
import type { Finding } from '../../app.ts';
import { throwIfCancelled, UserError } from '../../errors.ts';
import { run } from '../../exec.ts';
import { printableLine } from '../../output.ts';

/** One file of a checkout. */
export interface SourceFile {
  /** Relative to the root, `/` separated. */
  path: string;
  type: 'file' | 'link' | 'submodule';
  executable: boolean;
}

/** What Caution would get of a folder. */
export interface Source {
  root: string;
  files: SourceFile[];
  /** The commit that is checked out; null without git or before the first commit. */
  commit: string | null;
  /** Whether the files differ from the commit. */
  dirty: boolean;
  findings: Finding[];
}

/** The conditions of one checkout: everything in which it differs from the others. */
export interface CheckoutConditions {
  /** Folders between the temporary root and the checkout, its own name last. */
  folders: readonly string[];
  umask: number;
  /** Time of every file and folder. */
  time: Date;
}

/** Variables that a surrounding git (a hook, a rebase) sets, and that would point us at another repository. */
const inherited = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_PREFIX',
  'GIT_COMMON_DIR',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_NAMESPACE',
];
const quietGit = {
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C',
  ...Object.fromEntries(inherited.map((name) => [name, undefined])),
};

interface GitAnswer {
  ok: boolean;
  stdout: string;
  stderr: string;
  /** False when git itself could not be started. */
  installed: boolean;
}

/** Asks git; nothing that a repository's configuration names is run on the way. */
async function git(root: string, args: string[], signal: AbortSignal): Promise<GitAnswer> {
  const still = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null'];
  const result = await run(
    { file: 'git', args: ['-C', root, ...still, ...args] },
    { env: quietGit, cancelSignal: signal, stripFinalNewline: false, maxBuffer: 512 * 2 ** 20 },
  );
  throwIfCancelled(signal);
  return {
    ok: !result.failed,
    stdout: String(result.stdout ?? ''),
    stderr: String(result.stderr ?? result.shortMessage ?? ''),
    installed: result.code !== 'ENOENT',
  };
}

/** @throws UserError `git-failed`, in git's own words. */
async function mustGit(root: string, args: string[], signal: AbortSignal): Promise<string> {
  const answer = await git(root, args, signal);
  if (!answer.ok) throw gitFailed(root, answer);
  return answer.stdout;
}

function gitFailed(root: string, { stderr }: GitAnswer): UserError {
  return new UserError('git-failed', `git cannot read the repository around ${root}: ${printableLine(stderr, 600)}`, {
    next: 'Mend that first: what Caution builds is what git has.',
  });
}

/** Whether the folder, or one above it, has a `.git`. */
async function inRepository(root: string): Promise<boolean> {
  for (let folder = path.resolve(root); ; folder = path.dirname(folder)) {
    if (await exists(folder, '.git')) return true;
    if (folder === path.dirname(folder)) return false;
  }
}

function gitMissing(root: string): UserError {
  return new UserError('git-failed', `${root} lies in a repository, and git is not installed.`, {
    next: 'Install git: only it can say which files Caution would get.',
  });
}

/**
 * Lists what Caution would get: the tracked files as they stand, and those just written; without git every file that no
 * .gitignore excludes. Reads only: neither the work tree nor git's index is touched.
 * @param needed paths that the build cannot do without, such as the Containerfile: part of it even when untracked.
 * @throws UserError `git-failed` when there is a repository that git refuses or cannot read.
 */
export async function readSource(
  root: string,
  { written, needed, signal }: { written: readonly string[]; needed: readonly string[]; signal: AbortSignal },
): Promise<Source> {
  const listing = await git(root, ['ls-files', '-z', '--stage', '--', '.'], signal);
  if (!listing.ok) {
    if (await inRepository(root)) throw listing.installed ? gitFailed(root, listing) : gitMissing(root);
    return withoutGit(root, written);
  }
  const tracked = new Map<string, string>();
  for (const record of listing.stdout.split('\0').filter(Boolean)) {
    const match = /^(\d{6}) [0-9a-f]+ \d\t([\s\S]+)$/.exec(record);
    if (match) tracked.set(match[2] ?? '', match[1] ?? '');
  }
  const findings: Finding[] = [];
  for (const file of needed) {
    if (!tracked.has(file) && !written.includes(file) && (await exists(root, file))) findings.push(untracked(file));
  }
  const hidden = await overlooked(root, signal);
  findings.push(...hidden, ...(await untrackedFiles(root, new Set([...written, ...needed]), signal)));
  // Fails when it is not set, which means true.
  const fileMode = (await git(root, ['config', '--type=bool', 'core.fileMode'], signal)).stdout.trim() !== 'false';
  const files: SourceFile[] = [];
  for (const name of new Set([...tracked.keys(), ...written, ...needed])) {
    const found = await describe(root, name, tracked.get(name), fileMode, findings);
    if (found) files.push(found);
  }
  const status = await mustGit(root, ['status', '--porcelain=v1', '-z', '--untracked-files=no', '--', '.'], signal);
  // Fails before the first commit.
  const commit = (await git(root, ['rev-parse', '--verify', '--quiet', 'HEAD'], signal)).stdout.trim() || null;
  const extra = files.some((file) => !tracked.has(file.path));
  return {
    root,
    files: files.sort(byPath),
    commit,
    dirty: commit === null || status !== '' || extra || hidden.length > 0,
    findings,
  };
}

function byPath(a: SourceFile, b: SourceFile): number {
  return a.path < b.path ? -1 : 1;
}

async function exists(root: string, name: string): Promise<boolean> {
  return lstat(path.join(root, name)).then(
    () => true,
    () => false,
  );
}

function naming(names: readonly string[]): string {
  const more = names.length > 5 ? `, and ${names.length - 5} more` : '';
  return `${names
    .slice(0, 5)
    .map((name) => printableLine(name, 100))
    .join(', ')}${more}`;
}

/** Files that git does not compare with the commit: marked assume-unchanged (lower case) or skip-worktree (S). */
async function overlooked(root: string, signal: AbortSignal): Promise<Finding[]> {
  const listing = await mustGit(root, ['ls-files', '-z', '-v', '--', '.'], signal);
  const names = listing.split('\0').flatMap((record) => (/^[a-zS] /.test(record) ? record.slice(2) : []));
  if (names.length === 0) return [];
  return [
    {
      id: 'overlooked-files',
      level: 'warning',
      message: `git was told not to look at changes of ${names.length} files: ${naming(names)}.`,
      why: 'They are built as they stand here; Caution builds them as committed.',
      mend: 'Make git look again: git update-index --no-assume-unchanged --no-skip-worktree FILE',
    },
  ];
}

async function untrackedFiles(root: string, known: ReadonlySet<string>, signal: AbortSignal): Promise<Finding[]> {
  const listing = await mustGit(root, ['ls-files', '-z', '--others', '--exclude-standard', '--', '.'], signal);
  const names = listing.split('\0').filter((name) => name !== '' && !known.has(name));
  if (names.length === 0) return [];
  return [
    {
      id: 'untracked-files',
      level: 'warning',
      message: `${names.length === 1 ? 'One file is' : `${names.length} files are`} not tracked by git, and left out: ${naming(names)}.`,
      why: 'Caution builds the pushed commit: what git does not track is not there.',
      source: 'https://docs.caution.co',
      mend: 'Commit what the build needs (git add), and name the rest in .gitignore.',
    },
  ];
}

function untracked(file: string): Finding {
  return {
    id: 'untracked-file',
    level: 'warning',
    path: file,
    message: `${file} is not tracked by git.`,
    why: 'Caution builds the pushed commit: what git does not track is not there.',
    source: 'https://docs.caution.co',
    mend: `Commit it: git add ${file}`,
  };
}

/** Looks at one file as it stands. Anything that is no file or link inside the folder is left out, and named. */
async function describe(
  root: string,
  name: string,
  gitMode: string | undefined,
  fileMode: boolean,
  findings: Finding[],
): Promise<SourceFile | null> {
  const leftOut = (message: string, mend: string) => {
    findings.push({
      id: 'source-left-out',
      level: 'warning',
      path: name,
      message,
      why: 'Caution builds what a plain clone of the commit holds.',
      mend,
    });
    return null;
  };
  if (gitMode === '160000') {
    findings.push({
      id: 'submodule',
      level: 'warning',
      path: name,
      message: `${name} is a git submodule: it is built as an empty folder.`,
      why: 'Whether Caution fetches submodules is not documented; a plain checkout has an empty folder there.',
      mend: 'Vendor the files that the build needs, or fetch them in the Containerfile by commit.',
    });
    return { path: name, type: 'submodule', executable: false };
  }
  if (name.includes('\uFFFD')) return leftOut('A file name is not UTF-8; the file is left out.', 'Rename the file.');
  if (name.split('/').includes('..') || path.isAbsolute(name))
    return leftOut('A file lies outside the folder.', 'Remove it from the list.');
  if (!(await staysInside(root, name)))
    return leftOut(
      `${name} lies behind a symbolic link; it is left out.`,
      'Replace the link by a folder, or git rm the file.',
    );
  const info = await lstat(path.join(root, name)).catch(() => null);
  if (!info) return null;
  if (info.isSymbolicLink()) return { path: name, type: 'link', executable: false };
  if (!info.isFile())
    return leftOut(`${name} is neither a file nor a link; it is left out.`, 'Remove it from the repository.');
  if (info.size < 1024 && (await isLfsPointer(path.join(root, name)))) findings.push(lfsPointer(name));
  const executable = gitMode !== undefined && !fileMode ? gitMode === '100755' : (info.mode & 0o100) !== 0;
  return { path: name, type: 'file', executable };
}

/** Whether every folder on the way to a file is a real one. */
async function staysInside(root: string, name: string): Promise<boolean> {
  const parts = name.split('/').slice(0, -1);
  for (let count = 1; count <= parts.length; count += 1) {
    const info = await lstat(path.join(root, ...parts.slice(0, count))).catch(() => null);
    if (info && !info.isDirectory()) return false;
  }
  return true;
}

async function isLfsPointer(file: string): Promise<boolean> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, 0);
    return buffer.subarray(0, bytesRead).toString('latin1').startsWith('version https://git-lfs.github.com/spec/v1');
  } finally {
    await handle.close();
  }
}

function lfsPointer(name: string): Finding {
  return {
    id: 'lfs-pointer',
    level: 'warning',
    path: name,
    message: `${name} is a Git LFS pointer, not the file itself.`,
    why: 'The build sees the pointer. Whether Caution fetches LFS objects is not documented.',
    mend: 'Commit the file itself, or fetch it in the Containerfile by digest.',
  };
}

async function withoutGit(root: string, written: readonly string[]): Promise<Source> {
  const findings: Finding[] = [];
  const names = new Set(written);
  await walk(root, '', [], names);
  const files: SourceFile[] = [];
  for (const name of names) {
    const found = await describe(root, name, undefined, true, findings);
    if (found) files.push(found);
  }
  return { root, files: files.sort(byPath), commit: null, dirty: true, findings };
}

/** Collects files that no .gitignore excludes; each .gitignore speaks for its own folder and those below it. */
async function walk(
  root: string,
  folder: string,
  rules: readonly { base: string; rules: Ignore }[],
  names: Set<string>,
): Promise<void> {
  const own = await readFile(path.join(root, folder, '.gitignore'), 'utf8').catch(() => null);
  const all = own === null ? rules : [...rules, { base: folder, rules: ignore().add(own) }];
  for (const entry of await readdir(path.join(root, folder), { withFileTypes: true })) {
    if (entry.name === '.git') continue;
    const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (isIgnored(entry.isDirectory() ? `${name}/` : name, all)) continue;
    if (entry.isDirectory()) await walk(root, name, all, names);
    else names.add(name);
  }
}

function isIgnored(name: string, all: readonly { base: string; rules: Ignore }[]): boolean {
  // The deepest .gitignore that has an opinion wins, as in git.
  for (const { base, rules } of [...all].reverse()) {
    const verdict = rules.test(base === '' ? name : name.slice(base.length + 1));
    if (verdict.ignored) return true;
    if (verdict.unignored) return false;
  }
  return false;
}

/**
 * Writes one checkout.
 * @param temporary an existing folder.
 * @returns the absolute path of the build context.
 * @throws UserError when there is no room or no permission.
 */
export async function writeCheckout(
  source: Source,
  temporary: string,
  conditions: CheckoutConditions,
  signal: AbortSignal,
): Promise<string> {
  const target = path.join(temporary, ...conditions.folders);
  await mkdir(target, { recursive: true });
  try {
    await copyAll(source, target, conditions, signal);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOSPC' && code !== 'EACCES' && code !== 'EDQUOT') throw error;
    const what = code === 'EACCES' ? 'A file may not be read or written' : 'The disk is full';
    throw new UserError('checkout-failed', `${what}: ${(error as Error).message}`, {
      next: `Checkouts are made in ${os.tmpdir()}; set TMPDIR to a folder with room.`,
      cause: error,
    });
  }
  return target;
}

async function copyAll(
  source: Source,
  target: string,
  { umask, time }: CheckoutConditions,
  signal: AbortSignal,
): Promise<void> {
  const folders = new Set<string>(['.']);
  for (const file of source.files) {
    for (let folder = path.posix.dirname(file.path); !folders.has(folder); folder = path.posix.dirname(folder))
      folders.add(folder);
    if (file.type === 'submodule') folders.add(file.path);
  }
  for (const folder of [...folders].sort()) await mkdir(path.join(target, folder), { recursive: true });
  // Links come last: nothing is ever written through one.
  const ordered = [...source.files].sort((a, b) => Number(a.type === 'link') - Number(b.type === 'link'));
  for (const file of ordered) {
    signal.throwIfAborted();
    const from = path.join(source.root, file.path);
    const to = path.join(target, file.path);
    if (file.type === 'link') {
      await symlink(await readlink(from), to);
      await lutimes(to, time, time);
    } else if (file.type === 'file') {
      await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      await chmod(to, (file.executable ? 0o777 : 0o666) & ~umask);
      await utimes(to, time, time);
    }
  }
  for (const folder of [...folders].sort().reverse()) {
    await chmod(path.join(target, folder), 0o777 & ~umask);
    await utimes(path.join(target, folder), time, time);
  }
}
