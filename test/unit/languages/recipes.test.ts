import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/app.ts';
import { goSum } from '../../../src/languages/go/recipe.ts';
import type { Project } from '../../../src/languages/language.ts';
import { npmLock } from '../../../src/languages/node/recipe.ts';
import { projectOf } from '../../../src/languages/project.ts';
import { hashedRequirements } from '../../../src/languages/python/recipe.ts';
import { recognisePython } from '../../../src/languages/python/recognise.ts';
import { cargoLock } from '../../../src/languages/rust/recipe.ts';
import { recipeFor } from '../../../src/prepare/offer.ts';

const hash = `--hash=sha256:${'a'.repeat(64)}`;

describe('npm', () => {
  it('sees package.json alone, and runs no scripts', () => {
    const recipe = npmLock(projectOf({ 'package.json': '{"name":"x"}', 'server.js': 'listen()', '.env': 'SECRET=1' }));
    expect(recipe).toMatchObject({
      image: 'pallet-nodejs',
      folder: '',
      makes: 'package-lock.json',
      inputs: { 'package.json': '{"name":"x"}' },
      keeps: {},
    });
    expect(Object.keys(recipe?.inputs ?? {})).toEqual(['package.json']);
    expect(recipe?.command.args).toEqual(expect.arrayContaining(['--package-lock-only', '--ignore-scripts']));
  });

  it('sees the manifests of a whole workspace, and of folders that are linked, and locks at its root', () => {
    const files = {
      'web/package.json': '{"name":"w","workspaces":["api","packages/*"]}',
      'web/.npmrc': 'legacy-peer-deps=true\n',
      'web/api/package.json': '{"name":"api","dependencies":{"lib":"*","own":"file:../own"}}',
      'web/packages/lib/package.json': '{"name":"lib"}',
      'web/own/package.json': '{"name":"own"}',
      'web/other/package.json': '{"name":"other"}',
      'package.json': '{}',
    };
    const recipe = npmLock(projectOf(files, 'web/api'));
    expect(recipe).toMatchObject({ folder: 'web', makes: 'web/package-lock.json' });
    expect(Object.keys(recipe?.inputs ?? {}).sort()).toEqual([
      'web/.npmrc',
      'web/api/package.json',
      'web/own/package.json',
      'web/package.json',
      'web/packages/lib/package.json',
    ]);
  });

  it.each<[string, Record<string, string>]>([
    ['packageManager names pnpm', { 'package.json': '{"packageManager":"pnpm@9.15.9"}' }],
    ['a workspace of pnpm', { 'package.json': '{}', 'pnpm-workspace.yaml': 'packages: [a]\n' }],
    ['Yarn is set up', { 'package.json': '{}', '.yarnrc.yml': 'nodeLinker: node-modules\n' }],
    ['only pnpm is allowed', { 'package.json': '{"engines":{"pnpm":">=9"}}' }],
    ['a range that npm does not know', { 'package.json': '{"dependencies":{"a":"workspace:*"}}' }],
    ['a package.json that is none', { 'package.json': '{' }],
  ])('makes nothing where %s', (_where, files) => {
    expect(npmLock(projectOf(files))).toBeNull();
  });

  it('takes what is a lock of npm, and nothing else', () => {
    const read = npmLock(projectOf({ 'package.json': '{}' }))?.read;
    const lock = { lockfileVersion: 3, packages: { '': {}, 'node_modules/a': { version: '1.0.0' } } };
    expect(read?.(JSON.stringify(lock))).toEqual({ packages: 1 });
    for (const text of ['{}', '[]', 'null', '{"lockfileVersion":1}', 'rm -rf /'])
      expect(read?.(text)).toHaveProperty('reason');
  });
});

describe('Cargo', () => {
  const manifest = '[package]\nname = "x"\nversion = "0.1.0"\n';

  it('sees manifests, and sources that are empty', () => {
    const files = {
      'Cargo.toml': '[workspace]\nmembers = ["api"]\n',
      'api/Cargo.toml': manifest,
      'api/src/main.rs': 'fn main() { steal() }',
      'api/src/bin/job.rs': 'fn main() {}',
      'api/src/other.rs': '',
      'api/build.rs': 'fn main() {}',
      '.env': 'SECRET=1',
    };
    expect(cargoLock(projectOf(files, 'api'))).toMatchObject({
      image: 'pallet-rust',
      command: { file: 'cargo', args: ['generate-lockfile'] },
      folder: '',
      makes: 'Cargo.lock',
    });
    expect(cargoLock(projectOf(files, 'api'))?.inputs).toEqual({
      'Cargo.toml': files['Cargo.toml'],
      'api/Cargo.toml': manifest,
      'api/src/main.rs': '',
      'api/src/bin/job.rs': '',
    });
  });

  it('leaves its settings behind, of which some name programs', () => {
    const config = '[registry]\nglobal-credential-providers = ["cargo:token-from-stdout evil"]\n';
    expect(cargoLock(projectOf({ 'Cargo.toml': manifest, '.cargo/config.toml': config }))).toBeNull();
    const harmless = '[build]\nrustc = "./evil"\n';
    const recipe = cargoLock(projectOf({ 'Cargo.toml': manifest, '.cargo/config.toml': harmless }));
    expect(Object.keys(recipe?.inputs ?? {})).toEqual(['Cargo.toml']);
  });

  it('makes nothing where crates come from elsewhere', () => {
    const config = '[source.crates-io]\nreplace-with = "v"\n[source.v]\ndirectory = "vendor"\n';
    expect(cargoLock(projectOf({ 'Cargo.toml': manifest, '.cargo/config.toml': config }))).toBeNull();
  });

  it('takes what is a Cargo.lock, and nothing else', () => {
    const read = cargoLock(projectOf({ 'Cargo.toml': manifest }))?.read;
    expect(read?.('version = 4\n[[package]]\nname = "x"\nversion = "0.1.0"\n')).toEqual({ packages: 1 });
    for (const text of ['version = 9\n', 'not = = toml']) expect(read?.(text)).toHaveProperty('reason');
  });
});

describe('Go', () => {
  const mod = 'module example.com/x\n\ngo 1.22\n\nrequire example.com/a v1.0.0\n';

  it('sees go.mod, and what is replaced by folders; go.mod stays as it is', () => {
    const files = {
      'svc/go.mod': `${mod}replace example.com/lib => ../lib\n`,
      'svc/main.go': 'package main',
      'lib/go.mod': 'module example.com/lib\n',
      'lib/lib.go': 'package lib',
    };
    const recipe = goSum(projectOf(files, 'svc'));
    expect(recipe).toMatchObject({ image: 'pallet-go', folder: 'svc', makes: 'svc/go.sum', keeps: {} });
    expect(Object.keys(recipe?.inputs ?? {})).toEqual(['svc/go.mod', 'lib/go.mod']);
  });

  it('keeps the hashes that are there', () => {
    expect(goSum(projectOf({ 'go.mod': mod, 'go.sum': 'old\n' }))?.inputs).toHaveProperty('go.sum', 'old\n');
  });

  it('makes nothing in a workspace', () => {
    expect(goSum(projectOf({ 'go.mod': mod, 'go.work': 'go 1.22\n\nuse .\n' }))).toBeNull();
  });

  it('takes lines of modules with their hashes, and nothing else', () => {
    const read = goSum(projectOf({ 'go.mod': mod }))?.read;
    const sum = `${'A'.repeat(43)}=`;
    expect(read?.(`a.b/c v1.0.0 h1:${sum}\na.b/c v1.0.0/go.mod h1:${sum}\n`)).toEqual({ packages: 1 });
    for (const text of ['a.b/c v1.0.0\n', `a.b/c v1.0.0 h1:${sum} evil\n`, `$(evil) v1.0.0 h2:${sum}\n`])
      expect(read?.(text)).toHaveProperty('reason');
  });
});

describe('uv', () => {
  const found = async (project: Project) => {
    const detection = await recognisePython(project);
    return detection && hashedRequirements(project, detection);
  };
  const app = 'from flask import Flask\napp = Flask(__name__)\n';

  it('hashes requirements, and keeps what they were as requirements.in', async () => {
    const files = { 'requirements.txt': 'flask>=3\n-r more.txt\n', 'more.txt': 'gunicorn\n', 'app.py': app };
    const recipe = await found(projectOf(files));
    expect(recipe).toMatchObject({
      image: 'pallet-python',
      command: { file: 'uv' },
      makes: 'requirements.txt',
      inputs: { 'requirements.in': files['requirements.txt'], 'more.txt': 'gunicorn\n' },
      keeps: { 'requirements.in': files['requirements.txt'] },
    });
    expect(Object.keys(recipe?.inputs ?? {}).sort()).toEqual(['more.txt', 'requirements.in']);
    const words = recipe?.command.args.join(' ') ?? '';
    expect(words).toMatch(
      /^pip compile --generate-hashes --only-binary :all: .* requirements\.in -o requirements\.txt$/,
    );
  });

  it('compiles a requirements.in that is there, and leaves pins as they are', async () => {
    const files = { 'requirements.in': 'flask\n', 'requirements.txt': 'flask==3.0.0\n', 'app.py': app };
    const recipe = await found(projectOf(files, ''));
    expect(recipe?.keeps).toEqual({});
    expect(recipe?.inputs).toEqual({ 'requirements.in': 'flask\n', 'requirements.txt': 'flask==3.0.0\n' });
  });

  it('names files from the build context', async () => {
    const recipe = await found(projectOf({ 'api/requirements/prod.txt': 'flask\n', 'api/app.py': app }, 'api'));
    expect(recipe).toMatchObject({
      folder: 'api',
      makes: 'api/requirements/prod.txt',
      keeps: { 'api/requirements/prod.in': 'flask\n' },
    });
    expect(recipe?.command.args.slice(-3)).toEqual(['requirements/prod.in', '-o', 'requirements/prod.txt']);
  });

  it('compiles a pyproject.toml that says all that it needs', async () => {
    const pyproject = '[project]\nname = "x"\nversion = "1"\ndependencies = ["flask>=3"]\n';
    const recipe = await found(projectOf({ 'pyproject.toml': pyproject, 'app.py': app }));
    expect(recipe).toMatchObject({ inputs: { 'pyproject.toml': pyproject }, makes: 'requirements.txt', keeps: {} });
  });

  it.each<[string, Record<string, string>]>([
    ['a folder is installed', { 'requirements.txt': 'flask\n-e .\n' }],
    ['something comes from git', { 'requirements.txt': 'a @ git+https://example.com/a\n' }],
    ['something comes from an address', { 'requirements.txt': 'a @ https://example.com/a.whl\n' }],
    ['there is an index of their own', { 'requirements.txt': '--extra-index-url https://u:p@example.com\nflask\n' }],
    ['packages would be built', { 'requirements.txt': '--no-binary :all:\nflask\n' }],
    ['an included file lies elsewhere', { 'requirements.txt': 'flask\n-r ../other.txt\n' }],
    ['a backend says what is needed', { 'pyproject.toml': '[project]\nname = "x"\ndynamic = ["dependencies"]\n' }],
    ['Poetry locks', { 'pyproject.toml': '[tool.poetry]\nname = "x"\n[tool.poetry.dependencies]\nflask = "*"\n' }],
    ['uv locks', { 'pyproject.toml': '[project]\nname = "x"\ndependencies = ["flask"]\n[tool.uv]\n' }],
    [
      'setup.py says what is needed',
      { 'setup.py': 'from setuptools import setup\nsetup(install_requires=["flask"])\n' },
    ],
  ])('makes nothing where %s', async (_where, files) => {
    expect(await found(projectOf({ ...files, 'app.py': app }))).toBeNull();
  });

  it('takes requirements that all have hashes, and nothing else', async () => {
    const recipe = await found(projectOf({ 'requirements.txt': 'flask\n', 'app.py': app }));
    expect(recipe?.read(`# by uv\nflask==3.0.0 \\\n    ${hash}\n    # via x\n`)).toEqual({ packages: 1 });
    for (const text of [
      'flask==3.0.0\n',
      `--index-url https://evil\nflask==3.0.0 ${hash}\n`,
      `-r /etc/passwd\n`,
      `./x ${hash}\n`,
    ])
      expect(recipe?.read(text)).toHaveProperty('reason');
  });
});

describe('a recipe is offered', () => {
  const error = (id: string): Finding => ({ id, level: 'error', message: '', why: '', mend: '' });
  const detection = (findings: Finding[], blocked = false) => ({
    ...{ language: 'node' as const, manager: null, name: null, entry: null, entries: [], port: null },
    ...{ env: {}, evidence: [], build: {}, blocked, findings },
  });
  const project = projectOf({ 'package.json': '{}' });

  it('where the missing lock is the only error', async () => {
    expect(await recipeFor(project, detection([error('node-no-lock')]))).not.toBeNull();
    expect(
      await recipeFor(project, detection([error('node-no-lock'), { ...error('x'), level: 'note' }])),
    ).not.toBeNull();
  });

  it.each([
    ['there is another error as well', detection([error('node-no-lock'), error('node-engine')])],
    ['nothing is wrong', detection([])],
    ['Caution cannot run it', detection([error('node-no-lock')], true)],
  ])('not where %s', async (_where, found) => {
    expect(await recipeFor(project, found)).toBeNull();
  });
});
