import type { Command } from '../command.ts';
import type { Detection, Project } from './language.ts';

/** Where a recipe's container has the files that come from other images. */
export const borrowedFolder = '/lock/borrowed';

/**
 * How an ecosystem's own tool makes a lock file out of manifests alone. A plain record: `src/prepare` runs it, when
 * somebody agrees. All paths but `borrows` are relative to the build context.
 */
export interface LockRecipe {
  /** Ids of the findings that go away with the file. */
  mends: readonly string[];
  /** StageX image that the tool runs in, such as `pallet-nodejs`. */
  image: string;
  /** Single files of other StageX images that lie in `borrowedFolder`; one may be the program. */
  borrows: readonly { image: string; file: string }[];
  /** It must neither run what it fetches nor what it is given. */
  command: Command;
  env: Readonly<Record<string, string>>;
  /** Folder that the tool is started in. */
  folder: string;
  /** All that the tool sees of the repository. */
  inputs: Readonly<Record<string, string>>;
  /** What it downloads from, for a sentence. */
  reaches: string;
  /** The file that it writes. */
  makes: string;
  /** Files to write beside it, because it takes the place of what it was made from. */
  keeps: Readonly<Record<string, string>>;
  /** Reads a made file as a stranger's: how many packages it locks, or why it is no such lock file. */
  read(text: string): { packages: number } | { reason: string };
}

/** The recipe for what a detection misses; null where no tool of StageX could make it without running code of others. */
export type FindRecipe = (project: Project, detection: Pick<Detection, 'findings' | 'build'>) => LockRecipe | null;
