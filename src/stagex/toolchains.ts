import { defaultRelease } from './releases.ts';

/** The versions of the compilers and interpreters in a release's pallets. */
export interface Toolchains {
  rust: string;
  go: string;
  node: string;
  python: string;
}

/** Source: `version` in packages/core/{rust,go,nodejs,python}/package.toml of each release, https://codeberg.org/stagex/stagex */
const carried: Readonly<Record<string, Toolchains>> = {
  '2025.10.0': { rust: '1.88.0', go: '1.25.1', node: '24.8.0', python: '3.13.7' },
  '2026.01.0': { rust: '1.91.1', go: '1.25.5', node: '24.9.0', python: '3.13.7' },
  '2026.03.0': { rust: '1.94.0', go: '1.26.0', node: '24.9.0', python: '3.13.7' },
};

/** What a release builds with; a release that is not known is refused elsewhere, and has what the default one has. */
export function toolchainsOf(release: string = defaultRelease): Toolchains {
  const known = Object.hasOwn(carried, release) ? carried[release] : carried[defaultRelease];
  if (!known) throw new Error(`No toolchains of ${defaultRelease}`);
  return known;
}

/** Below, above or at zero, as `a` is older, newer or the same; what is left out (`1.94`) is zero. */
export function compareVersions(a: string, b: string): number {
  const numbers = (version: string) => version.split('.').map((part) => Number.parseInt(part, 10));
  const [left, right] = [numbers(a), numbers(b)];
  for (const index of [0, 1, 2]) {
    const difference = (left[index] || 0) - (right[index] || 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
