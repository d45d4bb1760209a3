import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli, scratch, treeOf } from '../cli/harness.ts';
import { objectsOf, ownTemporary, pause, start } from './running.ts';
import { commitAll } from './services.ts';

const flags = ['--port', '8080', '--yes', '--make-lock'];

const node = {
  'package.json': JSON.stringify({
    ...{ name: 'shop', version: '1.0.0', type: 'module', main: 'server.js' },
    // Nothing of the project runs while its lock file is made: this would end it.
    scripts: { start: 'node server.js', preinstall: 'exit 9' },
    dependencies: { '@hono/node-server': '^1.13.0', hono: '^4.6.0' },
  }),
  'server.js': [
    "import { serve } from '@hono/node-server';",
    "import { Hono } from 'hono';",
    'const app = new Hono();',
    "app.get('/health', (context) => context.json({ status: 'ok' }));",
    'serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 8080) });',
    '',
  ].join('\n'),
};

const python = {
  'requirements.txt': 'starlette>=0.40\nuvicorn\n',
  'app.py': [
    'from starlette.applications import Starlette',
    'from starlette.responses import JSONResponse',
    'from starlette.routing import Route',
    '',
    'async def health(request):',
    '    return JSONResponse({"status": "ok"})',
    '',
    'app = Starlette(routes=[Route("/health", health)])',
    '',
  ].join('\n'),
};

describe('a service whose lock file is missing', () => {
  it.each<[string, Record<string, string>, string[], string, RegExp]>([
    ['Node.js', node, [], 'package-lock.json', /"integrity": "sha512-/],
    ['Python', python, ['--overwrite'], 'requirements.txt', /^starlette==\S+ \\\n {4}--hash=sha256:/m],
  ])('%s: gets it from its own tool, becomes ready, and verifies', async (_what, files, more, file, content) => {
    const folder = scratch(files);
    commitAll(folder);
    const { exitCode, stdout, stderr } = await runCli(['.', ...flags, ...more, '--json'], folder);
    expect([exitCode, exitCode === 0 ? '' : stdout + stderr]).toEqual([0, '']);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({ outcome: 'ready', made: { path: file }, missing: [] });
    expect(document.verification).toMatchObject({ reproducible: true, imageIdentical: true });
    expect(document.verification.start).toMatchObject({ started: true, http: { path: '/health', status: 200 } });
    expect(treeOf(folder)[file]).toMatch(content);
    // What was made is a lock like any other: the next run finds it, and makes nothing.
    const again = await runCli(['.', '--port', '8080', '--yes', '--no-verify', '--json'], folder);
    expect([again.exitCode, again.exitCode === 0 ? '' : again.stderr]).toEqual([0, '']);
    expect(JSON.parse(again.stdout)).not.toHaveProperty('made');
  });

  const rust = {
    'Cargo.toml': '[package]\nname = "shop"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\nitoa = "1"\n',
    'src/main.rs': 'fn main() {\n    let _ = std::net::TcpListener::bind("0.0.0.0:8080");\n}\n',
  };
  const go = {
    'go.mod': 'module example.com/shop\n\ngo 1.22\n\nrequire github.com/go-chi/chi/v5 v5.1.0\n',
    'main.go': [
      'package main',
      '',
      'import (',
      '\t"net/http"',
      '',
      '\t"github.com/go-chi/chi/v5"',
      ')',
      '',
      'func main() { _ = http.ListenAndServe(":8080", chi.NewRouter()) }',
      '',
    ].join('\n'),
  };

  it.each<[string, Record<string, string>, string, RegExp]>([
    ['Rust', rust, 'Cargo.lock', /name = "itoa"\nversion = "1\./],
    ['Go', go, 'go.sum', /^github\.com\/go-chi\/chi\/v5 v5\.1\.0 h1:/m],
  ])('%s: gets it from its own tool, and becomes ready', async (_what, files, file, content) => {
    const folder = scratch(files);
    const { exitCode, stdout, stderr } = await runCli(['.', ...flags, '--no-verify', '--json'], folder);
    expect([exitCode, exitCode === 0 ? '' : stdout + stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'ready', made: { path: file } });
    const tree = treeOf(folder);
    expect(tree[file]).toMatch(content);
    for (const [name, text] of Object.entries(files)) expect(tree[name]).toBe(text);
  });

  it('is told why, in the words of the tool, when it cannot be made', async () => {
    const manifest = { ...JSON.parse(node['package.json']), dependencies: { hono: '^999.0.0' } };
    const files = { ...node, 'package.json': JSON.stringify(manifest) };
    const folder = scratch(files);
    const { exitCode, stderr } = await runCli(['.', ...flags], folder);
    expect(exitCode).toBe(1);
    expect(stderr.replace(/\s+/g, ' ')).toContain('No matching version found for hono@^999.0.0');
    expect(treeOf(folder)).toEqual(files);
  });

  it('stays as it was when it is interrupted, and no container is left', async () => {
    const folder = scratch(node);
    const temporary = ownTemporary();
    const run = start(['.', ...flags], folder, { TMPDIR: temporary });
    await run.until(/Making package-lock\.json/);
    const deadline = Date.now() + 60_000;
    while ((await objectsOf(run.pid)).length === 0 && Date.now() < deadline) await pause(20);
    run.child.kill('SIGINT');
    expect(await run.ended, run.said()).toEqual({ code: 130, signal: null });
    expect(await objectsOf(run.pid)).toEqual([]);
    expect(treeOf(folder)).toEqual(node);
    expect(readdirSync(path.dirname(temporary))).toEqual([path.basename(temporary)]);
    expect(readdirSync(temporary)).toEqual([]);
  });
});
