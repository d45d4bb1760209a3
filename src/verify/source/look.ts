import { createHash } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { lstat, open, readlink } from 'node:fs/promises';
import path from 'node:path';
import type { Finding } from '../../app.ts';
import { readGit } from '../../git.ts';
import {
  clonedOtherwise,
  leftOut,
  lfsPointer,
  linksOutside,
  notCheckedOut,
  notUtf8,
  submodule,
  unfiltered,
} from './findings.ts';
import type { Listing, Tracked } from './listing.ts';
import type { SourceFile } from './types.ts';

/** A file or link as it stands; null when it is not there. */
export async function statOf(file: string): Promise<Stats | null> {
  return lstat(file).catch(() => null);
}

/** Looks at files one by one, and keeps what is to be said of them all. */
export class Looks {
  readonly #root: string;
  readonly #listing: Listing | null;
  readonly #signal: AbortSignal | undefined;
  readonly #findings: Finding[] = [];
  readonly #folders = new Map<string, Promise<boolean>>();
  readonly #converted: string[] = [];
  readonly #overlooked: string[] = [];
  readonly #unfiltered: string[] = [];
  readonly #absent: string[] = [];
  readonly #outside: string[] = [];
  /** Files that git, without its filters, takes for changed, and that are not. */
  unmodified = 0;

  constructor(root: string, listing: Listing | null, signal: AbortSignal | undefined) {
    this.#root = root;
    this.#listing = listing;
    this.#signal = signal;
  }

  allFindings(): Finding[] {
    return [
      ...this.#findings.sort((a, b) => ((a.path ?? '') < (b.path ?? '') ? -1 : 1)),
      ...clonedOtherwise('converted', this.#converted.sort()),
      ...clonedOtherwise('overlooked', this.#overlooked.sort()),
      ...unfiltered(this.#unfiltered.sort()),
      ...notCheckedOut(this.#absent.sort()),
      ...linksOutside(this.#outside.sort()),
    ];
  }

  /** One file as Caution would get it; null when it is not part of that. */
  async at(name: string): Promise<SourceFile | null> {
    const entry = this.#listing?.tracked.get(name);
    if (entry?.mode === '160000') {
      this.#findings.push(submodule(name));
      return { path: name, type: 'submodule', executable: false, seen: null, committed: null };
    }
    if (name.includes('\uFFFD')) return this.#leaveOut(notUtf8(name));
    if (name.split('/').includes('..') || path.isAbsolute(name))
      return this.#leaveOut(leftOut(name, 'A file lies outside the folder.', 'Remove it from the list.'));
    if (entry && (await this.#clonedOtherwise(entry))) return this.#fromCommit(entry);
    if (!(await this.#insideFolders(path.posix.dirname(name)))) {
      const message = `${name} lies behind a symbolic link; it is left out.`;
      return this.#leaveOut(leftOut(name, message, 'Replace the link by a folder, or git rm the file.'));
    }
    return this.#asItStands(name, entry);
  }

  #leaveOut(finding: Finding): null {
    this.#findings.push(finding);
    return null;
  }

  async #asItStands(name: string, entry: Tracked | undefined): Promise<SourceFile | null> {
    const file = path.join(this.#root, name);
    const info = await statOf(file);
    if (!info) return null;
    if (info.isSymbolicLink()) {
      if (leadsOut(name, await readlink(file))) this.#outside.push(name);
      return { path: name, type: 'link', executable: false, seen: null, committed: null };
    }
    if (!info.isFile()) {
      const message = `${name} is neither a file nor a link; it is left out.`;
      return this.#leaveOut(leftOut(name, message, 'Remove it from the repository.'));
    }
    if (info.size < 1024 && (await isLfsPointer(file))) this.#findings.push(lfsPointer(name));
    const fileMode = this.#listing?.fileMode ?? true;
    const executable = entry && !fileMode ? entry.mode === '100755' : (info.mode & 0o100) !== 0;
    return { path: name, type: 'file', executable, seen: seenOf(info), committed: null };
  }

  #fromCommit({ path: name, mode, oid }: Tracked): SourceFile {
    const type = mode === '120000' ? 'link' : 'file';
    return { path: name, type, executable: mode === '100755', seen: null, committed: { mode, oid } };
  }

  /** Whether a plain clone has other bytes than those that stand here, although nobody has changed the file. */
  async #clonedOtherwise(entry: Tracked): Promise<boolean> {
    const conversion = this.#listing?.converted.get(entry.path);
    const filter = conversion?.filter;
    const info = await statOf(path.join(this.#root, entry.path));
    if (entry.overlooked) {
      if (!info) this.#absent.push(entry.path);
      else if (await this.#isBlob(entry, info)) return false;
      else this.#overlooked.push(entry.path);
      return true;
    }
    if (this.#listing?.modified.has(entry.path)) {
      if (!filter || !info?.isFile() || !(await this.#isUnmodified(entry, filter))) return false;
    } else if (entry.mode === '120000' ? !info?.isFile() : conversion === undefined) return false;
    if (info?.isFile() && info.size === conversion?.blobSize) return false;
    if (!info || (await this.#isBlob(entry, info))) return false;
    if (filter === 'lfs') this.#findings.push(lfsPointer(entry.path));
    else this.#converted.push(entry.path);
    return true;
  }

  /** Whether a file is as committed, though git takes it for changed: its filter was not run. */
  async #isUnmodified(entry: Tracked, filter: string): Promise<boolean> {
    if (await this.#isLfsContent(entry)) {
      this.unmodified += 1;
      return true;
    }
    if (filter !== 'lfs') this.#unfiltered.push(entry.path);
    return false;
  }

  /** Whether a file's bytes are those that git has. */
  async #isBlob({ path: name, mode, oid }: Tracked, info: Stats): Promise<boolean> {
    const file = path.join(this.#root, name);
    if (info.isSymbolicLink() !== (mode === '120000')) return false;
    const hash = createHash(oid.length === 64 ? 'sha256' : 'sha1');
    if (info.isSymbolicLink()) {
      const target = Buffer.from(await readlink(file));
      return hash.update(`blob ${target.length}\0`).update(target).digest('hex') === oid;
    }
    if (!info.isFile()) return false;
    hash.update(`blob ${info.size}\0`);
    for await (const chunk of contentOf(file)) hash.update(chunk);
    return hash.digest('hex') === oid;
  }

  /** Whether git has an LFS pointer whose content stands in the folder. Source: the Git LFS specification, «The Pointer» */
  async #isLfsContent({ path: name, oid }: Tracked): Promise<boolean> {
    const pointer = await readGit(this.#root, ['cat-file', 'blob', oid], this.#signal ? { signal: this.#signal } : {});
    const wanted = /^version https:\/\/git-lfs[\s\S]{0,200}^oid sha256:([0-9a-f]{64})$/m.exec(pointer.stdout)?.[1];
    if (wanted === undefined) return false;
    const hash = createHash('sha256');
    for await (const chunk of contentOf(path.join(this.#root, name))) hash.update(chunk);
    return hash.digest('hex') === wanted;
  }

  /** Whether a folder, and every one on the way to it, is a real one. */
  #insideFolders(folder: string): Promise<boolean> {
    if (folder === '.') return Promise.resolve(true);
    const known = this.#folders.get(folder);
    if (known) return known;
    const look = async () => {
      if (!(await this.#insideFolders(path.posix.dirname(folder)))) return false;
      const info = await statOf(path.join(this.#root, folder));
      return info === null || info.isDirectory();
    };
    const answer = look();
    this.#folders.set(folder, answer);
    return answer;
  }
}

/** A file's bytes; a link that has taken its place is not followed. */
async function* contentOf(file: string): AsyncGenerator<Uint8Array> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  if ((await handle.stat()).size <= 2 ** 20) {
    try {
      yield await handle.readFile();
    } finally {
      await handle.close();
    }
    return;
  }
  // The stream closes the file.
  yield* handle.createReadStream();
}

/** What tells that a file has changed since. */
export function seenOf({ size, mtimeMs }: Stats): { size: number; mtimeMs: number } {
  return { size, mtimeMs };
}

/** Whether a link's target, seen from where the link stands, is absolute or above the root. */
function leadsOut(name: string, target: string): boolean {
  const from = path.posix.join(path.posix.dirname(name), target);
  return path.posix.isAbsolute(target) || from === '..' || from.startsWith('../');
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
