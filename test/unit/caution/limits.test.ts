import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkContainerfile,
  checkMemory,
  checkName,
  checkPort,
  checkRun,
  checkSource,
  nearestName,
} from '../../../src/caution/limits.ts';

describe('app names', () => {
  it.each(['api', 'my-service', 'A_1', 'x'.repeat(63)])('take %s', (name) => expect(checkName(name)).toBeNull());
  it.each(['', 'ab', 'x'.repeat(64), '-api', 'api_', 'a b', 'ä-api', 'api\n'])('refuse %j', (name) =>
    expect(checkName(name)).toMatch(/^A name /),
  );
  it('the nearest name to any text is one that is taken, or there is none', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const name = nearestName(text);
        expect(name === null || checkName(name) === null).toBe(true);
      }),
    );
  });
});

describe('ports', () => {
  it.each(['1', '8080', '65535', '49499', '49601'])('take %s', (port) => expect(checkPort(port)).toBeNull());
  it.each(['0', '65536', '-1', '80a', '', '8080.0', '1e3'])('refuse %j', (port) =>
    expect(checkPort(port)).toMatch(/whole number/),
  );
  it.each(['49500', '49550', '49600'])('refuse %s, which Caution uses itself', (port) =>
    expect(checkPort(port)).toMatch(/reserved/),
  );
});

describe('sources', () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the platform's own placeholder
  it.each(['https://example.com/team/api.git', 'https://example.com/archive/${COMMIT}.tar.gz'])('take %s', (url) =>
    expect(checkSource(url)).toBeNull(),
  );
  it.each([
    'git@example.com:team/api.git',
    'https://user:secret@example.com/x',
    'https://a,b',
    'not a url',
    'file:///etc',
    'https://a\nrun: /x',
  ])('refuse %j', (url) => expect(checkSource(url)).toMatch(/./));
});

describe('other limits', () => {
  it('a Containerfile is named by a canonical relative path', () => {
    expect(checkContainerfile('services/api/Containerfile')).toBeNull();
    for (const path of ['./Containerfile', '/etc/x', 'a/../b', 'a//b', 'a b', 'x\n'])
      expect(checkContainerfile(path)).not.toBeNull();
  });
  it('memory is a whole number of MiB that the platform has', () => {
    expect(checkMemory('1024')).toBeNull();
    for (const memory of ['0', '391169', '1.5', '-5', '']) expect(checkMemory(memory)).not.toBeNull();
  });
  it('a run command is one line, and holds no placeholder of the platform', () => {
    expect(checkRun('/app/server --port 80')).toBeNull();
    for (const run of ['/a\n/b', '/a \u0000', '/a {{CADDY_DOMAIN}}', '/a\u2028b']) expect(checkRun(run)).not.toBeNull();
  });
});
