import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expression, isHidden, readDockerignore } from '../../../src/dockerignore.ts';
import { besideTheirs, copiedFiles, extended } from '../../../src/scaffold/ignore.ts';

const ours = '# Ours.\n**/.git\nContainerfile\n';
const theirs = (text: string) => ({ path: '.dockerignore', text });
const asRegExp: Record<string, string> = { '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]', '.': '\\.' };
const hides = (text: string, file: string) => isHidden(file, readDockerignore(text));

describe("an ignore file beside a team's own", () => {
  it('has their lines, then ours', () => {
    expect(besideTheirs(theirs('docs\n!docs/a\n'), ours, [])).toBe(`# As in .dockerignore:\ndocs\n!docs/a\n\n${ours}`);
  });

  it.each(['.caution', '/.caution/', '.caution/secrets', '.*', '**/.*', '*.asc', '**/*.asc', '**/secrets'])(
    'never hides .caution, whatever theirs says: %j',
    (line) => {
      const text = besideTheirs(theirs(`${line}\n`), ours, []);
      expect(hides(text, '.caution/quorum-bundle.json')).toBe(false);
      expect(hides(text, '.caution/secrets/a.asc')).toBe(false);
    },
  );

  it('shows what the build needs, and hides the rest of what a line names', () => {
    const text = besideTheirs(theirs('*.json\nsrc\n'), ours, ['package.json', 'package-lock.json', 'src/server.js']);
    for (const file of ['package.json', 'package-lock.json', 'src/server.js']) expect(hides(text, file)).toBe(false);
    expect(hides(text, 'tsconfig.json')).toBe(true);
  });

  it.each(['*', '**', '/*', './**', '**/*'])('does not follow one that hides everything but some names: %j', (line) => {
    expect(hides(besideTheirs(theirs(`${line}\n!dist\n`), ours, []), 'src/server.js')).toBe(false);
  });
});

describe('an ignore file that is added to', () => {
  it('keeps every line of its own, and gets those of ours that it lacks', () => {
    expect(extended('docs\n**/.git\n', ours, [])).toBe(
      'docs\n**/.git\n\n# Kept out of the build as well.\nContainerfile\n',
    );
  });

  it('stays as it is when it lacks nothing', () => {
    const text = 'docs\nContainerfile\n\n**/.git';
    expect(extended(text, ours, [])).toBe(text);
    expect(extended(extended('docs', ours, ['docs']), ours, ['docs'])).toBe(extended('docs', ours, ['docs']));
  });
});

describe('a pattern of an ignore file', () => {
  const path = fc.array(fc.constantFrom('a', 'b', '/', '.', 'ab'), { maxLength: 12 }).map((parts) => parts.join(''));
  const part = fc.constantFrom('a', 'b', '/', '.', '*', '**', '**/', '?', '[ab]', '[^a]');

  it('fits what its regular expression does, however many stars it has', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 10 }), path, (parts, name) => {
        const pattern = parts.join('').replace(/\*{3,}/g, '**');
        const body = pattern.replace(/\*\*\/|\*\*|\*|\?|[.]/g, (each) => asRegExp[each] ?? each);
        expect(expression(pattern).test(name)).toBe(new RegExp(`^${body}$`, 's').test(name));
      }),
      { numRuns: 2000 },
    );
  });

  it('takes no time, however many stars it has and however long it is', () => {
    const begun = performance.now();
    expect(hides(`${'*a'.repeat(30)}b\n`, 'a'.repeat(60))).toBe(false);
    expect(hides(`${'*a'.repeat(30)}\n`, 'a'.repeat(60))).toBe(true);
    expect(hides(`${'/*'.repeat(50_000)}\n`, '.caution/secrets')).toBe(false);
    expect(performance.now() - begun).toBeLessThan(1000);
  });
});

describe('what a Containerfile copies', () => {
  it('is the files that its COPY lines name, and no folders or stages', () => {
    const text = 'COPY svc/package.json svc/package-lock.json ./\nCOPY . ./\nCOPY svc/ ./\nCOPY --from=a /b /c\n';
    expect(copiedFiles(text)).toEqual(['svc/package.json', 'svc/package-lock.json']);
  });
});
