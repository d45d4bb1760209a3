import type { Finding } from '../../../app.ts';
import { isRecord, type Manifest, recordAt, textAt } from '../manifest.ts';
import { type Locked, type Packages, staleLock, unreadableLock } from './lock.ts';
import { readYaml } from './yaml.ts';

const makeLock = 'pnpm install --lockfile-only';
const file = 'pnpm-lock.yaml';

/**
 * Reads pnpm's lock file, in the formats 5 to 9.
 * Source: https://github.com/pnpm/spec/tree/master/lockfile
 * @param members the manifests of the workspace that the service needs, by folder; `''` is the root.
 */
export function readPnpmLock(text: string | null, members: ReadonlyMap<string, Manifest>): Packages | Finding {
  const lock = readYaml(text);
  if (lock === null) return unreadableLock(file, `${file} is no YAML that can be read.`, makeLock);
  const version = Number.parseFloat(String(lock.lockfileVersion));
  const importers = new Map([...members].map(([dir]) => [dir, importerOf(lock, dir)]));
  const bare = (key: string) => withoutPeers(key.replace(/^\//, ''));
  const needed = neededKeys(lock, [...importers.values()]);
  const packages = Object.entries(recordAt(lock, 'packages')).flatMap(([key, entry]): Locked[] => {
    if (!isRecord(entry)) return [];
    const resolution = recordAt(entry, 'resolution');
    const { name, version: own } = nameAndVersion(entry, key, version);
    const git = textAt(resolution, 'repo');
    return [
      {
        name,
        version: own,
        source: git === null ? textAt(resolution, 'tarball') : `git+${git}`,
        hashed: textAt(resolution, 'integrity') !== null,
        local: textAt(resolution, 'directory') !== null || /^(file:|link:)/.test(own),
        spare: entry.dev === true || entry.optional === true || (needed !== null && !needed.has(bare(key))),
        scripted: version < 9 ? entry.requiresBuild === true : null,
        needs: Object.keys(recordAt(entry, 'dependencies')),
        optional: Object.keys(recordAt(entry, 'optionalDependencies')),
      },
    ];
  });
  const overridden = Object.keys(recordAt(lock, 'overrides')).length > 0;
  const findings = overridden
    ? []
    : [...members].flatMap(([dir, each]) => stale(dir, each, importers.get(dir) ?? null));
  return { version, packages, findings };
}

/** What a lock file says of one folder of the workspace; without a workspace the file itself says it. */
function importerOf(lock: Record<string, unknown>, dir: string): Record<string, unknown> | null {
  const all = recordAt(lock, 'importers');
  const key = dir === '' ? '.' : dir;
  if (Object.hasOwn(all, key)) return recordAt(all, key);
  return dir === '' && !Object.hasOwn(lock, 'importers') ? lock : null;
}

/** A package's key without the peers that it was resolved with, which stand in brackets. */
function withoutPeers(key: string): string {
  return key.split('(', 1)[0] ?? '';
}

/** `/@a/b@1.0.0(c@2)` (6), `@a/b@1.0.0` (9) or `/@a/b/1.0.0_c@2` (5). */
function nameAndVersion(
  entry: Record<string, unknown>,
  key: string,
  format: number,
): { name: string; version: string } {
  const plain = withoutPeers(key.replace(/^\//, ''));
  const cut = format < 6 ? plain.lastIndexOf('/') : plain.indexOf('@', 1);
  const name = textAt(entry, 'name') ?? (cut > 0 ? plain.slice(0, cut) : plain);
  return { name, version: textAt(entry, 'version') ?? plain.slice(cut + 1).split('_', 1)[0] ?? '' };
}

/** The packages that run in production, by key without peers; null where each package says so itself. */
function neededKeys(
  lock: Record<string, unknown>,
  importers: readonly (Record<string, unknown> | null)[],
): Set<string> | null {
  const snapshots = recordAt(lock, 'snapshots');
  if (!Object.hasOwn(lock, 'snapshots')) return null;
  const seen = new Set<string>();
  const queue = importers.flatMap((importer) => (importer === null ? [] : keysOf(recordAt(importer, 'dependencies'))));
  for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
    if (seen.has(key)) continue;
    seen.add(key);
    queue.push(...keysOf(recordAt(recordAt(snapshots, key), 'dependencies')));
  }
  return new Set([...seen].map(withoutPeers));
}

/** `{ ms: '2.1.3' }`, or `{ ms: { version: '2.1.3' } }`, as keys of packages; an alias is written out already. */
function keysOf(dependencies: Record<string, unknown>): string[] {
  return Object.entries(dependencies).flatMap(([name, value]) => {
    const version = isRecord(value) ? textAt(value, 'version') : typeof value === 'string' ? value : null;
    if (version === null || /^(link|file):/.test(version)) return [];
    return [/^@?[^@(]+@/.test(version) ? version : `${name}@${version}`];
  });
}

/** `--frozen-lockfile` refuses a file whose specifiers are not those of package.json. */
function stale(dir: string, manifest: Manifest, importer: Record<string, unknown> | null): Finding[] {
  const path = dir === '' ? 'package.json' : `${dir}/package.json`;
  const specifiers = importer === null ? {} : recordAt(importer, 'specifiers');
  for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies']) {
    for (const [name, range] of Object.entries(recordAt(manifest.value, kind))) {
      const had = importer === null ? null : textAt(recordAt(recordAt(importer, kind), name), 'specifier');
      if (had === range || specifiers[name] === range) continue;
      // What is asked for twice is written down once.
      if (kind === 'devDependencies' && Object.hasOwn(recordAt(manifest.value, 'dependencies'), name)) continue;
      return [staleLock(file, path, name, `${makeLock}, and commit ${file}.`, manifest.lineOf([kind, name]))];
    }
  }
  return [];
}
