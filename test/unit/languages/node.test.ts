import { describe, expect, it } from 'vitest';
import type { Detection } from '../../../src/languages/language.ts';
import { detectNode } from '../../../src/languages/node/detect.ts';
import { node } from '../../../src/languages/node/index.ts';
import { projectOf } from '../../../src/languages/project.ts';

const lockOf = (root: object = {}, packages: object = {}) =>
  JSON.stringify({ lockfileVersion: 3, packages: { '': root, ...packages } });

/** A service with package.json, a lock that fits it, and other files. */
function detect(manifest: object, files: Record<string, string> = {}): Detection {
  const found = detectNode(
    projectOf({ 'package.json': JSON.stringify(manifest, null, 2), 'package-lock.json': lockOf(manifest), ...files }),
  );
  if (found === null) throw new Error('not detected');
  return found;
}

const ids = (detection: Detection) => detection.findings.map(({ id }) => id);
const start = (line: string) => ({ scripts: { start: line } });

describe('a folder without package.json', () => {
  it('is no Node service', () => {
    expect(detectNode(projectOf({ 'main.go': 'package main' }))).toBeNull();
  });
});

describe('a package.json that only brings tools', () => {
  it('is no Node service', () => {
    const manifest = JSON.stringify({ name: 'x', devDependencies: { prettier: '^3' }, scripts: { fmt: 'prettier .' } });
    expect(detectNode(projectOf({ 'package.json': manifest }))).toBeNull();
  });
});

describe('what runs', () => {
  it('is the file that the start script names, with the line as evidence', () => {
    const found = detect({ name: 'orders', ...start('node src/server.js') }, { 'src/server.js': 'listen(1)' });
    expect(found.entry).toBe('src/server.js');
    expect(found.evidence).toContainEqual({ setting: 'entry', value: 'src/server.js', from: 'package.json:4' });
    expect(found.evidence).toContainEqual({ setting: 'name', value: 'orders', from: 'package.json:2' });
    expect(found.findings).toEqual([]);
  });

  it.each([
    ['node .', { main: 'lib/go' }, 'lib/go.js'],
    ['node ./lib/go', {}, 'lib/go.js'],
    ['cross-env NODE_ENV=production node lib/go.js', {}, 'lib/go.js'],
    ['NODE_ENV=production node lib/go.js', {}, 'lib/go.js'],
    ['nodemon lib/go.js', {}, 'lib/go.js'],
    ['node --enable-source-maps lib', {}, 'lib/index.js'],
  ])('is followed through %j', (line, extra, entry) => {
    const files = { 'lib/go.js': '', 'lib/index.js': '' };
    expect(detect({ ...start(line), ...extra }, files).entry).toBe(entry);
  });

  it('is followed through npm run, and a circle of scripts ends', () => {
    const scripts = { start: 'npm run web', web: 'node web.js' };
    expect(detect({ scripts }, { 'web.js': '' }).entry).toBe('web.js');
    expect(detect({ scripts: { start: 'npm run start' } }).entry).toBeNull();
  });

  it('is asked when a shell would do more than start one program', () => {
    for (const line of ['node a.js && node b.js', 'node a.js | cat', 'node $FILE', 'node ../a.js', "node 'a b.js'"]) {
      expect(detect(start(line), { 'a.js': '', 'b.js': '' }).entry, line).toBeNull();
    }
  });

  it('is the one usual file that opens a port when no script says so', () => {
    expect(detect({}, { 'server.js': 'app.listen(3000)', 'index.js': 'export {}' }).entry).toBe('server.js');
  });

  it('is asked when two files open a port, or main is a library', () => {
    const two = detect({}, { 'server.js': 'a.listen(1)', 'index.js': 'b.listen(2)' });
    expect(two).toMatchObject({ entry: null, entries: ['server.js', 'index.js'] });
    expect(
      detect({ main: 'index.js', dependencies: { x: '1' } }, { 'index.js': 'module.exports = 1' }).entry,
    ).toBeNull();
  });

  it('keeps options and arguments, with modules found from any folder', () => {
    const found = detect(
      start('node -r ./trace.js --import ./hooks.mjs --inspect --max-old-space-size=400 a.js --quiet'),
      {
        'a.js': '',
      },
    );
    const run = node.runnable({
      name: 'x',
      entry: 'a.js',
      dir: '',
      manager: 'npm',
      starter: false,
      build: found.build,
    });
    expect(run.command).toEqual([
      '/usr/bin/node',
      '-r',
      '/app/trace.js',
      '--import',
      '/app/hooks.mjs',
      '--max-old-space-size=400',
      '/app/a.js',
      '--quiet',
    ]);
  });

  it('is said to be missing when no build script makes it', () => {
    expect(ids(detect(start('node dist/a.js')))).toEqual(['node-entry-missing']);
    const built = detect({ scripts: { start: 'node dist/a.js', build: 'tsc' } });
    expect(built).toMatchObject({ entry: 'dist/a.js', findings: [], build: { steps: ['npm run build'] } });
  });

  it('warns of files of variables that the image does not have', () => {
    expect(ids(detect(start('node --env-file=.env a.js'), { 'a.js': '' }))).toEqual(['node-env-file']);
  });
});

describe('TypeScript', () => {
  const main = (code: string, extra: Record<string, string> = {}) =>
    detect({ ...start('node src/main.ts'), dependencies: { hono: '^4' } }, { 'src/main.ts': code, ...extra });

  it('runs as it is when types only have to be erased', () => {
    const code = "import { a } from './a.ts';\nimport 'hono/cors';\nimport fs from 'fs';\ninterface X { y: string }\n";
    expect(main(code, { 'src/a.ts': 'export const a: number = 1;' }).findings).toEqual([]);
  });

  it.each([
    ['enum A { B }', 'an enum'],
    ['class A {\n  constructor(private x: string) {}\n}', 'a parameter property'],
    ['@Injectable()\nclass A {}', 'a decorator'],
    ["import './a';", "the import './a'"],
    ["import './a.js';", "the import './a.js'"],
    ["import x from '@/lib/x';", "the import '@/lib/x'"],
  ])('must be compiled for %j', (code, what) => {
    const [finding] = main(`// first\n${code}\n`, { 'src/a.ts': '' }).findings;
    expect(finding).toMatchObject({ id: 'node-typescript-needs-compiling', level: 'error', path: 'src/main.ts' });
    expect(finding?.message).toContain(what);
    expect(finding?.line).toBeGreaterThan(1);
  });

  it('is looked through as far as the entry imports, circles included', () => {
    const found = main("import './a.ts';", { 'src/a.ts': "import './main.ts';\nenum E { A }" });
    expect(found.findings[0]).toMatchObject({ path: 'src/a.ts', line: 2 });
    expect(main('', { 'src/unused.ts': 'enum E { A }' }).findings).toEqual([]);
  });

  it('that must be compiled is no choice, and is said when nothing else could run', () => {
    const found = detect(start('nx serve'), { 'src/main.ts': "import './a';\nx.listen(1)", 'src/a.ts': '' });
    expect(found).toMatchObject({ entry: null, entries: [] });
    expect(ids(found)).toEqual(['node-typescript-needs-compiling']);
  });

  it('does not take comments for code', () => {
    expect(main('// enum A { B }\n/* @Injectable()\nenum C {} */\n').findings).toEqual([]);
  });
});

describe('the port', () => {
  it.each([
    'app.listen(3000)',
    'app.listen({ host: "0.0.0.0", port: 3000 })',
    'const port = process.env.PORT || 3000;',
    'const port = Number(process.env.PORT ?? "3000");',
    "const port = parseInt(process.env['PORT'] || '3000', 10)",
    'const PORT = 3000;\napp.listen(PORT)',
  ])('is read off %j', (code) => {
    const found = detect(start('node a.js'), { 'a.js': `\n${code}` });
    expect(found.port).toBe(3000);
    expect(found.evidence).toContainEqual({ setting: 'port', value: 3000, from: 'a.js:2' });
  });

  it('is asked when nothing says it', () => {
    expect(detect(start('node a.js'), { 'a.js': 'app.listen(config.port)' }).port).toBeNull();
  });

  it('is what the start script sets, whatever the code has for a default', () => {
    const found = detect(start('PORT=4000 node a.js'), { 'a.js': 'app.listen(process.env.PORT || 3000)' });
    expect(found).toMatchObject({ port: 4000, env: { PORT: '' } });
  });

  it('is not taken from files that the entry does not import, or from comments', () => {
    const files = { 'a.js': '// app.listen(1234)\napp.listen(3000)', 'other.js': 'app.listen(9000)' };
    expect(detect(start('node a.js'), files).port).toBe(3000);
  });

  it('goes into PORT only when the code reads it', () => {
    expect(detect(start('node a.js'), { 'a.js': 'listen(process.env.PORT)' }).env).toEqual({ PORT: '' });
    expect(detect(start('node a.js'), { 'a.js': 'app.listen(3000)' }).env).toEqual({});
  });
});

describe('the lock file', () => {
  const manifest = { ...start('node a.js'), dependencies: { hono: '^4' } };
  const files = { 'package.json': JSON.stringify(manifest), 'a.js': '' };
  const detected = (more: Record<string, string>) => detectNode(projectOf({ ...files, ...more }));
  const idsOf = (more: Record<string, string>) => detected(more)?.findings.map(({ id }) => id);
  const hono = { version: '4.0.0', integrity: 'sha512-x' };
  const locked = (packages: object) => ({ 'package-lock.json': lockOf({ dependencies: { hono: '^4' } }, packages) });

  it('is needed', () => {
    expect(idsOf({})).toEqual(['node-no-lock']);
    expect(detected({})?.manager).toBeNull();
  });

  it.each(['bun.lock', 'bun.lockb'])('of Bun is not installed from: %s', (name) => {
    expect(idsOf({ [name]: '' })).toEqual(['node-bun-lock']);
  });

  it.each(['yarn.lock', 'pnpm-lock.yaml'])('of another manager must hold what package.json asks for: %s', (name) => {
    const empty = name === 'yarn.lock' ? '# yarn lockfile v1\n' : "lockfileVersion: '9.0'\nimporters:\n  .: {}\n";
    expect(idsOf({ [name]: empty })).toEqual(['node-lock-stale']);
    expect(idsOf({ [name]: '{{' })).toEqual(['node-lock-unreadable']);
  });

  it('must fit package.json', () => {
    const stale = { 'package-lock.json': lockOf({ dependencies: { hono: '^3' } }) };
    expect(idsOf(stale)).toEqual(['node-lock-stale']);
    expect(idsOf(locked({ 'node_modules/hono': hono }))).toEqual([]);
  });

  it('must be readable, and of a version that holds everything', () => {
    expect(idsOf({ 'package-lock.json': '{\n"a": <<<<<<< HEAD\n}' })).toEqual(['node-lock-unreadable']);
    expect(idsOf({ 'package-lock.json': '{"lockfileVersion":1}' })).toEqual(['node-lock-version']);
  });

  it.each([
    ['node-git-dependency', { 'node_modules/x': { version: '1.0.0', resolved: 'git+ssh://git@github.com/a/b.git#c' } }],
    ['node-local-dependency', { 'node_modules/x': { resolved: '../x', link: true } }],
    ['node-no-integrity', { 'node_modules/x': { version: '1.0.0' } }],
    ['node-private-registry', { 'node_modules/x': { ...hono, resolved: 'https://npm.example.org/x.tgz' } }],
    ['node-install-script', { 'node_modules/x': { ...hono, hasInstallScript: true } }],
    [
      'node-native-addon',
      { 'node_modules/x': { ...hono, hasInstallScript: true, dependencies: { 'prebuild-install': '^7' } } },
    ],
    ['node-lock-platform', { 'node_modules/x': { ...hono, optionalDependencies: { '@x/linux-x64-musl': '1.0.0' } } }],
  ])('gives %s', (id, packages) => {
    expect(idsOf(locked(packages))).toEqual([id]);
  });

  it('may hold native parts that are not installed, or not needed', () => {
    const scripted = { ...hono, hasInstallScript: true };
    const packages = {
      'node_modules/esbuild': { ...scripted, dev: true },
      'node_modules/fsevents': { ...scripted, optional: true },
    };
    expect(idsOf(locked(packages))).toEqual([]);
  });
});

describe('the manifest', () => {
  it('that does not parse is said, with the line', () => {
    for (const [text, line] of [
      ['{\n  "name": "x",\n  "main": nope\n}', 3],
      ['{\n  "name": "x",\n}', 3],
      ['{\n  "name": "x"\n', 3],
      ['[]', 1],
    ] as const) {
      const found = detectNode(projectOf({ 'package.json': text }));
      expect(found?.findings, text).toMatchObject([{ id: 'node-manifest-unreadable', level: 'error', line }]);
    }
  });

  it('may ask for another Node than the image has', () => {
    const engine = (range: string) => ids(detect({ engines: { node: range }, ...start('node a.js') }, { 'a.js': '' }));
    expect(engine('^18')).toEqual(['node-engine']);
    expect(engine('>=20')).toEqual([]);
    expect(engine('lts/*')).toEqual([]);
  });

  it('with lifecycle scripts or credentials is not ready', () => {
    const scripts = { start: 'node a.js', postinstall: 'prisma generate' };
    const found = detect({ scripts }, { 'a.js': '', '.npmrc': '//r.example/:_authToken=abc\n' });
    expect(ids(found)).toEqual(['node-lifecycle-script', 'node-npmrc-credentials']);
    expect(ids(detect({ scripts: { ...start('node a.js').scripts, prepare: 'husky' } }, { 'a.js': '' }))).toEqual([]);
  });

  it('of wrong types, or full of control characters, does no harm', () => {
    const hostile = {
      name: 'a\u001b]0;x\u0007',
      main: 7,
      engines: { node: '^18 \u001b[31m\nRUN evil' },
      packageManager: 'pnpm@9.0.0\nRUN evil',
      scripts: { postinstall: '\u001b[31m\nRUN evil', start: "X='1\nRUN evil' node a.js", build: {} },
      dependencies: { '\u001b[2J\nRUN x': '1', __proto__: { hono: '1' } },
      workspaces: 5,
    };
    const found = detect(hostile, {
      'a.js': '',
      'package-lock.json': lockOf({ dependencies: { 'x\u001b[2J\n': '1' } }),
    });
    expect(found.findings.length).toBeGreaterThan(1);
    expect(found.entry).toBeNull();
    expect(found.env).toEqual({});
    for (const { message } of found.findings) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: none may come through
      expect(message).not.toMatch(/[\x00-\x1f]/);
    }
  });

  it('nested a hundred thousand deep is refused, not a crash', () => {
    const deep = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    expect(() => detectNode(projectOf({ 'package.json': deep }))).not.toThrow();
  });
});

describe('the run command', () => {
  const app = { name: 'Orders', entry: 'src/server.ts', dir: '', manager: 'npm', starter: true, build: {} };

  it('names node and the file by absolute paths', () => {
    const run = node.runnable(app);
    expect(run).toMatchObject({ command: ['/usr/bin/node', '/app/src/server.ts'], env: { NODE_ENV: 'production' } });
  });

  it('comes with a package name that npm takes', () => {
    expect(node.runnable(app).build.packageName).toBe('orders');
    expect(node.runnable({ ...app, name: 'node_modules' }).build.packageName).toBe('node-modules');
  });

  it('refuses entries that would end a line, leave the service or need a compiler', () => {
    for (const entry of ['', '../a.js', '/a.js', 'a\nRUN b', 'a b.js', '-e', "a'.js", 'a.tsx']) {
      expect(node.checkEntry(entry), entry).not.toBeNull();
    }
    expect(node.checkEntry('dist/main')).toBeNull();
    expect(node.checkEntry('src/server.ts')).toBeNull();
  });
});

describe('where a service listens', () => {
  const inMain = (code: string, files: Record<string, string> = {}) =>
    detect(start('node a.js'), { 'a.js': code, ...files });

  it.each([
    ['const port = 3306; // mysql\napp.listen(process.env.APP_PORT || 8088)', 8088],
    ['const port = 3306;\napp.listen(8088)', 8088],
    ['const dbPort = 5432;\nconst port = 3000;\napp.listen(port, () => {})', 3000],
    ['const PORT = 3000;\nserve({ fetch: app.fetch, port: PORT })', 3000],
    ['const port = 3000;\nawait app.listen({ port, host: "0.0.0.0" })', 3000],
    ['const { PORT = 3000 } = process.env;\napp.listen(PORT)', 3000],
    ['const { HOST, PORT: port = "3000" } = process.env;\napp.listen(port)', 3000],
    ['const port = Number(process.env.HTTP_PORT ?? 8088);\nconst x = { port: 1 };\napp.listen(port)', 8088],
    ['const x = process.env.PORT\n  ? parseInt(process.env.PORT, 10)\n  : 3000;', 3000],
    ['const DEFAULT = 3000;\napp.listen(process.env.PORT || DEFAULT);', 3000],
    ["app.listen(config.get('PORT', 3000))", 3000],
    ["app.listen(config.get<number>('PORT') ?? 3000)", 3000],
    ["const port = env.get('PORT').default('3000').asPortNumber()", 3000],
    ['const env = z.object({ PORT: z.coerce\n    .number()\n    .int()\n    .default(3000), })', 3000],
    ['const env = z.object({ PORT: z.string(),\n  DB_PORT: z.coerce.number().default(5432) })', null],
    ["const c = convict({ port: { format: 'port', default: 3000, env: 'PORT' } })", 3000],
    ['const config = { db: { port: 5432 }, port: 3000 };\napp.listen(config.port)', 3000],
    ['const config = { db: { port: 5432 } };\napp.listen(config.port)', null],
    ['const config = { server: { host: h(), port: 3000 }, db: { port: 5432 } };\napp.listen(config.server.port)', 3000],
    ['const config = { port: 3000 + offset };\napp.listen(config.port)', null],
    ['const { PORT = 3000 } = config;\napp.listen(PORT)', null],
  ])('is read off %j as %s', (code, port) => {
    expect(inMain(code).port).toBe(port);
  });

  it('is followed through an import by name, and no further', () => {
    const config = { 'config.js': 'export const port = 3000;' };
    expect(inMain("import { port } from './config.js';\napp.listen(port)", config).port).toBe(3000);
    expect(inMain("import './config.js';\napp.listen(port)", config).port).toBeNull();
  });

  it.each([
    [
      "import config from './config.js';\napp.listen(config.port)",
      'export default { db: { port: 1234 }, port: 3000 };',
    ],
    ["const config = require('./config');\napp.listen(config.port)", 'module.exports = {\n  port: 3000,\n};'],
    [
      "const { config } = require('./config');\napp.listen(config.port)",
      'exports.config = 1;\nconst config = { port: 3000 };',
    ],
    ["import * as config from './config.js';\napp.listen(config.port)", 'export const port = 3000;'],
    ["import config from './config.js';\napp.listen(config.port)", "const x = { port: '3000' };\nexport default x;"],
  ])('is read off a module of settings: %j', (code, config) => {
    const found = inMain(code, { 'config.js': config });
    expect(found.port).toBe(3000);
    expect(found.evidence.find(({ setting }) => setting === 'port')?.from).toMatch(/^config\.js:\d$/);
  });

  it('is read off settings in JSON', () => {
    const files = { 'config.json': '{\n  "server": { "port": 3000 }\n}' };
    const found = inMain("const config = require('./config.json');\napp.listen(config.server.port)", files);
    expect(found.evidence).toContainEqual({ setting: 'port', value: 3000, from: 'config.json:2' });
  });

  it('by another variable of a port has that variable set, so that any port will do', () => {
    const found = inMain('app.listen(process.env.APP_PORT || 8088)');
    expect(found).toMatchObject({ port: 8088, env: { APP_PORT: '{port}' }, findings: [] });
    expect(inMain('app.listen(process.env.APP_PORT)')).toMatchObject({ port: null, env: { APP_PORT: '{port}' } });
  });

  it('reads PORT that is taken out of process.env', () => {
    expect(inMain('const { PORT = 3000 } = process.env;\napp.listen(PORT)').env).toEqual({ PORT: '' });
  });

  it('by another variable than PORT is said, with its place', () => {
    expect(inMain('\napp.listen(process.env.LISTEN || 8088)').findings).toMatchObject([
      { id: 'node-port-variable', level: 'warning', path: 'a.js', line: 2 },
    ]);
    expect(inMain('a.listen(process.env.A_PORT);\nb.listen(process.env.B_PORT)').findings).toMatchObject([
      { id: 'node-port-variable', level: 'warning', path: 'a.js', line: 1 },
    ]);
    expect(inMain('app.listen(process.env.PORT || process.env.APP_PORT || 8088)').findings).toEqual([]);
  });

  it.each([
    "app.listen(3000, '127.0.0.1')",
    "app.listen({ port: 3000, host: 'localhost' })",
    "app.listen(Number(process.env.PORT), '127.0.0.1', () => {})",
    "serve({ port: 3000, hostname: '127.0.0.1' })",
  ])('on loopback is warned of: %s', (code) => {
    expect(inMain(`\n${code}`).findings).toMatchObject([
      { id: 'node-loopback', level: 'warning', path: 'a.js', line: 2 },
    ]);
  });

  it('on loopback is not what a callback prints', () => {
    expect(inMain("app.listen(3000, () => console.log('localhost'))").findings).toEqual([]);
  });
});

describe('a start script', () => {
  it.each(['node a.js --url http://x:{port}', 'node a.js --t={{x}}', 'node -C {port} a.js'])(
    'with a placeholder of ours is refused: %s',
    (line) => {
      expect(detect(start(line), { 'a.js': '' }).findings).toMatchObject([
        { id: 'node-start-placeholder', level: 'error', path: 'package.json', line: 3 },
      ]);
    },
  );

  it('that assigns what objects take for something else is asked about, and harms nothing', () => {
    expect(detect(start('__proto__=x node a.js'), { 'a.js': '' }).entry).toBeNull();
    const found = detect(start('constructor=x node a.js'), { 'a.js': '' });
    expect(Object.entries(found.env)).toEqual([['constructor', 'x']]);
    const odd = '{"scripts": {"start": "npm run constructor"}, "dependencies": {"__proto__": "1"}, "__proto__": {}}';
    expect(detectNode(projectOf({ 'package.json': odd }))?.entry).toBeNull();
  });
});

describe('what a Dockerfile builds with a script', () => {
  const manifest = { scripts: { start: 'node server.js', 'build:ui': 'esbuild ui/main.js --outdir=public' } };
  const files = (run: string) => ({ 'server.js': '', Dockerfile: `FROM node:24\nCOPY . .\nRUN ${run}\n` });

  it.each(['npm ci && npm run build:ui', 'pnpm run build:ui', 'yarn build:ui', 'cd x; npm --prefix ui run build'])(
    'is named when the build runs none: %j',
    (run) => {
      const found = detect(manifest, files(run)).findings.find(({ id }) => id === 'node-build-left');
      expect(found).toMatchObject({ level: 'warning', path: 'Dockerfile', line: 3 });
    },
  );

  it.each(['npm ci', 'npm run rebuild-index', 'npm run lint', 'echo npm run build'])('is not %j', (run) => {
    expect(ids(detect(manifest, files(run)))).not.toContain('node-build-left');
  });

  it('is nothing to name when the build runs a script of its own', () => {
    const built = { scripts: { ...manifest.scripts, build: 'npm run build:ui' } };
    expect(ids(detect(built, files('npm run build:ui')))).not.toContain('node-build-left');
  });
});
