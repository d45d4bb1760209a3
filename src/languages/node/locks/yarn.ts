import { parseSyml } from '@yarnpkg/parsers';
import type { Finding } from '../../../app.ts';
import { isRecord, type Manifest, recordAt, textAt } from '../manifest.ts';
import { type Locked, type Packages, staleLock, unreadableLock } from './lock.ts';

const makeLock = 'yarn install';
const file = 'yarn.lock';

/** A yarn.lock, and whether Yarn 1 or a later one wrote it. */
export interface YarnLock extends Packages {
  berry: boolean;
}

/**
 * Reads the lock file of Yarn, of any version, by Yarn's own parser.
 * @param members the manifests of the workspace that the service needs, by folder; `''` is the root.
 */
export function readYarnLock(text: string | null, members: ReadonlyMap<string, Manifest>): YarnLock | Finding {
  const entries = parsed(text);
  if (entries === null) return unreadableLock(file, `${file} cannot be read.`, makeLock);
  const metadata = recordAt(entries, '__metadata');
  const berry = Object.hasOwn(entries, '__metadata');
  const byDescriptor = new Map<string, Record<string, unknown>>();
  for (const [key, entry] of Object.entries(entries)) {
    if (key === '__metadata' || !isRecord(entry)) continue;
    for (const descriptor of key.split(',')) byDescriptor.set(descriptor.trim(), entry);
  }
  const found = (name: string, range: string) => byDescriptor.get(`${name}@${descriptorRange(range, berry)}`);
  const needed = neededEntries(members, found);
  const distinct = new Map([...byDescriptor].map(([descriptor, entry]) => [entry, descriptor]));
  const packages = [...distinct].flatMap(([entry, descriptor]) =>
    entry.linkType === 'soft' ? [] : [lockedOf(entry, descriptor, berry, !needed.has(entry))],
  );
  const patched = Object.keys(recordAt(members.get('')?.value ?? {}, 'resolutions')).length > 0;
  const findings = patched ? [] : [...members].flatMap(([dir, manifest]) => stale(dir, manifest, members, found));
  return { version: berry ? Number(metadata.version) : 1, packages, findings, berry };
}

function parsed(text: string | null): Record<string, unknown> | null {
  if (text === null) return null;
  try {
    const entries: unknown = parseSyml(text);
    return isRecord(entries) ? entries : null;
  } catch {
    return null; // the parser throws its own SyntaxError, or a RangeError
  }
}

/** Later Yarns write `npm:` before a range that names no protocol. */
function descriptorRange(range: string, berry: boolean): string {
  return berry && !/^[a-z+]+:/.test(range) ? `npm:${range}` : range;
}

type Find = (name: string, range: string) => Record<string, unknown> | undefined;

/** The entries that run in production. */
function neededEntries(members: ReadonlyMap<string, Manifest>, found: Find): Set<Record<string, unknown>> {
  const needed = new Set<Record<string, unknown>>();
  const queue: [string, unknown][] = [...members.values()].flatMap(({ value }) =>
    Object.entries(recordAt(value, 'dependencies')),
  );
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const [name, range] = next;
    const entry = typeof range === 'string' ? found(name, range) : undefined;
    if (entry === undefined || needed.has(entry)) continue;
    needed.add(entry);
    queue.push(...Object.entries(recordAt(entry, 'dependencies')));
  }
  return needed;
}

function lockedOf(entry: Record<string, unknown>, descriptor: string, berry: boolean, spare: boolean): Locked {
  const at = descriptor.indexOf('@', 1);
  const reference = berry ? (textAt(entry, 'resolution') ?? descriptor) : (textAt(entry, 'resolved') ?? descriptor);
  const range = descriptor.slice(at + 1);
  const local = /^(file|link|portal):/.test(range) || /^\.{0,2}\//.test(range);
  return {
    name: descriptor.slice(0, at),
    version: textAt(entry, 'version') ?? '',
    source: berry ? berrySource(reference) : reference,
    hashed: textAt(entry, berry ? 'checksum' : 'integrity') !== null || (!berry && /#[0-9a-f]{40}$/.test(reference)),
    local,
    spare,
    scripted: null,
    needs: Object.keys(recordAt(entry, 'dependencies')),
    optional: [
      ...Object.keys(recordAt(entry, 'optionalDependencies')),
      ...Object.keys(recordAt(entry, 'dependenciesMeta')),
    ],
  };
}

/** `https://…` or `git@…` out of `name@https://…`; null for what the registry has. */
function berrySource(resolution: string): string | null {
  const reference = resolution.slice(resolution.indexOf('@', 1) + 1);
  const archive = /::__archiveUrl=([^&]+)/.exec(reference)?.[1];
  if (archive !== undefined) return decoded(archive);
  return /^(npm|patch|virtual|workspace):/.test(reference) ? null : reference;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A frozen install refuses a file that lacks what package.json asks for. */
function stale(dir: string, manifest: Manifest, members: ReadonlyMap<string, Manifest>, found: Find): Finding[] {
  const own = new Set([...members.values()].map(({ value }) => textAt(value, 'name')));
  const path = dir === '' ? 'package.json' : `${dir}/package.json`;
  for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies']) {
    for (const [name, range] of Object.entries(recordAt(manifest.value, kind))) {
      if (typeof range !== 'string' || own.has(name) || /^(workspace|link|portal|file|patch|catalog):/.test(range))
        continue;
      if (found(name, range) !== undefined) continue;
      return [staleLock(file, path, name, `${makeLock}, and commit ${file}.`, manifest.lineOf([kind, name]))];
    }
  }
  return [];
}
