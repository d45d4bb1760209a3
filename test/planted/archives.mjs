// What prepared pairs consist of: archives and programs as other machines leave them, and images around them.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import tar from 'tar-stream';

const here = path.dirname(fileURLToPath(import.meta.url));

/** @param {string} name */
export const fixture = (name) => readFileSync(path.join(here, 'fixtures', name));

/** @param {string[]} text */
export const lines = (...text) => `${text.join('\n')}\n`;

/**
 * @param {readonly [name: string, content: string | Buffer][]} files
 * @param {Partial<import('tar-stream').Header>} [more] owner, mode, time
 * @returns {Promise<Buffer>}
 */
async function tarOf(files, more = {}) {
  const pack = tar.pack();
  for (const [name, content] of files)
    pack.entry({ name, mode: 0o644, mtime: new Date(0), ...more }, Buffer.from(content));
  pack.finalize();
  /** @type {Buffer[]} */
  const parts = [];
  for await (const part of pack) parts.push(/** @type {Buffer} */ (part));
  return Buffer.concat(parts);
}

/** A tar of small files. @param {string[]} names @param {Partial<import('tar-stream').Header>} owner */
export const listed = (names, owner) =>
  tarOf(
    names.map((name) => [name, `${name}\n`]),
    owner,
  );

/**
 * A gzip header's byte 9 names the system that packed it, byte 8 the effort. Source: RFC 1952.
 * @param {string} text @param {number} system @param {number} effort
 */
export function gzip(text, system, effort) {
  const bytes = gzipSync(text);
  bytes[8] = effort;
  bytes[9] = system;
  return bytes;
}

/** A `.pyc` of the same code: only the time of its source differs. Source: PEP 552. @param {number} time */
export function pyc(time) {
  const bytes = Buffer.alloc(64);
  bytes.writeUInt32LE(0x0a0d0df3, 0);
  bytes.writeUInt32LE(time, 8);
  bytes.writeUInt32LE(40, 12);
  bytes.fill('code', 16);
  return bytes;
}

/** A program that holds the path of its source, as compilers leave it in messages. @param {string} source */
export function program(source) {
  const text = Buffer.alloc(256);
  text.write(`\0assertion failed\0${source}/src/main.c\0`, 0, 'latin1');
  const header = Buffer.alloc(64);
  header.write('\x7fELF\x02\x01\x01', 0, 'latin1');
  header.writeUInt16LE(2, 16);
  header.writeUInt16LE(62, 18);
  header.writeUInt32LE(1, 20);
  header.writeUInt16LE(64, 52);
  return Buffer.concat([header, text]);
}

/**
 * Writes a pair as two OCI archives, in which one more file is always the same.
 * @param {import('./pairs.mjs').Pair} pair
 * @param {string} folder
 * @returns {Promise<[string, string]>}
 */
export async function writePair({ name, path: at, contents }, folder) {
  /** @param {string} side @param {string | Buffer | null} content */
  const write = async (side, content) => {
    const file = path.join(folder, `${name}-${side}.tar`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, await archiveOf([['app/same', 'same\n'], ...(content === null ? [] : [member(at, content)])]));
    return file;
  };
  return [await write('a', contents[0]), await write('b', contents[1])];
}

/** @param {string} at @param {string | Buffer} content @returns {[string, string | Buffer]} */
const member = (at, content) => [at.slice(1), content];

/**
 * An OCI archive of an image with one layer.
 * Format: https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md
 * @param {readonly [string, string | Buffer][]} files
 */
async function archiveOf(files) {
  /** @type {[string, Buffer][]} */
  const members = [['oci-layout', Buffer.from(JSON.stringify({ imageLayoutVersion: '1.0.0' }))]];
  /** @param {Buffer} bytes @param {string} mediaType */
  const store = (bytes, mediaType) => {
    const digest = createHash('sha256').update(bytes).digest('hex');
    members.push([`blobs/sha256/${digest}`, bytes]);
    return { mediaType: `application/vnd.oci.image.${mediaType}`, digest: `sha256:${digest}`, size: bytes.length };
  };
  const layer = store(await tarOf(files), 'layer.v1.tar');
  const image = { os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: [layer.digest] } };
  const config = store(Buffer.from(JSON.stringify(image)), 'config.v1+json');
  const manifest = store(
    Buffer.from(JSON.stringify({ schemaVersion: 2, config, layers: [layer] })),
    'manifest.v1+json',
  );
  members.push(['index.json', Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [manifest] }))]);
  return tarOf(members);
}
