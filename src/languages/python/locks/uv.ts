import { tableAt } from '../metadata.ts';
import {
  type Edge,
  fileOfUrl,
  hashOf,
  type Lock,
  type LockedFile,
  type LockedPackage,
  nameOf,
  normalized,
  type Origin,
  stringOf,
  tableLines,
  tablesOf,
  versionOf,
} from './lock.ts';

type Table = Record<string, unknown>;

/**
 * uv.lock. Source: https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile
 * @param member the service's folder, relative to the lock file's: its package is where the walk begins.
 */
export function readUvLock(text: string, toml: Table, member: string): Lock {
  const lines = tableLines(text, 'package');
  const packages = tablesOf(toml.package).flatMap((table, index) => packageOf(table, `uv.lock:${lines[index] ?? 1}`));
  const own = packages.find(({ origin }) => origin.kind === 'folder' && origin.path === (member === '' ? '.' : member));
  return { file: 'uv.lock', manager: 'uv', roots: own?.needs ?? null, packages };
}

function packageOf(table: Table, from: string): LockedPackage[] {
  const name = nameOf(table.name);
  if (name === null) return [];
  const optional = Object.entries(tableAt(table, 'optional-dependencies'));
  return [
    {
      name,
      version: versionOf(table.version) ?? '',
      files: [...tablesOf(table.wheels), ...(table.sdist === undefined ? [] : tablesOf([table.sdist]))].flatMap(fileOf),
      from,
      origin: originOf(tableAt(table, 'source')),
      marker: null,
      needs: edges(table.dependencies),
      extras: new Map(optional.map(([extra, needed]) => [normalized(extra), edges(needed)])),
    },
  ];
}

function edges(value: unknown): Edge[] {
  return tablesOf(value).flatMap((table) => {
    const name = nameOf(table.name);
    const extras = Array.isArray(table.extra) ? table.extra.flatMap((extra) => nameOf(extra) ?? []) : [];
    const version = versionOf(table.version);
    return name === null ? [] : [{ name, extras, marker: stringOf(table.marker), version: version && `==${version}` }];
  });
}

function fileOf(table: Table): LockedFile[] {
  const hash = hashOf(table.hash);
  return hash === null ? [] : [{ name: fileOfUrl(table.url ?? table.path ?? table.filename), hash }];
}

function originOf(source: Table): Origin {
  const folder = source.editable ?? source.virtual ?? source.directory;
  if (typeof folder === 'string') return { kind: 'folder', path: folder };
  if (source.git !== undefined) return { kind: 'git' };
  if (source.url !== undefined || source.path !== undefined) return { kind: 'url' };
  return { kind: 'index', url: stringOf(source.registry) };
}
