import { run } from './exec.ts';

/** Variables that a surrounding git (a hook, a rebase) sets, and that would point us at another repository. */
const inherited = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_PREFIX',
  'GIT_COMMON_DIR',
  'GIT_OBJECT_DIRECTORY',
];

async function git(
  folder: string,
  args: string[],
  signal?: AbortSignal,
): Promise<{ ok: boolean; stdout: string; stderr: string }> {
  const env: Record<string, string | undefined> = { GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
  for (const name of inherited) env[name] = undefined;
  const result = await run(
    { file: 'git', args: ['-C', folder, ...args] },
    { env, ...(signal ? { cancelSignal: signal } : {}), stripFinalNewline: false },
  );
  return { ok: !result.failed, stdout: String(result.stdout ?? ''), stderr: String(result.stderr ?? '') };
}

/**
 * The root of the repository that a folder lies in.
 * @returns an absolute path; null when it is in none, or git is not installed.
 */
export async function repositoryRoot(folder: string): Promise<string | null> {
  const { ok, stdout } = await git(folder, ['rev-parse', '--show-toplevel']);
  return ok ? stdout.replace(/\n$/, '') : null;
}

/** The URL of the remote `origin`, if there is one. */
export async function originUrl(folder: string): Promise<string | null> {
  const { ok, stdout } = await git(folder, ['config', '--get', 'remote.origin.url']);
  return ok && stdout.trim() !== '' ? stdout.trim() : null;
}

/**
 * Files below a folder that git tracks or does not ignore, relative to it.
 * @returns null when the folder is in no repository, or git is not installed.
 */
export async function listFiles(folder: string): Promise<string[] | null> {
  const { ok, stdout } = await git(folder, ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', '.']);
  return ok ? [...new Set(stdout.split('\0').filter(Boolean))] : null;
}

export type FirstCommit = 'committed' | 'no-author' | 'no-git' | 'failed';

/**
 * Makes a folder a repository with one commit of all that is in it, when git knows who the author is. Nobody's name is
 * made up: without a configured name and address the files stay uncommitted.
 */
export async function initialise(folder: string, message: string, signal: AbortSignal): Promise<FirstCommit> {
  const init = await git(folder, ['init', '--quiet', '--initial-branch=main'], signal);
  if (!init.ok) return 'no-git';
  const identity = await git(folder, ['-c', 'user.useConfigOnly=true', 'var', 'GIT_COMMITTER_IDENT'], signal);
  if (!identity.ok) return 'no-author';
  const added = await git(folder, ['add', '--all'], signal);
  const committed = added.ok && (await git(folder, ['commit', '--quiet', '--message', message], signal)).ok;
  return committed ? 'committed' : 'failed';
}
