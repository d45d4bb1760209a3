/**
 * Lays folders down as layers, and images over them, in a registry on this machine, by the OCI distribution protocol: one blob a layer, one manifest
 * an image, one index a tag, as StageX publishes. The same folders give the same digests.
 */
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import http from 'node:http';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EngineError, output } from './exec.mjs';

/** @typedef {{ digest: string, size: number }} Blob digest: `sha256:…`; size in bytes */

const OCI = 'application/vnd.oci.image';
/** Where every layer goes first; images mount it from there. */
const SHARED = 'stagex/blobs';
const CREATED = '1970-01-01T00:00:01Z';

/**
 * Packs a folder as a layer and uploads it: sorted, root's, times 1.
 * @param {number} port
 * @param {{ folder: string, keepOwners?: boolean }} layer keepOwners: not everything in it is root's
 * @param {AbortSignal | undefined} signal
 * @returns {Promise<Blob>}
 */
export async function pushLayer(port, layer, signal) {
  const owners = layer.keepOwners ? [] : ['--owner=0', '--group=0'];
  const started = await call(port, 'POST', `/v2/${SHARED}/blobs/uploads/`);
  // Started no earlier: Node throws away what a program wrote when it ends before anybody reads.
  const tar = output(
    [
      'tar',
      '--create',
      '--file=-',
      '--format=gnu',
      '--sort=name',
      '--mtime=@1',
      '--numeric-owner',
      '--hard-dereference',
      ...owners,
      '--directory',
      layer.folder,
      '--',
      ...readdirSync(layer.folder).sort(),
    ],
    { signal },
  );
  const hash = createHash('sha256');
  let size = 0;
  const counted = new Transform({
    transform(chunk, _encoding, done) {
      hash.update(chunk);
      size += chunk.length;
      done(null, chunk);
    },
  });
  const sent = await stream(port, locationOf(started), tar.stream, counted, signal);
  await tar.succeeded();
  if (size === 0) throw new EngineError(`No layer came out of ${layer.folder}`);
  const digest = `sha256:${hash.digest('hex')}`;
  await call(port, 'PUT', withDigest(locationOf(sent), digest));
  return { digest, size };
}

/**
 * Publishes an image under a tag.
 * @param {number} port
 * @param {string} name such as `pallet-go`
 * @param {string} tag names an index; the index names the manifest
 * @param {{ name: string, blob: Blob }[]} layers lowest first
 * @param {Record<string, unknown>} config
 * @returns {Promise<string>} the manifest's digest, which is what StageX's users pin
 */
export async function pushImage(port, name, tag, layers, config) {
  const repository = `stagex/${name}`;
  for (const { blob } of layers) await mount(port, repository, blob.digest);
  const configBlob = await pushJson(port, repository, {
    architecture: 'amd64',
    os: 'linux',
    created: CREATED,
    config,
    rootfs: { type: 'layers', diff_ids: layers.map(({ blob }) => blob.digest) },
    history: layers.map((layer) => ({ created: CREATED, created_by: layer.name })),
  });
  const manifest = await putManifest(port, repository, undefined, {
    schemaVersion: 2,
    mediaType: `${OCI}.manifest.v1+json`,
    config: { mediaType: `${OCI}.config.v1+json`, ...configBlob },
    layers: layers.map(({ blob }) => ({ mediaType: `${OCI}.layer.v1.tar`, ...blob })),
  });
  await putManifest(port, repository, tag, {
    schemaVersion: 2,
    mediaType: `${OCI}.index.v1+json`,
    manifests: [
      { mediaType: `${OCI}.manifest.v1+json`, ...manifest, platform: { architecture: 'amd64', os: 'linux' } },
    ],
  });
  return manifest.digest;
}

/**
 * @param {number} port
 * @returns {Promise<boolean>} whether a registry answers there
 */
export async function answers(port) {
  return call(port, 'GET', '/v2/').then(
    () => true,
    () => false,
  );
}

/** @param {number} port @param {string} repository @param {string} digest */
async function mount(port, repository, digest) {
  const response = await call(port, 'POST', `/v2/${repository}/blobs/uploads/?mount=${digest}&from=${SHARED}`);
  if (response.status !== 201) throw new EngineError(`The registry does not have the layer ${digest}`);
}

/** @param {number} port @param {string} repository @param {unknown} value @returns {Promise<Blob>} */
async function pushJson(port, repository, value) {
  const body = Buffer.from(JSON.stringify(value));
  const digest = `sha256:${createHash('sha256').update(body).digest('hex')}`;
  const started = await call(port, 'POST', `/v2/${repository}/blobs/uploads/`);
  await call(port, 'PUT', withDigest(locationOf(started), digest), body, 'application/octet-stream');
  return { digest, size: body.length };
}

/**
 * @param {number} port
 * @param {string} repository
 * @param {string | undefined} tag undefined: under its own digest
 * @param {{ mediaType: string } & Record<string, unknown>} document
 * @returns {Promise<Blob>}
 */
async function putManifest(port, repository, tag, document) {
  const body = Buffer.from(JSON.stringify(document));
  const digest = `sha256:${createHash('sha256').update(body).digest('hex')}`;
  await call(port, 'PUT', `/v2/${repository}/manifests/${tag ?? digest}`, body, document.mediaType);
  return { digest, size: body.length };
}

/** @typedef {{ status: number, location: string | undefined }} Answer */

/**
 * @param {number} port
 * @param {string} method
 * @param {string} path
 * @param {Buffer} [body]
 * @param {string} [type]
 * @returns {Promise<Answer>}
 */
function call(port, method, path, body, type) {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, method, path, timeout: 60_000 }, (response) =>
      settle(response, `${method} ${path}`, resolve, reject),
    );
    request.on('timeout', () => request.destroy(new EngineError(`The registry at 127.0.0.1:${port} does not answer`)));
    request.on('error', reject);
    if (type !== undefined) request.setHeader('Content-Type', type);
    if (method !== 'GET') request.setHeader('Content-Length', body?.length ?? 0);
    request.end(body);
  });
}

/**
 * @param {number} port
 * @param {string} path
 * @param {import('node:stream').Readable} source
 * @param {Transform} counted
 * @param {AbortSignal | undefined} signal
 * @returns {Promise<Answer>}
 */
async function stream(port, path, source, counted, signal) {
  /** @type {http.ClientRequest | undefined} */
  let request;
  /** @type {Promise<Answer>} */
  const answer = new Promise((resolve, reject) => {
    request = http.request(
      { host: '127.0.0.1', port, method: 'PATCH', path, headers: { 'Content-Type': 'application/octet-stream' } },
      (response) => settle(response, `PATCH ${path}`, resolve, reject),
    );
    request.on('error', reject);
  });
  if (request === undefined) throw new EngineError('The upload could not be started');
  const [, result] = await Promise.all([pipeline(source, counted, request, { signal }), answer]);
  return result;
}

/**
 * @param {http.IncomingMessage} response
 * @param {string} what
 * @param {(answer: Answer) => void} resolve
 * @param {(error: Error) => void} reject
 */
function settle(response, what, resolve, reject) {
  const status = response.statusCode ?? 0;
  /** @type {Buffer[]} */
  const parts = [];
  response.on('data', (part) => parts.push(part));
  response.on('error', reject);
  response.on('end', () => {
    if (status < 400) resolve({ status, location: response.headers.location });
    else
      reject(
        new EngineError(`The registry refused ${what}: ${status} ${Buffer.concat(parts).toString().slice(0, 300)}`),
      );
  });
}

/** @param {Answer} answer @returns {string} path and query */
function locationOf(answer) {
  if (answer.location === undefined) throw new EngineError('The registry named no place to upload to');
  const url = new URL(answer.location, 'http://127.0.0.1');
  return `${url.pathname}${url.search}`;
}

/** @param {string} location @param {string} digest */
function withDigest(location, digest) {
  return `${location}${location.includes('?') ? '&' : '?'}digest=${digest}`;
}
