import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { projectOf } from '../../../src/languages/project.ts';
import { literal, sightings } from '../../../src/languages/scan.ts';
import { busyFor } from '../busy.ts';

describe('what source files show', () => {
  const pattern = /process\.env\.PORT \|\| (\d+)/g;

  it('is looked for in no line that a program wrote, and keeps its line number behind one', async () => {
    const text = `${'process.env.PORT || 1;'.repeat(40_000)}\nlisten(process.env.PORT || 3000)\n`;
    const took = await busyFor(() => {
      expect(sightings(projectOf({ 'a.js': text }), ['a.js'], [pattern])).toEqual([{ value: '3000', from: 'a.js:2' }]);
    });
    expect(took).toBeLessThan(500);
  });
});

describe('a name as an expression', () => {
  it('matches the name and nothing else', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (name, other) => {
        expect(new RegExp(`^${literal(name)}$`).test(other)).toBe(name === other);
        expect(new RegExp(`^${literal(name)}$`).test(name)).toBe(true);
      }),
    );
  });

  it('may be of any length: its beginning will do', () => {
    const name = 'a('.repeat(100_000);
    expect(new RegExp(`^${literal(name)}`).test(name)).toBe(true);
  });
});
