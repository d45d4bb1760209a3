import { describe, expect, it } from 'vitest';
import { isHidden, readDockerignore } from '../../../src/dockerignore.ts';
import { besideTheirs, copiedFiles, extended } from '../../../src/scaffold/ignore.ts';

const ours = '# Ours.\n**/.git\nContainerfile\n';
const theirs = (text: string) => ({ path: '.dockerignore', text });
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

describe('what a Containerfile copies', () => {
  it('is the files that its COPY lines name, and no folders or stages', () => {
    const text = 'COPY svc/package.json svc/package-lock.json ./\nCOPY . ./\nCOPY svc/ ./\nCOPY --from=a /b /c\n';
    expect(copiedFiles(text)).toEqual(['svc/package.json', 'svc/package-lock.json']);
  });
});
