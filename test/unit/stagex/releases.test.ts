import { describe, expect, it } from 'vitest';
import { defaultRelease, digestsOf, imageReference, releases } from '../../../src/stagex/releases.ts';
import { compareVersions, toolchainsOf } from '../../../src/stagex/toolchains.ts';

describe('StageX releases', () => {
  it('the default release is one that is carried', () => expect(releases()).toContain(defaultRelease));
  it('every list holds the images that the templates name', () => {
    for (const release of releases()) {
      const names = [...digestsOf(release).keys()];
      expect(names).toEqual(
        expect.arrayContaining(['pallet-rust', 'pallet-nodejs', 'pallet-python', 'pallet-go', 'core-filesystem']),
      );
    }
  });
  it('a reference carries the tag for readers and the manifest digest that the list has', () =>
    expect(imageReference('pallet-rust', { release: '2025.10.0', registry: 'stagex' })).toMatch(
      /^stagex\/pallet-rust:sx2025\.10\.0@sha256:9c38bf10[0-9a-f]{56}$/,
    ));
  it('an unknown release or image is refused', () => {
    expect(() => digestsOf('../../etc')).toThrow(/not known/);
    expect(() => imageReference('pallet-cobol', { release: defaultRelease, registry: 'stagex' })).toThrow(/no image/);
  });
  it('the toolchains of every release are known, and grow no older', () => {
    const all = releases().map((release) => toolchainsOf(release));
    expect(new Set(all).size).toBe(releases().length);
    for (const name of ['rust', 'go', 'node', 'python'] as const) {
      const versions = all.map((each) => each[name]);
      expect([...versions].sort(compareVersions)).toEqual(versions);
    }
  });
});
