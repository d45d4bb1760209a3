import { fromOf } from '../../place.ts';
import { tableAt } from '../metadata.ts';
import {
  type Edge,
  fileOfUrl,
  hashOf,
  type Lock,
  type LockedPackage,
  nameOf,
  type Origin,
  stringOf,
  tableLines,
  tablesOf,
  versionOf,
} from './lock.ts';

type Table = Record<string, unknown>;

/** Locks that list what is installed, and not what needs what: each package is a root, when its marker holds. */
function flat(file: string, manager: string, packages: LockedPackage[]): Lock {
  const roots = packages.map(
    ({ name, marker, version }): Edge => ({ name, extras: [], marker, version: `==${version}` }),
  );
  return { file, manager, roots, packages };
}

/** Pipfile.lock: `default` is what runs. It knows hashes, and not of which files. Source: https://pipenv.pypa.io/en/latest/pipfile.html */
export function readPipfileLock(text: string, json: Table): Lock {
  const lines = keyLines(text);
  const packages = Object.entries(tableAt(json, 'default')).flatMap(([key, value]): LockedPackage[] => {
    const table = tableAt({ value }, 'value');
    const name = nameOf(key);
    if (name === null) return [];
    const hashes = Array.isArray(table.hashes) ? table.hashes.flatMap((hash) => hashOf(hash) ?? []) : [];
    return [
      {
        name,
        version: versionOf(stringOf(table.version)?.replace(/^==/, '')) ?? '',
        files: hashes.map((hash) => ({ name: null, hash })),
        from: fromOf('Pipfile.lock', lines.get(key)),
        origin: pipfileOrigin(table, tableAt(json, '_meta')),
        marker: stringOf(table.markers),
        needs: [],
        extras: new Map(),
      },
    ];
  });
  return flat('Pipfile.lock', 'pipenv', packages);
}

/** Where the tables of a JSON file begin, by their keys: the first of a name, as it is written a line each. */
function keyLines(text: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  for (const [index, line] of text.split('\n').entries()) {
    const key = /^\s{0,40}"([^"\\]{1,200})": \{/.exec(line)?.[1];
    if (key !== undefined && !lines.has(key)) lines.set(key, index + 1);
  }
  return lines;
}

function pipfileOrigin(table: Table, meta: Table): Origin {
  if (table.git !== undefined) return { kind: 'git' };
  if (typeof table.path === 'string') return { kind: 'folder', path: table.path };
  if (table.file !== undefined) return { kind: 'url' };
  const source = tablesOf(meta.sources).find(({ name }) => name === table.index);
  return { kind: 'index', url: stringOf(source?.url) };
}

/** pylock.toml. Source: https://peps.python.org/pep-0751/ */
export function readPylock(text: string, toml: Table): Lock {
  const lines = tableLines(text, 'packages');
  const packages = tablesOf(toml.packages).flatMap((table, index): LockedPackage[] => {
    const name = nameOf(table.name);
    if (name === null) return [];
    const files = [...tablesOf(table.wheels), ...tablesOf([table.sdist])].flatMap((file) => {
      const sha256 = stringOf(tableAt(file, 'hashes').sha256);
      const hash = hashOf(`sha256:${sha256}`);
      return hash === null ? [] : [{ name: stringOf(file.name) ?? fileOfUrl(file.url ?? file.path), hash }];
    });
    return [
      {
        name,
        version: versionOf(table.version) ?? '',
        files,
        from: `pylock.toml:${lines[index] ?? 1}`,
        origin: pylockOrigin(table),
        marker: stringOf(table.marker),
        needs: [],
        extras: new Map(),
      },
    ];
  });
  return flat('pylock.toml', 'pylock', packages);
}

function pylockOrigin(table: Table): Origin {
  if (table.vcs !== undefined) return { kind: 'git' };
  const folder = stringOf(tableAt(table, 'directory').path);
  if (folder !== null) return { kind: 'folder', path: folder };
  return table.archive === undefined ? { kind: 'index', url: stringOf(table.index) } : { kind: 'url' };
}
