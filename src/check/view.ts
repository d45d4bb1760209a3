/** What git knows of a repository, as far as rules depend on it. */
export interface GitView {
  /** Files of the index. */
  tracked: ReadonlySet<string>;
  /** Tracked files that stand otherwise than in the last commit. */
  modified: ReadonlySet<string>;
  /** Paths of submodules. */
  submodules: readonly string[];
  remotes: readonly { name: string; url: string }[];
  /** `core.autocrlf`, in lower case; '' when it is not set. */
  autocrlf: string;
}

/** A text as it stands on the disk. */
export interface Text {
  text: string;
  /** False when it is not UTF-8: then what is wrong is replaced by U+FFFD. */
  intact: boolean;
  /** What a symbolic link says, where the file is one; the text is then that of the file in the folder it leads to, or empty. */
  link?: string;
}

/** A setup to be checked, read-only. Paths are relative to the build context, `/` separated. */
export interface View {
  /** The service's folder; `''` is the context itself. */
  dir: string;
  /** Files of the build context, before .dockerignore: what git tracks, or without git what no .gitignore names. */
  files: readonly string[];
  /** Whether a file is part of the build context. */
  has(path: string): boolean;
  /** Whether something of that name is on the disk, in the build context or not. */
  stands(path: string): boolean;
  /** A file's text, in the context or not; null when it is not there, or no file. */
  read(path: string): Text | null;
  /** Size in bytes; 0 when it is not there. */
  size(path: string): number;
  /** Null outside of a repository. */
  git: GitView | null;
}

/** Before the target of a symbolic link, among files that are held in memory. */
export const linkMark = 'link:';

/** A view of files that are held in memory: all of them are in the context, unless git is said to know fewer. */
export function viewOf(
  contents: Readonly<Record<string, string>>,
  { git = null, dir = '', damaged = [] }: { git?: GitView | null; dir?: string; damaged?: readonly string[] } = {},
): View {
  const names = Object.keys(contents).sort();
  const files = git === null ? names : names.filter((name) => git.tracked.has(name));
  const known = new Set(files);
  return {
    dir,
    files,
    git,
    has: (file) => known.has(file),
    stands: (file) => Object.hasOwn(contents, file) || names.some((name) => name.startsWith(`${file}/`)),
    read: (file) => {
      const text = Object.hasOwn(contents, file) ? (contents[file] ?? '') : null;
      const link = text?.startsWith(linkMark) ? text.slice(linkMark.length) : undefined;
      if (text === null || link === undefined) return text === null ? null : { text, intact: !damaged.includes(file) };
      return { text: contents[link] ?? '', intact: true, link };
    },
    size: (file) => Buffer.byteLength(contents[file] ?? ''),
  };
}
