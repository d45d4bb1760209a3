import { lstatSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../errors.ts';
import type { RenderedFile } from './render.ts';

/** What will happen to one file. A conflict is a file that exists with other content: it is kept unless somebody says so. */
export interface PlannedFile extends RenderedFile {
  action: 'create' | 'identical' | 'conflict' | 'overwrite' | 'keep';
  /** The content that is there now, for a diff; null when there is none. */
  existing: string | null;
}

/**
 * Holds rendered files against what is on the disk. Reads, and writes nothing.
 * @param root absolute path of the build context.
 * @throws UserError when a path leads through a link or a file, so that writing would land elsewhere or fail.
 */
export function plan(root: string, files: readonly RenderedFile[]): PlannedFile[] {
  return files.map((file) => {
    refuseDetours(root, file.path);
    const existing = readExisting(path.join(root, file.path), file.path);
    const action = existing === null ? 'create' : existing === file.content ? 'identical' : 'conflict';
    return { ...file, existing, action };
  });
}

/** A parent that is a link could lead out of the folder; one that is a file cannot hold files. */
function refuseDetours(root: string, relative: string): void {
  const parents = relative.split('/').slice(0, -1);
  let at = root;
  for (const part of parents) {
    at = path.join(at, part);
    const stat = lstatSync(at, { throwIfNoEntry: false });
    if (!stat) return;
    if (!stat.isDirectory()) {
      throw new UserError(
        'not-a-folder',
        `${path.relative(root, at)} is ${stat.isSymbolicLink() ? 'a link' : 'not a folder'}.`,
        {
          next: `${relative} would be written through it: move it away, or choose another folder.`,
        },
      );
    }
  }
}

function readExisting(absolute: string, relative: string): string | null {
  const stat = lstatSync(absolute, { throwIfNoEntry: false });
  if (!stat) return null;
  if (!stat.isFile()) {
    throw new UserError(
      'not-a-file',
      `${relative} is ${stat.isSymbolicLink() ? 'a link' : 'a folder'}, and a file is to be written there.`,
      {
        next: 'Move it away, or choose another folder.',
      },
    );
  }
  return readFileSync(absolute, 'utf8');
}
