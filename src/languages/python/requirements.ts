import type { Finding } from '../../app.ts';
import { printableLine } from '../../output.ts';
import type { Project } from '../language.ts';
import { inside, isPlainPath } from '../scan.ts';

export interface Requirements {
  /** The requirements file and those that it includes; empty when there is none that can be installed from. */
  files: string[];
  /** Names of the packages, normalised, to where each stands (`path:line`). */
  packages: Map<string, string>;
  findings: Finding[];
}

/** One logical line: continuation lines joined, comments gone. */
interface Line {
  text: string;
  number: number;
}

const compile =
  'uv pip compile --generate-hashes --only-binary :all: --python-version 3.13 --python-platform x86_64-unknown-linux-musl';

/** How each tool writes a hashed requirements file from its own lock, or from what it has instead of one. */
const exports: readonly [file: string, command: string][] = [
  ['uv.lock', 'uv export --format requirements-txt --no-dev --no-emit-project -o requirements.txt'],
  ['poetry.lock', 'poetry export -f requirements.txt -o requirements.txt (with poetry-plugin-export)'],
  ['pdm.lock', 'pdm export --prod -f requirements -o requirements.txt'],
  ['Pipfile.lock', 'pipenv requirements --hash > requirements.txt'],
  ['requirements.in', `${compile} requirements.in -o requirements.txt`],
  ['pyproject.toml', `${compile} pyproject.toml -o requirements.txt`],
  ['setup.cfg', `${compile} setup.cfg -o requirements.txt`],
  ['setup.py', `${compile} setup.py -o requirements.txt`],
];

const why =
  'The build installs only wheels whose hashes are in the repository, so that every build gets the same ones.';

/** Reads requirements.txt and what it includes. */
export function readRequirements(project: Project): Requirements {
  const result: Requirements = { files: [], packages: new Map(), findings: [] };
  if (!project.has('requirements.txt')) {
    result.findings.push(missing(project));
    return result;
  }
  readFile(project, 'requirements.txt', result);
  return result;
}

/** The name of a package as indexes compare it. Source: https://peps.python.org/pep-0503/#normalized-names */
export function normalized(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

function missing(project: Project): Finding {
  const [file, command] = exports.find(([name]) => project.has(name)) ?? [null, null];
  return {
    id: 'python-no-requirements',
    level: 'error',
    ...(file === null ? {} : { path: file }),
    message: 'There is no requirements.txt with hashes.',
    why,
    mend: `${command ?? `Write requirements.in, then: ${compile} requirements.in -o requirements.txt`}; commit requirements.txt.`,
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
function logicalLines(text: string): Line[] {
  const lines: Line[] = [];
  let open: Line | null = null;
  for (const [index, raw] of text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .entries()) {
    const plain = raw.replace(/(^|\s)#.*$/, '$1');
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

type Kind = 'requirement' | 'include' | 'local' | 'git' | 'index' | 'option';

function kindOf(text: string): Kind {
  if (/^(-r|--requirement|-c|--constraint)[\s=]/.test(text)) return 'include';
  if (/^(-e|--editable)[\s=]|^\.{0,2}\/|^\.$|(^|@\s*)file:/.test(text)) return 'local';
  if (/(^|@\s*)(git|hg|svn|bzr)\+/.test(text)) return 'git';
  if (/^(-i|--index-url|--extra-index-url|-f|--find-links|--trusted-host|--no-index)\b/.test(text)) return 'index';
  return text.startsWith('-') ? 'option' : 'requirement';
}

function include(project: Project, file: string, line: Line, result: Requirements): void {
  const named = line.text.replace(/^(-r|--requirement|-c|--constraint)[\s=]+/, '');
  const path = inside('', named);
  if (path !== null && isPlainPath(path) && !path.includes('/')) {
    if (!result.files.includes(path)) readFile(project, path, result);
    return;
  }
  result.findings.push({
    id: 'python-requirements-elsewhere',
    level: 'error',
    path: file,
    line: line.number,
    message: `${printableLine(named, 80)} is not in the same folder.`,
    why: 'The dependency step copies the requirements files beside each other.',
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
  const [lock, command] = exports.find(([name]) => /lock$/.test(name) && project.has(name)) ?? [];
  const name = printableLine(first.text.split(/[\s;\\]/)[0] ?? '', 60);
  const others = count > 1 ? ` and ${count - 1} more` : '';
  const again = project.has('requirements.in')
    ? `${compile} requirements.in -o requirements.txt`
    : `git mv requirements.txt requirements.in && ${compile} requirements.in -o requirements.txt`;
  return {
    id: 'python-not-hashed',
    level: 'error',
    path: file,
    line: first.number,
    message: `Not pinned to a version with a hash: ${name}${others}.`,
    why,
    mend: lock === undefined ? again : `${command}`,
  };
}
