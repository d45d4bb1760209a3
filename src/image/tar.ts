import { UserError } from '../errors.ts';

/**
 * A reader of tar streams that trusts nothing: sizes and names are bounded, checksums are verified, names stay bytes.
 * Libraries decode names as UTF-8, which merges different names that are not, and gather headers of any claimed size.
 * Formats: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html and GNU's long names.
 */

/** Names and links are byte strings: one character (0 to 255) a byte, so that comparing them compares bytes. */
export interface TarHeader {
  name: string;
  type: 'file' | 'hard-link' | 'link' | 'character-device' | 'block-device' | 'directory' | 'fifo';
  mode: number;
  uid: number;
  gid: number;
  /** Seconds since 1970, with a fraction where the archive has one. */
  mtime: number;
  size: number;
  /** Target of a link or hard link; `''` for others. */
  link: string;
  /** `major,minor` of a device; `''` for others. */
  device: string;
  /** Extended attributes, as `name=value` byte strings, sorted; usually empty. */
  xattrs: readonly string[];
}

export interface TarHandler {
  /** An entry begins; `offset` is where its data begins in the uncompressed stream. */
  entry(header: TarHeader, offset: number): void;
  /** A part of the current entry's data. */
  data(chunk: Uint8Array): void;
  /** The current entry's data is complete. */
  end(): void;
}

const blockSize = 512;
const newline = 0x0a;
/** Linux's PATH_MAX. */
const maxName = 4096;
/** Extended headers hold names and attributes: far less than this. */
const maxExtended = 1 << 20;

const types: Record<string, TarHeader['type']> = {
  '\0': 'file',
  '0': 'file',
  '7': 'file',
  '1': 'hard-link',
  '2': 'link',
  '3': 'character-device',
  '4': 'block-device',
  '5': 'directory',
  '6': 'fifo',
};

/** A tar stream that cannot be read: what is wrong with it. */
export function badArchive(message: string): UserError {
  return new UserError('bad-image', `The image cannot be read: ${message}`, {
    next: 'Build or export the image again; an archive that was cut off or altered looks like this.',
  });
}

type Extended = { kind: 'pax' | 'global' | 'name' | 'link'; parts: Buffer[] };

/** Push chunks with `write`, then call `close`. Everything that is wrong with the stream throws a UserError. */
export class TarReader {
  readonly #handler: TarHandler;
  readonly #header = Buffer.alloc(blockSize);
  #headerFill = 0;
  #position = 0;
  /** Bytes of data, then of padding, that are still to come for the current entry. */
  #remaining = 0;
  #padding = 0;
  #inData = false;
  #extended: Extended | null = null;
  #pax = new Map<string, string>();
  #longName: string | null = null;
  #longLink: string | null = null;
  #zeroBlocks = 0;

  constructor(handler: TarHandler) {
    this.#handler = handler;
  }

  write(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#zeroBlocks >= 2) {
        // What follows the end mark is padding; tools ignore it, and so it is part of no file.
        this.#position += chunk.length - at;
        return;
      }
      const before = at;
      if (this.#inData) at = this.#takeData(chunk, at);
      else if (this.#padding > 0) at = this.#takePadding(chunk, at);
      else at = this.#takeHeader(chunk, at);
      this.#position += at - before;
      this.#settle();
    }
  }

  /** @throws UserError when the stream ended inside an entry. */
  close(): void {
    if (this.#inData || this.#padding > 0 || this.#headerFill > 0)
      throw badArchive('a layer ends in the middle of a file.');
  }

  #takeData(chunk: Uint8Array, at: number): number {
    const part = chunk.subarray(at, at + this.#remaining);
    if (this.#extended) this.#extended.parts.push(Buffer.from(part));
    else if (part.length > 0) this.#handler.data(part);
    this.#remaining -= part.length;
    return at + part.length;
  }

  #takePadding(chunk: Uint8Array, at: number): number {
    const taken = Math.min(this.#padding, chunk.length - at);
    this.#padding -= taken;
    return at + taken;
  }

  #takeHeader(chunk: Uint8Array, at: number): number {
    const taken = Math.min(blockSize - this.#headerFill, chunk.length - at);
    this.#header.set(chunk.subarray(at, at + taken), this.#headerFill);
    this.#headerFill += taken;
    return at + taken;
  }

  /** Acts on what is complete: a header, or an entry's data. */
  #settle(): void {
    if (this.#headerFill === blockSize) {
      this.#headerFill = 0;
      this.#readHeader();
    }
    if (this.#inData && this.#remaining === 0) {
      this.#inData = false;
      if (this.#extended) this.#applyExtended(this.#extended);
      else this.#handler.end();
      this.#extended = null;
    }
  }

  #readHeader(): void {
    const block = this.#header;
    if (block.every((byte) => byte === 0)) {
      this.#zeroBlocks += 1;
      return;
    }
    this.#zeroBlocks = 0;
    checkSum(block);
    const flag = String.fromCharCode(block[156] ?? 0);
    const kind = ({ x: 'pax', g: 'global', L: 'name', K: 'link' } as const)[flag];
    const size = readNumber(block, 124, 12);
    if (kind) {
      if (size > maxExtended) throw badArchive('a layer has an extended header of more than 1 MiB.');
      this.#extended = { kind, parts: [] };
      this.#begin(size);
      return;
    }
    const header = this.#describe(block, flag, size);
    this.#pax = new Map();
    this.#longName = null;
    this.#longLink = null;
    this.#begin(header.size);
    this.#handler.entry(header, this.#position);
  }

  #begin(size: number): void {
    this.#remaining = size;
    this.#padding = (blockSize - (size % blockSize)) % blockSize;
    this.#inData = true;
  }

  #describe(block: Buffer, flag: string, headerSize: number): TarHeader {
    // An empty value takes a record back. Source: the pax format, above.
    const pax = (key: string) => this.#pax.get(key) || undefined;
    for (const key of this.#pax.keys()) {
      if (key.startsWith('GNU.sparse.'))
        throw badArchive('a layer has a sparse file, which container engines do not write.');
    }
    const type = types[flag];
    if (!type) throw badArchive(`a layer has an entry of the unknown type ${JSON.stringify(flag)}.`);
    const ustarName = readName(block);
    const name = pax('path') ?? this.#longName ?? ustarName;
    const link = pax('linkpath') ?? this.#longLink ?? readText(block, 157, 100);
    if (name.length > maxName || link.length > maxName) throw badArchive('a layer has a name of more than 4096 bytes.');
    if (name.includes('\0') || link.includes('\0'))
      throw badArchive('a layer has a name with a zero byte, which no file can have.');
    const hasData = type === 'file';
    return {
      name,
      // Old archives mark a folder by its name alone.
      type: flag === '\0' && name.endsWith('/') ? 'directory' : type,
      mode: readNumber(block, 100, 8) & 0o7777,
      uid: paxNumber(pax('uid')) ?? readNumber(block, 108, 8),
      gid: paxNumber(pax('gid')) ?? readNumber(block, 116, 8),
      mtime: paxNumber(pax('mtime')) ?? readNumber(block, 136, 12),
      size: hasData ? checkSize(paxNumber(pax('size')) ?? headerSize) : 0,
      link: type === 'link' || type === 'hard-link' ? link : '',
      device: type.endsWith('-device') ? `${readNumber(block, 329, 8)},${readNumber(block, 337, 8)}` : '',
      xattrs: [...this.#pax]
        .filter(([key]) => key.startsWith('SCHILY.xattr.'))
        .map(([key, value]) => `${key.slice('SCHILY.xattr.'.length)}=${value}`)
        .sort(),
    };
  }

  #applyExtended({ kind, parts }: Extended): void {
    const bytes = Buffer.concat(parts);
    if (kind === 'name') this.#longName = readText(bytes, 0, bytes.length);
    else if (kind === 'link') this.#longLink = readText(bytes, 0, bytes.length);
    else {
      const records = readPax(bytes);
      // What holds for all entries is ignored, as Go's reader and so each container engine does.
      // Source: https://pkg.go.dev/archive/tar#TypeXGlobalHeader
      if (kind === 'pax') this.#pax = records;
    }
  }
}

/** Text up to a zero byte; of its own, so that keeping it does not keep what it was cut from. */
function readText(block: Buffer, at: number, length: number): string {
  const end = block.subarray(at, at + length).indexOf(0);
  return block.toString('latin1', at, at + (end < 0 ? length : end));
}

function readName(block: Buffer): string {
  const name = readText(block, 0, 100);
  // The prefix field is POSIX's: GNU's own format keeps times there.
  const posix = block.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = posix ? readText(block, 345, 155) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

function checkSize(size: number): number {
  if (!Number.isSafeInteger(size) || size < 0) throw badArchive('a layer has a file of an impossible size.');
  return size;
}

/** Octal digits, or GNU's base 256 when the first bit is set. */
function readNumber(block: Buffer, at: number, length: number): number {
  const first = block[at] ?? 0;
  if (first & 0x80) {
    if (first & 0x40) throw badArchive('a layer has a negative number in a header.');
    let value = first & 0x3f;
    for (let index = at + 1; index < at + length; index += 1) value = value * 256 + (block[index] ?? 0);
    if (!Number.isSafeInteger(value)) throw badArchive('a layer has a number in a header that is too large.');
    return value;
  }
  const text = readText(block, at, length).trim();
  if (text === '') return 0;
  if (!/^[0-7]+$/.test(text)) throw badArchive('a layer has a header with a broken number.');
  return Number.parseInt(text, 8);
}

function checkSum(block: Buffer): void {
  const claimed = readNumber(block, 148, 8);
  let sum = 0;
  for (let index = 0; index < blockSize; index += 1) sum += index >= 148 && index < 156 ? 0x20 : (block[index] ?? 0);
  if (sum !== claimed) throw badArchive('a layer has a header with a wrong checksum.');
}

function paxNumber(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^-?\d{1,16}(\.\d+)?$/.test(value)) throw badArchive('a layer has an extended header with a broken number.');
  return Number(value);
}

/** Records of the form `<length> <key>=<value>\n`, lengths in bytes. Keys and values are texts of their own. */
function readPax(bytes: Buffer): Map<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < bytes.length && bytes[at] !== 0; ) {
    const space = bytes.indexOf(' ', at);
    const digits = space < 0 || space - at > 7 ? '' : bytes.toString('latin1', at, space);
    const end = /^[1-9]\d*$/.test(digits) ? at + Number(digits) : Number.NaN;
    const equals = bytes.indexOf('=', space);
    if (!(end <= bytes.length) || bytes[end - 1] !== newline || equals <= space + 1 || equals >= end) {
      throw badArchive('a layer has a broken extended header.');
    }
    records.set(bytes.toString('latin1', space + 1, equals), bytes.toString('latin1', equals + 1, end - 1));
    at = end;
  }
  return records;
}
