import { distance } from 'fastest-levenshtein';
import { stagexName } from './references.ts';
import { digestsOf, releases } from './releases.ts';

/** A StageX image as a Containerfile names it. */
export interface StagexUse {
  reference: string;
  name: string;
  /** Of the tag; null when there is none of a release. */
  release: string | null;
  digest: string | null;
  /** The known releases that list this digest under this name, oldest first. */
  listed: string[];
}

/** What a reference names of StageX; null when it is none of theirs, or its digest is none. */
export function stagexUse(reference: string): StagexUse | null {
  const name = stagexName(reference);
  if (name === null) return null;
  const digest = /@sha256:([0-9a-f]{64})$/.exec(reference)?.[1] ?? null;
  const release = /:sx(\d{4}\.\d{2}\.\d+)(?:@|$)/.exec(reference)?.[1] ?? null;
  const listed = digest === null ? [] : releases().filter((one) => digestsOf(one).get(name) === digest);
  return { reference, name, release, digest, listed };
}

/**
 * Pallets that stand on `core-profile`, whose SHELL is a login shell and whose /etc/profile sets `-eux`, compilers and
 * MAKEFLAGS. Source: https://codeberg.org/stagex/stagex (packages/core/profile, packages/pallet/<name>/Containerfile)
 */
const onProfile = /^(?:core-profile|pallet-(?:rust|c?go|clang(?:-[a-z-]+)?|python|cython|luarocks|php(?:-composer)?))$/;
/** Of October 2025, 2025.10.0, none has it. */
const firstWithProfile = '2026.01.0';

/** Whether an image has a login shell; null when it may, since its release is not known. */
export function hasLoginShell({ name, release, digest, listed }: StagexUse): boolean | null {
  if (!onProfile.test(name)) return false;
  const [oldest] = listed;
  if (oldest !== undefined) return oldest >= firstWithProfile;
  if (release !== null) return release >= firstWithProfile;
  return digest === null ? true : null;
}

/** A mistyped digest is this many edits away from the one that was meant, at most. */
const mostEdits = 4;

/**
 * The listed digest that a mistyped one was meant to be.
 * @param written 64 hexadecimal digits, more or less.
 */
export function nearestDigest(name: string, written: string): { release: string; digest: string } | null {
  if (written.length < 48 || written.length > 80) return null;
  for (const release of releases().reverse()) {
    const digest = digestsOf(release).get(name);
    if (digest !== undefined && distance(digest, written) <= mostEdits) return { release, digest };
  }
  return null;
}
