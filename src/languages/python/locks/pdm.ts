import { tableAt } from '../metadata.ts';
import {
  type Edge,
  edgesOf,
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

/**
 * pdm.lock. A package with extras is an entry of its own there, which needs the plain one.
 * Source: https://pdm-project.org/en/latest/usage/lockfile/
 */
export function readPdmLock(text: string, toml: Table, pyproject: Table): Lock {
  const lines = tableLines(text, 'package');
  const entries = tablesOf(toml.package).map((table, index) => ({ table, from: `pdm.lock:${lines[index] ?? 1}` }));
  const hasExtras = ({ table }: { table: Table }) => Array.isArray(table.extras) && table.extras.length > 0;
  const keyOf = ({ name, version }: Table) => `${nameOf(name)} ${version}`;
  const extras = new Map<string, Map<string, Edge[]>>();
  for (const { table } of entries.filter(hasExtras)) {
    const known = extras.get(keyOf(table)) ?? new Map<string, Edge[]>();
    for (const extra of [table.extras].flat()) known.set(nameOf(extra) ?? '', edgesOf(table.dependencies));
    extras.set(keyOf(table), known);
  }
  const packages = entries
    .filter((entry) => !hasExtras(entry))
    .flatMap(({ table, from }): LockedPackage[] => {
      const name = nameOf(table.name);
      if (name === null) return [];
      const files = tablesOf(table.files).flatMap((file) => {
        const hash = hashOf(file.hash);
        return hash === null ? [] : [{ name: stringOf(file.file) ?? fileOfUrl(file.url), hash }];
      });
      return [
        {
          name,
          version: versionOf(table.version) ?? '',
          files,
          from,
          origin: originOf(table),
          marker: stringOf(table.marker),
          needs: edgesOf(table.dependencies),
          extras: extras.get(keyOf(table)) ?? new Map(),
        },
      ];
    });
  return { file: 'pdm.lock', manager: 'pdm', roots: edgesOf(tableAt(pyproject, 'project').dependencies), packages };
}

function originOf(table: Table): Origin {
  if (table.git !== undefined) return { kind: 'git' };
  if (typeof table.path === 'string') return { kind: 'folder', path: table.path };
  return table.url === undefined ? { kind: 'index', url: null } : { kind: 'url' };
}
