import { describe, expect, it } from 'vitest';
import { projectOf } from '../../../src/languages/project.ts';
import { sightings } from '../../../src/languages/scan.ts';

describe('what source files show', () => {
  const pattern = /process\.env\.PORT \|\| (\d+)/g;

  it('is looked for in no line that a program wrote, and keeps its line number behind one', () => {
    const text = `${'process.env.PORT || 1;'.repeat(40_000)}\nlisten(process.env.PORT || 3000)\n`;
    const begun = performance.now();
    expect(sightings(projectOf({ 'a.js': text }), ['a.js'], [pattern])).toEqual([{ value: '3000', from: 'a.js:2' }]);
    expect(performance.now() - begun).toBeLessThan(500);
  });
});
