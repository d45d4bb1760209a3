import { parse } from 'smol-toml';
import type { Finding } from '../../app.ts';
import type { Project } from '../language.ts';
import { lineOf, literal, withoutLongLines } from '../scan.ts';
import type { Value } from './expressions.ts';
import { readSyntax } from './syntax.ts';

/** Something that a project's metadata says, and where. */
interface Said {
  value: string;
  from: string;
}

/** A command that the project installs: `orders = "orders.cli:main"`. */
export interface Script {
  module: string;
  function: string;
  from: string;
}

/** What pyproject.toml, setup.cfg or setup.py say of a project. */
export interface Metadata {
  file: string;
  name: Said | null;
  version: string | null;
  python: Said | null;
  /** What is needed to run, as PEP 508 has it, or as Poetry does. */
  dependencies: unknown;
  scripts: ReadonlyMap<string, Script>;
  /** The parsed pyproject.toml; empty for the others. */
  toml: Record<string, unknown>;
  findings: Finding[];
}

/** What the project says of itself; null when its files hold settings of tools alone. */
export function readMetadata(project: Project): Metadata | null {
  return fromPyproject(project) ?? fromSetupCfg(project) ?? fromSetupPy(project);
}

/** A member that is a table; an empty one for anything else. */
export function tableAt(value: Record<string, unknown>, key: string): Record<string, unknown> {
  const member = Object.hasOwn(value, key) ? value[key] : undefined;
  return typeof member === 'object' && member !== null && !Array.isArray(member)
    ? (member as Record<string, unknown>)
    : {};
}

/**
 * TOML, or the finding that says where it is broken.
 * @param text a manifest or lock file, named `file` in the finding.
 */
export function parseToml(file: string, text: string): Record<string, unknown> | Finding {
  try {
    return parse(text);
  } catch (error) {
    const line = error instanceof Error && 'line' in error && typeof error.line === 'number' ? error.line : undefined;
    // Deep nesting ends the stack instead.
    if (line === undefined && !(error instanceof Error && /TomlError|RangeError/.test(error.name))) throw error;
    return {
      id: 'python-manifest-unreadable',
      level: 'error',
      path: file,
      ...(line === undefined ? {} : { line }),
      message: `${file} is no valid TOML.`,
      why: 'Nothing can be known of a service whose metadata cannot be read.',
      mend: `Mend ${file}.`,
    };
  }
}

/** True for what `parseToml` gives of a broken file. */
export function isFinding(value: Record<string, unknown> | Finding): value is Finding {
  return 'id' in value && 'mend' in value && 'level' in value;
}

/**
 * The folders that a project's packages lie in, as what builds it is told; what is not said is not guessed.
 * Source: https://packaging.python.org/en/latest/discussions/src-layout-vs-flat-layout/, and each tool's manual
 */
export function packageFolders(pyproject: Record<string, unknown>): string[] {
  const at = (...keys: string[]) => keys.reduce(tableAt, tableAt(pyproject, 'tool'));
  const listed = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
  const wheel = listed(at('hatch', 'build', 'targets', 'wheel').packages);
  const folders = [
    ...wheel.map((each) => (typeof each === 'string' && each.includes('/') ? each.replace(/\/[^/]*\/?$/, '') : '')),
    ...listed(at('setuptools', 'packages', 'find').where),
    at('setuptools', 'package-dir')[''],
    ...listed(at('poetry').packages).map((each) => tableAt({ each }, 'each').from),
    at('pdm', 'build')['package-dir'] ?? at('pdm')['package-dir'],
    at('uv', 'build-backend')['module-root'],
  ];
  return [...new Set(folders.flatMap((each) => (typeof each === 'string' && each !== '' ? [each] : [])))];
}

function fromPyproject(project: Project): Metadata | null {
  const file = 'pyproject.toml';
  const text = project.read(file);
  if (text === null) return null;
  const toml = parseToml(file, text);
  if (isFinding(toml)) return { ...empty(file), findings: [toml] };
  const poetry = tableAt(tableAt(toml, 'tool'), 'poetry');
  const own = 'project' in toml ? tableAt(toml, 'project') : poetry;
  if (Object.keys(own).length === 0) return null;
  const said = (value: unknown, pattern: RegExp): Said | null => {
    const line = lineOf(text, pattern);
    return typeof value === 'string' ? { value, from: line === undefined ? file : `${file}:${line}` } : null;
  };
  const python =
    own['requires-python'] ?? tableAt(own, 'dependencies').python ?? tableAt(poetry, 'dependencies').python;
  const scripts = { ...tableAt(poetry, 'scripts'), ...tableAt(tableAt(toml, 'project'), 'scripts') };
  return {
    file,
    name: said(own.name ?? poetry.name, /^[ \t]*name[ \t]*=/m),
    version: typeof own.version === 'string' ? own.version : null,
    python: said(python, /^[ \t]*(requires-python|python)[ \t]*=/m),
    dependencies: own.dependencies ?? poetry.dependencies,
    scripts: scriptsOf(
      scripts,
      (name) => said(name, new RegExp(`^[ \\t]*["']?${literal(name)}["']?[ \\t]*=`, 'm'))?.from ?? file,
    ),
    toml,
    findings: [],
  };
}

function empty(file: string): Metadata {
  return {
    file,
    name: null,
    version: null,
    python: null,
    dependencies: [],
    scripts: new Map(),
    toml: {},
    findings: [],
  };
}

function scriptsOf(table: Record<string, unknown>, fromOf: (name: string) => string): Map<string, Script> {
  const scripts = new Map<string, Script>();
  for (const [name, target] of Object.entries(table)) {
    const match = typeof target === 'string' ? /^\s*([A-Za-z_][\w.]*)\s*:\s*([A-Za-z_]\w*)\s*$/.exec(target) : null;
    if (!match || !/^[A-Za-z0-9][\w.-]{0,60}$/.test(name)) continue;
    scripts.set(name, { module: match[1] ?? '', function: match[2] ?? '', from: fromOf(name) });
  }
  return scripts;
}

/** setup.cfg: sections of `key = value`, whose values go on over indented lines. */
function fromSetupCfg(project: Project): Metadata | null {
  const file = 'setup.cfg';
  const text = project.read(file);
  if (text === null || !/^\[metadata\]|^\[options\]/m.test(text)) return null;
  const values = new Map<string, { value: string[]; line: number }>();
  let section = '';
  let open: { value: string[]; line: number } | undefined;
  for (const [index, line] of withoutLongLines(text).split(/\r?\n/).entries()) {
    const header = /^\[(.+)\]\s*$/.exec(line)?.[1];
    const pair = /^([A-Za-z][\w.-]*)\s*[=:]\s*(.*)$/.exec(line);
    if (header !== undefined) section = header;
    else if (pair) {
      open = { value: [pair[2] ?? ''], line: index + 1 };
      values.set(`${section}.${pair[1]}`, open);
    } else if (/^\s+\S/.test(line) && !/^\s*[#;]/.test(line)) open?.value.push(line.trim());
  }
  const said = (key: string): Said | null => {
    const found = values.get(key);
    return found?.value[0] ? { value: found.value[0], from: `${file}:${found.line}` } : null;
  };
  const console = values.get('options.entry_points.console_scripts');
  return {
    ...empty(file),
    name: said('metadata.name'),
    version: said('metadata.version')?.value ?? null,
    python: said('options.python_requires'),
    dependencies: (values.get('options.install_requires')?.value ?? []).filter((each) => each !== ''),
    scripts: scriptsOf(pairs(console?.value ?? []), () => `${file}:${console?.line}`),
  };
}

/** `name = module:function`, one a line. */
function pairs(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lines.flatMap((line) => {
      const equals = line.indexOf('=');
      return equals < 1 ? [] : [[line.slice(0, equals).trim(), line.slice(equals + 1).trim()]];
    }),
  );
}

/** setup.py: the literal arguments of its `setup(…)`, read and not run. */
function fromSetupPy(project: Project): Metadata | null {
  const file = 'setup.py';
  const text = project.read(file);
  if (text === null) return null;
  const call = readSyntax(text).calls.find(({ callee }) => /(^|\.)setup$/.test(callee ?? ''));
  if (!call) return null;
  const said = (key: string): Said | null => {
    const value = call.keywords.get(key);
    const line = lineOf(text, new RegExp(`\\b${key}[ \\t]*=`));
    return value?.kind === 'text' ? { value: value.text, from: `${file}:${line ?? call.line}` } : null;
  };
  const points = call.keywords.get('entry_points');
  const console =
    points?.kind === 'map' ? points.entries.find(([key]) => textIn(key) === 'console_scripts')?.[1] : undefined;
  const line = lineOf(text, /console_scripts/) ?? call.line;
  return {
    ...empty(file),
    name: said('name'),
    version: said('version')?.value ?? null,
    python: said('python_requires'),
    dependencies: textsIn(call.keywords.get('install_requires')),
    scripts: scriptsOf(pairs(textsIn(console)), () => `${file}:${line}`),
  };
}

function textIn(value: Value): string | null {
  return value.kind === 'text' ? value.text : null;
}

function textsIn(value: Value | undefined): string[] {
  return value?.kind === 'list' ? value.items.flatMap((item) => textIn(item) ?? []) : [];
}
