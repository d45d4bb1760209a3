import { describe, expect, it } from 'vitest';
import { projectOf } from '../../../src/languages/project.ts';
import { zoneFindings } from '../../../src/languages/python/zones.ts';

describe('time zones of a Python service', () => {
  const findings = (source: string, packages: string[] = []) =>
    zoneFindings(projectOf({ 'app.py': source }), ['app.py'], new Map(packages.map((name) => [name, 'uv.lock:7'])));

  it.each(['from zoneinfo import ZoneInfo', 'import zoneinfo', 'if True:\n    import zoneinfo as z'])(
    'are missing where the code loads them: %j',
    (source) => {
      const line = source.split('\n').length + 1;
      expect(findings(`\n${source}\n`)).toMatchObject([
        { id: 'python-time-zones', level: 'warning', path: 'app.py', line },
      ]);
    },
  );

  it('are missing where a package loads them', () => {
    expect(findings('', ['django'])).toMatchObject([
      { path: 'uv.lock', line: 7, message: expect.stringContaining('django loads') },
    ]);
  });

  it.each([
    ['from zoneinfo import ZoneInfo', ['tzdata']],
    ['', ['django', 'tzdata']],
    ['import zoneinfo_of_ours', ['pytz']],
    ['# import zoneinfo', []],
  ])('are there, or are not loaded: %j with %j', (source, packages) => {
    expect(findings(source, packages)).toEqual([]);
  });
});
