import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, stat } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../errors.ts';
import { badArchive, type TarHeader, TarReader } from './tar.ts';

/** One member of an image archive or layout: part of a file on this machine. */
export interface Member {
  file: string;
  offset: number;
  size: number;
}

/** An OCI archive, an OCI layout folder, or a `docker save` archive: members by name (`blobs/sha256/…`, `index.json`). */
export interface Archive {
  /** @returns null when there is no such member. */
  find(name: string): Promise<Member | null>;
}

const maxMembers = 100_000;

/**
 * Opens an image archive. Archives are scanned by their headers alone; contents are read where they lie.
 * @throws UserError when the path is missing or is neither.
 */
export async function openArchive(location: string): Promise<Archive> {
  const info = await stat(location).catch((error: NodeJS.ErrnoException) => {
    throw new UserError('no-image', `There is no image at ${location} (${error.code}).`, { cause: error });
  });
  if (info.isDirectory()) return layout(location);
  // A pipe would never end, a device never be empty.
  if (!info.isFile()) throw new UserError('no-image', `${location} is neither a file nor a folder.`);
  await refuseCompressed(location);
  return archive(location, info.size);
}

/** `docker save | gzip`, and the like: contents are read where they lie, so the archive itself must be plain. */
async function refuseCompressed(location: string): Promise<void> {
  for await (const piece of readPart({ file: location, offset: 0, size: 4 }, 4)) {
    const start = piece.toString('hex');
    const program = Object.entries(packers).find(([magic]) => start.startsWith(magic))?.[1];
    if (program === undefined) continue;
    throw new UserError('bad-image', `The image archive ${location} is compressed as a whole.`, {
      next: `Unpack it first: ${program} -d`,
    });
  }
}

/** What begins a compressed file, and what unpacks it. */
const packers = { '1f8b': 'gzip', '28b52ffd': 'zstd', fd377a58: 'xz', '425a68': 'bzip2' };

function layout(folder: string): Archive {
  return {
    async find(name) {
      // Names come from manifests, and reach this only after `blobName` or as literals: no `..`, no links out.
      const file = path.join(folder, name);
      const info = await lstat(file).catch(() => null);
      return info?.isFile() ? { file, offset: 0, size: info.size } : null;
    },
  };
}

async function archive(file: string, size: number): Promise<Archive> {
  const members = await scan(file, size);
  return {
    find: async (name) => {
      // `docker save` of some versions links equal layers instead of repeating them.
      let member = members.get(name);
      for (let links = 0; member?.link !== undefined && links < 10; links += 1) member = members.get(member.link);
      return member && member.link === undefined ? { file, offset: member.offset, size: member.size } : null;
    },
  };
}

type Found = { offset: number; size: number; link?: string };

async function scan(file: string, fileSize: number): Promise<Map<string, Found>> {
  const members = new Map<string, Found>();
  const handle = await open(file, constants.O_RDONLY);
  try {
    let at = 0;
    while (at < fileSize) {
      const next = await readMember(handle, at, fileSize);
      if (!next) break;
      if (members.size >= maxMembers) throw badArchive(`the archive has more than ${maxMembers} members.`);
      const { header, offset } = next;
      const name = header.name.replace(/^(\.\/)+/, '');
      if (header.type === 'file') members.set(name, { offset, size: header.size });
      if (header.type === 'link')
        members.set(name, { offset, size: 0, link: path.posix.join(path.posix.dirname(name), header.link) });
      if (header.type === 'hard-link') members.set(name, { offset, size: 0, link: header.link });
      at = offset + Math.ceil(header.size / 512) * 512;
      if (offset + header.size > fileSize) throw badArchive('the archive ends in the middle of a file.');
    }
  } finally {
    await handle.close();
  }
  return members;
}

/** Reads headers from `at` on until one member is described, extended headers included. */
async function readMember(
  handle: FileHandle,
  at: number,
  fileSize: number,
): Promise<{ header: TarHeader; offset: number } | null> {
  let found: { header: TarHeader; offset: number } | null = null;
  const reader = new TarReader({
    entry: (header, offset) => {
      found = { header, offset: at + offset };
    },
    data: () => undefined,
    end: () => undefined,
  });
  const block = Buffer.alloc(512);
  // Two zero blocks end an archive; an extended header is at most 1 MiB.
  for (let position = at; position < fileSize && position < at + 2 ** 22; position += 512) {
    const { bytesRead } = await handle.read(block, 0, 512, position);
    if (bytesRead < 512) throw badArchive('the archive is cut off.');
    reader.write(block);
    if (found) return found;
    if (position - at >= 512 && block.every((byte) => byte === 0)) return null;
  }
  return null;
}

/** Reads a part of a file in pieces. */
export async function* readPart(
  part: { file: string; offset: number; size: number },
  pieceSize = 1 << 18,
): AsyncGenerator<Buffer> {
  const handle = await open(part.file, constants.O_RDONLY);
  try {
    const piece = Buffer.allocUnsafe(Math.max(1, Math.min(pieceSize, part.size)));
    for (let done = 0; done < part.size; ) {
      const { bytesRead } = await handle.read(piece, 0, Math.min(piece.length, part.size - done), part.offset + done);
      if (bytesRead === 0) throw badArchive('a file became shorter while it was read.');
      // The piece is used again: whoever keeps bytes copies them.
      yield piece.subarray(0, bytesRead);
      done += bytesRead;
    }
  } finally {
    await handle.close();
  }
}

const maxJson = 8 << 20;

/** Where a digest's bytes are. @throws UserError for a digest that is not SHA-256. */
export function blobName(digest: unknown): string {
  if (typeof digest !== 'string' || !/^sha256:[0-9a-f]{64}$/.test(digest)) {
    throw badArchive(`${JSON.stringify(digest)?.slice(0, 100)} is not a SHA-256 digest.`);
  }
  return `blobs/sha256/${digest.slice('sha256:'.length)}`;
}

/**
 * Reads a JSON member; with a digest, its bytes must have it.
 * @throws UserError when it is missing, too large, altered or not JSON.
 */
export async function readJson(source: Archive, name: string, digest?: string): Promise<unknown> {
  const member = await source.find(name);
  if (!member) throw badArchive(`${name} is missing.`);
  if (member.size > maxJson) throw badArchive(`${name} has more than 8 MiB.`);
  const parts: Buffer[] = [];
  for await (const piece of readPart(member)) parts.push(Buffer.from(piece));
  const bytes = Buffer.concat(parts);
  if (digest && `sha256:${createHash('sha256').update(bytes).digest('hex')}` !== digest)
    throw badArchive(`${name} does not have its digest.`);
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw badArchive(`${name} is not JSON (${(error as Error).message}).`);
  }
}
