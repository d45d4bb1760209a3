import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isHidden, readDockerignore } from '../../../../src/dockerignore.ts';
import { readContainerfile } from '../../../../src/verify/containerfile.ts';
import { contextFindings, contextUses, missingSources } from '../../../../src/verify/source/context.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'context-test-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const uses = (text: string) => contextUses(text, readContainerfile(text));

describe('what a build takes from its context', () => {
  it('is the sources of COPY and ADD, however they are written', () => {
    const text = [
      'FROM scratch AS unneeded',
      'COPY nowhere /',
      'FROM scratch AS first',
      'COPY --chmod=644 ./one two/ /to/',
      'COPY ["with space", "/three", "/to/"]',
      'FROM scratch',
      'COPY --from=first /to /to',
      'ADD https://example.org/x.tar /x',
      'COPY $VARIABLE config/*.json ../../up /to/',
      'COPY <<EOT /inline',
      'text',
      'EOT',
      'COPY . /all',
    ].join('\n');
    expect(uses(text)).toEqual([
      { pattern: 'one', line: 4 },
      { pattern: 'two', line: 4 },
      { pattern: 'with space', line: 5 },
      { pattern: 'three', line: 5 },
      { pattern: 'config/*.json', line: 9 },
      { pattern: 'up', line: 9 },
      { pattern: '', line: 13 },
    ]);
  });

  it('is missed where neither a file nor a folder of that name is tracked', () => {
    const wanted = ['src', 'src/main.go', '', '*.mod', 'sr?', 'other', '*.sum'].map((pattern, line) => ({
      pattern,
      line,
    }));
    const missing = missingSources(wanted, ['src/main.go', 'go.mod'], []);
    expect(missing.map(({ pattern, how }) => [pattern, how])).toEqual([
      ['other', 'absent'],
      ['*.sum', 'absent'],
    ]);
  });

  it('is missed where the .dockerignore hides all of it', () => {
    const rules = readDockerignore('dist\n**/*.key\n!keep.key\n# comment\n');
    const wanted = ['dist', 'dist/app.js', 'a/b.key', 'keep.key', 'src'].map((pattern, line) => ({ pattern, line }));
    const names = ['dist/app.js', 'a/b.key', 'keep.key', 'src/x', 'src/y.key'];
    expect(missingSources(wanted, names, rules).map(({ pattern }) => pattern)).toEqual([
      'dist',
      'dist/app.js',
      'a/b.key',
    ]);
  });
});

describe('a .dockerignore', () => {
  it.each([
    ['node_modules', 'node_modules/a/b', true],
    ['node_modules', 'sub/node_modules/a', false],
    ['**/node_modules', 'sub/node_modules/a', true],
    ['**/node_modules', 'node_modules/a', true],
    ['/dist/', 'dist/x', true],
    ['*.log', 'a.log', true],
    ['*.log', 'sub/a.log', false],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['[ab].txt', 'b.txt', true],
    ['*\n!Containerfile', 'src/x', true],
    ['*\n!src', 'src/x', false],
    ['!src\n*', 'src/x', true],
    ['a.b', 'axb', false],
    ['. ', 'x', false],
  ])('with %j decides of %s: %s', (text, name, hidden) => {
    expect(isHidden(name, readDockerignore(text))).toBe(hidden);
  });
});

describe('what a build copies and a clone lacks', () => {
  it('is named with its line when this folder has it, or when it is hidden, and left to the engine when it is nowhere', async () => {
    mkdirSync(path.join(scratch, 'dist'));
    writeFileSync(path.join(scratch, 'dist/app.js'), '');
    const missing = [
      { pattern: 'dist', line: 3, how: 'absent' as const },
      { pattern: 'dist/*.js', line: 4, how: 'absent' as const },
      { pattern: 'nowhere', line: 5, how: 'absent' as const },
      { pattern: 'src', line: 6, how: 'hidden' as const },
    ];
    const findings = await contextFindings(scratch, 'Containerfile', missing);
    expect(findings.map(({ id, level, line }) => [id, level, line])).toEqual([
      ['needed-file-not-tracked', 'error', 3],
      ['needed-file-not-tracked', 'warning', 4],
      ['needed-file-hidden', 'error', 6],
    ]);
    expect(findings[0]).toMatchObject({
      path: 'Containerfile',
      message: expect.stringContaining('dist is copied here'),
    });
  });
});
