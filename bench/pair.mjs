// Two OCI archives of text in files of 1 MB, one of which differs: what `compare` is measured on.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  createReadStream,
  createWriteStream,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { finished, pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import tar from 'tar-stream';

const fileSize = 1 << 20;

/** The same numbers on every machine. @returns {() => number} from 0 to 1 */
function numbers() {
  let seed = 1;
  return () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return seed / 0x7fffffff;
  };
}

/** Files of words, as many as are worth making: more repeat them. @param {number} count @returns {Buffer[]} */
function texts(count) {
  const next = numbers();
  const letters = () => String.fromCharCode(97 + Math.floor(next() * 26));
  const words = Array.from({ length: 4000 }, () =>
    Array.from({ length: 3 + Math.floor(next() * 8) }, letters).join(''),
  );
  return Array.from({ length: Math.min(count, 64) }, () => {
    const parts = [];
    for (let size = 0; size < fileSize; ) {
      const word = `${words[Math.floor(next() * words.length)]}${next() < 0.1 ? '\n' : ' '}`;
      parts.push(word);
      size += word.length;
    }
    return Buffer.from(parts.join('').slice(0, fileSize));
  });
}

/**
 * Makes the pair as OCI archives, which name their images `bench.invalid/pair:a` and `bench.invalid/pair:b`.
 * @param {string} folder
 * @param {number} megabytes
 * @returns {Promise<{ images: [string, string], layers: [string, string], packed: number }>} archives, their compressed
 * layers as files, bytes of one of these
 */
export async function makePair(folder, megabytes) {
  const files = texts(megabytes);
  const made = await Promise.all(
    ['a', 'b'].map(async (side) => {
      const layout = path.join(folder, `${side}-${megabytes}`);
      rmSync(layout, { recursive: true, force: true });
      mkdirSync(path.join(layout, 'blobs', 'sha256'), { recursive: true });
      const layer = await makeImage(layout, files, megabytes, side);
      await archive(layout, `${layout}.tar`);
      return { image: `${layout}.tar`, layer };
    }),
  );
  const [a, b] = made;
  if (!a || !b) throw new Error('A pair has two sides');
  return { images: [a.image, b.image], layers: [a.layer, b.layer], packed: statSync(a.layer).size };
}

/** Packs a layout into an archive. @param {string} layout @param {string} file */
async function archive(layout, file) {
  const pack = tar.pack();
  const written = finished(pack.pipe(createWriteStream(file)));
  const names = readdirSync(layout, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const entry of names) {
    const at = path.join(entry.parentPath, entry.name);
    const member = pack.entry({ name: path.relative(layout, at), size: statSync(at).size, mtime: new Date(1000) });
    await pipeline(createReadStream(at), member);
  }
  pack.finalize();
  await written;
}

/**
 * @param {string} image @param {Buffer[]} files @param {number} count @param {string} side of which `b` is changed
 * @returns {Promise<string>} the file of its compressed layer
 */
async function makeImage(image, files, count, side) {
  const blob = (/** @type {string} */ digest) => path.join(image, 'blobs', 'sha256', digest);
  const [plain, packed] = [createHash('sha256'), createHash('sha256')];
  const zip = createGzip({ level: 6 });
  const pack = tar.pack();
  const file = createWriteStream(path.join(image, 'layer'));
  zip.on('data', (chunk) => packed.update(chunk));
  pack.on('data', (chunk) => plain.update(/** @type {Buffer} */ (chunk)));
  pack.pipe(zip).pipe(file);
  for (let index = 0; index < count; index += 1) {
    const content = Buffer.from(files[index % files.length] ?? Buffer.alloc(fileSize));
    if (side === 'b' && index === Math.floor(count / 2)) content.write('CHANGED', 5000);
    await new Promise((resolve, reject) =>
      pack.entry({ name: `data/file-${index}.txt`, mtime: new Date(1000) }, content, (error) =>
        error ? reject(error) : resolve(undefined),
      ),
    );
  }
  pack.finalize();
  await once(file, 'finish');
  const layer = packed.digest('hex');
  renameSync(path.join(image, 'layer'), blob(layer));
  const store = (/** @type {object} */ value) => {
    const bytes = Buffer.from(JSON.stringify(value));
    const digest = createHash('sha256').update(bytes).digest('hex');
    writeFileSync(blob(digest), bytes);
    return { digest: `sha256:${digest}`, size: bytes.length };
  };
  const type = 'application/vnd.oci.image';
  const diffIds = [`sha256:${plain.digest('hex')}`];
  const config = store({ os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: diffIds } });
  const manifest = store({
    schemaVersion: 2,
    mediaType: `${type}.manifest.v1+json`,
    config: { mediaType: `${type}.config.v1+json`, ...config },
    layers: [{ mediaType: `${type}.layer.v1.tar+gzip`, digest: `sha256:${layer}`, size: statSync(blob(layer)).size }],
  });
  const annotations = { 'io.containerd.image.name': `bench.invalid/pair:${side}` };
  const platform = { os: 'linux', architecture: 'amd64' };
  const manifests = [{ mediaType: `${type}.manifest.v1+json`, ...manifest, platform, annotations }];
  writeFileSync(path.join(image, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
  writeFileSync(path.join(image, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  return blob(layer);
}
