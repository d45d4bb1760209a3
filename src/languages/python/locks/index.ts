import type { Finding } from '../../../app.ts';
import type { Project } from '../../language.ts';
import { isFinding, parseToml, tableAt } from '../metadata.ts';
import { type Derived, derive } from './derive.ts';
import { readPipfileLock, readPylock } from './flat.ts';
import { type Edge, edgesOf, type Lock } from './lock.ts';
import { readPdmLock } from './pdm.ts';
import { readPoetryLock } from './poetry.ts';
import { readUvLock } from './uv.ts';

/** A lock file, and what of it the image installs. */
export interface LockedProject extends Derived {
  file: string;
  manager: string;
  /** Folder of the lock file, relative to the build context; `''` is the context itself. */
  folder: string;
}

type Table = Record<string, unknown>;

/** Locks in the order in which they are believed where nothing else tells. */
const kinds: readonly { file: string; tool: string; read(text: string, value: Table, pyproject: Table): Lock }[] = [
  { file: 'uv.lock', tool: 'uv', read: (text, value) => readUvLock(text, value, '') },
  { file: 'poetry.lock', tool: 'poetry', read: readPoetryLock },
  { file: 'pdm.lock', tool: 'pdm', read: readPdmLock },
  { file: 'pylock.toml', tool: 'pylock', read: readPylock },
  { file: 'Pipfile.lock', tool: 'pipenv', read: readPipfileLock },
];

/**
 * What the project's lock file has installed; null when there is none.
 * @param pyproject the parsed pyproject.toml, which says what a Poetry or PDM project itself needs.
 */
export function readLock(project: Project, pyproject: Table): LockedProject | Finding | null {
  const present = kinds.filter(({ file }) => project.has(file));
  const tools = tableAt(pyproject, 'tool');
  // Of two, left from a move between tools, the one that pyproject.toml configures.
  const kind = present.find(({ tool }) => tool in tools) ?? present[0];
  if (kind === undefined) return workspaceLock(project, pyproject);
  const text = project.read(kind.file);
  const value = text === null ? null : parse(kind.file, text);
  if (text === null || value === null) return unreadable(kind.file);
  if (isFinding(value)) return value;
  const lock = kind.read(text, value, pyproject);
  const derived = derive(lock, text, '', declaredIn(project, kind.file, pyproject));
  const others = present.filter((each) => each !== kind).map(({ file }) => severalLocks(kind.file, file));
  const folder = project.around?.dir ?? '';
  return { ...derived, findings: [...derived.findings, ...others], file: kind.file, manager: lock.manager, folder };
}

/** What the manifest asks for: PEP 621's dependencies, or the Pipfile's. */
function declaredIn(project: Project, file: string, pyproject: Table): Edge[] {
  if (file !== 'Pipfile.lock') return edgesOf(tableAt(pyproject, 'project').dependencies);
  const pipfile = parseToml('Pipfile', project.read('Pipfile') ?? '');
  return isFinding(pipfile) ? [] : edgesOf(Object.keys(tableAt(pipfile, 'packages')));
}

/** A member of a uv workspace has its lock at the root of the repository. */
function workspaceLock({ around }: Project, pyproject: Table): LockedProject | Finding | null {
  const text = around?.context.read('uv.lock') ?? null;
  if (around === undefined || text === null) return null;
  const value = parseToml('uv.lock', text);
  if (isFinding(value)) return value;
  const lock = readUvLock(text, value, around.dir);
  if (!lock.packages.some(({ origin }) => origin.kind === 'folder' && origin.path === around.dir)) return null;
  const declared = edgesOf(tableAt(pyproject, 'project').dependencies);
  return { ...derive(lock, text, around.dir, declared), file: 'uv.lock', manager: 'uv', folder: '' };
}

function parse(file: string, text: string): Table | Finding | null {
  if (!file.startsWith('Pipfile')) return parseToml(file, text);
  try {
    const value: unknown = JSON.parse(text);
    return tableAt({ value }, 'value');
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return null;
  }
}

function unreadable(file: string): Finding {
  return {
    id: 'python-lock-unreadable',
    level: 'error',
    path: file,
    message: `${file} cannot be read: it is broken, too large, not UTF-8, or a link.`,
    why: 'What is installed, and with which hashes, stands there.',
    mend: 'Write it again with the tool that it belongs to.',
  };
}

function severalLocks(taken: string, other: string): Finding {
  return {
    id: 'python-several-locks',
    level: 'warning',
    path: other,
    message: `${taken} and ${other} are both there; the image installs what ${taken} holds.`,
    why: 'Two locks need not hold the same versions.',
    mend: `Remove the one that is not kept up to date.`,
  };
}
