import { describe, expect, it } from 'vitest';
import { containerfileOf, parseProcfile } from '../../../src/caution/procfile.ts';

describe('a Procfile', () => {
  it('splits at the first colon, trims, and skips comments and blank lines', () => {
    const { run, lines } = parseProcfile('# run: /no\n\n  run :  /a --x=y:z  \nno colon\n');
    expect(run).toBe('/a --x=y:z');
    expect(lines.run).toBe(3);
  });
  it('takes the last line of a key, but adds up ports', () => {
    const procfile = parseProcfile('memory: 600\nmemory_mb: 700\nports: 80, 443\nports: 80,99\n');
    expect(procfile.memoryMb).toBe(700);
    expect(procfile.ports).toEqual([80, 99, 443]);
  });
  it('drops bad numbers without a word, as the platform does', () => {
    const procfile = parseProcfile('memory: lots\ncpus: -1\nports: 0, x, 70000, 8080\n');
    expect([procfile.memoryMb, procfile.cpus, procfile.ports]).toEqual([512, 2, [8080]]);
  });
  it('keeps an earlier value where a later line has none, or none that is taken', () => {
    const text = 'run: /a\nrun:\nmemory: 600\nmemory: lots\nports: 80, 81\nhttp_port: 80\nhttp_port: 0\n';
    const { run, memoryMb, httpPort, lines } = parseProcfile(text);
    expect([run, memoryMb, httpPort, lines.run, lines.memory]).toEqual(['/a', 600, 80, 1, 3]);
  });
  it('takes the only port for the HTTP port', () => expect(parseProcfile('ports: 8080').httpPort).toBe(8080));
  it('names the keys that Caution ignores', () =>
    expect(parseProcfile('web: node server.js\nrunn: /a').unknown).toEqual([
      { key: 'web', line: 1 },
      { key: 'runn', line: 2 },
    ]));
});

describe('the Containerfile that is built', () => {
  const has =
    (...files: string[]) =>
    (file: string) =>
      files.includes(file);
  it('is the one that is named', () =>
    expect(containerfileOf(parseProcfile('containerfile: a/B'), has('a/B', 'Containerfile'))).toBe('a/B'));
  it('is nothing when the named one is missing, although another is there', () =>
    expect(containerfileOf(parseProcfile('containerfile: ./Containerfile'), has('Containerfile'))).toBeNull());
  it('else is Containerfile, then Dockerfile', () => {
    expect(containerfileOf(null, has('Dockerfile', 'Containerfile'))).toBe('Containerfile');
    expect(containerfileOf(null, has('Dockerfile'))).toBe('Dockerfile');
  });

  it.each([
    ['no_cache: true', true],
    ['nocache: TRUE', true],
    ['no_cache: yes', false],
    ['cache: true', false],
    ['cache: false', true],
    ['no_cache: true\ncache: true', false],
    ['', false],
  ])('knows when Caution builds without a cache: %j', (text, expected) => {
    expect(parseProcfile(text).noCache).toBe(expected);
  });
});
