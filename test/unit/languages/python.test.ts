import { describe, expect, it } from 'vitest';
import type { Detection } from '../../../src/languages/language.ts';
import { projectOf } from '../../../src/languages/project.ts';
import { detectPython } from '../../../src/languages/python/detect.ts';
import { python } from '../../../src/languages/python/index.ts';
import { admits } from '../../../src/languages/python/versions.ts';
import { detected } from '../surroundings/detect.ts';

const hash = '--hash=sha256:0123456789abcdef';
const locked = (...names: string[]) => names.map((name) => `${name}==1.0 \\\n    ${hash}\n`).join('');

/** A service whose requirements are locked, with these files. */
function detect(files: Record<string, string>, requirements = locked('uvicorn', 'gunicorn')): Detection {
  const found = detectPython(projectOf({ 'requirements.txt': requirements, ...files }));
  if (found === null) throw new Error('not detected');
  return found;
}

const ids = (detection: Detection) => detection.findings.map(({ id }) => id);

const runOf = (found: Detection, entry = found.entry ?? '') =>
  python.runnable({ name: 'x', entry, dir: '', manager: 'uv', starter: false, build: found.build });

describe('a folder', () => {
  it('without requirements, lock file or project metadata is no Python service', () => {
    expect(detectPython(projectOf({ 'tool.py': 'print(1)' }))).toBeNull();
    expect(detectPython(projectOf({ 'pyproject.toml': '[tool.ruff]\nline-length = 100' }))).toBeNull();
    expect(detectPython(projectOf({ 'pyproject.toml': '[project]\nname = "x"' }))).not.toBeNull();
  });
});

describe('what runs', () => {
  it.each([
    ['app = FastAPI()', 'uvicorn'],
    ['app: FastAPI = fastapi.FastAPI(\n  title="x")', 'uvicorn'],
    ['app = Flask(__name__)', 'gunicorn'],
    ['app = get_wsgi_application()', 'gunicorn'],
  ])('is the one app at the top level of a module: %j', (code, server) => {
    const found = detect({ 'web/main.py': `import x\n${code}\n` });
    expect(found).toMatchObject({ entry: 'web.main:app', findings: [] });
    expect(found.evidence).toContainEqual({ setting: 'entry', value: 'web.main:app', from: 'web/main.py:2' });
    expect(runOf(found).command.slice(0, 3)).toEqual(['/usr/bin/python3', '-m', server]);
  });

  it('is asked when there are several apps', () => {
    const found = detect({ 'a.py': 'app = FastAPI()', 'b.py': 'app = FastAPI()' });
    expect(found).toMatchObject({ entry: null, entries: ['a:app', 'b:app'] });
    expect(runOf(found, 'b:app').command).toContain('b:app');
  });

  it('is what a Procfile or Dockerfile starts today, several apps or not', () => {
    const files = { 'a.py': 'app = FastAPI()', 'b.py': 'app = Flask(__name__)' };
    expect(detect({ ...files, Procfile: 'web: gunicorn b:app --bind 0.0.0.0:9000\n' })).toMatchObject({
      entry: 'b:app',
      port: 9000,
      evidence: expect.arrayContaining([{ setting: 'entry', value: 'b:app', from: 'Procfile:1' }]),
    });
    const docker = 'FROM python\nCMD ["uvicorn", "a:app", "--host", "0.0.0.0", "--port", "80"]\n';
    expect(detect({ ...files, Dockerfile: docker })).toMatchObject({ entry: 'a:app', port: 80 });
  });

  it('is followed through continued lines and other commands, which are named as steps before it', async () => {
    const docker =
      'FROM python\nRUN a\nCMD poetry run alembic upgrade head && \\\n    poetry run uvicorn --host=0.0.0.0 a:app\n';
    const files = { 'requirements.txt': locked('uvicorn'), 'a.py': 'app = FastAPI()', Dockerfile: docker };
    const found = await detected('python', files);
    expect(found.entry).toBe('a:app');
    expect(ids(found)).not.toContain('python-start-command');
    expect(found.findings).toContainEqual(expect.objectContaining({ id: 'start-steps', path: 'Dockerfile', line: 3 }));
  });

  it('is called by gunicorn’s default name, and settings that are not here are said to be left out', () => {
    const django = { 'site/wsgi.py': 'application = get_wsgi_application()' };
    const bare = detect({ ...django, Procfile: 'web: gunicorn --config gunicorn.conf.py site.wsgi\n' });
    expect(bare).toMatchObject({ entry: 'site.wsgi:application', findings: [{ id: 'python-start-command' }] });
    expect(detect({ ...django, Procfile: 'web: gunicorn site.wsgi --bind 0.0.0.0:80\n' }).findings).toEqual([]);
  });

  it('goes to an ASGI server when gunicorn only minds workers for it', () => {
    const found = detect({
      'a.py': 'app = FastAPI()',
      Procfile: 'web: gunicorn -k uvicorn.workers.UvicornWorker a:app\n',
    });
    expect(runOf(found).command).toContain('uvicorn');
  });

  it('is the package whose __main__.py serves', () => {
    const found = detect({
      'app/__init__.py': '',
      'app/__main__.py': 'import uvicorn\nuvicorn.run("app.web:app", port=8000)',
      'app/web.py': 'app = Starlette()',
    });
    expect(found).toMatchObject({ entry: 'app', port: 8000, entries: ['app', 'app.web:app'] });
    expect(runOf(found).command).toEqual(['/usr/bin/python3', '-m', 'app']);
  });

  it('is the module that serves by itself when no server could call it', () => {
    const code = 'from aiohttp import web\nif __name__ == "__main__":\n    web.run_app(make(), port=8081)\n';
    expect(detect({ 'main.py': code }, locked('aiohttp'))).toMatchObject({ entry: 'main', port: 8081 });
  });

  it('prefers an installed server to a framework’s own for developing', () => {
    const code = 'app = Flask(__name__)\nif __name__ == "__main__":\n    app.run(port=5000)\n';
    expect(detect({ 'app.py': code })).toMatchObject({ entry: 'app:app', port: 5000, findings: [] });
    expect(ids(detect({ 'app.py': 'app = Flask(__name__)' }, locked('flask')))).toEqual(['python-no-server']);
  });

  it('is not found in functions, comments, texts or tests', () => {
    const found = detect({
      'a.py': 'def create():\n    app = FastAPI()\n# app = FastAPI()\n"""\napp = FastAPI()\n"""\n',
      'tests/b.py': 'app = FastAPI()',
      'bad-name/c.py': 'app = FastAPI()',
    });
    expect(found).toMatchObject({ entry: null, entries: [] });
  });

  it('is imported from src where packages lie there', () => {
    const found = detect({ 'src/web/__init__.py': '', 'src/web/main.py': 'app = FastAPI()' });
    expect(found.entry).toBe('web.main:app');
    expect(runOf(found).env.PYTHONPATH).toBe('/app/src:/app');
    expect(runOf(found).command).toContain('/app/src');
  });
});

describe('files that are read by a path from the working folder', () => {
  const code = "app = FastAPI()\npages = Jinja2Templates(directory='templates')\nnames = open('etc/names.txt')\n";
  const files = { 'requirements.txt': locked('uvicorn'), 'web.py': code, 'templates/a.html': '', 'etc/names.txt': '' };

  it('are named, and found: the service is started in its own folder', async () => {
    const found = await detected('python', files);
    expect(found.evidence).toContainEqual({ setting: 'file', value: 'templates', from: 'web.py:2' });
    expect(found.evidence).toContainEqual({ setting: 'file', value: 'etc/names.txt', from: 'web.py:3' });
    expect(runOf(found).command.join(' ')).toContain('os.chdir("/app")');
    expect(found.findings).toEqual([]);
  });
});

describe('the port', () => {
  it.each([
    'port = int(os.environ.get("PORT", 8000))',
    "port = int(os.getenv('PORT', '8000'))",
    'uvicorn.run(app, host="0.0.0.0", port=8000)',
  ])('is read off %j', (code) => {
    const found = detect({ 'a.py': `\n${code}` });
    expect(found.port).toBe(8000);
    expect(found.evidence).toContainEqual({ setting: 'port', value: 8000, from: 'a.py:2' });
  });

  it('goes into PORT only when the code reads it', () => {
    expect(detect({ 'a.py': 'p = os.environ["PORT"]' }).env).toEqual({ PORT: '' });
    expect(detect({ 'a.py': '# os.environ["PORT"]' }).env).toEqual({});
  });
});

describe('requirements', () => {
  it('with versions and hashes are installed by uv', () => {
    expect(detect({}, `# by uv\n${locked('starlette', 'Typing_Extensions')}`)).toMatchObject({
      manager: 'uv',
      findings: [],
    });
  });

  it.each([
    ['starlette==1.0', 1],
    [`${locked('a')}starlette>=1.0 ${hash}`, 3],
    [`${locked('a')}starlette[full] ; python_version > "3"`, 3],
  ])('must all have them: %j', (text, line) => {
    const found = detect({}, text);
    expect(found).toMatchObject({ manager: null, findings: [{ id: 'python-not-hashed', level: 'error', line }] });
  });

  it.each([
    ['requirements.in', 'uv pip compile'],
    ['pyproject.toml', 'uv lock'],
    ['Pipfile', 'pipenv lock'],
  ])('come from %s by the command that is said', (file, command) => {
    const found = detectPython(
      projectOf({ 'pyproject.toml': '[project]\nname = "x"', [file]: '[project]\nname = "x"' }),
    );
    expect(found?.findings).toMatchObject([{ id: 'python-no-requirements' }]);
    expect(found?.findings[0]?.mend).toContain(command);
  });

  it('come from the lock of the tool that pyproject.toml configures', () => {
    const found = detectPython(projectOf({ 'pyproject.toml': '[tool.poetry]\nname = "x"\n' }));
    expect(found?.findings[0]?.mend).toContain('poetry lock');
  });

  it('in a folder include each other by it', () => {
    const files = { 'requirements/prod.txt': '-r base.txt\n', 'requirements/base.txt': locked('uvicorn') };
    const found = detectPython(projectOf({ ...files, 'manage.py': '' }));
    expect(found).toMatchObject({ manager: 'uv', findings: [] });
    expect(found?.build.requirements).toEqual(['requirements/prod.txt', 'requirements/base.txt']);
  });

  it('are those that the Dockerfile installs', () => {
    const Dockerfile = 'FROM python\nRUN pip install --no-cache-dir -r requirements/web.txt\n';
    const found = detect({ Dockerfile, 'requirements/web.txt': locked('uvicorn') }, 'left==1');
    expect(found).toMatchObject({ findings: [], build: { requirements: ['requirements/web.txt'] } });
  });

  it('include others of the same folder, circles included, but none from elsewhere', () => {
    const found = detect(
      { 'base.txt': `-r requirements.txt\n${locked('uvicorn')}` },
      '-r base.txt\n-c ../x.txt\n-r /etc/passwd',
    );
    expect(found.build.requirements).toEqual(['requirements.txt', 'base.txt']);
    expect(ids(found)).toEqual(['python-requirements-elsewhere', 'python-requirements-elsewhere']);
  });

  it.each([
    ['python-local-dependency', '-e .'],
    ['python-local-dependency', './lib'],
    ['python-git-dependency', 'x @ git+https://example.org/x'],
    ['python-other-index', '--extra-index-url https://user:secret@example.org/simple'],
    ['python-no-musl-wheel', locked('psycopg2')],
    ['python-native-wheels', locked('pydantic_core')],
  ])('give %s', (id, line) => {
    const found = detect({}, line);
    expect(ids(found)).toEqual([id]);
    expect(JSON.stringify(found.findings)).not.toContain('secret');
  });
});

describe('Django', () => {
  const settings = 'import os\nSTATIC_ROOT = BASE_DIR / "static"\nSECRET_KEY = os.environ["SECRET_KEY"]\n';
  const site = { 'manage.py': '', 'site/settings/base.py': settings };

  it('has its static files collected by the build, with values for what its settings look up', () => {
    const found = detect(site, locked('django', 'whitenoise', 'gunicorn', 'tzdata'));
    expect(found.findings).toEqual([]);
    expect(found.build.staticFiles).toEqual({ manage: 'manage.py', env: { SECRET_KEY: 'not-used' } });
  });

  it('says where nothing serves them, and where they would be collected outside of the service', () => {
    expect(detect(site).findings).toMatchObject([
      { id: 'python-static-unserved', path: 'site/settings/base.py', line: 2 },
    ]);
    const outside = detect({ 'manage.py': '', 'site/settings.py': 'STATIC_ROOT = "/var/www"\n' });
    expect(outside.findings).toMatchObject([{ id: 'python-static-files', path: 'site/settings.py', line: 1 }]);
    expect(outside.build.staticFiles).toBeNull();
  });

  it('runs as what its settings and servers call for, of both that it is made with', () => {
    const both = {
      ...site,
      'site/asgi.py': 'from django.core.asgi import get_asgi_application\napplication = get_asgi_application()\n',
      'site/wsgi.py': 'from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n',
    };
    expect(detect(both, locked('django', 'gunicorn')).entry).toBe('site.wsgi:application');
    expect(detect(both, locked('django', 'uvicorn')).entry).toBe('site.asgi:application');
    const named = { ...both, 'site/settings/base.py': `${settings}ASGI_APPLICATION = "site.asgi.application"\n` };
    expect(detect(named, locked('django', 'uvicorn', 'gunicorn')).entry).toBe('site.asgi:application');
  });
});

describe('project metadata', () => {
  it('that does not parse is said, with the line', () => {
    const found = detect({ 'pyproject.toml': '[project]\nname = = 1\n' });
    expect(found.findings).toMatchObject([{ id: 'python-manifest-unreadable', line: 2 }]);
  });

  it('may ask for another Python than the image has', () => {
    const found = detect({ 'pyproject.toml': '[project]\nname = "orders"\nrequires-python = ">=3.14"\n' });
    expect(found).toMatchObject({ name: 'orders', findings: [{ id: 'python-version', line: 3 }] });
    expect(ids(detect({ 'pyproject.toml': '[tool.poetry.dependencies]\npython = "~3.11"' }))).toEqual([
      'python-version',
    ]);
  });

  it.each([
    ['>=3.11', true],
    ['>=3.9,<3.13', false],
    ['>=3.9,<4', true],
    ['^3.12', true],
    ['~3.12', false],
    ['~=3.12', true],
    ['==3.13.*', true],
    ['!=3.13.*', false],
    ['3.11 || 3.12', null],
  ])('%j admits 3.13.7: %s', (range, admitted) => {
    expect(admits(range, [3, 13, 7])).toBe(admitted);
  });

  it('of wrong types, or full of control characters, does no harm', () => {
    const found = detect(
      { 'pyproject.toml': '[project]\nname = 7\nrequires-python = ">=4\\u001b[31m\\nRUN evil"\n' },
      `x\u001b[2J\u0007==1\n-r \u001b]0;x\u0007\n`,
    );
    expect(found.name).toBeNull();
    for (const { message } of found.findings) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: none may come through
      expect(message).not.toMatch(/[\x00-\x1f]/);
    }
  });
});

describe('the run command', () => {
  it('starts a module by itself, and finds the service from any folder', () => {
    const run = python.runnable({ name: 'x', entry: 'app', dir: '', manager: 'uv', starter: true, build: {} });
    expect(run.command).toEqual(['/usr/bin/python3', '-m', 'app']);
    expect(run.env).toEqual({ PYTHONPATH: '/app', PYTHONSAFEPATH: '1', PYTHONDONTWRITEBYTECODE: '1' });
  });

  it.each([
    ['uvicorn', ['uvicorn', '--app-dir', '/app', '--host', '0.0.0.0', '--port', '{port}', 'a:app']],
    ['hypercorn', ['hypercorn', '--bind', '0.0.0.0:{port}', 'a:app']],
    ['gunicorn', ['gunicorn', '--chdir', '/app', '--bind', '0.0.0.0:{port}', 'a:app']],
    ['waitress', ['waitress', '--listen=0.0.0.0:{port}', 'a:app']],
  ])('calls %s with the chosen port', (server, words) => {
    const code = server === 'uvicorn' || server === 'hypercorn' ? 'app = FastAPI()' : 'app = Flask(__name__)';
    expect(runOf(detect({ 'a.py': code }, locked(server))).command).toEqual(['/usr/bin/python3', '-m', ...words]);
  });

  it('refuses entries that are no modules', () => {
    for (const entry of ['', 'a.py', '-c', 'a b', 'a:', 'a:b:c', 'a\nRUN b', 'a:create()', '../a', "a'"]) {
      expect(python.checkEntry(entry) === null, entry).toBe(false);
    }
    expect(python.checkEntry('pkg.web:app')).toBeNull();
  });
});

describe("a framework's own server", () => {
  const app = 'app = Flask(__name__)\nif __name__ == "__main__":\n    ';

  it('is no server for an enclave', () => {
    const found = detect({ 'app.py': `${app}app.run(port=5001)\n` }, locked('flask'));
    expect(found).toMatchObject({ entry: 'app:app', port: 5001 });
    expect(found.findings).toMatchObject([{ id: 'python-no-server', level: 'error', path: 'app.py', line: 1 }]);
    expect(found.findings[0]?.mend).toContain('gunicorn');
  });

  it('is none for an app that another module runs, or a function makes', () => {
    const run = 'from web import app\nif __name__ == "__main__":\n    app.run()\n';
    const both = detect({ 'web.py': 'app = Flask(__name__)\n', 'run.py': run }, locked('flask'));
    expect(both).toMatchObject({ entry: 'web:app', findings: [{ id: 'python-no-server' }] });
    expect(ids(detect({ 'run.py': run }, locked('flask')))).toEqual(['python-no-server']);
    expect(detect({ 'run.py': run }, locked('flask', 'gunicorn'))).toMatchObject({ entry: null, entries: ['run'] });
  });

  it('gives way to one among the requirements, and its port is read beside debug=True', () => {
    const line = 'app.run(host="0.0.0.0", port=int(os.environ.get("PORT", 5000)), debug=True)\n';
    const found = detect({ 'app.py': `import os\n${app}${line}` }, locked('flask', 'gunicorn'));
    expect(found).toMatchObject({ entry: 'app:app', port: 5000, env: { PORT: '' }, findings: [] });
  });
});

describe('a module that serves on a loopback address', () => {
  const serving = (call: string, more = '') => ({
    'a.py': `import uvicorn\nif __name__ == "__main__":\n    ${call}\n${more}`,
  });

  it.each([
    'uvicorn.run(make(), host="127.0.0.1", port=8000)',
    'uvicorn.run(make(), port=int(os.environ["PORT"]))',
    "web.run_app(make(), host='localhost')",
  ])('is warned of: %s', (call) => {
    expect(detect(serving(call)).findings).toMatchObject([
      { id: 'python-loopback', level: 'warning', path: 'a.py', line: 3 },
    ]);
  });

  it('is not one that says where, nor an app that our command serves', () => {
    expect(detect(serving('uvicorn.run(make(), host="0.0.0.0", port=8000)')).findings).toEqual([]);
    expect(detect(serving('uvicorn.run(make(), **options)')).findings).toEqual([]);
    expect(detect(serving('uvicorn.run("a:app", port=8000)', 'app = FastAPI()\n')).findings).toEqual([]);
  });
});

describe('a folder whose name a shell would run', () => {
  const settings = "STATIC_ROOT = BASE_DIR / 'static'\n";
  const wsgi = 'application = get_wsgi_application()\n';

  it.each(['a b', '$(touch x)', "it's", 'a\nRUN x', 'a";x="'])('never stands in what is written: %j', (folder) => {
    const found = detect(
      {
        [`${folder}/manage.py`]: '',
        [`${folder}/site/settings.py`]: settings,
        [`${folder}/site/wsgi.py`]: wsgi,
        Procfile: `web: gunicorn --chdir "${folder}" site.wsgi\n`,
      },
      locked('gunicorn', 'django'),
    );
    const { command, env, build } = runOf(found, 'site.wsgi:application');
    expect(JSON.stringify([command, env, build])).not.toContain(JSON.stringify(folder).slice(1, -1));
  });
});

describe('a caret in a range', () => {
  it.each([
    ['^1.2', '1.9', true],
    ['^1.2', '2.0', false],
    ['^0.5', '0.5.9', true],
    ['^0.5', '0.9', false],
    ['^0.0.3', '0.0.4', false],
    ['^0.0', '0.0.9', true],
    ['^0', '0.9', true],
    ['^0', '1.0', false],
  ])('lets the first number stay that is not 0: %s admits %s: %s', (range, version, admitted) => {
    expect(admits(range, version.split('.').map(Number))).toBe(admitted);
  });
});

describe('requirements that include each other', () => {
  it('are followed so far, and no further', () => {
    const files = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, index) => [`r${index}.txt`, `-r r${index + 1}.txt\n`]),
    );
    const found = detect(files, '-r r0.txt\n');
    expect(ids(found)).toContain('python-requirements-elsewhere');
  });
});

describe('the folder that modules are imported from', () => {
  it.each([
    ['hatch', '[tool.hatch.build.targets.wheel]\npackages = ["src/py/web"]\n'],
    ['setuptools', '[tool.setuptools.packages.find]\nwhere = ["src/py"]\n'],
    ['setuptools, by a map', '[tool.setuptools.package-dir]\n"" = "src/py"\n'],
    ['Poetry', '[tool.poetry]\npackages = [{ include = "web", from = "src/py" }]\n'],
    ['PDM', '[tool.pdm.build]\npackage-dir = "src/py"\n'],
    ['uv', '[tool.uv.build-backend]\nmodule-root = "src/py"\n'],
  ])('is where %s finds the packages', (_, toml) => {
    const found = detect({
      'pyproject.toml': `[project]\nname = "x"\n${toml}`,
      'src/py/web/__init__.py': '',
      'src/py/web/main.py': 'app = FastAPI()',
    });
    expect(found.entry).toBe('web.main:app');
  });

  it('is none that leads out, or is not there', () => {
    const toml = (folder: string) => `[tool.setuptools.packages.find]\nwhere = ["${folder}"]\n`;
    const files = { 'web/main.py': 'app = FastAPI()' };
    for (const folder of ['../x', '/etc', 'none', 'a b']) {
      expect(detect({ ...files, 'pyproject.toml': toml(folder) }).entry).toBe('web.main:app');
    }
  });
});
