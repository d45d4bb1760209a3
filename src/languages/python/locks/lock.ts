/** One file of a package that a lock file names; some locks know hashes alone. */
export interface LockedFile {
  name: string | null;
  /** `sha256:` and 64 hex digits. */
  hash: string;
}

/** Something that is needed, by a package or by the project. */
export interface Edge {
  name: string;
  extras: readonly string[];
  marker: string | null;
  /** The very version, or a range that the version lies in; null when the lock has one version of it alone. */
  version: string | null;
}

/** Where a package comes from. */
export type Origin =
  | { kind: 'index'; url: string | null }
  /** A folder of the repository, relative to the lock file. */
  | { kind: 'folder'; path: string }
  | { kind: 'git' }
  | { kind: 'url' };

export interface LockedPackage {
  /** Normalised. */
  name: string;
  version: string;
  files: readonly LockedFile[];
  /** `path:line`. */
  from: string;
  origin: Origin;
  /** When it is needed at all, in locks that say so of the package. */
  marker: string | null;
  needs: readonly Edge[];
  extras: ReadonlyMap<string, readonly Edge[]>;
}

/** A lock file, read; what is needed is not picked out yet. */
export interface Lock {
  /** Relative to the folder that it lies in: `uv.lock`. */
  file: string;
  manager: string;
  /** What the service itself needs to run: no groups for developing, no extras; null when the lock is of another one. */
  roots: readonly Edge[] | null;
  packages: readonly LockedPackage[];
}

/** The name of a package as indexes compare it. Source: https://peps.python.org/pep-0503/#normalized-names */
export function normalized(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

/**
 * A requirement such as `uvicorn[standard] (>=0.30) ; sys_platform != "win32"`.
 * Source: https://peps.python.org/pep-0508/
 * @returns null for what is none.
 */
export function edgeOf(requirement: unknown): Edge | null {
  if (typeof requirement !== 'string') return null;
  const [head = '', ...rest] = requirement.split(';');
  const match = /^\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?\s*(@|.*)/s.exec(head);
  if (!match) return null;
  const extras = (match[2] ?? '')
    .split(',')
    .flatMap((extra) => (extra.trim() === '' ? [] : [normalized(extra.trim())]));
  const range = (match[3] ?? '').replace(/[()]/g, '').trim();
  const marker = rest.join(';').trim();
  const version = range === '' || range.startsWith('@') ? null : range;
  return { name: normalized(match[1] ?? ''), extras, marker: marker === '' ? null : marker, version };
}

export function edgesOf(requirements: unknown): Edge[] {
  return Array.isArray(requirements) ? requirements.flatMap((each) => edgeOf(each) ?? []) : [];
}

/** A hash as requirements files have it; null for any other text. */
export function hashOf(value: unknown): string | null {
  return typeof value === 'string' && /^sha(256|384|512):[0-9a-f]{32,128}$/.test(value) ? value : null;
}

/** A version that can stand in a requirements file; null for any other text. */
export function versionOf(value: unknown): string | null {
  return typeof value === 'string' && /^[A-Za-z0-9][A-Za-z0-9.!+_-]{0,60}$/.test(value) ? value : null;
}

/** A package's name that can stand in a requirements file; null for any other text. */
export function nameOf(value: unknown): string | null {
  return typeof value === 'string' && /^[A-Za-z0-9][A-Za-z0-9._-]{0,100}$/.test(value) ? normalized(value) : null;
}

/** Lines on which the entries of a TOML array of tables begin, in their order. */
export function tableLines(text: string, header: string): number[] {
  return text.split('\n').flatMap((line, index) => (line.trim() === `[[${header}]]` ? [index + 1] : []));
}

/** An array's members that are tables. */
export function tablesOf(value: unknown): Record<string, unknown>[] {
  if (!Array.isArray(value)) return [];
  return value.filter((each) => typeof each === 'object' && each !== null && !Array.isArray(each));
}

export function stringOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** The last part of an address, without what follows a `?` or `#`. */
export function fileOfUrl(url: unknown): string | null {
  const path = stringOf(url)?.split(/[?#]/)[0] ?? '';
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name === '' ? null : name.replaceAll('%2B', '+');
}
