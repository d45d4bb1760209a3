import { describe, expect, it } from 'vitest';
import { expectedLines } from '../../../src/report/expected.ts';
import { shown as printed } from '../../../src/report/line.ts';
import type { Difference, Verification } from '../../../src/verify/types.ts';

const difference = (path: string): Difference => {
  return { path, inEnclave: true, cause: 'unknown', certain: false, evidence: 'Only here\u001b[2J.', mend: '' };
};
const shown = (expected: Verification['expected']) => printed(expectedLines({ expected }), { color: false }).join('\n');

describe('what came of holding a build against a record', () => {
  it('is nothing where no record was given', () => {
    expect(shown(null)).toBe('');
  });

  it('is a line when they match', () => {
    expect(shown({ matches: true, differences: [] })).toBe('✔ The same enclave as in the record');
  });

  it('names the paths that differ, made harmless, and counts the rest', () => {
    const text = shown({
      matches: false,
      differences: Array.from({ length: 12 }, (_, index) => difference(`/f${index}`)),
    });
    expect(text).toContain('✘ Not the enclave of the record: 12 paths differ');
    expect(text).toContain('  /f2\n    Only here.\n');
    expect(text).not.toContain('/f3');
    expect(text).toContain('… and 9 more');
  });

  it('says so when builds that disagree match nothing', () => {
    expect(shown({ matches: false, differences: [] })).toBe('✘ Not the enclave of the record');
  });
});
