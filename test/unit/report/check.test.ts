import { describe, expect, it } from 'vitest';
import type { Checked } from '../../../src/check/rule.ts';
import { checkLines } from '../../../src/report/check.ts';

const finding = (line: number, message: string, more: Partial<Checked> = {}): Checked => ({
  ...{ id: 'cache-mount', level: 'warning', path: 'Containerfile', line, message },
  ...{ why: 'Another machine has another cache.', mend: 'Remove it.', source: 'https://example.com', fixes: [] },
  ...more,
});
const shown = (...findings: Checked[]) => checkLines({ findings, suppressed: [], files: [] }, { color: false });

describe('findings for a person', () => {
  it('stand by file and line, and what has no file last', () => {
    const { path: _, line: __, ...nowhere } = finding(1, 'No file.', { id: 'no-procfile', level: 'error' });
    expect(
      shown(nowhere, finding(12, 'B.'), finding(3, 'A.', { id: 'platform' })).filter((one) => /^\S|^ +\d/.test(one)),
    ).toEqual([
      'Containerfile',
      '   3  warning  platform',
      '  12  warning  cache-mount',
      'the repository',
      '1 error, 2 warnings',
    ]);
  });

  it('say once what holds in several lines', () => {
    expect(shown(finding(12, 'A cache.'), finding(3, 'A cache.'), finding(20, 'A cache.'))).toEqual([
      'Containerfile',
      '   3  warning  cache-mount',
      '      A cache. Also in lines 12, 20.',
      '      Another machine has another cache.',
      '      → Remove it.',
      '',
      '3 warnings',
    ]);
  });

  it('give a reason and a mend once a file, unless they are others', () => {
    const lines = shown(finding(3, 'A.'), finding(4, 'B.'), finding(5, 'C.', { mend: 'Keep it.' }));
    expect(lines.slice(1, -2)).toEqual([
      '  3  warning  cache-mount',
      '     A.',
      '     Another machine has another cache.',
      '     → Remove it.',
      '  4  warning  cache-mount',
      '     B.',
      '  5  warning  cache-mount',
      '     C.',
      '     → Keep it.',
    ]);
  });
});
