import { tableAt } from '../metadata.ts';
import {
  type Edge,
  edgesOf,
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
 * poetry.lock, of any version since 1.1, which kept the hashes at its end.
 * Source: https://github.com/python-poetry/poetry/blob/main/src/poetry/packages/locker.py
 * @param pyproject says what the service itself needs.
 */
export function readPoetryLock(text: string, toml: Table, pyproject: Table): Lock {
  const lines = tableLines(text, 'package');
  const older = tableAt(tableAt(toml, 'metadata'), 'files');
  const packages = tablesOf(toml.package).flatMap((table, index) =>
    packageOf(table, older, `poetry.lock:${lines[index] ?? 1}`),
  );
  return { file: 'poetry.lock', manager: 'poetry', roots: rootsOf(pyproject), packages };
}

/** PEP 621's dependencies, or Poetry's own table. */
function rootsOf(pyproject: Table): Edge[] {
  const standard = tableAt(pyproject, 'project').dependencies;
  if (Array.isArray(standard)) return edgesOf(standard);
  return needsOf(tableAt(tableAt(tableAt(pyproject, 'tool'), 'poetry'), 'dependencies')).map(({ edge }) => edge);
}

function packageOf(table: Table, older: Table, from: string): LockedPackage[] {
  const name = nameOf(table.name);
  if (name === null) return [];
  const needs = needsOf(tableAt(table, 'dependencies'), true);
  const extras = new Map(
    Object.entries(tableAt(table, 'extras')).map(([extra, named]): [string, Edge[]] => {
      const names = new Set(edgesOf(named).map((edge) => edge.name));
      return [normalized(extra), needs.filter(({ edge }) => names.has(edge.name)).map(({ edge }) => edge)];
    }),
  );
  return [
    {
      name,
      version: versionOf(table.version) ?? '',
      files: tablesOf(table.files ?? older[String(table.name)]).flatMap(fileOf),
      from,
      origin: originOf(tableAt(table, 'source')),
      marker: typeof table.markers === 'string' ? table.markers : stringOf(tableAt(table, 'markers').main),
      needs: needs.filter(({ optional }) => !optional).map(({ edge }) => edge),
      extras,
    },
  ];
}

/**
 * A table of dependencies: a range, a table, or several of them for several environments.
 * @param withOptional also those that only an extra asks for.
 */
function needsOf(table: Table, withOptional = false): { edge: Edge; optional: boolean }[] {
  return Object.entries(table).flatMap(([name, value]) => {
    const plain = nameOf(name);
    if (plain === null || plain === 'python') return [];
    return (Array.isArray(value) ? value : [value]).flatMap((each) => {
      const { range, details } = typeof each === 'string' ? { range: each, details: {} } : detailsOf(each);
      const optional = details.optional === true;
      if (optional && !withOptional) return [];
      const marked = [stringOf(details.markers), pythonMarker(details.python)].filter((marker) => marker !== null);
      const marker = marked.length === 0 ? null : marked.map((part) => `(${part})`).join(' and ');
      const extras = Array.isArray(details.extras) ? details.extras.flatMap((extra) => nameOf(extra) ?? []) : [];
      return [{ edge: { name: plain, extras, marker, version: range === '*' ? null : range }, optional }];
    });
  });
}

function detailsOf(value: unknown): { range: string | null; details: Table } {
  const details = tableAt({ value }, 'value');
  return { range: stringOf(details.version), details };
}

/** `python = ">=3.8,<3.13"` beside a dependency, as a marker; other spellings of a range are not read. */
function pythonMarker(range: unknown): string | null {
  if (typeof range !== 'string') return null;
  const clauses = range.split(',').map((clause) => /^\s*(<=|>=|<|>|==|!=)\s*([\d.]+)\s*$/.exec(clause));
  if (clauses.some((clause) => clause === null)) return null;
  return clauses.map((clause) => `python_version ${clause?.[1]} "${clause?.[2]}"`).join(' and ');
}

function fileOf(table: Table): LockedFile[] {
  const hash = hashOf(table.hash);
  return hash === null ? [] : [{ name: stringOf(table.file), hash }];
}

function originOf(source: Table): Origin {
  switch (source.type) {
    case 'git':
      return { kind: 'git' };
    case 'directory':
      return { kind: 'folder', path: stringOf(source.url) ?? '' };
    case 'file':
    case 'url':
      return { kind: 'url' };
    default:
      return { kind: 'index', url: stringOf(source.url) };
  }
}
