import { badArchive } from './tar.ts';

/**
 * The file system that an image's layers give when they are laid over each other.
 * Rules: https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md
 */

/** Where a file's bytes are: part of a file on this machine. */
export interface Content {
  file: string;
  offset: number;
}

/** What is behind a name; names of one file (hard links) share one object. */
export interface Inode {
  readonly type: 'file' | 'link' | 'directory' | 'character-device' | 'block-device' | 'fifo';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtime: number;
  /** Bytes of a file; 0 for others. */
  readonly size: number;
  /** Of a file's content, hexadecimal; `''` for others. */
  readonly sha256: string;
  /** Target of a link, a byte string; `''` for others. */
  readonly link: string;
  /** `major,minor` of a device; `''` for others. */
  readonly device: string;
  readonly xattrs: readonly string[];
  readonly content: Content | null;
}

/** Path (a byte string, without a leading `/`; the root is `''`) to what is there, sorted by bytes. */
export type Tree = ReadonlyMap<string, Inode>;

interface Node {
  inode: Inode;
  /** The layer that last set this name: whiteouts hide lower layers only. */
  layer: number;
  children: Map<string, Node> | null;
  /** Of a directory: the layer since which nothing of lower layers is below it; -1 for none. */
  clear: number;
}

const whiteout = '.wh.';
const opaque = '.wh..wh..opq';
/** As Linux does for chains of links. */
const maxLinks = 40;
/** Linux's PATH_MAX, and the most that all paths together may take in memory. */
const maxPath = 4096;
const maxNames = 256 * 2 ** 20;
/** Linux's NAME_MAX. */
const maxPart = 255;
/** Steps from name to name: layers of millions of entries need far fewer, made-up ones could need any number. */
const maxSteps = 20_000_000;

export interface TreeLimits {
  entries: number;
  /** Bytes of all layers, uncompressed. */
  bytes: number;
  /** Bytes of all names, link targets and extended attributes, which are held in memory. */
  text: number;
}

/** Far more than an enclave can hold, and less than this program's own memory can. */
export const defaultLimits: TreeLimits = { entries: 500_000, bytes: 64 * 2 ** 30, text: 256 * 2 ** 20 };

/** What a layer says of one name: what is there, or which other name's file it is. Names are byte strings. */
export type LayerEntry = { readonly name: string } & ({ readonly inode: Inode } | { readonly target: string });

const plainDirectory: Inode = {
  type: 'directory',
  mode: 0o755,
  uid: 0,
  gid: 0,
  mtime: 0,
  size: 0,
  sha256: '',
  link: '',
  device: '',
  xattrs: [],
  content: null,
};

/** Lays layers over each other, lowest first. */
export class TreeBuilder {
  readonly #root: Node = { inode: plainDirectory, layer: -1, children: new Map(), clear: -1 };
  readonly #limits: TreeLimits;
  #layer = -1;
  #entries = 0;
  #steps = 0;

  constructor(limits: TreeLimits = defaultLimits) {
    this.#limits = limits;
  }

  /**
   * Lays the next layer over what is there.
   * @param copies whether its inodes are in this tree already, from the same layer further down: they are other files then.
   * @throws UserError for what no engine could unpack.
   */
  apply(entries: readonly LayerEntry[], copies = false): void {
    this.#layer += 1;
    for (const entry of entries) {
      this.#count();
      this.#apply('target' in entry || !copies ? entry : { name: entry.name, inode: { ...entry.inode } });
    }
  }

  #count(): void {
    this.#entries += 1;
    if (this.#entries > this.#limits.entries) throw badArchive(`it has more than ${this.#limits.entries} entries.`);
  }

  #step(): void {
    this.#steps += 1;
    if (this.#steps > maxSteps) throw badArchive('its layers lead through too many directories and links.');
  }

  /** The whole tree, every directory included. */
  finish(): Tree {
    const found: [string, Inode][] = [];
    const stack: [string, Node][] = [['', this.#root]];
    let nameBytes = 0;
    for (let next = stack.pop(); next; next = stack.pop()) {
      const [path, node] = next;
      nameBytes += path.length;
      if (path.length > maxPath || nameBytes > maxNames) throw badArchive('its paths are too long.');
      found.push([path, node.inode]);
      for (const [name, child] of node.children ?? []) stack.push([path === '' ? name : `${path}/${name}`, child]);
    }
    found.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return new Map(found);
  }

  /** The layer that last set a path of the finished tree, counted from 0; -1 where no layer names it. */
  layerOf(path: string): number {
    let node: Node | undefined = this.#root;
    for (const part of path === '' ? [] : path.split('/')) node = node?.children?.get(part);
    return node?.layer ?? -1;
  }

  #apply(entry: LayerEntry): void {
    const parts = safeParts(entry.name);
    // AUFS keeps its own records there, which are no files.
    if (parts[0]?.startsWith(`${whiteout}${whiteout}`) && (parts.length > 1 || parts[0] !== opaque)) return;
    const name = parts.pop();
    if (name === undefined) {
      if ('inode' in entry && entry.inode.type === 'directory') this.#root.inode = entry.inode;
      return;
    }
    const parent = this.#directory(parts);
    if (name === opaque) this.#hideLower(parent);
    else if (name.startsWith(`${whiteout}${whiteout}`)) return;
    else if (name.startsWith(whiteout)) this.#hide(parent, checkName(name.slice(whiteout.length)));
    else if ('inode' in entry) this.#set(parent, name, entry.inode);
    else this.#set(parent, name, this.#linked(entry.target, parent.children?.get(name)));
  }

  #set(parent: Node, name: string, inode: Inode): void {
    const existing = parent.children?.get(name);
    const children = inode.type === 'directory' ? (existing?.children ?? new Map()) : null;
    const clear = existing?.children ? existing.clear : this.#layer;
    parent.children?.set(name, { inode, layer: this.#layer, children, clear });
  }

  #linked(target: string, existing: Node | undefined): Inode {
    const parts = safeParts(target);
    const name = parts.pop();
    const node = name === undefined ? undefined : this.#existing(parts)?.children?.get(name);
    if (!node)
      throw badArchive(`a layer has a hard link to ${JSON.stringify(target.slice(0, 200))}, which is not there.`);
    if (node === existing)
      throw badArchive(`a layer has a hard link from ${JSON.stringify(target.slice(0, 200))} to itself.`);
    if (node.children)
      throw badArchive(`a layer has a hard link to the directory ${JSON.stringify(target.slice(0, 200))}.`);
    return node.inode;
  }

  /** The directory at a path, links on the way followed inside the tree; missing ones are made, as engines do. */
  #directory(parts: readonly string[]): Node {
    return this.#walk(parts, true) ?? this.#root;
  }

  #existing(parts: readonly string[]): Node | null {
    return this.#walk(parts, false);
  }

  #walk(parts: readonly string[], create: boolean): Node | null {
    const trail: Node[] = [];
    const todo = [...parts].reverse();
    let links = 0;
    for (let part = todo.pop(); part !== undefined; part = todo.pop()) {
      this.#step();
      const here = trail.at(-1) ?? this.#root;
      const next = here.children?.get(part);
      if (part === '..') {
        trail.pop();
      } else if (next?.inode.type === 'link') {
        links += 1;
        if (links > maxLinks) throw badArchive('a layer has a file below links that go in circles.');
        if (next.inode.link.startsWith('/')) trail.length = 0;
        todo.push(...linkParts(next.inode.link).reverse());
      } else if (next?.children || create) {
        trail.push(next?.children ? next : this.#makeDirectory(here, part));
      } else {
        return null;
      }
    }
    return trail.at(-1) ?? this.#root;
  }

  #makeDirectory(parent: Node, name: string): Node {
    this.#count();
    const made: Node = { inode: plainDirectory, layer: this.#layer, children: new Map(), clear: this.#layer };
    parent.children?.set(name, made);
    return made;
  }

  #hide(parent: Node, name: string): void {
    const node = parent.children?.get(name);
    if (!node) return;
    if (node.layer < this.#layer && !node.children) parent.children?.delete(name);
    else if (node.layer < this.#layer && !this.#hideLower(node)) parent.children?.delete(name);
    else if (node.children) this.#hideLower(node);
  }

  /** Removes what lower layers put below a directory. @returns whether something of this layer is left. */
  #hideLower(directory: Node): boolean {
    // Iterative, since names may nest deeper than the call stack: parents come before their children in `order`.
    // What is clear already is not looked through again, however often a layer asks for it.
    const order: { node: Node; parent: Node | null; name: string }[] = [{ node: directory, parent: null, name: '' }];
    for (let index = 0; index < order.length; index += 1) {
      const node = order[index]?.node;
      if (!node?.children || node.clear === this.#layer) continue;
      node.clear = this.#layer;
      for (const [name, child] of node.children) order.push({ node: child, parent: node, name });
    }
    for (const { node, parent, name } of order.reverse()) {
      if (parent && node.layer < this.#layer && !node.children?.size) parent.children?.delete(name);
    }
    return (directory.children?.size ?? 0) > 0;
  }
}

function checkName(name: string): string {
  if (name === '' || name === '.' || name === '..') throw badArchive('a layer has a whiteout of no file.');
  return name;
}

function linkParts(target: string): string[] {
  return target.split('/').filter((word) => word !== '' && word !== '.');
}

/** A path inside the image, in parts: absolute names count from the root, as engines do; `..` is refused. */
function safeParts(name: string): string[] {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..'))
    throw badArchive(`a layer has the name ${JSON.stringify(name.slice(0, 200))}, which leads out of the image.`);
  if (name.includes('\0') || parts.some((part) => part.length > maxPart))
    throw badArchive(`a layer has the name ${JSON.stringify(name.slice(0, 200))}, which no file can have.`);
  return parts;
}

/** A byte string as text, when it is UTF-8; else each byte that is not as an escape. */
export function displayPath(bytes: string): string {
  const buffer = Buffer.from(bytes, 'latin1');
  const text = buffer.toString('utf8');
  if (Buffer.from(text, 'utf8').equals(buffer)) return text;
  return bytes.replace(/[\x80-\xff]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** Text as a byte string. */
export function toBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
