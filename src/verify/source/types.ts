import type { Finding } from '../../app.ts';

/** One file of a checkout. */
export interface SourceFile {
  /** Relative to the root, `/` separated. */
  path: string;
  type: 'file' | 'link' | 'submodule';
  executable: boolean;
  /** As it was when it was listed; null for what is not taken from the folder. */
  seen: { size: number; mtimeMs: number } | null;
  /** What git has for it, where a plain clone differs from what stands in the folder; else null. */
  committed: { mode: string; oid: string } | null;
}

/** What Caution would get of a folder. */
export interface Source {
  root: string;
  /** Sorted by path. */
  files: SourceFile[];
  /** The commit that is checked out; null without git or before the first commit. */
  commit: string | null;
  /** Whether the files differ from the commit. */
  dirty: boolean;
  /** What git has for the files that say how it converts others; needed to write a committed file as a clone has it. */
  attributes: { path: string; mode: string; oid: string }[];
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
