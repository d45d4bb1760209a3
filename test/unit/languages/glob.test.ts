import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesPart, matchesPath } from '../../../src/languages/glob.ts';
import { busyFor } from '../busy.ts';

describe('a pattern of a path', () => {
  it.each([
    ['crates/*', 'crates/a', true],
    ['crates/*', 'crates/a/b', false],
    ['crates/**', 'crates/a/b', true],
    ['**', 'a/b', true],
    ['**/api', 'api', true],
    ['**/api', 'a/b/api', true],
    ['a/**/d', 'a/b/c/d', true],
    ['a/**/d', 'a/b/c', false],
    ['a?', 'ab', true],
    ['a?', 'a', false],
    ['v[1-3]', 'v2', true],
    ['v[!1-3]', 'v2', false],
    ['v[^1-3]', 'v4', true],
    ['[z-a]', 'm', false],
    ['a\\*', 'a*', true],
    ['a\\*', 'ab', false],
    ['', '', true],
    ['*', '', true],
  ])('%j on %j: %s', (pattern, path, matches) => {
    expect(matchesPath(pattern, path)).toBe(matches);
  });

  it('matches itself, where it has no characters of a pattern', () => {
    const plain = fc.string().map((text) => text.replace(/[*?[\]\\]/g, ''));
    fc.assert(
      fc.property(plain, (text) => {
        expect(matchesPath(text, text)).toBe(true);
      }),
    );
  });

  it('may have very many stars: it is matched in no time', async () => {
    const took = await busyFor(() => {
      expect(matchesPart(`${'*a'.repeat(2000)}b`, 'a'.repeat(4000))).toBe(false);
      expect(matchesPath(`${'**/a/'.repeat(500)}b`, 'a/'.repeat(2000))).toBe(false);
      expect(matchesPath('*'.repeat(1_000_000), 'a')).toBe(false);
    });
    expect(took).toBeLessThan(500);
  });
});
