import { inside } from '../scan.ts';
import { isForeign } from './platform.ts';
import { type Table, tableOf, textOf, textsOf } from './toml.ts';

/** What a manifest depends on: https://doc.rust-lang.org/cargo/reference/specifying-dependencies.html */

/** One entry of a table of dependencies. */
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
  /** Only for other platforms than ours. */
  foreign: boolean;
  /** The name that `.cargo/config.toml` gives the registry that it comes from; null for crates.io. */
  registry: string | null;
  line: number | undefined;
}

const sections = [
  ['dependencies', 'normal'],
  ['build-dependencies', 'build'],
  ['dev-dependencies', 'dev'],
] as const;

/** All dependencies of one manifest. `shared` is the workspace's `[workspace.dependencies]`. */
export function dependenciesOf(manifest: { table: Table; text: string }, dir: string, shared: Table): Dependency[] {
  const found: Dependency[] = [];
  const lines = linesOf(manifest.text);
  const collect = (from: Table, foreign: boolean): void => {
    for (const [section, kind] of sections) {
      for (const [key, value] of Object.entries(tableOf(from[section]))) {
        found.push(dependency(key, value, { kind, foreign, dir, shared, line: lines.get(key) }));
      }
    }
  };
  collect(manifest.table, false);
  for (const [platform, table] of Object.entries(tableOf(manifest.table.target))) {
    collect(tableOf(table), isForeign(platform));
  }
  return found;
}

/** The line of each dependency, by its key: in a table of dependencies, or as a table of its own. */
function linesOf(text: string): Map<string, number> {
  const found = new Map<string, number>();
  let inside = false;
  for (const [index, line] of text.split('\n').entries()) {
    const header = /^[ \t]*\[\[?([^\]]{1,500})\]/.exec(line)?.[1];
    if (header !== undefined)
      inside = !header.startsWith('workspace.') && /(?:^|\.)(?:dev-|build-)?dependencies$/.test(header);
    const own = /(?:^|\.)(?:dev-|build-)?dependencies\.["']?([\w-]+)["']?$/.exec(header ?? '')?.[1];
    const key = own ?? (inside ? /^[ \t]*["']?([\w-]+)["']?[ \t]*[=.]/.exec(line)?.[1] : undefined);
    if (key !== undefined && !found.has(key)) found.set(key, index + 1);
  }
  return found;
}

/**
 * Takes the features into account that are on: an optional dependency that they turn on is none, and one that another
 * feature would change is adjustable. Source: https://doc.rust-lang.org/cargo/reference/features.html
 * @param more features that are on besides the default ones.
 */
export function withFeatures(dependencies: Dependency[], features: Table, more: readonly string[]): Dependency[] {
  const on = new Set([...(Object.hasOwn(features, 'default') ? ['default'] : []), ...more]);
  // An optional dependency is a feature of its own name.
  const turnedOn = new Set(more);
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
  { kind, foreign, dir, shared, line }: Pick<Dependency, 'kind' | 'foreign' | 'line'> & { dir: string; shared: Table },
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
    registry: textOf(detail.registry),
    line,
  };
}
