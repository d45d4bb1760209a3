import type { Finding } from '../../../app.ts';
import { printableLine } from '../../../output.ts';
import { isRecord, type Manifest, readManifest, recordAt, textAt } from '../manifest.ts';
import { type Locked, names, type Packages, staleLock, unreadableLock } from './lock.ts';

export const makeNpmLock = 'npm install --package-lock-only';

/**
 * Reads npm's lock file.
 * @param members the manifests of the workspace that the service needs, by folder; `''` is the root.
 */
export function readNpmLock(
  file: string,
  text: string | null,
  members: ReadonlyMap<string, Manifest>,
): Packages | Finding {
  const lock = text === null ? null : readManifest(text);
  if (lock === null)
    return unreadableLock(file, `${file} cannot be read: too large, not UTF-8, or a link.`, makeNpmLock);
  if ('reason' in lock) return unreadableLock(file, lock.reason, makeNpmLock, lock.line);
  const version = lock.value.lockfileVersion;
  if (version !== 2 && version !== 3) return oldVersion(file, version);
  const packages = recordAt(lock.value, 'packages');
  return {
    version,
    packages: Object.entries(packages).flatMap(([path, entry]) =>
      path.includes('node_modules/') && isRecord(entry) ? [lockedOf(path, entry, packages)] : [],
    ),
    findings: [
      ...[...members].flatMap(([dir, manifest]) => stale(file, dir, manifest, recordAt(packages, dir))),
      ...leftOut(file, packages, [...members.keys()]),
    ],
  };
}

function oldVersion(file: string, version: unknown): Finding {
  return {
    id: 'node-lock-version',
    level: 'error',
    path: file,
    message: `The lock file's version is ${printableLine(JSON.stringify(version ?? null), 20)}, not 2 or 3.`,
    why: 'Older ones do not hold all that npm needs: it would ask the registry while it installs.',
    mend: `${makeNpmLock} --lockfile-version 3`,
  };
}

const dependencyKinds = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'] as const;

/** `npm ci` refuses a lock whose root, or member, does not ask for what its package.json asks for. */
function stale(file: string, dir: string, manifest: Manifest, locked: Record<string, unknown>): Finding[] {
  const wanted = wantedOf(manifest.value);
  const had = wantedOf(locked);
  const differing = [...new Set([...wanted.keys(), ...had.keys()])].find(
    (name) => wanted.get(name)?.range !== had.get(name)?.range,
  );
  if (differing === undefined) return [];
  const kind = wanted.get(differing)?.kind;
  const line = kind === undefined ? undefined : manifest.lineOf([kind, differing]);
  const path = dir === '' ? 'package.json' : `${dir}/package.json`;
  return [staleLock(file, path, differing, `${makeNpmLock}, and commit ${file}.`, line)];
}

function wantedOf(value: Record<string, unknown>): Map<string, { range: string; kind: string }> {
  const wanted = new Map<string, { range: string; kind: string }>();
  for (const kind of dependencyKinds) {
    for (const [name, range] of Object.entries(recordAt(value, kind))) {
      // What is optional as well as needed is optional: npm writes it to the lock once.
      if (typeof range === 'string') wanted.set(name, { range, kind });
    }
  }
  return wanted;
}

function lockedOf(path: string, entry: Record<string, unknown>, packages: Record<string, unknown>): Locked {
  const source = textAt(entry, 'resolved');
  // A link to a member of the workspace is no package from elsewhere; one to another folder is.
  const isMember =
    entry.link === true && source !== null && Object.hasOwn(packages, source) && !source.startsWith('..');
  return {
    name: textAt(entry, 'name') ?? path.replace(/^.*node_modules\//, ''),
    version: textAt(entry, 'version') ?? '',
    source,
    hashed: textAt(entry, 'integrity') !== null || entry.inBundle === true || isMember,
    local: !isMember && (entry.link === true || /^file:/.test(source ?? '')),
    spare: entry.dev === true || entry.devOptional === true || entry.optional === true,
    scripted: entry.hasInstallScript === true,
    needs: Object.keys(recordAt(entry, 'dependencies')),
    optional: Object.keys(recordAt(entry, 'optionalDependencies')),
  };
}

/**
 * Some releases of npm have written locks that mark what runs as needed for developing alone: `npm ci --omit=dev` believes
 * the mark, and the service does not find the package when it starts.
 */
function leftOut(file: string, packages: Record<string, unknown>, folders: readonly string[]): Finding[] {
  const queue = [...folders];
  const seen = new Set(queue);
  const wrong: string[] = [];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    for (const name of Object.keys(recordAt(recordAt(packages, path), 'dependencies'))) {
      const next = resolved(packages, path, name);
      if (next === null || seen.has(next)) continue;
      seen.add(next);
      if (recordAt(packages, next).dev === true) wrong.push(name);
      queue.push(next);
    }
  }
  if (wrong.length === 0) return [];
  return [
    {
      id: 'node-lock-dev-mark',
      level: 'error',
      path: file,
      message: `Marked as needed for developing alone, though what runs needs it: ${names(wrong.map((name) => ({ name })))}.`,
      why: 'npm ci --omit=dev leaves it out, and the service does not start.',
      mend: `rm -rf node_modules ${file} && npm install, and commit ${file}.`,
    },
  ];
}

/** Where Node would find a package from another: in its own folder of packages, else in one further up. */
function resolved(packages: Record<string, unknown>, from: string, name: string): string | null {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) {
    const path = at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`;
    if (Object.hasOwn(packages, path)) {
      const { link, resolved: target } = recordAt(packages, path);
      return link === true && typeof target === 'string' ? target : path;
    }
    if (at === '') return null;
  }
}
