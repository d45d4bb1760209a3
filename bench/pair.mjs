// Two image archives of text in files of 1 MB, one of which differs: what `compare` is measured on.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
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
 * Makes the pair as OCI layouts.
 * @param {string} folder
 * @param {number} megabytes
 * @returns {Promise<{ images: [string, string], layers: [string, string], packed: number }>} folders of the layouts,
 * files of their compressed layers, bytes of one
 */
export async function makePair(folder, megabytes) {
  const files = texts(megabytes);
  const made = [];
  for (const side of ['a', 'b']) {
    const image = path.join(folder, `${side}-${megabytes}`);
    rmSync(image, { recursive: true, force: true });
    mkdirSync(path.join(image, 'blobs', 'sha256'), { recursive: true });
    made.push(await makeImage(image, files, megabytes, side === 'b'));
  }
  const [a, b] = made;
  if (!a || !b) throw new Error('A pair has two sides');
  return { images: [a.image, b.image], layers: [a.layer, b.layer], packed: statSync(a.layer).size };
}

/** @param {string} image @param {Buffer[]} files @param {number} count @param {boolean} changed */
async function makeImage(image, files, count, changed) {
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
    if (changed && index === Math.floor(count / 2)) content.write('CHANGED', 5000);
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
  const manifests = [{ mediaType: `${type}.manifest.v1+json`, ...manifest }];
  writeFileSync(path.join(image, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
  writeFileSync(path.join(image, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  return { image, layer: blob(layer) };
}
