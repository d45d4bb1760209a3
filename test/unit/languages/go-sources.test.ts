import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foreignName, holds, oldExpression } from '../../../src/languages/go/constraints.ts';
import { detectGo } from '../../../src/languages/go/detect.ts';
import { go } from '../../../src/languages/go/index.ts';
import { readSource } from '../../../src/languages/go/source.ts';
import { projectOf } from '../../../src/languages/project.ts';

describe('a build constraint', () => {
  test.each([
    ['linux', true],
    ['!linux', false],
    ['linux && amd64', true],
    ['windows || (linux && !cgo)', true],
    ['cgo', false],
    ['unix && gc && go1.26', true],
    ['go1.27', false],
    ['prod', true],
    ['ignore', false],
    ['!(linux && prod)', false],
    ['', false],
  ])('%j is %s', (expression, expected) => {
    expect(holds(expression, new Set(['prod']), 26)).toBe(expected);
  });

  test('of the old form means «or» at blanks and «and» at commas', () => {
    expect(holds(oldExpression('windows linux,!cgo'), new Set(), 26)).toBe(true);
    expect(holds(oldExpression('linux,cgo darwin'), new Set(), 26)).toBe(false);
  });

  test('of any text takes no time and throws nothing', () => {
    const text = fc.array(fc.constantFrom('!', '(', ')', '&&', '||', 'linux', ' ')).map((parts) => parts.join(''));
    fc.assert(fc.property(text, (each) => typeof holds(each, new Set(), 26) === 'boolean'));
    expect(holds('!'.repeat(100_000), new Set(), 26)).toBeTypeOf('boolean');
    expect(holds('('.repeat(100_000), new Set(), 26)).toBe(false);
  });
});

test.each([
  ['a/x_windows.go', true],
  ['a/x_linux.go', false],
  ['a/x_linux_arm64.go', true],
  ['a/x_amd64.go', false],
  ['a/linux.go', false],
  ['a/x_unix.go', false],
])('the name %s keeps a file out: %s', (file, expected) => {
  expect(foreignName(file)).toBe(expected);
});

describe('the head of a Go file', () => {
  test('gives constraints, package and imports with their lines', () => {
    const text =
      '// Package x\n//go:build linux\n\n/* package no */\npackage x // yes\n\nimport "a"\nimport (\n\tb "b/c"; . `d`\n\n\t_ "e" // "f"\n)\n\nvar s = "import"\n';
    expect(readSource(text)).toEqual({
      constraints: ['linux'],
      package: 'x',
      imports: [
        { path: 'a', line: 7 },
        { path: 'b/c', line: 9 },
        { path: 'd', line: 9 },
        { path: 'e', line: 11 },
      ],
    });
  });

  test.each(['', '// only a comment', 'func main() {}', 'package'])('of %j is none', (text) => {
    expect(readSource(text)).toBeNull();
  });

  test('that is hostile takes no time', () => {
    for (const piece of ['/*', '"', '`', 'import (', '"a" ']) {
      expect(readSource(`package x\nimport (\n${piece.repeat(50_000)}`)?.package).toBe('x');
    }
  });
});

describe('an embedded pattern', () => {
  const missing = (pattern: string, files: string[]) => {
    const main = `package main\n\nimport _ "embed"\n\n//go:embed ${pattern}\nvar x string\n\nfunc main() {}\n`;
    const inputs = { 'go.mod': 'module example.com/x\n', 'main.go': main };
    const project = projectOf({ ...inputs, ...Object.fromEntries(files.map((file) => [file, ''])) });
    return detectGo(project)?.findings.map(({ id, line }) => `${id}:${line}`);
  };

  test.each([
    ['page.html', ['page.html']],
    ['web', ['web/a/b.html']],
    ['web/*.html', ['web/a.html']],
    ['web/[a-c]?.html', ['web/b1.html']],
    ['all:web', ['web/_a.html']],
    ['"a b.txt" page.html', ['a b.txt', 'page.html']],
    ['*', ['page.html']],
    ['web/.hidden', ['web/.hidden']],
  ])('%s finds %j', (pattern, files) => {
    expect(missing(pattern, files)).toEqual([]);
  });

  test.each([
    ['page.html', []],
    ['web', ['web/_a.html', 'web/.b']],
    ['web/*.html', ['web/a/b.html']],
    ['web/[^a]x', ['web/ax']],
    ['../x', ['x']],
    ['web dist', ['web/a']],
  ])('%s does not find %j, and that is said', (pattern, files) => {
    expect(missing(pattern, files)).toEqual(['go-embed-missing:5']);
  });

  test('counts where it is indented, in a block behind strings of every kind', () => {
    const block = 'var (\n\tlink = "`^https?://`"\n\traw = `^https?://`\n\n\t//go:embed site\n\tsite embed.FS\n)\n';
    const main = `package main\n\nimport "embed"\n\n${block}\nfunc main() {}\n`;
    const detection = detectGo(projectOf({ 'go.mod': 'module example.com/x\n', 'main.go': main }));
    expect(detection?.findings).toMatchObject([{ id: 'go-embed-missing', line: 9 }]);
  });

  test('with many stars takes no time', () => {
    expect(missing(`${'*a'.repeat(200)}b`, ['a'.repeat(5000)])).toEqual(['go-embed-missing:5']);
  });
});

describe('what is read at run time', () => {
  const files = (code: string, more: Record<string, string> = {}) => {
    const main = `package main\n\nfunc main() {\n\t${code}\n}\n`;
    const inputs = { 'go.mod': 'module example.com/x\n', 'main.go': main, 'web/a/b.html': '', 'conf/app.yml': '' };
    return detectGo(projectOf({ ...inputs, ...more }))?.build.files;
  };

  test.each([
    ['http.FileServer(http.Dir("./web/"))', [{ folder: '/', sources: ['web'] }]],
    ['template.ParseGlob("web/a/*.html")', [{ folder: '/web/', sources: ['web/a'] }]],
    ['os.ReadFile("conf/app.yml")', [{ folder: '/conf/', sources: ['conf/app.yml'] }]],
    ['os.ReadFile("conf/app.yml"); os.DirFS("conf")', [{ folder: '/', sources: ['conf'] }]],
    ['fs.String("ui-path", "./web", "pages")', [{ folder: '/', sources: ['web'] }]],
    [
      'flag.StringVarP(&file, "config", "c", "conf/app.yml", "file")',
      [{ folder: '/conf/', sources: ['conf/app.yml'] }],
    ],
    ['getEnv("PAGES", "./web")', [{ folder: '/', sources: ['web'] }]],
  ])('%s goes into the image where it is looked for', (code, expected) => {
    expect(files(code)).toEqual(expected);
  });

  test.each([
    'os.ReadFile("/web/a/b.html")',
    'os.ReadFile("../web/a/b.html")',
    'os.ReadFile("web/none.html")',
    'os.ReadFile(name)',
    'os.ReadFile("main.go")',
    'http.Dir(".")',
    'fs.String("mode", "web", "what it is")',
    '// http.Dir("web")',
  ])('%s brings nothing', (code) => {
    expect(files(code)).toEqual([]);
  });

  test('has no place where the image has something of its own, or under a name that a shell reads', () => {
    const main = 'package main\n\nfunc main() { http.Dir("etc") }\n';
    const found = detectGo(projectOf({ 'go.mod': 'module example.com/x\n', 'main.go': main, 'etc/a': '' }));
    expect(found?.build.files).toEqual([]);
    expect(found?.findings).toMatchObject([{ id: 'go-file-reserved', path: 'main.go', line: 3 }]);
    expect(files('http.Dir("a;b")', { 'a;b/c': '' })).toEqual([]);
  });
});

describe('build commands', () => {
  const program = 'package main\n\nfunc main() {}\n';
  const detect = (file: string, text: string) =>
    detectGo(
      projectOf({
        'go.mod': 'module example.com/x\n',
        'cmd/a/main.go': program,
        'cmd/b/main.go': program,
        [file]: text,
      }),
    );

  test.each([
    ['Dockerfile', 'RUN go build -o /x ./cmd/b'],
    ['Dockerfile', 'RUN CGO_ENABLED=0 go build \\\n  -ldflags "-s -w" \\\n  -o /x cmd/b/main.go && rm -rf /y'],
    ['build.Dockerfile', 'RUN go install -v ./cmd/b'],
  ])('of %s choose the program: %s', (file, text) => {
    expect(detect(file, text)).toMatchObject({ entry: './cmd/b' });
  });

  test.each([
    ['Dockerfile', 'RUN go build ./cmd/a ./cmd/b'],
    ['Dockerfile', '# go build ./cmd/b'],
    ['Dockerfile', 'RUN go install example.com/tool@latest'],
    ['Dockerfile', 'RUN go build ./...'],
    ['Makefile', 'build:\n\tgo build ./cmd/b'],
  ])('of %s choose none: %s', (file, text) => {
    expect(detect(file, text)?.entry).toBeNull();
  });

  test.each([
    ['Makefile', 'x:\n\tgo build -tags=a,b .', ['a', 'b']],
    ['Makefile', "x:\n\tgo build -tags 'a b' .\ny:\n\tgo build -tags a,b ./cmd/a", ['a', 'b']],
    ['.goreleaser.yaml', 'builds:\n  - main: ./cmd/a\n    tags: [a, b]\n', ['a', 'b']],
    ['Makefile', 'x:\n\tgo build -tags a .\ny:\n\tgo build .', []],
    ['Makefile', 'x:\n\tgo build -tags "$(TAGS)" .', []],
    ['Makefile', 'x:\n\tgo build -tags "a;rm" .', []],
    ['.goreleaser.yaml', 'builds: {', []],
  ])('of %s give tags: %s', (file, text, tags) => {
    expect(detect(file, text)?.build).toMatchObject({ tags });
  });

  test('agree with a Containerfile of ours, which gives two more where there is C', () => {
    const project = projectOf({
      'go.mod': 'module example.com/x\n',
      'cmd/b/main.go': program,
      Dockerfile: 'RUN go build -tags a ./cmd/b',
      Containerfile: 'RUN go build -tags=netgo,osusergo,a ./cmd/b',
    });
    const found = detectGo(project);
    expect(found?.findings.map(({ id }) => id)).not.toContain('go-build-tags');
    const facts = { ...found?.build, cgo: true };
    const app = { name: 'x', entry: './cmd/b', dir: '', manager: 'go', build: facts, starter: false };
    expect(go.runnable(app).build).toMatchObject({ tagList: 'netgo,osusergo,a' });
  });
});
