import { holds } from '../markers.ts';
import { admits, compareVersions, releaseOf } from '../versions.ts';
import type { Edge, Lock, LockedPackage } from './lock.ts';

/** What of a lock is installed in the image. */
export interface Selection {
  packages: LockedPackage[];
  /** Names that something needs, and that the lock does not hold. */
  missing: string[];
}

/** Walks a lock from what the service needs, as an installer would on the image's Python. */
export function select(lock: Lock): Selection {
  const byName = new Map<string, LockedPackage[]>();
  for (const each of lock.packages) {
    const others = byName.get(each.name);
    if (others === undefined) byName.set(each.name, [each]);
    else others.push(each);
  }
  const taken = new Set<LockedPackage>();
  const missing = new Set<string>();
  const seen = new Set<string>();
  const open: Edge[] = [...(lock.roots ?? [])];
  for (let edge = open.pop(); edge !== undefined; edge = open.pop()) {
    if (edge.marker !== null && holds(edge.marker) === false) continue;
    const candidates = byName.get(edge.name) ?? [];
    const found = choose(candidates, edge);
    if (found !== null) open.push(...newNeeds(found, edge, seen));
    if (found !== null) taken.add(found);
    else if (candidates.length === 0 || candidates.some(forThis)) missing.add(edge.name);
  }
  const packages = [...taken].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { packages, missing: [...missing].sort() };
}

/** What a package and its extras need, each once: packages may need each other in circles. */
function newNeeds(found: LockedPackage, { extras }: Edge, seen: Set<string>): Edge[] {
  return ['', ...extras].flatMap((extra) => {
    const key = `${found.name} ${found.version} ${extra}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return extra === '' ? found.needs : extraNeeds(found, extra);
  });
}

/** What an extra adds; its markers may name the extra itself. */
function extraNeeds({ extras }: LockedPackage, extra: string): Edge[] {
  return (extras.get(extra) ?? []).map((edge) => {
    const always = edge.marker !== null && holds(edge.marker, [extra]) === true;
    return always ? { ...edge, marker: null } : edge;
  });
}

/** Whether a package is for the image's environment at all. */
function forThis({ marker }: LockedPackage): boolean {
  return marker === null || holds(marker) !== false;
}

/** The one of several versions that is meant: in the range, for this environment, the newest. */
function choose(candidates: readonly LockedPackage[], { version }: Edge): LockedPackage | null {
  const suits = candidates.filter(forThis);
  const inRange = suits.filter((each) => version === null || each.version === version.replace(/^===?\s*/, ''));
  const ranged = suits.filter((each) => version !== null && admits(version, releaseOf(each.version)) !== false);
  const pool = inRange.length > 0 ? inRange : ranged;
  return [...pool].sort((a, b) => compareVersions(b.version, a.version))[0] ?? null;
}
