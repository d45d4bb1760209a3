import { describe, expect, it } from 'vitest';
import { projectOf } from '../../../src/languages/project.ts';
import { frontEndFindings } from '../../../src/languages/python/frontend.ts';

describe('pages that Vite builds for a Python service', () => {
  const findings = (files: string[], server = 'litestar-vite') =>
    frontEndFindings(projectOf(Object.fromEntries(files.map((file) => [file, '']))), new Map([[server, 'uv.lock:1']]));

  it('are missing where git has their sources alone', () => {
    expect(findings(['web/vite.config.ts', 'web/public/manifest.json'])).toMatchObject([
      { id: 'python-front-end', level: 'error', path: 'web/vite.config.ts' },
    ]);
  });

  it.each([
    [['web/vite.config.ts', 'app/static/.vite/manifest.json'], 'litestar-vite'],
    [['web/vite.config.ts', 'app/static/js/manifest.json'], 'django-vite'],
    [['web/vite.config.ts'], 'litestar'],
    [['app/main.py'], 'litestar-vite'],
  ])('are there, or are not served by it: %j with %s', (files, server) => {
    expect(findings(files, server)).toEqual([]);
  });
});
