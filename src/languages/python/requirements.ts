import type { Finding } from '../../app.ts';
import { printableLine } from '../../output.ts';
import type { Project } from '../language.ts';
import { inside, isPlainPath } from '../scan.ts';
import { derivedFile } from './locks/derive.ts';
import { type LockedProject, readLock } from './locks/index.ts';
import { normalized } from './locks/lock.ts';
import { usualRequirements } from './marks.ts';
import { tableAt } from './metadata.ts';
import { pythonVersion } from './target.ts';

export interface Requirements {
  /** The requirements file and those that it includes; empty when there is none that can be installed from. */
  files: string[];
  /** Names of the packages, normalised, to where each stands (`path:line`). */
  packages: Map<string, string>;
  findings: Finding[];
  /** The lock that the requirements are derived from; null when they stand in the repository as they are. */
  lock: LockedProject | null;
}

/** One logical line: continuation lines joined, comments gone. */
export interface Line {
  text: string;
  number: number;
}

/** What has uv write hashed requirements: wheels only, so that nothing of others is built, for what the image has. */
export const compileWords = [
  ...['pip', 'compile', '--generate-hashes', '--only-binary', ':all:', '--python-version', pythonVersion],
  ...['--python-platform', 'x86_64-unknown-linux-musl'],
] as const;

const compile = ['uv', ...compileWords].join(' ');

/** What a hashed requirements file is compiled from, where there is no lock. */
const sources = ['requirements.in', 'pyproject.toml', 'setup.cfg', 'setup.py'];

/** How the tool that a project is kept with writes its lock. */
function locker(project: Project, tools: Record<string, unknown>): [file: string, command: string] | null {
  if (project.has('Pipfile')) return ['Pipfile', 'pipenv lock'];
  if (!project.has('pyproject.toml')) return null;
  const tool = ['poetry', 'pdm'].find((name) => name in tools) ?? 'uv';
  return ['pyproject.toml', `${tool} lock`];
}

const why =
  'The build installs only wheels whose hashes are in the repository, so that every build gets the same ones.';

/**
 * What is installed: from a lock file, else from requirements with hashes.
 * @param pyproject the parsed pyproject.toml; empty where there is none.
 * @param named the requirements file that the service's own image installs, when it says one.
 */
export function readRequirements(
  project: Project,
  pyproject: Record<string, unknown> = {},
  named: string | null = null,
): Requirements {
  const locked = readLock(project, pyproject);
  const written = fromFiles(project, pyproject, named);
  if (locked === null) return written;
  const whole = written.files.length > 0 && written.findings.every(({ level }) => level !== 'error');
  if ('mend' in locked) return whole ? written : { ...written, files: [], packages: new Map(), findings: [locked] };
  // What the lock cannot say may have been exported by hand.
  if (whole && locked.findings.some(({ level }) => level === 'error')) return written;
  const { packages, findings } = locked;
  return { files: [derivedFile], packages, findings, lock: locked };
}

function fromFiles(project: Project, pyproject: Record<string, unknown>, named: string | null): Requirements {
  const result: Requirements = { files: [], packages: new Map(), findings: [], lock: null };
  const file = [...(named === null ? [] : [named]), ...usualRequirements].find((each) => project.has(each));
  if (file !== undefined) readFile(project, file, result);
  else if (needsNothing(project, pyproject)) return result;
  else result.findings.push(missing(project, tableAt(pyproject, 'tool')));
  return result;
}

/** A project that says that it needs nothing needs no lock. */
function needsNothing(project: Project, pyproject: Record<string, unknown>): boolean {
  const { dependencies, dynamic } = tableAt(pyproject, 'project');
  const none = Array.isArray(dependencies) && dependencies.length === 0 && dynamic === undefined;
  return none && !['requirements.in', 'Pipfile'].some((file) => project.has(file));
}

function missing(project: Project, tools: Record<string, unknown>): Finding {
  const source = sources.find((name) => project.has(name)) ?? null;
  const [file, command] = locker(project, tools) ?? [source, null];
  const from = source ?? 'requirements.in';
  const compiled = `${source === null ? 'Write requirements.in, then: ' : ''}${compile} ${from} -o requirements.txt`;
  return {
    id: 'python-no-requirements',
    level: 'error',
    ...(file === null ? {} : { path: file }),
    message: 'There is neither a lock file nor a requirements.txt with hashes.',
    why,
    mend:
      command === null ? `${compiled}; commit requirements.txt.` : `${command}, and commit the lock; or: ${compiled}`,
  };
}

function readFile(project: Project, file: string, result: Requirements): void {
  const text = project.read(file);
  if (text === null) {
    result.findings.push({
      id: 'python-requirements-unreadable',
      level: 'error',
      path: file,
      message: `${printableLine(file, 80)} is missing, too large, not UTF-8, or a link.`,
      why,
      mend: 'Put the file there, as plain text.',
    });
    return;
  }
  result.files.push(file);
  const unhashed: Line[] = [];
  for (const line of logicalLines(text)) {
    const kind = kindOf(line.text);
    if (kind === 'requirement') {
      const name = /^[A-Za-z0-9][A-Za-z0-9._-]*/.exec(line.text)?.[0];
      if (name !== undefined) result.packages.set(normalized(name), `${file}:${line.number}`);
      if (!/\s--hash[= ]sha(256|384|512):[0-9a-f]+/.test(line.text) || !/===?/.test(line.text)) unhashed.push(line);
    } else if (kind === 'include') {
      include(project, file, line, result);
    } else {
      const finding = optionFinding(file, line, kind);
      if (finding !== null) result.findings.push(finding);
    }
  }
  const [first] = unhashed;
  if (first) result.findings.push(notHashed(project, file, first, unhashed.length));
}

/** Joins lines that end in a backslash and drops comments. Source: https://pip.pypa.io/en/stable/reference/requirements-file-format/ */
export function logicalLines(text: string): Line[] {
  const lines: Line[] = [];
  let open: Line | null = null;
  for (const [index, raw] of text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .entries()) {
    const comment = raw.search(/(^|\s)#/);
    const plain = comment < 0 ? raw : `${raw.slice(0, comment)} `;
    const continued = plain.endsWith('\\');
    const part = continued ? plain.slice(0, -1) : plain;
    const line: Line = open ?? { text: '', number: index + 1 };
    line.text += open === null ? part : ` ${part}`;
    open = continued ? line : null;
    if (!continued && line.text.trim() !== '') lines.push({ ...line, text: line.text.trim() });
  }
  if (open !== null && open.text.trim() !== '') lines.push({ ...open, text: open.text.trim() });
  return lines;
}

const includes = /^(-r|--requirement|-c|--constraint)[\s=]+/;

type Kind = 'requirement' | 'include' | 'local' | 'git' | 'index' | 'option';

export function kindOf(text: string): Kind {
  if (includes.test(text)) return 'include';
  if (/^(-e|--editable)[\s=]|^\.{0,2}\/|^\.$|(^|@\s*)file:/.test(text)) return 'local';
  if (/(^|@\s*)(git|hg|svn|bzr)\+/.test(text)) return 'git';
  if (/^(-i|--index-url|--extra-index-url|-f|--find-links|--trusted-host|--no-index)\b/.test(text)) return 'index';
  return text.startsWith('-') ? 'option' : 'requirement';
}

/** The file that a line includes, relative to the service's folder; null for one that lies elsewhere. */
export function includedFile(file: string, line: string): string | null {
  const named = line.replace(includes, '');
  const folder = file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '';
  const path = inside(folder, named);
  return path !== null && isPlainPath(path) ? path : null;
}

/** More files of requirements than this are not followed. */
const mostFiles = 100;

function include(project: Project, file: string, line: Line, result: Requirements): void {
  const path = includedFile(file, line.text);
  if (path !== null) {
    if (result.files.includes(path)) return;
    if (result.files.length < mostFiles) {
      readFile(project, path, result);
      return;
    }
  }
  result.findings.push({
    id: 'python-requirements-elsewhere',
    level: 'error',
    path: file,
    line: line.number,
    message: `${printableLine(line.text.replace(includes, ''), 80)} is not in the service's folder, or one of more than ${mostFiles} such files.`,
    why: 'The dependency step copies the requirements of this service alone.',
    mend: 'Write all requirements into one requirements.txt.',
  });
}

function optionFinding(file: string, line: Line, kind: Kind): Finding | null {
  const where = { path: file, line: line.number };
  const shown = printableLine(line.text, 80);
  if (kind === 'local') {
    return {
      id: 'python-local-dependency',
      level: 'error',
      ...where,
      message: `Installed from a folder: ${shown}.`,
      why: 'The dependency step sees requirements only; the service itself runs from /app without being installed.',
      mend: 'Take the line out; publish the package when it is not the service itself.',
    };
  }
  if (kind === 'git') {
    return {
      id: 'python-git-dependency',
      level: 'error',
      ...where,
      message: `Installed from version control: ${shown}.`,
      why: 'Such a source has no hash, and has to be built.',
      mend: 'Take a release of the package, or publish a wheel.',
    };
  }
  if (kind === 'index') {
    return {
      id: 'python-other-index',
      level: 'warning',
      ...where,
      // The address may hold a password.
      message: 'Packages come from an index that is named here.',
      why: 'Caution builds without credentials, and so does everyone who verifies.',
      mend: 'See that the index answers anybody.',
    };
  }
  return null;
}

function notHashed(project: Project, file: string, first: Line, count: number): Finding {
  const name = printableLine(first.text.split(/[\s;\\]/)[0] ?? '', 60);
  const others = count > 1 ? ` and ${count - 1} more` : '';
  const source = file.replace(/\.txt$/, '.in');
  const again = project.has(source) ? '' : `git mv ${file} ${source} && `;
  return {
    id: 'python-not-hashed',
    level: 'error',
    path: file,
    line: first.number,
    message: `Not pinned to a version with a hash: ${name}${others}.`,
    why,
    mend: `${again}${compile} ${source} -o ${file}`,
  };
}
