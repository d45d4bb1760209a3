import { filesBelow } from '../files.ts';
import type { Project } from '../language.ts';
import { fromOf } from '../place.ts';
import { inside, lineOf, literal } from '../scan.ts';
import { type Dependency, dependenciesOf, withFeatures } from './dependencies.ts';
import { type Table, tableOf, textOf, textsOf } from './toml.ts';

/** Reads Cargo.toml files as Cargo does: https://doc.rust-lang.org/cargo/reference/manifest.html */

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
  table: Table;
  edition: string | null;
  rustVersion: string | null;
  /** Its build script, which Cargo compiles and runs before the package; null when it has none. */
  buildScript: string | null;
  binaries: Binary[];
  defaultRun: string | null;
  /** As the default features leave them. */
  dependencies: Dependency[];
  /** False where it only takes the place of a crate: then the lock holds no more of it than the build needs. */
  member: boolean;
  /** Takes values from a `[workspace]` table. */
  inherits: boolean;
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
    table: manifest.table,
    edition: inherited(own, shared, 'edition'),
    rustVersion: inherited(own, shared, 'rust-version'),
    buildScript: buildScriptOf(project, dir, own),
    binaries: [],
    defaultRun: textOf(own['default-run']),
    member: true,
    dependencies: withFeatures(
      dependenciesOf(manifest, dir, tableOf(workspace.dependencies)),
      tableOf(manifest.table.features),
      [],
    ),
    inherits: Object.values(own).some((value) => tableOf(value).workspace === true),
  };
  found.binaries = binariesOf(project, found, manifest.table);
  return found;
}

/** The package as it is built for a program that requires features. */
export function withRequired(one: Package, features: readonly string[]): Package {
  if (features.length === 0) return one;
  return { ...one, dependencies: withFeatures(one.dependencies, tableOf(one.table.features), features) };
}

/** Where a field of `[package]` stands, as `path:line`. */
export function placeOfField({ manifest, text }: Pick<Package, 'manifest' | 'text'>, field: string): string {
  const line = lineOf(text, new RegExp(`^[ \\t]*${literal(field)}[ \\t]*[=.]`, 'm'));
  return fromOf(manifest, line);
}

function buildScriptOf(project: Project, dir: string, own: Table): string | null {
  if (own.build === false) return null;
  const path = inside(dir, textOf(own.build) ?? 'build.rs');
  return path !== null && project.has(path) ? path : null;
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
  for (const file of filesBelow(project, `${at}src/bin`)) {
    const name = /^([^/]+)(?:\.rs|\/main\.rs)$/.exec(file.slice(`${at}src/bin/`.length))?.[1];
    if (name !== undefined) found.push(binary(name, file));
  }
  return found;
}
