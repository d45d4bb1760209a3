import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Detection } from '../../../src/languages/language.ts';
import { projectOf } from '../../../src/languages/project.ts';
import { detectPython } from '../../../src/languages/python/detect.ts';
import { python } from '../../../src/languages/python/index.ts';
import { holds } from '../../../src/languages/python/markers.ts';
import { fits } from '../../../src/languages/python/wheels.ts';

const hash = (digit: string) => `sha256:${digit.repeat(64)}`;

function detect(files: Record<string, string>, dir = ''): Detection {
  const found = detectPython(projectOf(files, dir));
  if (found === null) throw new Error('not detected');
  return found;
}

/** What would be written, its comments aside. */
function derived(found: Detection): string[] {
  const run = python.runnable({ name: 'x', entry: 'app', dir: '', manager: 'uv', starter: false, build: found.build });
  const text = run.files?.['requirements.caution.txt'] ?? '';
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

const ids = ({ findings }: Detection) => findings.map(({ id }) => id);

describe('a marker', () => {
  it.each([
    ['python_version >= "3.8"', true],
    ['python_version < "3.11"', false],
    ['python_full_version < "3.13"', false],
    ['"3.9" <= python_version', true],
    ['sys_platform == "win32" or implementation_name == "cpython"', true],
    ["(os_name == 'nt' or sys_platform == 'darwin') and python_version > '3'", false],
    ['platform_python_implementation != "PyPy"', true],
    ['sys_platform not in "win32 cygwin"', true],
    ['extra == "standard"', false],
    ['"dev" in dependency_groups', false],
    ['platform_machine == "x86_64" and', null],
    ['import os', null],
  ])('%s: %s', (marker, expected) => {
    expect(holds(marker)).toBe(expected);
  });

  it('may ask for an extra', () => {
    expect(holds('extra == "Standard_All"', ['standard-all'])).toBe(true);
  });

  it('that is long or deep does no harm', () => {
    expect(holds(`${'('.repeat(5000)}os_name == "posix"`)).toBeNull();
    expect(holds('os_name == "posix" and '.repeat(5000))).toBeNull();
  });
});

describe('a wheel', () => {
  it.each([
    ['flask-3.0-py3-none-any.whl', true],
    ['six-1.16.0-py2.py3-none-any.whl', true],
    ['old-1.0-py2-none-any.whl', false],
    ['x-1.0-cp313-cp313-musllinux_1_2_x86_64.whl', true],
    ['x-1.0-1-cp313-cp313-musllinux_1_1_x86_64.whl', true],
    ['x-1.0-cp313-cp313-musllinux_1_2_aarch64.whl', false],
    ['x-1.0-cp313-cp313-manylinux_2_17_x86_64.manylinux2014_x86_64.whl', false],
    ['x-1.0-cp312-cp312-musllinux_1_2_x86_64.whl', false],
    ['x-1.0-cp313-cp313t-musllinux_1_2_x86_64.whl', false],
    ['x-1.0-cp39-abi3-musllinux_1_2_x86_64.whl', true],
    ['x-1.0-cp314-abi3-musllinux_1_2_x86_64.whl', false],
    ['x-1.0.tar.gz', false],
  ])('%s fits: %s', (file, expected) => {
    expect(fits(file)).toBe(expected);
  });
});

const uvLock = `version = 1
requires-python = ">=3.12"

[[package]]
name = "orders"
version = "1.0.0"
source = { virtual = "." }
dependencies = [
    { name = "web", extra = ["fast"] },
    { name = "colorama", marker = "sys_platform == 'win32'" },
]

[package.dev-dependencies]
dev = [{ name = "pytest" }]

[[package]]
name = "web"
version = "2.0"
source = { registry = "https://pypi.org/simple" }
sdist = { url = "https://example.org/web-2.0.tar.gz", hash = "${hash('1')}" }
wheels = [{ url = "https://example.org/web-2.0-py3-none-any.whl", hash = "${hash('2')}" }]

[package.optional-dependencies]
fast = [{ name = "native" }]

[[package]]
name = "native"
version = "0.3"
source = { registry = "https://pypi.org/simple" }
wheels = [
    { url = "https://example.org/native-0.3-cp313-cp313-manylinux_2_17_x86_64.whl", hash = "${hash('3')}" },
    { url = "https://example.org/native-0.3-cp313-cp313-musllinux_1_2_x86_64.whl", hash = "${hash('4')}" },
]

[[package]]
name = "colorama"
version = "0.4"
source = { registry = "https://pypi.org/simple" }

[[package]]
name = "pytest"
version = "8.0"
source = { registry = "https://pypi.org/simple" }
`;
const pyproject = '[project]\nname = "orders"\ndependencies = ["web[fast]>=2"]\n';

describe('requirements from uv.lock', () => {
  const found = detect({ 'uv.lock': uvLock, 'pyproject.toml': pyproject });

  it('are what the service needs on the image, extras included, and of its files the wheels that fit', () => {
    expect(found).toMatchObject({ manager: 'uv', findings: [] });
    expect(derived(found)).toEqual([
      'native==0.3 \\',
      `    --hash=${hash('4')}`,
      'web==2.0 \\',
      `    --hash=${hash('2')}`,
    ]);
  });

  it('carry the hash of the lock, whatever its line ends', () => {
    const text = Object.values(found.build.derived as Record<string, string>)[0];
    expect(text).toContain(`# SHA-256 of uv.lock: ${createHash('sha256').update(uvLock).digest('hex')}`);
    const windows = detect({ 'uv.lock': uvLock.replaceAll('\n', '\r\n'), 'pyproject.toml': pyproject });
    expect(Object.values(windows.build.derived as Record<string, string>)[0]).toBe(text);
  });

  it('are refused where no wheel is for musl, where there is none at all, and where the lock is behind', () => {
    const glibc = uvLock.replace(/^.*musllinux.*\n/m, '');
    expect(detect({ 'uv.lock': glibc, 'pyproject.toml': pyproject }).findings).toMatchObject([
      { id: 'python-no-musl-wheel', path: 'uv.lock', line: 26, level: 'error' },
    ]);
    const source = uvLock.replace(/^wheels = .*web.*\n/m, '');
    expect(detect({ 'uv.lock': source, 'pyproject.toml': pyproject }).findings).toMatchObject([
      { id: 'python-no-wheel', path: 'uv.lock', line: 16 },
    ]);
    const newer = pyproject.replace('>=2"]', '>=2", "redis"]');
    expect(ids(detect({ 'uv.lock': uvLock, 'pyproject.toml': newer }))).toEqual(['python-lock-behind']);
  });

  it('are named together where the same is wrong with them, each with its version', () => {
    const more = ['a', 'b', 'c', 'd', 'e'].map(
      (name) =>
        `[[package]]\nname = "${name}"\nversion = "1"\nsdist = { url = "https://x/${name}.tar.gz", hash = "${hash('1')}" }\n`,
    );
    const lock = uvLock.replace('{ name = "web", extra = ["fast"] },', "'abcde'");
    const needs = ['a', 'b', 'c', 'd', 'e'].map((name) => `{ name = "${name}" },`).join('\n');
    const found = detect({
      'uv.lock': `${lock.replace("'abcde'", needs)}\n${more.join('')}`,
      'pyproject.toml': '[project]\nname = "orders"\n',
    });
    expect(found.findings).toMatchObject([
      { id: 'python-no-wheel', message: 'Published as source alone: a 1, b 1, c 1, d 1 and 1 more.' },
    ]);
  });

  it('of a workspace are behind when they lack what its member asks for', () => {
    const beside = uvLock.replace('virtual = "."', 'editable = "api"');
    const member = '[project]\nname = "orders"\ndependencies = ["redis"]\n';
    const found = detect({ 'uv.lock': beside, 'api/pyproject.toml': member }, 'api');
    expect(ids(found)).toContain('python-lock-behind');
  });

  it('are behind when no version that they hold is in the range that is asked for', () => {
    const lock = `[[package]]\nname = "web"\nversion = "1.9"\nfiles = [{ file = "web-1.9-py3-none-any.whl", hash = "${hash('1')}" }]\n`;
    const asks = (range: string) => `[tool.poetry]\nname = "x"\n[tool.poetry.dependencies]\nweb = "${range}"\n`;
    const found = (range: string) => ids(detect({ 'poetry.lock': lock, 'pyproject.toml': asks(range) }));
    expect(found('^2.0')).toEqual(['python-lock-behind']);
    expect(found('^1.2')).toEqual([]);
    expect(found('>=1 || >=3')).toEqual([]);
  });

  it('of a workspace bring the folders of its members, also from beside the service', () => {
    const member = `[[package]]\nname = "common"\nversion = "0"\nsource = { editable = "packages/common" }\n`;
    const lock = uvLock.replace('{ name = "web", extra = ["fast"] },', '{ name = "common" },');
    const files = { 'packages/common/src/common/__init__.py': '' };
    const inRoot = detect({
      ...files,
      'uv.lock': `${lock}\n${member}`,
      'pyproject.toml': '[project]\nname = "orders"\n',
    });
    expect(inRoot).toMatchObject({ findings: [], build: { importFolders: ['packages/common/src'], shared: [] } });
    const beside = lock.replace('virtual = "."', 'editable = "services/orders"');
    const below = detect(
      { ...files, 'uv.lock': `${beside}\n${member}`, 'services/orders/pyproject.toml': '[project]\nname = "orders"\n' },
      'services/orders',
    );
    expect(below.build).toMatchObject({ shared: ['packages/common'], lock: { path: 'uv.lock' } });
  });
});

describe('requirements from poetry.lock', () => {
  const files = `files = [{ file = "web-2.0-py3-none-any.whl", hash = "${hash('2')}" }]`;
  const lock = `[[package]]\nname = "Web"\nversion = "2.0"\noptional = false\n${files}

[package.dependencies]
tiny = [{ version = "^1.0", markers = "python_version < \\"3.10\\"" }, { version = "^2.0", markers = "python_version >= \\"3.10\\"" }]
speed = { version = "*", optional = true }

[package.extras]
all = ["speed (>=1)"]

[[package]]\nname = "tiny"\nversion = "1.0"\nfiles = [{ file = "tiny-1.0-py3-none-any.whl", hash = "${hash('5')}" }]
[[package]]\nname = "tiny"\nversion = "2.1"\nfiles = [{ file = "tiny-2.1-py3-none-any.whl", hash = "${hash('6')}" }]
[[package]]\nname = "speed"\nversion = "1.0"\noptional = true\nfiles = [{ file = "speed-1.0-py3-none-any.whl", hash = "${hash('7')}" }]
[[package]]\nname = "pytest"\nversion = "8"\nfiles = []
`;
  const project = (dependency: string) =>
    `[tool.poetry]\nname = "orders"\n[tool.poetry.dependencies]\npython = "^3.12"\n${dependency}\n[tool.poetry.group.dev.dependencies]\npytest = "*"\n`;
  const names = (found: Detection) => derived(found).flatMap((line) => /^[\w-]+==\S+/.exec(line)?.[0] ?? []);

  it('are walked from pyproject.toml, without groups, with the version that is for this Python', () => {
    const found = detect({ 'poetry.lock': lock, 'pyproject.toml': project('web = "^2.0"') });
    expect(found).toMatchObject({ manager: 'poetry', findings: [] });
    expect(names(found)).toEqual(['tiny==2.1', 'web==2.0']);
  });

  it('hold what an extra asks for', () => {
    const found = detect({
      'poetry.lock': lock,
      'pyproject.toml': project('web = { version = "^2.0", extras = ["all"] }'),
    });
    expect(names(found)).toEqual(['speed==1.0', 'tiny==2.1', 'web==2.0']);
  });

  it('of an older lock have their hashes at its end', () => {
    const older = `[[package]]\nname = "web"\nversion = "2.0"\ncategory = "main"\n\n[metadata]\nlock-version = "1.1"\n\n[metadata.files]\nweb = [{ file = "web-2.0-py3-none-any.whl", hash = "${hash('2')}" }]\n`;
    const found = detect({ 'poetry.lock': older, 'pyproject.toml': project('web = "^2.0"') });
    expect(derived(found)).toEqual(['web==2.0 \\', `    --hash=${hash('2')}`]);
  });

  it('do not come from version control or an address', () => {
    const git = lock.replace(files, `files = []\nsource = { type = "git", url = "https://example.org/web" }`);
    expect(ids(detect({ 'poetry.lock': git, 'pyproject.toml': project('web = "*"') }))).toEqual([
      'python-git-dependency',
    ]);
  });
});

describe('requirements from pdm.lock', () => {
  it('know extras as entries of their own', () => {
    const lock = `[[package]]\nname = "web"\nversion = "2.0"\nextras = ["fast"]\ndependencies = ["native", "web==2.0"]\n
[[package]]\nname = "web"\nversion = "2.0"\nfiles = [{ file = "web-2.0-py3-none-any.whl", hash = "${hash('2')}" }]\n
[[package]]\nname = "native"\nversion = "0.3"\nfiles = [{ url = "https://example.org/native-0.3-py3-none-any.whl", hash = "${hash('4')}" }]\n`;
    const found = detect({
      'pdm.lock': lock,
      'pyproject.toml': '[project]\nname = "x"\ndependencies = ["web[fast]"]\n',
    });
    expect(found).toMatchObject({ manager: 'pdm', findings: [] });
    expect(derived(found).filter((line) => line.includes('=='))).toEqual(['native==0.3 \\', 'web==2.0 \\']);
  });
});

describe('requirements from Pipfile.lock', () => {
  it('keep all hashes, for it names no files, and say so of native parts', () => {
    const packages = {
      web: { version: '==2.0', hashes: [hash('2'), hash('1')] },
      numpy: { version: '==2.1', hashes: [hash('3')], markers: "python_version >= '3.10'" },
      colorama: { version: '==0.4', hashes: [hash('9')], markers: "sys_platform == 'win32'" },
    };
    const lock = JSON.stringify({ default: packages, develop: { pytest: { version: '==8', hashes: [] } } }, null, 4);
    const found = detect({ 'Pipfile.lock': lock, Pipfile: '[packages]\nweb = "*"\nnumpy = "*"\n' });
    expect(found.manager).toBe('pipenv');
    expect(found.findings).toMatchObject([{ id: 'python-native-wheels', path: 'Pipfile.lock', line: 10 }]);
    expect(derived(found)).toHaveLength(5);
  });
});

describe('requirements from pylock.toml', () => {
  it('leave out groups that are not the default', () => {
    const lock = `[[packages]]\nname = "web"\nversion = "2.0"\nwheels = [{ name = "web-2.0-py3-none-any.whl", hashes = { sha256 = "${'2'.repeat(64)}" } }]\n
[[packages]]\nname = "pytest"\nversion = "8"\nmarker = "'dev' in dependency_groups"\n`;
    const found = detect({ 'pylock.toml': lock });
    expect(derived(found)).toEqual(['web==2.0 \\', `    --hash=${hash('2')}`]);
  });
});

describe('a lock of somebody hostile', () => {
  it('puts nothing into the requirements but names, versions and hashes', () => {
    const evil = '1.0\\n--index-url https://evil.example';
    const lock = `[[package]]\nname = "web\\nRUN evil"\nversion = "1"\n
[[package]]\nname = "web"\nversion = "${evil}"\nfiles = [{ file = "web-1-py3-none-any.whl", hash = "sha256:zz\\n-r /etc/passwd" }]\n
[[package]]\nname = "tool"\nversion = "1"\nfiles = [{ file = "tool-1-py3-none-any.whl", hash = "${hash('2')}" }]
[package.source]\nurl = "https://evil.example/\\n--trusted-host x"\n`;
    const found = detect({
      'poetry.lock': lock,
      'pyproject.toml': '[project]\nname = "x"\ndependencies = ["web", "tool"]\n',
    });
    expect(ids(found)).toContain('python-not-hashed');
    expect(JSON.stringify(found.build.derived ?? '')).not.toMatch(/evil|passwd|trusted/);
    expect(found.manager).toBe('poetry');
  });

  it('may go in circles, be broken, or be of another shape', () => {
    const circle = uvLock.replace('fast = [{ name = "native" }]', 'fast = [{ name = "web", extra = ["fast"] }]');
    expect(detect({ 'uv.lock': circle, 'pyproject.toml': pyproject }).findings).toEqual([]);
    expect(ids(detect({ 'uv.lock': 'package = 1\n', 'pyproject.toml': '' }))).toEqual(['python-lock-behind']);
    expect(ids(detect({ 'uv.lock': '[[package]\n', 'pyproject.toml': '' }))).toEqual(['python-manifest-unreadable']);
    expect(ids(detect({ 'Pipfile.lock': '{' }))).toEqual(['python-lock-unreadable']);
    expect(ids(detect({ 'Pipfile.lock': '[7]' }))).toEqual([]);
  });
});
