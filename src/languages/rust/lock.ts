import { minVersion, satisfies, validRange } from 'semver';
import type { Finding } from '../../app.ts';
import type { Project } from '../language.ts';
import { fromOf, type Place, placeAt } from '../place.ts';
import { lineAt } from '../scan.ts';
import type { Package } from './manifest.ts';
import { readToml, tableOf, textOf, textsOf } from './toml.ts';

/** One `[[package]]` of Cargo.lock. */
export interface Locked {
  name: string;
  version: string;
  /** `registry+…`, `git+…`; null for a package of this project. */
  source: string | null;
  /** As written there: `name`, `name version` or `name version (source)`. */
  dependencies: string[];
}

/** The newest lock file format that the pallet's Cargo reads. */
const newestFormat = 4;

/** Cargo.lock, or the finding that says why there is none. */
export function readLock(project: Project): { packages: Locked[]; text: string } | Finding {
  if (!project.has('Cargo.lock')) {
    return {
      id: 'rust-no-lock',
      level: 'error',
      path: 'Cargo.lock',
      message: 'There is no Cargo.lock that git would commit.',
      why: 'Without it every build takes the newest dependencies, and two builds are two different enclaves.',
      source: 'https://doc.rust-lang.org/cargo/faq.html#why-have-cargolock-in-version-control',
      mend: 'Run `cargo generate-lockfile`, take Cargo.lock out of .gitignore, commit it. A member of a workspace: start from the workspace root.',
    };
  }
  const toml = readToml(project, 'Cargo.lock');
  if (!('table' in toml)) return { ...toml, id: 'rust-lock-broken', mend: 'Write it anew: `cargo generate-lockfile`.' };
  const format = toml.table.version;
  if (typeof format === 'number' && format > newestFormat) {
    return {
      ...outOfDate(`Cargo.lock has format ${format}, and the pallet's Cargo reads up to ${newestFormat}.`),
      id: 'rust-lock-format',
      mend: 'Write it with the Cargo version that StageX has.',
    };
  }
  const packages = Array.isArray(toml.table.package) ? toml.table.package.map(tableOf) : [];
  return {
    packages: packages.map((entry) => ({
      name: textOf(entry.name) ?? '',
      version: textOf(entry.version) ?? '',
      source: textOf(entry.source),
      dependencies: textsOf(entry.dependencies),
    })),
    text: toml.text,
  };
}

/** Where a package stands in Cargo.lock. */
export function placeOfLocked(text: string, name: string, version: string): Place {
  const [quotedName, quotedVersion] = [JSON.stringify(name), JSON.stringify(version)];
  const at = text.indexOf(`name = ${quotedName}\nversion = ${quotedVersion}`);
  return placeAt('Cargo.lock', at < 0 ? undefined : lineAt(text, at));
}

function outOfDate(message: string): Finding {
  return {
    id: 'rust-lock-outdated',
    level: 'error',
    path: 'Cargo.lock',
    message,
    why: 'The build runs with --locked, and Cargo would have to change the file.',
    source: 'https://doc.rust-lang.org/cargo/commands/cargo-build.html#manifest-options',
    mend: 'Run `cargo update --workspace` and commit Cargo.lock.',
  };
}

/** What the manifests ask for and the lock does not hold: the first of it, for one command mends all. */
export function lockFindings(packages: readonly Package[], locked: readonly Locked[]): Finding[] {
  const byName = lockedByName(locked);
  for (const owner of packages) {
    const missing = missingFromLock(owner, byName);
    if (missing !== null) return [outOfDate(missing)];
  }
  return [];
}

/** The lock's packages by name: one name can be there in several versions. */
export function lockedByName(locked: readonly Locked[]): Map<string, Locked[]> {
  const byName = new Map<string, Locked[]>();
  for (const entry of locked) {
    const same = byName.get(entry.name);
    if (same) same.push(entry);
    else byName.set(entry.name, [entry]);
  }
  return byName;
}

function missingFromLock(owner: Package, byName: ReadonlyMap<string, readonly Locked[]>): string | null {
  const self = byName.get(owner.name)?.find(({ source }) => source === null);
  if (!self) return `Cargo.lock does not know the package ${owner.name} of ${owner.manifest}.`;
  if (owner.version !== null && self.version !== owner.version) {
    return `Cargo.lock has ${owner.name} ${self.version}, and ${owner.manifest} says ${owner.version}.`;
  }
  for (const { name, requirement, line, kind, optional } of owner.dependencies) {
    if (!owner.member && (optional || kind === 'dev')) continue;
    const held = byName.get(name);
    const place = fromOf(owner.manifest, line);
    if (!held) return `Cargo.lock does not hold ${name}, which ${place} asks for.`;
    if (requirement !== null && !held.some(({ version }) => fits(version, requirement))) {
      return `Cargo.lock holds no ${name} that fits "${requirement}" of ${place}.`;
    }
  }
  return null;
}

/** Whether a version meets a Cargo requirement; true where the requirement cannot be read with certainty. */
function fits(version: string, requirement: string): boolean {
  // Cargo's bare `1.2` is a caret, its comma a blank; see the reference's "Specifying Dependencies".
  const range = requirement
    .split(',')
    .map((part) => part.trim())
    .map((part) => (/^\d/.test(part) && !part.includes('*') ? `^${part}` : part))
    .join(' ');
  if (validRange(range) === null || minVersion(range) === null) return true;
  return satisfies(version, range, { includePrerelease: true, loose: true });
}
