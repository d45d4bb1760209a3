import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { detectGo } from '../../../src/languages/go/detect.ts';
import { go } from '../../../src/languages/go/index.ts';
import type { Detection } from '../../../src/languages/language.ts';
import { projectOf } from '../../../src/languages/project.ts';
import { busyFor } from '../busy.ts';

const main = 'package main\n\nfunc main() {\n}\n';
const chi = 'github.com/go-chi/chi/v5';
const sum = `${chi} v5.5.0 h1:x=\n${chi} v5.5.0/go.mod h1:y=\n`;

function detect(files: Record<string, string>): Detection {
  const detection = detectGo(projectOf(files));
  if (!detection) throw new Error('not recognised');
  return detection;
}

/** A module without dependencies with one program at its root, and what is given besides. */
function detectShop(files: Record<string, string> = {}): Detection {
  return detect({ 'go.mod': 'module example.com/shop\n\ngo 1.25.0\n', 'main.go': main, ...files });
}

function withChi(more = ''): string {
  return `module example.com/shop\n\ngo 1.25.0\n\nrequire ${chi} v5.5.0\n${more}`;
}

function ids(detection: Detection, level?: string): string[] {
  return detection.findings.filter((finding) => level === undefined || finding.level === level).map(({ id }) => id);
}

function runnable(detection: Detection, entry = detection.entry ?? '') {
  return go.runnable({ name: 'shop', entry, dir: '', manager: 'go', build: detection.build, starter: false });
}

/** The COPY lines of a detection's Containerfile. */
function copies(detection: Detection): { manifests: string[]; sources: string[] } {
  const { manifestCopies, sourceCopies } = runnable(detection, '.').build as Record<
    string,
    { from: string; to: string }[]
  >;
  const lines = (all: { from: string; to: string }[] = []) => all.map(({ from, to }) => `${from} ${to}`);
  return { manifests: lines(manifestCopies), sources: lines(sourceCopies) };
}

describe('the program', () => {
  test('at the module’s root is ".", its file named after the module', () => {
    const detection = detectShop();
    expect(detection).toMatchObject({ name: 'shop', entry: '.', findings: [], port: null, env: {} });
    expect(detection.evidence).toContainEqual({ setting: 'entry', value: '.', from: 'main.go:3' });
    expect(runnable(detection)).toMatchObject({ command: ['/app/shop'], build: { package: '.', binary: 'shop' } });
  });

  test('below cmd is named after its folder', () => {
    const detection = detect({
      'go.mod': 'module example.com/shop/v2\n',
      'shop.go': 'package shop\n',
      'cmd/api/main.go': main,
    });
    expect(detection).toMatchObject({ name: 'shop', entry: './cmd/api' });
    expect(runnable(detection).command).toEqual(['/app/api']);
  });

  test('in cmd itself is named after the module', () => {
    expect(runnable(detectShop({ 'main.go': 'package shop\n', 'cmd/main.go': main })).command).toEqual(['/app/shop']);
  });

  test('is asked for when there are several', () => {
    const detection = detectShop({ 'main.go': 'package shop\n', 'cmd/api/main.go': main, 'cmd/worker/main.go': main });
    expect(detection).toMatchObject({ entry: null, entries: ['./cmd/api', './cmd/worker'] });
  });

  test('is certain where the others are examples and tools', () => {
    const detection = detectShop({ 'examples/tiny/main.go': main, 'tools/gen/main.go': main });
    expect(detection.entry).toBe('.');
    expect(detection.entries).toContain('./examples/tiny');
  });

  test('of a library’s example is no service unless somebody says so', () => {
    const detection = detectShop({ 'main.go': 'package shop\n', 'examples/tiny/main.go': main });
    expect(detection).toMatchObject({ entry: null, entries: ['./examples/tiny'], findings: [] });
  });

  test.each([
    ['ignored by a build constraint', '//go:build ignore\n\npackage main\n\nfunc main() {}\n', 'gen/x.go'],
    ['of a test', main, 'gen/x_test.go'],
    ['of another system', main, 'gen/x_windows.go'],
    ['in testdata', main, 'testdata/x.go'],
    ['in vendor', main, 'vendor/example.com/x/main.go'],
    ['of a folder that Go passes over', main, '_old/main.go'],
    ['in a comment', '/*\npackage main\n\nfunc main()\n*/\npackage gen\n', 'gen/x.go'],
    ['without a main function', 'package main\n\nfunc helper() {}\n', 'gen/x.go'],
  ])('%s is none', (_, text, path) => {
    expect(detectShop({ [path]: text }).entries).toEqual(['.']);
  });

  test('that was named and is none is refused, with those that are', () => {
    const project = projectOf({
      'go.mod': 'module example.com/shop\n',
      'cmd/a/main.go': main,
      'lib/lib.go': 'package lib\n',
    });
    const [finding] = detectGo(project, { entry: './lib' })?.findings ?? [];
    expect(finding).toMatchObject({ id: 'go-entry-missing', level: 'error', mend: 'Name another: ./cmd/a.' });
  });

  test('of another module is none', () => {
    expect(detectShop({ 'sdk/go.mod': 'module example.com/sdk\n', 'sdk/cmd/main.go': main }).entries).toEqual(['.']);
  });

  test('missing from a library is said', () => {
    expect(ids(detectShop({ 'main.go': 'package shop\n' }), 'error')).toEqual(['go-no-program']);
  });
});

describe('go.mod', () => {
  test('is needed: other folders are no Go service', () => {
    expect(detectGo(projectOf({ 'main.go': main }))).toBeNull();
  });

  test('missing beside go.work is said', () => {
    expect(ids(detect({ 'go.work': 'go 1.25.0\n' }))).toEqual(['go-workspace']);
  });

  test.each([
    ['module a b\n', 1],
    ['module a\n\nrequire x\n', 3],
    ['module a\nrequire (\n\tx v1.0.0\n\ty\n)\n', 4],
    ['module a\nfunny b\n', 2],
    ['module a\ngo next\n', 2],
    ['module a\nreplace x ../x\n', 2],
    ['go 1.25\n', 1],
    ['module a\nrequire (\n', 3],
  ])('%j is named with its line %d', (text, line) => {
    expect(detectShop({ 'go.mod': text }).findings).toMatchObject([
      { id: 'go-manifest-broken', level: 'error', path: 'go.mod', line },
    ]);
  });

  test('is read with comments, blocks, quotes and Windows line ends', () => {
    const text = `module "example.com/shop" // the shop\r\n\r\ngo 1.25.0\r\ntoolchain go1.25.3\r\n\r\nrequire (\r\n\t${chi} v5.5.0 // indirect\r\n)\r\nexclude ()\r\nretract [v1.0.0, v1.9.9]\r\ntool example.com/x\r\n`;
    expect(detectShop({ 'go.mod': text, 'go.sum': sum })).toMatchObject({ name: 'shop', findings: [] });
  });

  test.each([
    ['1.21', []],
    ['1.26', []],
    ['1.26.0', []],
    ['1.26rc1', []],
    ['1.26.1', ['go-version']],
    ['1.27', ['go-version']],
    ['2.0', ['go-version']],
  ])('with go %s gives %j', (version, expected) => {
    expect(ids(detectShop({ 'go.mod': `module example.com/shop\ngo ${version}\n` }))).toEqual(expected);
  });

  test.each(['', 'go 1.24.0\n'])('of a workspace is not newer than go.work: %j', (go) => {
    const files = {
      'go.work': `${go}use ./api\n`,
      'api/go.mod': 'module example.com/api\ngo 1.25.0\n',
      'api/main.go': main,
    };
    expect(ids(detect(files))).toEqual(['go-workspace-version']);
    expect(ids(detect({ ...files, 'go.work': 'go 1.25.0\nuse ./api\n' }))).toEqual([]);
  });

  test('that replaces a module by a folder outside is refused, by one inside is copied early', () => {
    const outside = detectShop({ 'go.mod': withChi(`replace ${chi} => ../chi\n`) });
    expect(outside.findings).toMatchObject([{ id: 'go-replace-outside', line: 6 }]);
    const inside = detectShop({
      'go.mod': withChi(`replace ${chi} => ./third/chi\n`),
      'third/chi/go.mod': `module ${chi}\n`,
      'go.sum': '',
    });
    expect(inside.findings).toEqual([]);
    expect(copies(inside)).toEqual({
      manifests: ['go.mod go.sum ./', 'third/chi/go.mod third/chi/'],
      sources: ['. .'],
    });
  });
});

describe('the release of StageX', () => {
  test.each([
    ['1.25.2', '2025.10.0', ['go-version']],
    ['1.25.1', '2025.10.0', []],
    ['1.26.0', '2026.01.0', ['go-version']],
    ['1.26.0', '2026.03.0', []],
  ])('holds a go line %s against its Go: %s', (version, release, expected) => {
    const project = projectOf({ 'go.mod': `module example.com/shop\n\ngo ${version}\n`, 'main.go': main });
    expect(ids(detectGo(project, { release }) as Detection)).toEqual(expected);
  });

  test('says which release tags hold', () => {
    const listen = (tag: string, port: number) =>
      `//go:build ${tag}\n\npackage main\n\nvar _ = http.ListenAndServe(":${port}", nil)\n`;
    const files = {
      'go.mod': 'module x\n\ngo 1.25\n',
      'main.go': main,
      'a.go': listen('go1.26', 80),
      'b.go': listen('!go1.26', 81),
    };
    const port = (release: string) => detectGo(projectOf(files), { release })?.port;
    expect([port('2026.03.0'), port('2026.01.0')]).toEqual([80, 81]);
  });
});

describe('a module that is said to be private', () => {
  test.each([
    ['Makefile', 'export GOPRIVATE=github.com/go-chi/*', ['go-private-module']],
    ['.env', 'GOPRIVATE=example.com,github.com/go-chi', ['go-private-module']],
    ['Makefile', 'export GOPRIVATE=github.com/*', []],
    ['Makefile', 'export GONOSUMDB=*', []],
    ['README.md', 'Set GOPRIVATE=github.com/go-chi/* first.', []],
  ])('in %s by %j: %j', (file, text, expected) => {
    expect(ids(detectShop({ 'go.mod': withChi(), 'go.sum': sum, [file]: `${text}\n` }))).toEqual(expected);
  });
});

describe('go.sum', () => {
  test('missing where modules are required is an error', () => {
    expect(detectShop({ 'go.mod': withChi() }).findings).toMatchObject([{ id: 'go-no-sum', level: 'error', line: 5 }]);
  });

  test('without the hash of a required module is out of date', () => {
    expect(ids(detectShop({ 'go.mod': withChi(), 'go.sum': sum.replaceAll('v5.5.0', 'v5.4.0') }))).toEqual([
      'go-sum-outdated',
    ]);
    expect(ids(detectShop({ 'go.mod': withChi(), 'go.sum': sum }))).toEqual([]);
  });

  test('is held against what a module is replaced by', () => {
    const replaced = { 'go.mod': withChi(`replace ${chi} => example.com/fork v1.0.0\n`) };
    expect(ids(detectShop({ ...replaced, 'go.sum': sum }))).toEqual(['go-sum-outdated']);
    expect(ids(detectShop({ ...replaced, 'go.sum': 'example.com/fork v1.0.0 h1:x=\n' }))).toEqual([]);
  });

  test('needs no hash of a version that a module in a folder asks for, where a higher one is built', () => {
    const local = 'require example.com/api v0.0.0\n\nreplace example.com/api => ./api\n';
    const uses = { 'main.go': 'package main\n\nimport "example.com/api"\n\nfunc main() { api.X() }\n' };
    const api = (version: string) => ({
      'api/go.mod': `module example.com/api\n\ngo 1.25.0\n\nrequire ${chi} ${version}\n`,
      'api/api.go': 'package api\n\nfunc X() {}\n',
    });
    const files = { ...uses, 'go.mod': withChi(local), 'go.sum': sum };
    expect(ids(detectShop({ ...files, ...api('v5.4.0') }))).toEqual([]);
    expect(ids(detectShop({ ...files, ...api('v5.6.0') }))).toEqual(['go-sum-outdated']);
  });

  test('is not needed where nothing is required, and then nothing is downloaded', () => {
    expect(detectShop().build).toMatchObject({ dependencies: 'none' });
    expect(detectShop({ 'go.mod': withChi(), 'go.sum': sum }).build).toMatchObject({ dependencies: 'download' });
  });

  test('gives way to a vendor folder, which must say the same as go.mod', () => {
    const fits = detectShop({ 'go.mod': withChi(), 'vendor/modules.txt': `# ${chi} v5.5.0\n## explicit; go 1.24\n` });
    expect(fits).toMatchObject({ findings: [], build: { dependencies: 'vendor' } });
    expect(ids(detectShop({ 'go.mod': withChi(), 'vendor/modules.txt': `# ${chi} v5.4.0\n` }))).toEqual([
      'go-vendor-outdated',
    ]);
  });
});

describe('what a static binary lacks', () => {
  const usesDb = { 'main.go': 'package main\n\nimport "example.com/shop/db"\n\nfunc main() { db.Open() }\n' };

  test('is C: a program with a file that imports it is built with a compiler, and statically', () => {
    const detection = detectShop({ ...usesDb, 'db/c.go': 'package db\n\n// #include <x.h>\nimport "C"\n' });
    expect(detection.findings).toMatchObject([{ id: 'go-cgo', level: 'note', path: 'db/c.go', line: 4 }]);
    expect(runnable(detection).build).toMatchObject({ pallet: 'pallet-cgo', tagList: 'netgo,osusergo' });
  });

  test.each([
    ['a twin in Go', { 'db/c.go': '//go:build cgo\n\npackage db\n\nimport "C"\n', 'db/go.go': 'package db\n' }],
    ['another program', { 'db/db.go': 'package db\n', 'tools/x/main.go': `${main}\nimport "C"\n` }],
  ])('is no matter of a file with %s', (_, files) => {
    const detection = detectShop({ ...usesDb, ...files });
    expect(detection.findings).toEqual([]);
    expect(runnable(detection).build.pallet).toBe('pallet-go');
  });

  test.each([
    ['#cgo LDFLAGS: -lm -lssl', 'ssl'],
    ['#cgo linux pkg-config: --static libvips', 'libvips'],
  ])('is a library: %s names it', (line, library) => {
    const code = `package db\n\n/*\n${line}\n*/\nimport "C"\n`;
    const [finding] = detectShop({ ...usesDb, 'db/c.go': code }).findings;
    expect(finding).toMatchObject({ id: 'go-cgo-library', level: 'error', path: 'db/c.go', line: 6 });
    expect(finding?.message).toContain(library);
  });

  test('is C: a module that needs it decides when the program imports it, else it is warned of', () => {
    const sqlite = 'github.com/mattn/go-sqlite3';
    const files = {
      'go.mod': `module example.com/shop\nrequire ${sqlite} v1.14.0\n`,
      'go.sum': `${sqlite} v1.14.0 h1:x=\n`,
    };
    expect(detectShop(files).findings).toMatchObject([{ id: 'go-cgo-module', level: 'warning', line: 2 }]);
    const imported = detectShop({ ...files, 'db.go': `package main\n\nimport _ "${sqlite}"\n` });
    expect(imported.findings).toMatchObject([{ id: 'go-cgo', level: 'note', path: 'db.go', line: 3 }]);
    expect(runnable(imported).build.pallet).toBe('pallet-cgo');
  });

  test('is a library of a module that has none of its sources', () => {
    const files = { 'image.go': 'package main\n\nimport "github.com/h2non/bimg"\n' };
    expect(detectShop(files).findings).toMatchObject([
      { id: 'go-cgo-library', level: 'error', path: 'image.go', line: 3 },
    ]);
  });

  test('is time zones, unless they are compiled in', () => {
    const zone = { 'zone.go': 'package main\n\nvar z, _ = time.LoadLocation("Europe/Berlin")\n' };
    expect(detectShop(zone).findings).toMatchObject([
      { id: 'go-time-zones', level: 'warning', path: 'zone.go', line: 3 },
    ]);
    expect(ids(detectShop({ ...zone, 'zones.go': 'package main\n\nimport _ "time/tzdata"\n' }))).toEqual([]);
    for (const name of ['UTC', 'Local', ''])
      expect(ids(detectShop({ 'zone.go': `package main\n\nvar z, _ = time.LoadLocation("${name}")\n` }))).toEqual([]);
  });
});

describe('the port', () => {
  test.each([
    ['http.ListenAndServe(":8080", r)', 8080],
    ['http.ListenAndServe("localhost:8081", r)', 8081],
    ['net.Listen("tcp", ":9000")', 9000],
    ['r.Run(":3000")', 3000],
    ['&http.Server{Addr: ":4000"}', 4000],
    ['flag.String("addr", ":5000", "where")', 5000],
    ['flag.IntVar(&port, "port", 5001, "where")', 5001],
    ['flag.StringVar(&port, "port", getEnv("SHOP_PORT", "5002"), "where")', 5002],
    ['getEnv("PORT", "7000")', 7000],
    ['cmp.Or(os.Getenv("PORT"), "7001")', 7001],
    ['redis.NewClient(&redis.Options{Addr: "localhost:6379"})', null],
    ['// http.ListenAndServe(":8080", r)', null],
    ['http.ListenAndServe(":9090", promMetrics)', null],
    ['http.ListenAndServe(":80", a); http.ListenAndServe(":81", b)', null],
    ['port := "5432"', null],
  ])('in %s is %s', (code, port) => {
    const detection = detectShop({ 'main.go': `package main\n\nfunc main() {\n\t${code}\n}\n` });
    expect(detection.port).toBe(port);
    const evidence = { setting: 'port', value: port, from: 'main.go:4' };
    expect(detection.evidence.filter(({ setting }) => setting === 'port')).toEqual(port === null ? [] : [evidence]);
  });

  test('is the fallback of PORT where the code reads it', () => {
    const code =
      'package main\n\nfunc main() {\n\tport := os.Getenv("PORT")\n\tif port == "" {\n\t\tport = "8080"\n\t}\n}\n';
    expect(detectShop({ 'main.go': code })).toMatchObject({ port: 8080, env: { PORT: '8080' } });
  });

  test('is that of the program which was named', () => {
    const listen = (port: number) => `package main\n\nfunc main() { http.ListenAndServe(":${port}", nil) }\n`;
    const project = projectOf({
      'go.mod': 'module example.com/shop\n',
      'cmd/a/main.go': listen(8080),
      'cmd/b/main.go': listen(8081),
    });
    expect(detectGo(project)).toMatchObject({ entry: null, port: null });
    expect(detectGo(project, { entry: './cmd/b' })).toMatchObject({ entry: './cmd/b', port: 8081 });
  });

  test('of another program does not count', () => {
    const listen = (port: number) => `package main\n\nfunc main() { http.ListenAndServe(":${port}", nil) }\n`;
    expect(detectShop({ 'main.go': listen(8080), 'examples/a/main.go': listen(1234) }).port).toBe(8080);
    expect(
      detectShop({ 'main.go': 'package shop\n', 'cmd/a/main.go': listen(1), 'cmd/b/main.go': listen(8080) }).entry,
    ).toBeNull();
  });
});

/** Control characters, ASCII and Latin letters. fast-check's own unit `binary` takes over a second to set up. */
const character = fc.nat({ max: 0x2ff }).map((code) => String.fromCodePoint(code));

describe('hostile modules', () => {
  test('put no path into a file that a shell or Docker would read otherwise', () => {
    const path = fc.oneof(
      fc.string({ unit: character }),
      fc.constantFrom('a b', '$(x)', '-x', 'a\nRUN x', '{{x}}', 'cmd', '"', '..'),
    );
    fc.assert(
      fc.property(path, path, path, (module, folder, replaced) => {
        const files = {
          'go.mod': `module ${module}\nreplace x => ./${replaced}\n`,
          [`${folder}/main.go`]: main,
          [`${replaced}/go.mod`]: '',
        };
        const detection = detect(files);
        for (const entry of detection.entries) {
          expect(go.checkEntry(entry)).toBeNull();
          const { command, build } = runnable(detection, entry);
          expect(JSON.stringify({ command, build })).toMatch(/^[\w"{}[\]:,./@+-]*$/);
        }
        expect(JSON.stringify([detection.build.manifests ?? [], detection.build.sources ?? []])).toMatch(
          /^[\w"[\],./@+-]*$/,
        );
      }),
    );
  });

  test('may have very many packages, embedded patterns and files: none is missed, and none takes long', async () => {
    const numbers = (count: number) => Array.from({ length: count }, (_, at) => String(at));
    const folders = numbers(6000).map((at) => [`p${at}/a.go`, 'package p\n\n//go:embed none*.txt\n']);
    const others = numbers(60_000).map((at) => [`z/${at}.txt`, '']);
    const imports = numbers(6000).map((at) => `"example.com/shop/p${at}"`);
    const code = `package main\n\nimport (\n${imports.slice(-800).join('\n')}\n)\n\nfunc main() {\n}\n`;
    const took = await busyFor(() => {
      const detection = detectShop({ 'main.go': code, ...Object.fromEntries([...folders, ...others]) });
      expect(new Set(ids(detection))).toEqual(new Set(['go-embed-missing']));
    });
    expect(took).toBeLessThan(1500);
  });

  test.each(['cmd/api', './a b', './../x', './-x', '', './...', '/etc'])('entry %j is refused', (entry) => {
    expect(go.checkEntry(entry)).toEqual(expect.any(String));
  });
});

describe('where a program listens', () => {
  const inMain = (code: string) => detectShop({ 'main.go': `package main\n\nfunc main() {\n\t${code}\n}\n` });

  test.each([
    ['redis.NewClient(&redis.Options{Addr: ":6379"})', null],
    ['srv := &http.Server{\n\t\tReadTimeout: 4000,\n\t\tAddr: ":4000",\n\t}', 4000],
    ['redis.Options{Addr: ":6379"}\n\thttp.ListenAndServe(os.Getenv("LISTEN_ADDR"), nil)', null],
    ['http.ListenAndServe(":8080", a)\n\thttp.ListenAndServe(os.Getenv("LISTEN_ADDR"), nil)', null],
    ['var defaultPort = "8080"\n\taddr := getEnv("HTTP_ADDR", ":9")\n\thttp.ListenAndServe(addr, nil)', null],
    ['http.ListenAndServe(":"+os.Getenv("APP_PORT"), nil)', null],
    ['http.ListenAndServe(":8080", nil)\n\thttp.ListenAndServe(os.Getenv("METRICS_ADDR"), m)', 8080],
  ])('in %s gives the port %s', (code, port) => {
    expect(inMain(code).port).toBe(port);
  });

  test('is no matter of a name that is too long to be one', () => {
    expect(inMain(`http.ListenAndServe(${'a'.repeat(3_000_000)}, nil)`).port).toBeNull();
  });

  test('by another variable than PORT is said, with its place', () => {
    const [finding] = inMain('http.ListenAndServe(os.Getenv("LISTEN_ADDR"), nil)').findings;
    expect(finding).toMatchObject({ id: 'go-port-variable', level: 'warning', path: 'main.go', line: 4 });
    expect(finding?.mend).toContain('LISTEN_ADDR');
  });

  test.each([
    'http.ListenAndServe("127.0.0.1:8080", r)',
    'http.ListenAndServe("localhost:8080", r)',
    'net.Listen("tcp", "[::1]:8080")',
    'r.Run("localhost:8080")',
    'x := http.Server{Addr: "127.0.0.1:8080"}',
  ])('on loopback is warned of: %s', (code) => {
    expect(inMain(code).findings).toMatchObject([
      { id: 'go-loopback', level: 'warning', path: 'main.go', line: 4, mend: 'Listen on 0.0.0.0.' },
    ]);
  });

  test('on loopback is nothing to a side door or a client', () => {
    expect(inMain('http.ListenAndServe("localhost:6060", nil) // pprof').findings).toEqual([]);
    expect(inMain('redis.Options{Addr: "localhost:6379"}').findings).toEqual([]);
  });
});

describe('a module that is named after a role', () => {
  test('names no service, in evidence neither', () => {
    const detection = detect({ 'go.mod': 'module example.com/server\n', 'main.go': main });
    expect(detection.name).toBeNull();
    expect(detection.evidence.filter(({ setting }) => setting === 'name')).toEqual([]);
  });
});
