import { describe, expect, it } from 'vitest';
import type { Detection } from '../../../src/languages/language.ts';
import { detectNode } from '../../../src/languages/node/detect.ts';
import { node } from '../../../src/languages/node/index.ts';
import { projectOf } from '../../../src/languages/project.ts';

type Manifest = Record<string, unknown>;

/** A package with these scripts, and files of which only the names matter. */
function detect(scripts: Manifest, names: string[] = [], more: Manifest = {}): Detection {
  const files = Object.fromEntries(names.map((name) => [name, '']));
  const found = detectNode(
    projectOf({ 'package.json': JSON.stringify({ name: 'orders', scripts, dependencies: {}, ...more }), ...files }),
  );
  if (found === null) throw new Error('not detected');
  return found;
}

const ids = ({ findings }: Detection) => findings.map(({ id }) => id).filter((id) => id !== 'node-no-lock');
const command = ({ entry, build }: Detection) =>
  node.runnable({ name: 'x', entry: entry ?? '', dir: '', manager: 'npm', starter: false, build }).command;

describe('a start script', () => {
  it.each([
    ['node --run serve', 'server.js'],
    ['pnpm serve', 'server.js'],
    ['yarn run serve', 'server.js'],
    ['pnpm exec node server.js', 'server.js'],
    ['dotenvx run -f .env -- node server.js', 'server.js'],
    ['env-cmd -f .env node server.js', 'server.js'],
    ['npx cross-env NODE_ENV=production node server.js', 'server.js'],
    ['pm2-runtime start server.js -i 2', 'server.js'],
    ['npm run build && node server.js', 'server.js'],
    ['tini -- node server.js', 'server.js'],
    ['nest start', 'dist/main.js'],
    ['nuxt preview', '.output/server/index.mjs'],
    ['next start', 'node_modules/next/dist/bin/next'],
  ])('is followed through %j', (line, entry) => {
    expect(detect({ start: line, serve: 'node server.js' }, ['server.js']).entry).toBe(entry);
  });

  it('that watches gives way to one for production', () => {
    expect(detect({ start: 'nodemon src/a.js', 'start:prod': 'node b.js' }, ['src/a.js', 'b.js']).entry).toBe('b.js');
  });

  it('of Next.js keeps its port in the variable, or in its words', () => {
    const open = detect({ start: 'next start -p $PORT' });
    expect(open).toMatchObject({ port: null, usualPort: { port: 3000 }, env: { PORT: '' } });
    expect(command(open).slice(-2)).toEqual(['/app/node_modules/next/dist/bin/next', 'start']);
    const fixed = detect({ start: 'next start --port=4000' });
    expect(fixed.port).toBe(4000);
    expect(command(fixed).slice(-2)).toEqual(['--port', '4000']);
  });

  it('of two programs one after the other is asked about; of two side by side it is refused', () => {
    expect(detect({ start: 'node a.js && node b.js' }, ['a.js', 'b.js']).entry).toBeNull();
    const both = detect({ start: 'concurrently "node a.js" "node b.js"' }, ['a.js', 'b.js']);
    expect(both).toMatchObject({ entry: null, blocked: true });
    expect(ids(both)).toEqual(['node-several-processes']);
  });

  it('says what it does before, unless the build does that', () => {
    expect(ids(detect({ start: 'prisma migrate deploy && node a.js' }, ['a.js']))).toEqual(['node-start-step']);
    expect(ids(detect({ start: 'rimraf dist && tsc && node a.js' }, ['a.js']))).toEqual([]);
  });
});

describe('an ecosystem file of pm2', () => {
  it('names the program when it is JSON with one', () => {
    const found = (apps: object[]) =>
      detectNode(
        projectOf({
          'package.json': '{"scripts": {"start": "pm2 start ecosystem.config.json --no-daemon"}, "dependencies": {}}',
          'ecosystem.config.json': JSON.stringify({ apps }),
        }),
      )?.entry;
    expect(found([{ script: 'src/index.js' }])).toBe('src/index.js');
    expect(found([{ script: 'src/index.js' }, { script: 'worker.js' }])).toBeNull();
    expect(found([{ script: '../x.js' }])).toBeNull();
  });
});

describe('a port', () => {
  it.each([
    'const schema = Joi.object().keys({ PORT: Joi.number().default(3000) })',
    'const env = cleanEnv(process.env, { PORT: port({ default: 3000 }) })',
    'const port = process.env.PORT ? parseInt(process.env.PORT, 10) : 3000',
  ])('is read off %j', (code) => {
    const manifest = '{"scripts": {"start": "node a.js"}, "dependencies": {}}';
    expect(detectNode(projectOf({ 'package.json': manifest, 'a.js': code }))).toMatchObject({
      port: 3000,
      env: { PORT: '' },
    });
  });
});

describe('a lock file that marks what runs as needed for developing alone', () => {
  it('is said, and a circle of packages ends', () => {
    const entry = (more: object) => ({ version: '1.0.0', integrity: 'sha512-x', ...more });
    const packages = {
      '': { dependencies: { a: '1' } },
      'node_modules/a': entry({ dependencies: { b: '1' } }),
      'node_modules/b': entry({ dev: true, dependencies: { a: '1' } }),
    };
    const manifest = '{"scripts": {"start": "node a.js"}, "dependencies": {"a": "1"}}';
    const lock = JSON.stringify({ lockfileVersion: 3, packages });
    const found = detectNode(projectOf({ 'package.json': manifest, 'a.js': '', 'package-lock.json': lock }));
    expect(found?.findings).toMatchObject([{ id: 'node-lock-dev-mark', level: 'error', path: 'package-lock.json' }]);
    expect(found?.findings[0]?.message).toContain(': b.');
  });
});

describe('the launch of a service', () => {
  it('changes to its folder where the code reads files from there', () => {
    const manifest = JSON.stringify({ name: 'orders', scripts: { start: 'node a.js' }, dependencies: {} });
    const found = detectNode(projectOf({ 'package.json': manifest, 'a.js': "\nexpress.static('public');" }));
    expect(found?.evidence).toContainEqual({ setting: 'directory', value: '/app', from: 'a.js:2' });
    expect(command(found as Detection)[1]).toBe('--import=data:text/javascript,process.chdir("/app")');
    const absolute = detectNode(projectOf({ 'package.json': manifest, 'a.js': "express.static('/srv/public');" }));
    expect(command(absolute as Detection)).toEqual(['/usr/bin/node', '/app/a.js']);
  });

  it('loads a package by the file that it resolves to: --import takes no folder', () => {
    const found = detect({ start: 'node --import @x/trace/register a.js' }, ['a.js']);
    expect(command(found)[2]).toContain('createRequire("/app/").resolve("@x/trace/register")');
  });
});

describe('a workspace', () => {
  const files = (extra: Record<string, string> = {}) => ({
    'package.json': JSON.stringify({ name: 'shop', workspaces: ['apps/*', './libs/**', '!libs/old'] }),
    'apps/api/package.json': JSON.stringify({
      name: '@shop/api',
      scripts: { start: 'node server.js' },
      dependencies: { '@shop/money': '*', '@shop/old': '*' },
    }),
    'apps/api/server.js': 'x.listen(3000)',
    'libs/money/package.json': JSON.stringify({ name: '@shop/money', dependencies: { '@shop/round': '*' } }),
    'libs/deep/round/package.json': JSON.stringify({ name: '@shop/round', dependencies: { '@shop/money': '*' } }),
    'libs/old/package.json': JSON.stringify({ name: '@shop/old' }),
    ...extra,
  });

  it('gives a service the members that it needs, circles included, and no others', () => {
    const found = detectNode(projectOf(files()));
    expect(found).toMatchObject({ entry: 'apps/api/server.js', name: 'shop-api' });
    expect(found?.build.folders).toEqual(['libs/deep/round', 'libs/money', 'apps/api']);
  });

  it('is seen from a member’s folder as well, with paths from there', () => {
    const found = detectNode(projectOf(files(), 'apps/api'));
    expect(found).toMatchObject({ entry: 'server.js', build: { seen: 'apps/api/', base: '' } });
    expect(found?.findings[0]).toMatchObject({ id: 'node-no-lock', path: '../../package.json' });
  });

  it('leaves out members whose names would end a line', () => {
    const evil = { 'libs/e\nRUN x/package.json': '{"name": "e"}', 'libs/f/package.json': '{"name": "f\\nRUN x"}' };
    const found = detectNode(projectOf({ ...files(evil), 'yarn.lock': '' }));
    expect(JSON.stringify(found?.build)).not.toContain('RUN x');
  });

  it('that names itself as a member ends', () => {
    const itself = {
      'package.json': JSON.stringify({ name: 'a', workspaces: ['**', '.', '../..'], dependencies: { a: '*' } }),
    };
    expect(() => detectNode(projectOf({ ...itself, 'index.js': 'x.listen(3000)' }))).not.toThrow();
  });
});

describe('a "main" that names its own folder', () => {
  it.each(['a/..', './a/../', './', '.'])('is the file that Node takes without one: %s', (main) => {
    const manifest = JSON.stringify({ name: 'x', main, scripts: { start: 'node .' } });
    const found = detectNode(projectOf({ 'package.json': manifest, 'index.js': 'listen(1)' }));
    expect(found?.entry).toBe('index.js');
  });
});
