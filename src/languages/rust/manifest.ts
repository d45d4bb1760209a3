import { parse, TomlError } from 'smol-toml';
import type { Finding } from '../../app.ts';
import type { Project } from '../language.ts';
import { inside, lineOf } from '../scan.ts';

/** Reads Cargo.toml files as Cargo does: https://doc.rust-lang.org/cargo/reference/manifest.html */

/** A TOML table; its keys are the file's own, so they are read with care. */
export type Table = Record<string, unknown>;

/** One program that `cargo build --bin` can make. */
export interface Binary {
  name: string;
  /** Its source, relative to the project; null when no file is there yet. */
  path: string | null;
  package: string;
  /** Features without which Cargo refuses to build it. */
  features: string[];
  /** `path:line` that it is known from. */
  from: string;
}

export interface Dependency {
  /** What the manifest calls it. */
  key: string;
  /** The crate's real name. */
  name: string;
  requirement: string | null;
  kind: 'normal' | 'build' | 'dev';
  optional: boolean;
  /** Some feature that is not on by default would change how it is built: what it needs in turn is not certain. */
  adjustable: boolean;
  /** Relative to the project; null for a crate from elsewhere. */
  path: string | null;
  /** True when its path leads out of the project. */
  outside: boolean;
  /** Only for Windows, macOS or wasm. */
  foreign: boolean;
  line: number | undefined;
}

/** One Cargo package. */
export interface Package {
  name: string;
  /** Null when the manifest has none. */
  version: string | null;
  /** Path of its Cargo.toml. */
  manifest: string;
  /** Its folder; `''` for the project's own. */
  dir: string;
  text: string;
  rustVersion: string | null;
  binaries: Binary[];
  defaultRun: string | null;
  dependencies: Dependency[];
  /** Takes values from a `[workspace]` table. */
  inherits: boolean;
}

/** A parsed TOML file, or the finding that says why it is none. */
export function readToml(project: Project, path: string): { table: Table; text: string } | Finding {
  const text = project.read(path);
  if (text === null) {
    return { ...broken(path), message: `${path} cannot be read as text (5 MB at most, UTF-8).` };
  }
  try {
    return { table: parse(text), text };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const reason = error.message.split('\n')[0] ?? '';
    return { ...broken(path), line: error.line, message: `${path} is not valid TOML: ${reason}` };
  }
}

function broken(path: string): Omit<Finding, 'message'> {
  return {
    id: 'rust-manifest-broken',
    level: 'error',
    path,
    why: 'Cargo refuses it, so nothing can be built.',
    mend: 'Correct the file: `cargo metadata` names the same place.',
  };
}

export function tableOf(value: unknown): Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Table) : {};
}

export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** A field of `[package]`, or of `[workspace.package]` where it says `field.workspace = true`. */
function inherited(own: Table, shared: Table, field: string): string | null {
  return textOf(own[field]) ?? (tableOf(own[field]).workspace === true ? textOf(shared[field]) : null);
}

/**
 * One package from its manifest.
 * @param workspace the `[workspace]` table that it belongs to; empty when there is none.
 * @returns null when the manifest holds no package (a virtual workspace).
 */
export function readPackage(
  project: Project,
  manifest: { path: string; table: Table; text: string },
  workspace: Table,
): Package | null {
  const own = tableOf(manifest.table.package);
  const name = textOf(own.name);
  if (name === null) return null;
  const dir = manifest.path.replace(/\/?Cargo\.toml$/, '');
  const shared = tableOf(workspace.package);
  const found: Package = {
    name,
    version: inherited(own, shared, 'version'),
    manifest: manifest.path,
    dir,
    text: manifest.text,
    rustVersion: inherited(own, shared, 'rust-version'),
    binaries: [],
    defaultRun: textOf(own['default-run']),
    dependencies: withFeatures(
      dependenciesOf(manifest, dir, tableOf(workspace.dependencies)),
      tableOf(manifest.table.features),
    ),
    inherits: Object.values(own).some((value) => tableOf(value).workspace === true),
  };
  found.binaries = binariesOf(project, found, manifest.table);
  return found;
}

/**
 * The package's programs: `[[bin]]` tables, and unless `autobins = false` also `src/main.rs`, `src/bin/NAME.rs`
 * and `src/bin/NAME/main.rs`, where no table names the same program or the same file.
 */
function binariesOf(project: Project, owner: Package, table: Table): Binary[] {
  const at = owner.dir === '' ? '' : `${owner.dir}/`;
  const auto = tableOf(table.package).autobins === false ? [] : implicitBinaries(project, owner, at);
  const tables = Array.isArray(table.bin) ? table.bin.map(tableOf) : [];
  const explicit = tables.flatMap((bin): Binary[] => {
    const name = textOf(bin.name);
    if (name === null) return [];
    const guess = auto.find((other) => other.name === name)?.path ?? null;
    const path = textOf(bin.path) === null ? guess : inside(owner.dir, textOf(bin.path) ?? '');
    const line = lineOf(owner.text, new RegExp(`^[ \\t]*name[ \\t]*=[ \\t]*["']${literal(name)}["']`, 'm'));
    const sought = lineOf(owner.text, /^[ \t]*\[\[bin\]\]/m) ?? 1;
    const from = `${owner.manifest}:${line !== undefined && line >= sought ? line : sought}`;
    return [{ name, path, package: owner.name, features: textsOf(bin['required-features']), from }];
  });
  const known = (one: Binary) => explicit.some((other) => other.name === one.name || other.path === one.path);
  return [...explicit, ...auto.filter((one) => !known(one))];
}

function implicitBinaries(project: Project, owner: Package, at: string): Binary[] {
  const binary = (name: string, path: string): Binary => ({
    name,
    path,
    package: owner.name,
    features: [],
    from: path,
  });
  const found = project.has(`${at}src/main.rs`) ? [binary(owner.name, `${at}src/main.rs`)] : [];
  for (const file of project.files) {
    if (!file.startsWith(`${at}src/bin/`)) continue;
    const name = /^([^/]+)(?:\.rs|\/main\.rs)$/.exec(file.slice(`${at}src/bin/`.length))?.[1];
    if (name !== undefined) found.push(binary(name, file));
  }
  return found;
}

const sections = [
  ['dependencies', 'normal'],
  ['build-dependencies', 'build'],
  ['dev-dependencies', 'dev'],
] as const;

function dependenciesOf(manifest: { table: Table; text: string }, dir: string, shared: Table): Dependency[] {
  const found: Dependency[] = [];
  const collect = (from: Table, foreign: boolean): void => {
    for (const [section, kind] of sections) {
      for (const [key, value] of Object.entries(tableOf(from[section]))) {
        found.push(dependency(key, value, { kind, foreign, dir, shared, text: manifest.text }));
      }
    }
  };
  collect(manifest.table, false);
  for (const [platform, table] of Object.entries(tableOf(manifest.table.target))) {
    const foreign = /windows|macos|apple|darwin|wasm|android|ios/.test(platform) && !/not|any/.test(platform);
    collect(tableOf(table), foreign);
  }
  return found;
}

/**
 * Takes the default features into account: an optional dependency that they turn on is none, and one that another
 * feature would change is adjustable. Source: https://doc.rust-lang.org/cargo/reference/features.html
 */
function withFeatures(dependencies: Dependency[], features: Table): Dependency[] {
  const on = new Set(Object.hasOwn(features, 'default') ? ['default'] : []);
  const turnedOn = new Set<string>();
  for (const feature of on) {
    for (const value of textsOf(features[feature])) {
      if (!value.startsWith('dep:') && !value.includes('/') && Object.hasOwn(features, value)) on.add(value);
      else if (!value.includes('?/')) turnedOn.add(value.replace(/^dep:/, '').replace(/\/.*$/, ''));
    }
  }
  const off = Object.keys(features).filter((feature) => !on.has(feature));
  const changed = new Set(
    off.flatMap((feature) => textsOf(features[feature]).flatMap((value) => /^(.+?)\??\//.exec(value)?.[1] ?? [])),
  );
  return dependencies.map((one) => ({
    ...one,
    optional: one.optional && !turnedOn.has(one.key),
    adjustable: changed.has(one.key),
  }));
}

function dependency(
  key: string,
  value: unknown,
  {
    kind,
    foreign,
    dir,
    shared,
    text,
  }: Pick<Dependency, 'kind' | 'foreign'> & { dir: string; shared: Table; text: string },
): Dependency {
  const own = tableOf(value);
  const fromWorkspace = own.workspace === true;
  const spec = fromWorkspace ? (Object.hasOwn(shared, key) ? shared[key] : {}) : value;
  const detail = tableOf(spec);
  const relative = textOf(detail.path);
  const path = relative === null ? null : inside(fromWorkspace ? '' : dir, relative);
  return {
    key,
    name: textOf(detail.package) ?? key,
    requirement: textOf(spec) ?? textOf(detail.version),
    kind,
    optional: own.optional === true,
    adjustable: false,
    path,
    outside: relative !== null && path === null,
    foreign,
    line: lineOf(text, new RegExp(`^[ \\t]*(\\[.*\\.)?["']?${literal(key)}["']?[ \\t]*[=.\\]]`, 'm')),
  };
}

/** A text as a regular expression that matches it. */
function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
