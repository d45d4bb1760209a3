import { UserError } from '../../errors.ts';
import { type GitOptions, type GitResult, noFilters, readGit } from '../../git.ts';
import { printableLine } from '../../output.ts';

/** A file that git tracks. */
export interface Tracked {
  path: string;
  /** As in a tree: `100644`, `100755`, `120000` (a link), `160000` (a submodule). */
  mode: string;
  /** Name of the blob: SHA-1 or SHA-256, hexadecimal. */
  oid: string;
  /** Whether git was told not to look at it (assume-unchanged, skip-worktree). */
  overlooked: boolean;
}

export interface Conversion {
  /** The filter that the file names; '' for none. */
  filter: string;
  /**
   * Size of the blob where only line endings are converted: an unchanged file of that size has the same bytes, since
   * every conversion adds or takes one. Null where sizes tell nothing.
   */
  blobSize: number | null;
}

/** What git says of a work tree, without a look into its files. */
export interface Listing {
  tracked: Map<string, Tracked>;
  /** Files that stand otherwise than in the index, or not at all. */
  modified: Set<string>;
  /** Files whose changes are in the index alone. */
  staged: Set<string>;
  /** Files whose bytes git may convert between the blob and the work tree. */
  converted: Map<string, Conversion>;
  /** Neither tracked nor ignored. */
  untracked: string[];
  fileMode: boolean;
  commit: string | null;
  /** Turns all filters off. */
  filters: [name: string, value: string][];
}

/**
 * Asks git about a work tree; runs none of its filters, and writes nothing.
 * @returns null where git has no repository, or is not there, with its answer.
 * @throws UserError `git-failed`, in git's own words.
 */
export async function listTracked(root: string, signal: AbortSignal): Promise<Listing | { refused: GitResult }> {
  // One entry a stage of an unmerged file: the last one stays.
  const files = await readGit(root, ['ls-files', '-z', '--stage', '-v', '--', '.'], { signal });
  if (!files.ok) return { refused: files };
  const tracked = new Map<string, Tracked>();
  for (const record of files.stdout.split('\0')) {
    const [, tag = '', mode = '', oid = '', path] =
      /^([A-Za-z?]) (\d{6}) ([0-9a-f]+) \d\t([\s\S]+)$/.exec(record) ?? [];
    if (path !== undefined) tracked.set(path, { path, mode, oid, overlooked: /^[a-zS]$/.test(tag) });
  }
  const filters = await noFilters(root, signal);
  const options = { signal, config: filters };
  const [status, converted, others, fileMode, head] = await Promise.all([
    must(root, [...statusCommand, '--', '.'], options),
    conversions(root, tracked, signal),
    must(root, ['ls-files', '-z', '--others', '--exclude-standard', '--', '.'], options),
    // Fails when it is not set, which means true.
    readGit(root, ['config', '--type=bool', 'core.fileMode'], options),
    // Fails before the first commit.
    readGit(root, ['rev-parse', '--verify', '--quiet', 'HEAD'], options),
  ]);
  return {
    ...{ tracked, converted, filters },
    ...changes(status),
    untracked: others.split('\0').filter(Boolean),
    fileMode: fileMode.stdout.trim() !== 'false',
    commit: head.stdout.trim() || null,
  };
}

const statusCommand = [
  ...['status', '--porcelain=v1', '-z', '--untracked-files=no', '--no-renames', '--ignore-submodules=dirty'],
];

/** Source of the format: https://git-scm.com/docs/git-status#_porcelain_format_version_1 */
function changes(status: string): Pick<Listing, 'modified' | 'staged'> {
  const modified = new Set<string>();
  const staged = new Set<string>();
  for (const record of status.split('\0').filter(Boolean)) {
    (record[1] === ' ' ? staged : modified).add(record.slice(3));
  }
  return { modified, staged };
}

/** @throws UserError `git-failed`, in git's own words. */
async function must(root: string, args: readonly string[], options: GitOptions): Promise<string> {
  const answer = await readGit(root, args, options);
  if (!answer.ok) throw gitFailed(root, answer);
  return answer.stdout;
}

export function gitFailed(root: string, { stderr }: GitResult): UserError {
  return new UserError('git-failed', `git cannot read the repository around ${root}: ${printableLine(stderr, 600)}`, {
    next: 'Mend that first: what Caution builds is what git has.',
  });
}

/** Attributes by which git changes bytes on their way. Source: https://git-scm.com/docs/gitattributes */
const lineEndings = new Set(['text', 'eol', 'crlf']);
const converting = [...lineEndings, 'ident', 'filter', 'working-tree-encoding'];

async function conversions(
  root: string,
  tracked: ReadonlyMap<string, Tracked>,
  signal: AbortSignal,
): Promise<Listing['converted']> {
  const names = [...tracked.keys()];
  if (names.length === 0) return new Map();
  const input = `${names.join('\0')}\0`;
  const [attributes, autocrlf] = await Promise.all([
    must(root, ['check-attr', '-z', '--stdin', ...converting], { signal, input }),
    readGit(root, ['config', '--get', 'core.autocrlf'], { signal }),
  ]);
  const lines = new Set(/^(?:true|input|yes|on|1)$/i.test(autocrlf.stdout.trim()) ? names : []);
  const filters = new Map<string, string>();
  const words = attributes.split('\0');
  for (let at = 0; at + 2 < words.length; at += 3) {
    const [name = '', attribute = '', value = ''] = words.slice(at, at + 3);
    if (value === 'unspecified' || value === 'unset') continue;
    if (lineEndings.has(attribute)) lines.add(name);
    else filters.set(name, attribute === 'filter' ? value : (filters.get(name) ?? ''));
  }
  const sizes = await blobSizes(root, new Set([...lines].flatMap((name) => tracked.get(name)?.oid ?? [])), signal);
  return new Map(
    [...new Set([...lines, ...filters.keys()])].map((name) => {
      const filter = filters.get(name);
      const size = sizes.get(tracked.get(name)?.oid ?? '');
      return [name, { filter: filter ?? '', blobSize: filter === undefined ? (size ?? null) : null }];
    }),
  );
}

async function blobSizes(root: string, oids: ReadonlySet<string>, signal: AbortSignal): Promise<Map<string, number>> {
  if (oids.size === 0) return new Map();
  const input = `${[...oids].join('\n')}\n`;
  const format = '--batch-check=%(objectname) %(objectsize)';
  const sizes = await must(root, ['cat-file', '--buffer', format], { signal, input });
  return new Map(
    sizes.split('\n').flatMap((line) => {
      const [oid = '', size = ''] = line.split(' ');
      return /^\d+$/.test(size) ? [[oid, Number(size)] as const] : [];
    }),
  );
}
