import type { Containerfile } from '../verify/containerfile.ts';

export interface Override {
  /** As the Containerfile spells it. */
  reference: string;
  image: string;
  replacement: string;
}

/**
 * The images to build with in place of StageX's own.
 * @param replacements StageX image name (`pallet-go`) to a reference.
 */
export function overrides(
  file: Pick<Containerfile, 'images'>,
  replacements: Readonly<Record<string, string>>,
): Override[] {
  return file.images.flatMap(({ reference }) => {
    const image = stagexName(reference);
    const replacement = image !== null && Object.hasOwn(replacements, image) ? replacements[image] : undefined;
    return image !== null && replacement !== undefined ? [{ reference, image, replacement }] : [];
  });
}

/** `pallet-go` of `quay.io/stagex/pallet-go:sx2026.03.0@sha256:…`; null when a reference is not StageX's. */
export function stagexName(reference: string): string | null {
  return (
    /(?:^|\/)stagex\/([a-z0-9]+(?:[._-]+[a-z0-9]+)*)(?::[\w.-]+)?(?:@sha256:[0-9a-f]{64})?$/.exec(reference)?.[1] ??
    null
  );
}

/** The StageX release that tags such as `:sx2026.03.0` name; null when none does. */
export function stagexRelease(file: Containerfile): string | null {
  for (const { reference } of file.images) {
    const release = /:sx(\d{4}\.\d{2}\.\d+)(?:@|$)/.exec(reference)?.[1];
    if (release) return release;
  }
  return null;
}
