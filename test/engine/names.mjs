/** What things are called and where they lie: pure functions, and the few files that they read. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EngineError } from './exec.mjs';

/** @typedef {'rust' | 'node' | 'python' | 'go'} Language */
/** @type {readonly Language[]} */
export const LANGUAGES = ['rust', 'node', 'python', 'go'];

/**
 * Reads `rust,go`.
 * @param {string} text
 * @returns {Language[]} in the order of LANGUAGES, each once
 */
export function parseLanguages(text) {
  const asked = text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  const unknown = asked.filter((name) => !LANGUAGES.some((known) => known === name));
  if (unknown.length > 0 || asked.length === 0) {
    throw new EngineError(
      `--languages takes some of ${LANGUAGES.join(',')}; not known: ${unknown.join(', ') || '(none given)'}`,
    );
  }
  return LANGUAGES.filter((name) => asked.includes(name));
}

/**
 * A name for what the set-up scripts make: the same for every clone that holds the same scripts.
 * @param {readonly { name: string, content: string | Uint8Array }[]} files
 * @returns {string} 12 hexadecimal digits
 */
export function hashOf(files) {
  const hash = createHash('sha256');
  for (const { name, content } of [...files].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    hash.update(`${name}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex').slice(0, 12);
}

/**
 * The files that decide what is made: not tests, not the README.
 * @param {string} folder test/engine
 */
export function setUpScripts(folder) {
  return ['.', 'parts'].flatMap((sub) =>
    readdirSync(join(folder, sub))
      .filter((name) => /\.(mjs|sh|c)$/.test(name))
      .map((name) => ({ name: join(sub, name), content: readFileSync(join(folder, sub, name)) })),
  );
}

/**
 * The one folder that holds all that the set-up makes.
 * @param {NodeJS.ProcessEnv} env
 * @param {string} hash
 * @returns {string} an absolute path that can stand in PATH and in a Unix socket's address
 */
export function homeOf(env, hash) {
  const cache = env.XDG_CACHE_HOME || '/var/cache';
  const home = env.CREATE_CAUTION_APP_ENGINE_HOME || join(cache, 'create-caution-app', `engine-${hash}`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (!/^\/[^:\x00-\x1f\x7f]+$/.test(home) || home.split('/').includes('..')) {
    throw new EngineError(
      `The engine's folder must be an absolute path without ":", ".." or control characters: ${JSON.stringify(home)}`,
    );
  }
  const longest = Buffer.byteLength(`${home}/root/srv/run/docker.sock`);
  // sun_path of unix(7) has 108 bytes, the closing zero included.
  if (longest > 107)
    throw new EngineError(
      `The engine's folder has too long a path for a socket in it (${longest} of 107 bytes): ${home}`,
    );
  return home.replace(/\/+$/, '');
}

/**
 * Shell lines for `eval`. A value that starts our PATH keeps the user's behind it.
 * @param {Record<string, string>} env as {@link environment} gives it
 * @param {string | undefined} pathFolder to be found first; undefined: PATH stays as it is
 */
export function assignments(env, pathFolder) {
  const lines = Object.entries(env)
    .filter(([name]) => name !== 'PATH')
    .map(([name, value]) => `export ${name}=${quote(value)}\n`);
  if (pathFolder !== undefined) lines.push(`export PATH=${quote(pathFolder)}:"$PATH"\n`);
  return lines.join('');
}

/** @param {string} text a POSIX shell word that stands for exactly this text */
export function quote(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** @param {string} hash @returns {string} a network interface's name (at most 15 characters) */
export function bridgeName(hash) {
  return `cca${hash}`.slice(0, 15);
}

/** @typedef {{ address: number, mask: number }} Network an IPv4 network, host byte order */

/**
 * A /24 of 172.16.0.0/12 that no route and no name server of this machine lies in.
 * @param {string} hash where the search starts, so that the same scripts get the same network
 * @param {readonly Network[]} taken
 * @returns {string} such as `172.23.91`
 */
export function chooseSubnet(hash, taken) {
  const start = Number.parseInt(hash.slice(0, 6), 16);
  for (let step = 0; step < 4096; step++) {
    const at = (start + step) % 4096;
    const network = { address: ((172 << 24) | ((16 << 16) + (at << 8))) >>> 0, mask: 0xffffff00 };
    if (!taken.some((other) => overlap(network, other))) return `172.${16 + (at >> 8)}.${at & 255}`;
  }
  throw new EngineError('No free network in 172.16.0.0/12 for the engine: every /24 in it is routed elsewhere');
}

/** @param {Network} a @param {Network} b */
function overlap(a, b) {
  const mask = (a.mask & b.mask) >>> 0;
  return (a.address & mask) >>> 0 === (b.address & mask) >>> 0;
}

/**
 * The networks that /proc/net/route lists, but for the default route.
 * @param {string} text
 * @returns {Network[]}
 */
export function parseRoutes(text) {
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t'))
    .filter((fields) => fields.length > 7)
    .map((fields) => ({ address: littleEndian(fields[1] ?? ''), mask: littleEndian(fields[7] ?? '') }))
    .filter(({ mask }) => mask !== 0);
}

/** @param {string} hex as the kernel writes addresses there: bytes backwards */
function littleEndian(hex) {
  return Number.parseInt(hex.replace(/(..)(..)(..)(..)/, '$4$3$2$1'), 16) >>> 0;
}

/** @param {string} text of resolv.conf @returns {Network[]} IPv4 name servers */
export function parseNameServers(text) {
  return [...text.matchAll(/^\s*nameserver\s+(\d+)\.(\d+)\.(\d+)\.(\d+)\s*$/gm)].map((m) => ({
    address: ((Number(m[1]) << 24) | (Number(m[2]) << 16) | (Number(m[3]) << 8) | Number(m[4])) >>> 0,
    mask: 0xffffffff,
  }));
}
