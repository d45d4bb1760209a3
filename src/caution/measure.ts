import { createHash } from 'node:crypto';
import type { Finding } from '../app.ts';
import { readInode } from '../image/content.ts';
import { displayPath, type Inode, type Tree } from '../image/tree.ts';
import type { EnclaveDigest } from '../verify/types.ts';
import { enclaveDigest, type ReadContent, writeCpio } from './cpio.ts';
import { exportedFiles, exportedFolders, overlaidFiles, overlaidLoader, overlaidPrograms } from './replaced.ts';

export { enclaveDigest, type ReadContent, writeCpio };

/**
 * What of an image reaches Caution's measurements (PCRs), and its digest.
 * Source of the rules: https://github.com/CautionHosting/platform and https://docs.caution.co
 *
 * **Enclave digest, format 1**: SHA-256 of what GNU cpio 2.13 writes for the measured tree, uncompressed, by
 * `find . -print0 | LC_ALL=C sort -z | cpio --null --create --format=newc --ignore-devno --renumber-inodes --owner 0:0`:
 * - names sorted by bytes, the root `.` first, others without `./`; all times, owners, devices and check sums 0;
 * - directories and executable files 0755, other files 0644, links 0777;
 * - inode numbers count from 0 in the order of names; link counts are true ones (of a directory: 2 and its
 *   subdirectories);
 * - of a file with several names, all are written where the last of them stands: the others first, latest first, with
 *   size 0, then the last with the content;
 * - numbers in capital hexadecimal, each header with its name and each content padded to 4 bytes, the end mark
 *   `TRAILER!!!`, and zeros up to a multiple of 512 bytes.
 * Changing any of this is format 2.
 */
export const enclaveFormat = 1;

/** One name in the enclave's file system. */
export interface MeasuredEntry {
  /** Byte string without a leading `/`; `''` is the root. */
  path: string;
  type: 'file' | 'link' | 'directory';
  executable: boolean;
  size: number;
  sha256: string;
  link: string;
  /** Number of the file behind the name: names of one file (hard links) have the same. Counts from 0 in order of names. */
  inode: number;
  /** How many names the file has; of a directory 2 and its subdirectories. */
  links: number;
  /** Where the content is. */
  source: Inode;
}

export interface MeasuredTree {
  /** Sorted by path. */
  entries: MeasuredEntry[];
  /** Paths that the image has, and that Caution or `docker export` replaces. */
  replaced: string[];
  /** Files and links; directories are not counted. */
  files: number;
  /** Sum of the sizes of all files; a file with several names counts once, as it takes memory once. */
  treeBytes: number;
  findings: Finding[];
}

export const busyboxLinks = overlaidPrograms.slice(1, -2);

/**
 * Reduces an image's file system to what Caution measures.
 * Devices, sockets and pipes are left out, and named in a finding: Caution copies files, links and directories.
 */
export function measuredTree(tree: Tree): MeasuredTree {
  const replaced: string[] = [];
  const strange: string[] = [];
  const kept: [string, Inode][] = [];
  const isReplaced = replacedPaths(tree);
  for (const [path, inode] of tree) {
    if (isReplaced(path)) replaced.push(displayPath(path));
    else if (inode.type === 'file' || inode.type === 'link' || inode.type === 'directory') kept.push([path, inode]);
    else strange.push(displayPath(path));
  }
  const entries = number(kept);
  const files = new Set(entries.filter((entry) => entry.type === 'file').map((entry) => entry.source));
  return {
    entries,
    replaced,
    files: entries.filter((entry) => entry.type !== 'directory').length,
    treeBytes: [...files].reduce((sum, inode) => sum + inode.size, 0),
    findings: [...linkFindings(tree), ...strangeFindings(strange)],
  };
}

function replacedPaths(tree: Tree): (path: string) => boolean {
  const bin = tree.get('bin')?.type === 'link' ? 'usr/bin' : 'bin';
  const lib = tree.get('lib')?.type === 'link' ? 'usr/lib' : 'lib';
  const files = new Set([
    ...overlaidFiles,
    ...exportedFiles,
    ...overlaidPrograms.map((program) => `${bin}/${program}`),
    `${lib}/${overlaidLoader}`,
  ]);
  return (path) =>
    files.has(path) || exportedFolders.some((folder) => path === folder || path.startsWith(`${folder}/`));
}

/** Numbers inodes and counts names, over the names that are measured. */
function number(kept: readonly [string, Inode][]): MeasuredEntry[] {
  const counts = new Map<Inode, number>();
  const subdirectories = new Map<string, number>();
  for (const [path, inode] of kept) {
    counts.set(inode, (counts.get(inode) ?? 0) + 1);
    if (inode.type === 'directory' && path !== '') {
      const parent = path.slice(0, Math.max(0, path.lastIndexOf('/')));
      subdirectories.set(parent, (subdirectories.get(parent) ?? 0) + 1);
    }
  }
  const numbers = new Map<Inode, number>();
  let next = 0;
  return kept.map(([path, inode]) => {
    const directory = inode.type === 'directory';
    // Directories made without an entry of their own share one record: they are different inodes all the same.
    const known = directory ? undefined : numbers.get(inode);
    const id = known ?? next++;
    if (!directory) numbers.set(inode, id);
    return {
      path,
      type: inode.type as MeasuredEntry['type'],
      executable: inode.type === 'file' && (inode.mode & 0o111) !== 0,
      size: inode.size,
      sha256: inode.sha256,
      link: inode.link,
      inode: id,
      links: directory ? 2 + (subdirectories.get(path) ?? 0) : (counts.get(inode) ?? 1),
      source: inode,
    };
  });
}

function linkFindings(tree: Tree): Finding[] {
  return ['bin', 'lib'].flatMap((path): Finding[] => {
    const inode = tree.get(path);
    if (!inode || inode.type === 'directory' || (inode.type === 'link' && inode.link === `usr/${path}`)) return [];
    const is = inode.type === 'link' ? `a link to ${displayPath(inode.link)}` : `a ${inode.type}`;
    return [
      {
        id: 'root-link',
        level: 'error',
        path: `/${path}`,
        message: `/${path} of the image is ${is}.`,
        why: `Caution refuses an image whose /${path} is neither a directory nor the relative link usr/${path}.`,
        source: 'https://github.com/CautionHosting/platform',
        mend: `Make /${path} a directory, or in the final stage's root the link "usr/${path}" (stagex/core-filesystem has it).`,
      },
    ];
  });
}

function strangeFindings(paths: readonly string[]): Finding[] {
  if (paths.length === 0) return [];
  return [
    {
      id: 'special-files',
      level: 'warning',
      path: `/${paths[0]}`,
      message: `The image holds ${paths.length} device(s), pipe(s) or socket(s), such as /${paths[0]}.`,
      why: 'Caution copies files, links and directories; what becomes of these is not known, and they are not compared.',
      mend: 'Remove them from the final stage.',
    },
  ];
}

/** A normalised line an entry: two trees with the same lines have the same enclave digest, by format 1. */
export function* measuredLines(tree: MeasuredTree): Generator<string> {
  for (const { path, type, executable, size, sha256, link, inode, links } of tree.entries) {
    yield `${JSON.stringify([path, type, executable, size, sha256, link, inode, links])}\n`;
  }
}

/** A short key over `measuredLines`: equal keys mean equal enclaves, and cost no second reading of the contents. */
export function measuredKey(tree: MeasuredTree): string {
  const hash = createHash('sha256');
  for (const line of measuredLines(tree)) hash.update(line);
  return hash.digest('hex');
}

/** An image's enclave: its digest of format 1, and what it is of. */
export async function measure(tree: Tree, content: ReadContent = readInode): Promise<EnclaveDigest> {
  const measured = measuredTree(tree);
  const { files, treeBytes, replaced } = measured;
  return { format: enclaveFormat, sha256: await enclaveDigest(measured, content), files, treeBytes, replaced };
}
