import type { Finding } from '../../app.ts';
import { type Locked, lockedByName, placeOfLocked } from './lock.ts';
import type { Package } from './manifest.ts';
import { cmakeRule, quiet, type Rule, rules, type Supply, usesCmake } from './native-rules.ts';

/** What the crates of a build need besides Rust and a C compiler. */
export interface Native {
  findings: Finding[];
  /** StageX images in the order of their names, and variables. */
  supply: Supply;
}

/**
 * Looks at the crates that a build compiles.
 * A rule's `error` holds where a dependency leads there that default features build as it is; otherwise it is a warning.
 * @param text of Cargo.lock, for the lines.
 */
export function nativeNeeds(packages: readonly Package[], locked: readonly Locked[], text: string): Native {
  const byName = lockedByName(locked);
  const certain = compiledForCertain(packages, byName);
  const possible = compiledAtAll(packages, byName);
  const concerned = compiledPerhaps(packages, byName);
  const findings: Finding[] = [];
  const images = new Set<string>();
  const variables: Record<string, string> = {};
  const supply = (given: Partial<Supply>): void => {
    for (const image of given.images ?? []) images.add(image);
    Object.assign(variables, given.variables);
  };
  for (const [name, entries] of byName) {
    const entry = entries.find((one) => possible.has(one)) ?? entries.find((one) => concerned.has(one));
    const rule = entry && ruleOf(name, entry, byName);
    if (!entry || !concerned.has(entry)) continue;
    if (possible.has(entry)) supply({ variables: (Object.hasOwn(quiet, name) && quiet[name]) || {} });
    if (!rule) continue;
    if (possible.has(entry)) supply(rule.supply ?? {});
    // What StageX supplies is no news where it is not even compiled.
    else if (rule.level === 'note') continue;
    findings.push(findingOf(entry, rule, certain.has(entry), text));
  }
  return { findings: findings.sort(byId), supply: { images: [...images].sort(), variables } };
}

function ruleOf(name: string, entry: Locked, byName: ByName): Rule | null {
  const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
  if (rule && !rule.unless?.(entry, byName)) return rule;
  return usesCmake(entry) && entry.source !== null ? cmakeRule : null;
}

function findingOf({ name, version }: Locked, rule: Rule, certain: boolean, text: string): Finding {
  const open =
    rule.level === 'note'
      ? ', if the features that want it are on'
      : ', if the features or tests that want it are built';
  return {
    id: `rust-needs-${name}`,
    level: rule.level === 'error' && !certain ? 'warning' : rule.level,
    ...placeOfLocked(text, name, version),
    message: `${name} ${rule.message}${certain ? '' : open}.`,
    why: rule.why,
    mend: rule.mend,
  };
}

function byId(a: Finding, b: Finding): number {
  return a.id < b.id ? -1 : 1;
}

type ByName = ReadonlyMap<string, readonly Locked[]>;

/** Everything that a build with these features may compile: the lock's own view, without tests and features that are off. */
function compiledAtAll(packages: readonly Package[], byName: ByName): Set<Locked> {
  return walk(plainEntries(packages, byName), byName, new Set());
}

/** With tests and features that are off besides. */
function compiledPerhaps(packages: readonly Package[], byName: ByName): Set<Locked> {
  const direct = packages.flatMap(({ dependencies }) => dependencies.filter(({ foreign }) => !foreign));
  return walk(
    direct.flatMap(({ name }) => byName.get(name) ?? []),
    byName,
    new Set(),
  );
}

function plainEntries(packages: readonly Package[], byName: ByName): Locked[] {
  const direct = packages.flatMap(({ dependencies }) => dependencies);
  const plain = direct.filter(({ kind, optional, foreign }) => kind !== 'dev' && !optional && !foreign);
  return plain.flatMap(({ name }) => byName.get(name) ?? []);
}

/**
 * What a build with default features certainly compiles. The lock lists what any feature of these packages could need:
 * below a crate that some other feature changes, nothing is certain.
 */
function compiledForCertain(packages: readonly Package[], byName: ByName): Set<Locked> {
  const adjustable = packages.flatMap(({ dependencies }) => dependencies.filter((one) => one.adjustable));
  const open = walk(
    adjustable.flatMap(({ name }) => byName.get(name) ?? []),
    byName,
    new Set(),
  );
  return walk(plainEntries(packages, byName), byName, open);
}

/** All that the lock reaches from some packages, not going on from those in `end`. */
function walk(from: readonly Locked[], byName: ByName, end: ReadonlySet<Locked>): Set<Locked> {
  const seen = new Set<Locked>();
  const queue = [...from];
  for (let entry = queue.pop(); entry; entry = queue.pop()) {
    // The lock lists the tests' dependencies of this project's own packages too: those packages start a walk themselves.
    if (seen.has(entry) || entry.source === null) continue;
    seen.add(entry);
    if (end.has(entry)) continue;
    for (const reference of entry.dependencies) {
      const [name = '', version] = reference.split(' ');
      queue.push(...(byName.get(name) ?? []).filter((other) => version === undefined || other.version === version));
    }
  }
  return seen;
}
