import { createHash } from 'node:crypto';
import type { Finding } from '../../../app.ts';
import { isPlainPath } from '../../scan.ts';
import { holds } from '../markers.ts';
import { pythonVersion } from '../target.ts';
import { fits, isWheel } from '../wheels.ts';
import { behindFinding, outsideFinding, type Problem, problemFindings } from './findings.ts';
import type { Edge, Lock, LockedPackage } from './lock.ts';
import { select } from './select.ts';

/** The file that is derived from a lock. */
export const derivedFile = 'requirements.caution.txt';

/** A requirements file that says the same as a lock, for the image's Python. */
export interface Derived {
  content: string;
  /** Names of what is installed, to where the lock says so. */
  packages: Map<string, string>;
  /** Folders of the repository that are installed from, relative to the lock file: packages of the project itself. */
  folders: string[];
  /** True when the lock names the files, so that it is known which of them fit. */
  namesFiles: boolean;
  findings: Finding[];
}

/**
 * Derives a hashed requirements file: only what the image installs, with the hashes of the wheels that fit it. Nothing
 * is asked of an index, for the lock holds the hashes.
 * @param text the lock file, whose hash tells when the derived file is stale.
 * @param own the service's folder, relative to the lock file's.
 * @param declared what the manifest says is needed: a lock without it is older than the manifest.
 */
export function derive(lock: Lock, text: string, own: string, declared: readonly Edge[]): Derived {
  const { packages, missing } = select(lock);
  const behind = new Set([...missing, ...undeclared(lock, declared)]);
  const findings: Finding[] = [...behind].slice(0, 3).map((name) => behindFinding(lock, name));
  if (lock.roots === null) findings.push(behindFinding(lock, 'the project itself'));
  const local = packages.flatMap(({ name, origin, from }) =>
    origin.kind === 'folder' ? [{ name, from, path: origin.path }] : [],
  );
  const others = local.filter(({ path }) => path !== (own === '' ? '.' : own));
  const fetched = packages.filter(({ origin }) => origin.kind !== 'folder');
  const unusable = fetched.flatMap((each) => problemOf(each) ?? []);
  const elsewhere = fetched.filter(({ origin }) => origin.kind === 'index' && !isPublicIndex(origin.url));
  findings.push(
    ...others.filter(({ path }) => !isPlainPath(path)).map((each) => outsideFinding(each, each.path)),
    ...problemFindings(lock, [...unusable, ...elsewhere.map((each) => ({ problem: 'otherIndex' as const, each }))]),
  );
  return {
    content: contentOf(
      lock.file,
      text,
      elsewhere,
      fetched.filter((each) => problemOf(each) === null),
    ),
    packages: new Map(fetched.map(({ name, from }) => [name, from])),
    folders: others.map(({ path }) => path).filter(isPlainPath),
    namesFiles: packages.some(({ files }) => files.some(({ name }) => name !== null)),
    findings,
  };
}

function contentOf(
  file: string,
  text: string,
  elsewhere: readonly LockedPackage[],
  fetched: readonly LockedPackage[],
): string {
  const urls = elsewhere.flatMap(({ origin }) => (origin.kind === 'index' && origin.url !== null ? [origin.url] : []));
  return [
    `# Written by create-caution-app from ${file}: what the image installs, wheels for Python ${pythonVersion} on musl.`,
    '# To write it again after a change of the lock: npm create caution-app .',
    staleLine(file, text),
    ...[...new Set(urls.filter(isPlainAddress))].sort().map((url) => `--extra-index-url ${url}`),
    ...fetched.map(entryOf),
    '',
  ].join('\n');
}

/** What the manifest asks for on this Python, and the lock does not hold. */
function undeclared(lock: Lock, declared: readonly Edge[]): string[] {
  const names = new Set(lock.packages.map(({ name }) => name));
  return declared
    .filter(({ name, marker }) => !names.has(name) && (marker === null || holds(marker) === true))
    .map(({ name }) => name);
}

/** The line that the build holds against the lock file. Line ends are those of a checkout on Linux. */
function staleLine(file: string, text: string): string {
  const hash = createHash('sha256').update(text.replaceAll('\r', '')).digest('hex');
  return `# SHA-256 of ${file}: ${hash}`;
}

function entryOf({ name, version, files }: LockedPackage): string {
  const hashes = installable(files).map(({ hash }) => hash);
  return [`${name}==${version}`, ...[...new Set(hashes)].sort().map((hash) => `    --hash=${hash}`)].join(' \\\n');
}

/** Of files with names the wheels that fit; where no name is known, all of them. */
function installable(files: LockedPackage['files']): LockedPackage['files'] {
  return files.filter(({ name }) => name === null || fits(name));
}

function problemOf(each: LockedPackage): { problem: Problem; each: LockedPackage } | null {
  const problem = firstProblem(each);
  return problem === null ? null : { problem, each };
}

function firstProblem({ origin, version, files }: LockedPackage): Problem | null {
  if (origin.kind === 'git') return 'git';
  if (origin.kind === 'url') return 'address';
  if (version === '' || files.length === 0) return 'noHashes';
  if (installable(files).length > 0) return null;
  return files.some(({ name }) => name !== null && isWheel(name)) ? 'noFittingWheel' : 'noWheel';
}

function isPublicIndex(url: string | null): boolean {
  return url === null || /^https:\/\/(pypi\.org|pypi\.python\.org)\/simple\/?$/.test(url);
}

/** An address without credentials that stands in a requirements file as it is. */
function isPlainAddress(url: string): boolean {
  return /^https:\/\/[A-Za-z0-9.-]+(:\d+)?(\/[A-Za-z0-9._~+-]*)*$/.test(url);
}
