import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fromOf, placeAt, placeOf } from '../../../src/languages/place.ts';

it('A place reads back as it was written, colons in the path or not', () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(), (path, line) => {
      expect(placeOf(fromOf(path, line))).toEqual({ path, line });
    }),
  );
  expect(placeOf(fromOf('a:b.py', undefined))).toEqual({ path: 'a:b.py' });
});

it('A place without a line has none in a finding', () => {
  expect([placeAt('a.go', 3), placeAt('a.go', undefined)]).toEqual([{ path: 'a.go', line: 3 }, { path: 'a.go' }]);
});
