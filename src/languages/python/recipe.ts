import path from 'node:path';
import type { Project } from '../language.ts';
import { projectOf } from '../project.ts';
import { borrowedFolder, type FindRecipe, type LockRecipe } from '../recipe.ts';
import { isFinding, parseToml, tableAt } from './metadata.ts';
import { compileWords, includedFile, kindOf, logicalLines, readRequirements } from './requirements.ts';

/** What hashed requirements are compiled from, and where they go. Paths are relative to the service's folder. */
interface Compilation {
  from: string;
  to: string;
  /** All files that uv reads. */
  inputs: Record<string, string>;
  keeps: Record<string, string>;
}

/** Tools that lock a project themselves, in files of their own. */
const lockers = ['uv', 'poetry', 'pdm', 'hatch', 'pixi'];

/**
 * Requirements with hashes, by uv: from requirements.in, from requirements without hashes (which are kept as
 * requirements.in), or from a pyproject.toml that says itself what it needs. uv builds nothing, for it is told to take
 * wheels only. Null where something else than names and versions would have to be read.
 * Source: https://docs.astral.sh/uv/pip/compile/
 */
export const hashedRequirements: FindRecipe = (project, { findings, build }) => {
  const compilation = findings.some(({ id }) => id === 'python-not-hashed')
    ? ofRequirements(project, build.requirements)
    : (ofSource(project, 'requirements.in', 'requirements.txt') ?? ofPyproject(project));
  if (compilation === null) return null;
  const folder = project.around?.dir ?? '';
  const inContext = (files: Record<string, string>) =>
    Object.fromEntries(Object.entries(files).map(([file, text]) => [path.posix.join(folder, file), text]));
  const { from, to, inputs, keeps } = compilation;
  return {
    mends: ['python-not-hashed', 'python-no-requirements'],
    image: 'pallet-python',
    borrows: [
      { image: 'core-uv', file: '/usr/bin/uv' },
      { image: 'core-ca-certificates', file: '/etc/ssl/certs/ca-certificates.crt' },
    ],
    command: { file: 'uv', args: [...compileWords, from, '-o', to] },
    env: {
      UV_NO_CONFIG: '1',
      UV_NO_CACHE: '1',
      // The image's own, and no look for others: that fails where there is no C library to recognise.
      UV_PYTHON_DOWNLOADS: 'never',
      UV_PYTHON_PREFERENCE: 'only-system',
      SSL_CERT_FILE: `${borrowedFolder}/ca-certificates.crt`,
    },
    folder,
    inputs: inContext(inputs),
    reaches: 'PyPI',
    makes: path.posix.join(folder, to),
    keeps: inContext(keeps),
    read: readHashed,
  };
};

/** @param listed the requirements file that is installed from, and those that it includes. */
function ofRequirements(project: Project, listed: unknown): Compilation | null {
  const file: unknown = Array.isArray(listed) ? listed[0] : null;
  if (typeof file !== 'string' || !file.endsWith('.txt')) return null;
  const source = file.replace(/\.txt$/, '.in');
  if (project.has(source)) {
    const compilation = ofSource(project, source, file);
    const before = project.read(file);
    // What is pinned there already stays, where it can.
    return compilation && before !== null
      ? { ...compilation, inputs: { ...compilation.inputs, [file]: before } }
      : compilation;
  }
  const inputs = plainRequirements(project, file);
  const text = inputs?.[file];
  if (!inputs || text === undefined) return null;
  const { [file]: _moved, ...included } = inputs;
  return { from: source, to: file, inputs: { ...included, [source]: text }, keeps: { [source]: text } };
}

function ofSource(project: Project, from: string, to: string): Compilation | null {
  if (!project.has(from)) return null;
  const inputs = plainRequirements(project, from);
  return inputs && { from, to, inputs, keeps: {} };
}

/**
 * A requirements file and those that it includes, when they hold names and versions alone: no folders, no version control,
 * no index of their own, and no options, of which some would have packages built.
 */
function plainRequirements(project: Project, first: string): Record<string, string> | null {
  const inputs: Record<string, string> = {};
  const queue = [first];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (Object.hasOwn(inputs, file)) continue;
    const text = project.read(file);
    if (text === null) return null;
    inputs[file] = text;
    for (const { text: line } of logicalLines(text)) {
      const kind = kindOf(line);
      if (kind === 'requirement' && !line.includes('@') && !line.includes('://')) continue;
      const included = kind === 'include' ? includedFile(file, line) : null;
      if (included === null) return null;
      queue.push(included);
    }
  }
  return inputs;
}

/** Of a pyproject.toml with all that it needs in it: what a build backend would have to say is code. */
function ofPyproject(project: Project): Compilation | null {
  const from = 'pyproject.toml';
  const text = project.read(from);
  if (text === null || ['Pipfile', 'setup.py', 'setup.cfg'].some((file) => project.has(file))) return null;
  const toml = parseToml(from, text);
  if (isFinding(toml)) return null;
  const own = tableAt(toml, 'project');
  const tools = tableAt(toml, 'tool');
  const dynamic = Array.isArray(own.dynamic) && own.dynamic.includes('dependencies');
  const plain =
    Array.isArray(own.dependencies) &&
    own.dependencies.every((each) => typeof each === 'string' && !each.includes('@') && !each.includes('://'));
  if (!plain || dynamic || lockers.some((tool) => Object.hasOwn(tools, tool))) return null;
  return { from, to: 'requirements.txt', inputs: { [from]: text }, keeps: {} };
}

function readHashed(text: string): ReturnType<LockRecipe['read']> {
  const file = 'requirements.txt';
  const odd = logicalLines(text).find(({ text: line }) => kindOf(line) !== 'requirement');
  if (odd) return { reason: `Line ${odd.number} is no requirement.` };
  const { packages, findings } = readRequirements(projectOf({ [file]: text }));
  const [problem] = findings;
  return problem ? { reason: problem.message } : { packages: packages.size };
}
