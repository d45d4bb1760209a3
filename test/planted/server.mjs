// A server whose answers are never the same twice, for cases that take something from the network.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';
import tar from 'tar-stream';

/**
 * Serves `/rates`, whose rate changes, and an npm registry with the package `newest`, of which there is always a newer
 * version.
 * @returns {Promise<{ port: number, close: () => Promise<void> }>}
 */
export async function startServer() {
  let count = 0;
  const server = createServer(async (request, response) => {
    count += 1;
    const [, name, version] = /^\/(newest)(?:\/-\/newest-1\.0\.(\d+)\.tgz)?$/.exec(request.url ?? '') ?? [];
    if (version) response.end(await packed(Number(version)));
    else if (name) response.setHeader('content-type', 'application/json').end(await packument(count, request.headers));
    else if (request.url === '/rates') response.end(`${JSON.stringify({ base: 'EUR', USD: 1 + count / 1000 })}\n`);
    else response.writeHead(404).end();
  });
  // On all addresses: steps of a build reach this machine by the gateway of their bridge.
  await new Promise((resolve) => server.listen(0, () => resolve(undefined)));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return { port: address.port, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** @param {number} count @param {import('node:http').IncomingHttpHeaders} headers */
async function packument(count, { host }) {
  const version = `1.0.${count}`;
  const integrity = `sha512-${createHash('sha512')
    .update(await packed(count))
    .digest('base64')}`;
  const dist = { tarball: `http://${host}/newest/-/newest-${version}.tgz`, integrity };
  const versions = { [version]: { name: 'newest', version, main: 'index.js', dist } };
  return JSON.stringify({ name: 'newest', 'dist-tags': { latest: version }, versions });
}

/** @param {number} count @returns {Promise<Buffer>} the package's archive, as npm packs it */
async function packed(count) {
  const pack = tar.pack();
  const manifest = { name: 'newest', version: `1.0.${count}`, main: 'index.js' };
  const mtime = new Date('1985-10-26T08:15:00Z');
  pack.entry({ name: 'package/package.json', mtime }, `${JSON.stringify(manifest, null, 2)}\n`);
  pack.entry({ name: 'package/index.js', mtime }, 'module.exports = 42;\n');
  pack.finalize();
  /** @type {Buffer[]} */
  const parts = [];
  for await (const part of pack) parts.push(/** @type {Buffer} */ (part));
  return gzipSync(Buffer.concat(parts));
}
