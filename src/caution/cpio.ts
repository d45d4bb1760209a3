import { createHash, type Hash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { UserError } from '../errors.ts';
import { ContentReader } from '../image/content.ts';
import { displayPath, type Inode } from '../image/tree.ts';
import type { MeasuredEntry, MeasuredTree } from './measure.ts';

/** Reads a file's bytes, in pieces that may be reused after each step. */
export type ReadContent = (inode: Inode) => AsyncIterable<Uint8Array>;

/** One member of the archive: a header with its name, and what follows it, padded to 4 bytes. */
interface Member {
  header: Buffer;
  body: Inode | Buffer | null;
  padding: number;
}

/**
 * The members of format 1 (see `enclaveFormat`), the end mark with what fills the last block included.
 * @throws UserError for a file of 4 GiB or more, which the format cannot hold.
 */
function* members(tree: MeasuredTree): Generator<Member, void> {
  let written = 0;
  const waiting = new Map<number, MeasuredEntry[]>();
  for (const entry of tree.entries) {
    for (const [member, size] of due(entry, waiting)) {
      const header = cpioHeader(member, size);
      const padding = -size & 3;
      written += header.length + size + padding;
      const body = member.type === 'link' ? Buffer.from(member.link, 'latin1') : member.source;
      yield { header, body: size === 0 ? null : body, padding };
    }
  }
  const trailer = headerOf('TRAILER!!!', { inode: 0, mode: 0, links: 1, size: 0 });
  yield { header: trailer, body: null, padding: -(written + trailer.length) & 511 };
}

/**
 * The bytes of format 1, streamed.
 * @throws UserError for a file of 4 GiB or more, which the format cannot hold.
 */
export async function* writeCpio(tree: MeasuredTree, content: ReadContent): AsyncGenerator<Uint8Array> {
  for (const { header, body, padding } of members(tree)) {
    yield header;
    if (Buffer.isBuffer(body)) yield body;
    else if (body) yield* content(body);
    if (padding > 0) yield Buffer.alloc(padding);
  }
}

/** The members to write when a name's turn comes: none while other names of the same file are still to come. */
function due(entry: MeasuredEntry, waiting: Map<number, MeasuredEntry[]>): [MeasuredEntry, number][] {
  if (entry.type === 'link') return [[entry, entry.link.length]];
  if (entry.type === 'directory' || entry.links === 1) return [[entry, entry.size]];
  const others = waiting.get(entry.inode) ?? [];
  if (others.length + 1 < entry.links) {
    others.push(entry);
    waiting.set(entry.inode, others);
    return [];
  }
  return [...others.reverse().map((other): [MeasuredEntry, number] => [other, 0]), [entry, entry.size]];
}

const fileTypes = { file: 0o100000, directory: 0o040000, link: 0o120000 } as const;

function cpioHeader(entry: MeasuredEntry, size: number): Buffer {
  if (size > 0xffffffff) {
    throw new UserError(
      'file-too-large',
      `/${displayPath(entry.path)} has 4 GiB or more: the enclave's file system cannot hold it.`,
    );
  }
  const permissions = entry.type === 'link' ? 0o777 : entry.type === 'directory' || entry.executable ? 0o755 : 0o644;
  const mode = fileTypes[entry.type] | permissions;
  return headerOf(entry.path === '' ? '.' : entry.path, { inode: entry.inode, mode, links: entry.links, size });
}

function headerOf(
  name: string,
  { inode, mode, links, size }: { inode: number; mode: number; links: number; size: number },
): Buffer {
  // inode, mode, uid, gid, links, mtime, size, device (2), special device (2), length of the name, check sum
  const numbers = [inode, mode, 0, 0, links, 0, size, 0, 0, 0, 0, name.length + 1, 0];
  const text = `070701${numbers.map((value) => value.toString(16).toUpperCase().padStart(8, '0')).join('')}${name}\0`;
  return Buffer.from(text.padEnd((text.length + 3) & ~3, '\0'), 'latin1');
}

/** The enclave digest of format 1, hexadecimal. */
export async function enclaveDigest(tree: MeasuredTree, content: ReadContent): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of writeCpio(tree, content)) hash.update(chunk);
  return hash.digest('hex');
}

/**
 * The enclave digests of trees whose contents lie on this machine. What their archives have in common at the beginning,
 * which is all of them when they are equal, is read and hashed once.
 * @returns one for each tree, hexadecimal.
 * @throws UserError for a file that the format cannot hold; the signal's reason when it fires.
 */
export async function enclaveDigests(trees: readonly MeasuredTree[], signal?: AbortSignal): Promise<string[]> {
  const hasher = new MemberHasher(signal);
  try {
    const common = createHash('sha256');
    const walks = trees.map(members);
    let heads = walks.map((walk) => walk.next());
    for (let first = commonHead(heads); first !== null; first = commonHead(heads)) {
      await hasher.add(common, first);
      heads = walks.map((walk) => walk.next());
    }
    const digests: string[] = [];
    for (const [index, walk] of walks.entries()) {
      const hash = common.copy();
      for (let head = heads[index]; head && !head.done; head = walk.next()) await hasher.add(hash, head.value);
      digests.push(hash.digest('hex'));
    }
    return digests;
  } finally {
    hasher.close();
  }
}

/** The member at which all archives stand; null when they differ there, or one has ended. */
function commonHead([first, ...others]: readonly IteratorResult<Member, void>[]): Member | null {
  if (!first || first.done) return null;
  return others.every((other) => !other.done && isSame(first.value, other.value)) ? first.value : null;
}

function isSame(x: Member, y: Member): boolean {
  if (x.padding !== y.padding || !x.header.equals(y.header)) return false;
  if (Buffer.isBuffer(x.body) || Buffer.isBuffer(y.body))
    return Buffer.isBuffer(x.body) && Buffer.isBuffer(y.body) && x.body.equals(y.body);
  return x.body === y.body || (x.body !== null && y.body !== null && x.body.sha256 === y.body.sha256);
}

/** How many bytes are hashed before signals get their turn. */
const restAfter = 1 << 25;

class MemberHasher {
  readonly #reader = new ContentReader();
  readonly #signal: AbortSignal | undefined;
  #sinceRest = 0;

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
  }

  async add(hash: Hash, { header, body, padding }: Member): Promise<void> {
    hash.update(header);
    if (Buffer.isBuffer(body)) hash.update(body);
    else if (body) this.#reader.read(body, (piece) => hash.update(piece));
    if (padding > 0) hash.update(Buffer.alloc(padding));
    this.#sinceRest += header.length + (body && !Buffer.isBuffer(body) ? body.size : 0);
    if (this.#sinceRest < restAfter) return;
    this.#sinceRest = 0;
    await setImmediate();
    this.#signal?.throwIfAborted();
  }

  close(): void {
    this.#reader.close();
  }
}
