import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../errors.ts';
import { shipped } from '../package-root.ts';

/**
 * StageX releases, as StageX publishes them: `data/stagex/<release>/<stage>.txt` holds `<manifest sha256> <image>` a
 * line. These are digests of the linux/amd64 manifests, the ones that the maintainers sign, not of the indexes that tags
 * resolve to. Source: https://codeberg.org/stagex/stagex (digests/*.txt of each release).
 */

/** The release that new services are pinned to. */
export const defaultRelease = '2026.03.0';

/** The registry prefix in StageX's own documentation: Docker Hub's `stagex` organisation. */
export const defaultRegistry = 'stagex';

/** The releases whose digest lists this package carries, oldest first. */
export function releases(): string[] {
  return readdirSync(shipped('data/stagex')).sort();
}

const lists = new Map<string, ReadonlyMap<string, string>>();

/**
 * The digests of one release.
 * @returns image name (`pallet-rust`) to manifest digest (64 hexadecimal digits).
 * @throws UserError for a release that this package does not carry.
 */
export function digestsOf(release: string): ReadonlyMap<string, string> {
  const known = lists.get(release);
  if (known) return known;
  const folder = path.join(shipped('data/stagex'), release);
  if (!/^\d{4}\.\d{2}\.\d+$/.test(release) || !existsSync(folder)) {
    throw new UserError('unknown-release', `StageX release ${JSON.stringify(release)} is not known here.`, {
      exitCode: 2,
      next: `Choose one of ${releases().join(', ')} with --release.`,
    });
  }
  const digests = new Map<string, string>();
  for (const stage of readdirSync(folder)) {
    for (const line of readFileSync(path.join(folder, stage), 'utf8').split('\n')) {
      const [digest, name] = line.trim().split(/\s+/);
      if (digest && name && /^[0-9a-f]{64}$/.test(digest)) digests.set(name, digest);
    }
  }
  lists.set(release, digests);
  return digests;
}

/**
 * The reference that a Containerfile should name: tag for readers, digest for the engine.
 * @param name such as `pallet-rust`.
 * @returns such as `stagex/pallet-rust:sx2026.03.0@sha256:…`.
 * @throws UserError when the release has no such image.
 */
export function imageReference(name: string, { release, registry }: { release: string; registry: string }): string {
  const digest = digestsOf(release).get(name);
  if (digest === undefined) {
    throw new UserError('unknown-image', `StageX ${release} has no image ${JSON.stringify(name)}.`, {
      next: `Choose another release with --release: ${releases().join(', ')}.`,
    });
  }
  return `${registry}/${name}:sx${release}@sha256:${digest}`;
}
