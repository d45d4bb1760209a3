import { describe, expect, it } from 'vitest';
import type { Detection } from '../../../src/languages/language.ts';
import { projectOf } from '../../../src/languages/project.ts';
import { detectPython } from '../../../src/languages/python/detect.ts';
import { python } from '../../../src/languages/python/index.ts';
import { readSyntax } from '../../../src/languages/python/syntax.ts';
import { busyFor } from '../busy.ts';
import { detected } from '../surroundings/detect.ts';

const names = ['uvicorn', 'gunicorn', 'hypercorn', 'granian', 'waitress', 'fastapi', 'flask'];
const requirements = names.map((name) => `${name}==1.0 --hash=sha256:0123456789abcdef\n`).join('');
const service = {
  'a.py': 'app = FastAPI()\n',
  'b.py': 'app = Flask(__name__)\n',
  'c.py': 'def make_app():\n    return FastAPI()\n',
};

function detect(files: Record<string, string>): Detection {
  const found = detectPython(projectOf({ 'requirements.txt': requirements, ...files }));
  if (found === null) throw new Error('not detected');
  return found;
}

function runOf(found: Detection): string {
  const entry = found.entry ?? '';
  const { command } = python.runnable({ name: 'x', entry, dir: '', manager: 'uv', starter: false, build: found.build });
  return command.slice(1).join(' ');
}

describe('a start command', () => {
  it.each([
    [
      'uvicorn a:app --host 0.0.0.0 --port 81 --workers 4',
      '-m uvicorn --app-dir /app --host 0.0.0.0 --port {port} --workers 4 a:app',
      81,
    ],
    [
      'uvicorn --factory c:make_app --port=82',
      '-m uvicorn --app-dir /app --host 0.0.0.0 --port {port} --factory c:make_app',
      82,
    ],
    [
      'gunicorn -b :83 -w 2 --threads 4 b:app',
      '-m gunicorn --chdir /app --bind 0.0.0.0:{port} -w 2 --threads 4 b:app',
      83,
    ],
    [
      'gunicorn "c:make_app()" -k uvicorn.workers.UvicornWorker -w 2',
      '-m uvicorn --app-dir /app --host 0.0.0.0 --port {port} --factory --workers 2 c:make_app',
      null,
    ],
    ['waitress-serve --port=84 b:app', '-m waitress --listen=0.0.0.0:{port} b:app', 84],
    ['granian --interface wsgi --port 85 b:app', '-m granian --interface wsgi --host 0.0.0.0 --port {port} b:app', 85],
    ['poetry run hypercorn -b 0.0.0.0:86 a:app', '-m hypercorn --bind 0.0.0.0:{port} a:app', 86],
    [
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's
      'sh -c "exec uvicorn a:app --port ${PORT:-87}"',
      '-m uvicorn --app-dir /app --host 0.0.0.0 --port {port} a:app',
      87,
    ],
    ['fastapi run a.py --port 88', '-m uvicorn --app-dir /app --host 0.0.0.0 --port {port} a:app', 88],
    ['python -u -m worker.main --once', '-m worker.main --once', null],
  ])('is carried over: %s', (line, run, port) => {
    for (const files of [{ Procfile: `web: ${line}\n` }, { Dockerfile: `FROM x\nCMD ${line}\n` }]) {
      const found = detect({ ...service, ...files });
      expect(runOf(found)).toBe(run);
      expect(found).toMatchObject({ port, findings: [] });
    }
  });

  it('with options that another machine gives a meaning is said to be more', () => {
    const found = detect({ ...service, Procfile: 'web: uvicorn a:app --reload --ssl-keyfile /etc/key\n' });
    expect(found.findings).toMatchObject([{ id: 'python-start-command', path: 'Procfile', line: 1 }]);
    expect(found.findings[0]?.message).toContain('--reload --ssl-keyfile /etc/key');
  });

  it('passes the port on as the platform does', () => {
    const found = detect({ ...service, Procfile: 'web: python -m worker.main --port $PORT --once\n' });
    expect(runOf(found)).toBe('-m worker.main --port {port} --once');
  });

  it.each(['--workers $WORKERS', '--config /etc/worker.yml'])(
    'with arguments that name what is not there leaves open what runs: %s',
    async (args) => {
      const files = { 'requirements.txt': requirements, ...service, Procfile: `web: python -m worker.main ${args}\n` };
      const found = await detected('python', files);
      expect(found).toMatchObject({ entry: null });
      expect(found.entries).toContain('worker.main');
      expect(found.findings.map(({ id }) => id)).toContain('arguments-left');
      expect((await detected('python', files, { entry: true })).entry).toBe('worker.main');
    },
  );

  it('of the last stage counts, not one for developing', () => {
    const stages = 'FROM python AS dev\nCMD uvicorn a:app --reload\nFROM python\nCMD gunicorn b:app\n';
    expect(detect({ ...service, Dockerfile: stages })).toMatchObject({ entry: 'b:app', findings: [] });
  });

  it('that this tool wrote tells nothing new', () => {
    const ours = `FROM stagex/core-filesystem@sha256:${'0'.repeat(64)}\nENTRYPOINT ["/usr/bin/python3", "-m", "uvicorn", "a:app"]\n`;
    expect(detect({ ...service, Containerfile: ours, Dockerfile: 'FROM x\nCMD gunicorn b:app -w 3\n' })).toMatchObject({
      entry: 'b:app',
    });
  });

  it('of a compose file counts for what is built here, and after those of Procfile and Dockerfile', () => {
    const compose =
      'services:\n  other:\n    image: x\n    command: uvicorn b:app\n  web:\n    build: .\n    command: [uvicorn, "a:app"]\n';
    expect(detect({ ...service, 'compose.yaml': compose })).toMatchObject({ entry: 'a:app' });
    const both = detect({ ...service, 'compose.yaml': compose, Procfile: 'web: gunicorn b:app\n' });
    expect(both).toMatchObject({ entry: 'b:app' });
  });

  it('goes with the folder that it names', () => {
    const found = detect({
      'back/end.py': 'app = Flask(__name__)\n',
      Procfile: 'web: gunicorn --chdir back end:app\n',
    });
    expect(found).toMatchObject({ entry: 'end:app', build: { root: 'back', startsIn: 'back' } });
    expect(runOf(found)).toContain('--chdir /app/back');
  });
});

describe('an app', () => {
  it('is found through factories, classes and other modules', () => {
    const files = {
      'web/__init__.py': 'from .factory import create_app\n',
      'web/factory.py':
        'from fastapi import FastAPI\n\n\nclass Web(FastAPI):\n    pass\n\n\ndef create_app() -> FastAPI:\n    app = Web()\n    return app\n',
      'web/main.py': 'from web.factory import create_app\n\nserver = create_app()\n',
    };
    expect(detect(files)).toMatchObject({ entry: 'web.main:server', entries: ['web.main:server'] });
  });

  it('that needs arguments to be made is none', () => {
    const code = 'from flask import Flask\n\n\ndef create_app(config):\n    return Flask(__name__)\n';
    expect(detect({ 'web.py': code })).toMatchObject({ entry: null, entries: [] });
  });

  it('is not a class of the same name from elsewhere', () => {
    expect(detect({ 'a.py': 'from tools import App, Application\n\nx = App()\ny = Application()\n' }).entries).toEqual(
      [],
    );
  });

  it('that wraps another is the outer one', () => {
    const code =
      'import socketio\nfrom fastapi import FastAPI\n\napi = FastAPI()\napp = socketio.ASGIApp(socketio.AsyncServer(), api)\n';
    expect(detect({ 'a.py': code }).entry).toBe('a:app');
  });
});

describe('source that is hostile or broken', () => {
  it.each([
    ['brackets', '('.repeat(250_000)],
    ['calls', 'f('.repeat(100_000)],
    ['attributes', 'a.b()'.repeat(50_000)],
    ['indentation', Array.from({ length: 600 }, (_, depth) => `${' '.repeat(depth)}if x:`).join('\n')],
    ['half a line', 'app = FastAPI(\n  title="x\n'],
  ])('is read in time: %s', async (_, text) => {
    expect(await busyFor(() => readSyntax(text))).toBeLessThan(1500);
  });

  it('does not reach a shell word or the terminal', () => {
    const found = detect({ ...service, Procfile: 'web: gunicorn "a:app\u001b[2J; rm -rf /"\n' });
    expect(found.entry ?? '').not.toContain('rm');
    expect(JSON.stringify(found.findings)).not.toContain('\u001b');
  });
});
