import { throwIfCancelled, UserError } from './errors.ts';
import { run } from './exec.ts';

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

/** What git said. */
export interface GitResult {
  ok: boolean;
  stdout: string;
  stderr: string;
  /** False when git itself could not be started. */
  installed: boolean;
}

export interface GitOptions {
  signal?: AbortSignal;
  /** Configuration that wins over every file's: names and values. */
  config?: readonly (readonly [name: string, value: string])[];
  /** Index to work with instead of the repository's own. */
  index?: string;
  /** What git reads from its standard input. */
  input?: string;
}

/**
 * Configuration as variables: unlike -c, they take names with any character. What the user's own environment configures
 * so stays, and comes before. Source: https://git-scm.com/docs/git-config#ENVIRONMENT
 */
function configured(config: NonNullable<GitOptions['config']>): Record<string, string> {
  if (config.length === 0) return {};
  const before = Number.parseInt(process.env.GIT_CONFIG_COUNT ?? '0', 10) || 0;
  const pairs = config.flatMap(([name, value], at): [string, string][] => [
    [`GIT_CONFIG_KEY_${before + at}`, name],
    [`GIT_CONFIG_VALUE_${before + at}`, value],
  ]);
  return { GIT_CONFIG_COUNT: String(before + config.length), ...Object.fromEntries(pairs) };
}

async function git(folder: string, args: readonly string[], options: GitOptions = {}): Promise<GitResult> {
  const { signal, config = [], index, input } = options;
  const env: Record<string, string | undefined> = { GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
  for (const name of inherited) env[name] = undefined;
  if (index !== undefined) env.GIT_INDEX_FILE = index;
  Object.assign(env, configured(config));
  const result = await run(
    { file: 'git', args: ['-C', folder, ...args] },
    {
      env,
      stripFinalNewline: false,
      maxBuffer: 512 * 2 ** 20,
      ...(signal ? { cancelSignal: signal } : {}),
      ...(input === undefined ? {} : { stdin: 'pipe', input }),
    },
  );
  throwIfCancelled(signal);
  return {
    ok: !result.failed,
    stdout: String(result.stdout ?? ''),
    stderr: String(result.stderr ?? result.shortMessage ?? ''),
    installed: result.code !== 'ENOENT',
  };
}

/**
 * Asks git about a folder. A repository's own configuration names programs that git runs on the way: neither hooks nor
 * watchers are, since the folder may be anybody's. Filters run unless `config` turns them off (`noFilters`).
 * @throws CancelledError when the signal fires.
 */
export function readGit(folder: string, args: readonly string[], options: GitOptions = {}): Promise<GitResult> {
  return git(folder, ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', ...args], options);
}

/** Configuration under which git runs none of the filters (LFS, encryption) that a folder's configuration names. */
export async function noFilters(folder: string, signal?: AbortSignal): Promise<[name: string, value: string][]> {
  const pattern = '^filter\\..*\\.(clean|smudge|process|required)$';
  const args = ['config', '-z', '--name-only', '--get-regexp', pattern];
  // Fails when there is none.
  const { stdout } = await readGit(folder, args, signal ? { signal } : {});
  const names = new Set(stdout.split('\0').filter(Boolean));
  return [...names].map((name) => [name, name.endsWith('.required') ? 'false' : '']);
}

/**
 * The root of the repository that a folder lies in; ask it where a `.git` is on the way up.
 * @returns an absolute path; null when git is not installed.
 * @throws UserError when git refuses, such as for a repository that belongs to somebody else.
 */
export async function repositoryRoot(folder: string): Promise<string | null> {
  const { ok, stdout, stderr, installed } = await readGit(folder, ['rev-parse', '--show-toplevel']);
  if (ok) return stdout.replace(/\n$/, '');
  if (!installed) return null;
  throw new UserError('git-failed', `git cannot read the repository around ${folder}: ${stderr.trim()}`, {
    next: 'Mend that first: what Caution builds is what git has.',
  });
}

/** The URL of the remote `origin`, if there is one. */
export async function originUrl(folder: string): Promise<string | null> {
  const { ok, stdout } = await readGit(folder, ['config', '--get', 'remote.origin.url']);
  return ok && stdout.trim() !== '' ? stdout.trim() : null;
}

/**
 * Files below a folder that git tracks or does not ignore, relative to it.
 * @returns null when the folder is in no repository, or git is not installed.
 */
export async function listFiles(folder: string): Promise<string[] | null> {
  const { ok, stdout } = await readGit(folder, [
    'ls-files',
    '-z',
    '--cached',
    '--others',
    '--exclude-standard',
    '--',
    '.',
  ]);
  return ok ? [...new Set(stdout.split('\0').filter(Boolean))] : null;
}

export type FirstCommit = 'committed' | 'no-author' | 'no-git' | 'failed';

/**
 * Makes a new folder a repository with one commit of the files that were written, and of nothing else, when git knows who
 * the author is. Nobody's name is made up: without a configured name and address the files stay uncommitted.
 * @param files relative to the folder.
 * @throws CancelledError when the signal fires.
 */
export async function initialise(
  folder: string,
  files: readonly string[],
  message: string,
  signal: AbortSignal,
): Promise<FirstCommit> {
  const init = await git(folder, ['init', '--quiet', '--initial-branch=main'], { signal });
  if (!init.ok) return 'no-git';
  const identity = await git(folder, ['-c', 'user.useConfigOnly=true', 'var', 'GIT_COMMITTER_IDENT'], { signal });
  if (!identity.ok) return 'no-author';
  const added = await git(folder, ['add', '--', ...files], { signal });
  const committed = added.ok && (await git(folder, ['commit', '--quiet', '--message', message], { signal })).ok;
  return committed ? 'committed' : 'failed';
}
