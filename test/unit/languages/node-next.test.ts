import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Detection } from '../../../src/languages/language.ts';
import { detectNode } from '../../../src/languages/node/detect.ts';
import { node } from '../../../src/languages/node/index.ts';
import { projectOf } from '../../../src/languages/project.ts';

const script = path.join(import.meta.dirname, '../../../templates/node/next.caution.mjs');
const buildKey = Buffer.alloc(32).toString('base64');

/** What a build leaves, with these keys of the preview mode, and maps in this order. */
function built(digit: string, order: readonly string[]): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'caution-next-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const keys = {
    previewModeId: `${digit}a`.repeat(16),
    previewModeSigningKey: `${digit}b`.repeat(32),
    previewModeEncryptionKey: `${digit}c`.repeat(32),
  };
  const files: Record<string, unknown> = {
    'prerender-manifest.json': { version: 4, preview: keys },
    'server/pages-manifest.json': Object.fromEntries(order.map((name) => [`/${name}`, `pages/${name}.js`])),
    'server/middleware-manifest.json': { env: { ID: keys.previewModeId, KEY: buildKey } },
    'server/pages/data.json': { b: 1, a: 2 },
    'server/page.js': `const key = "${keys.previewModeSigningKey}";`,
  };
  for (const [name, value] of Object.entries(files)) {
    const at = path.join(folder, '.next', name);
    mkdirSync(path.dirname(at), { recursive: true });
    writeFileSync(at, typeof value === 'string' ? value : JSON.stringify(value));
  }
  cpSync(script, path.join(folder, 'next.caution.mjs'));
  return folder;
}

const run = (folder: string, ...words: string[]) =>
  execFileSync(process.execPath, words, { cwd: folder, encoding: 'utf8', env: { PATH: process.env.PATH } });

const tree = (folder: string) =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .map((at) => [path.relative(folder, at), readFileSync(at, 'utf8')])
      .sort(),
  );

describe('the script for Next.js', () => {
  it('makes builds the same that differ in keys and in the order of maps, and leaves data of pages as it is', () => {
    const [one, two] = [built('4', ['a', 'b', 'c']), built('5', ['c', 'a', 'b'])];
    for (const folder of [one, two]) run(folder, 'next.caution.mjs');
    expect(tree(two)).toEqual(tree(one));
    expect(tree(one)['.next/server/pages/data.json']).toBe('{"b":1,"a":2}');
  });

  it('draws keys when a service starts, the same in all files, and others each time', () => {
    const starts = ['4', '5'].map((digit) => {
      const folder = built(digit, ['a']);
      run(folder, 'next.caution.mjs');
      const said = run(
        folder,
        '--import',
        './next.caution.mjs',
        '-p',
        'process.env.NEXT_SERVER_ACTIONS_ENCRYPTION_KEY',
      );
      const files = tree(folder);
      const { preview } = JSON.parse(files['.next/prerender-manifest.json'] ?? '');
      const { env } = JSON.parse(files['.next/server/middleware-manifest.json'] ?? '');
      expect(env).toEqual({ ID: preview.previewModeId, KEY: said.trim() });
      expect(files['.next/server/page.js']).toContain(preview.previewModeSigningKey);
      expect(said.trim()).not.toBe(buildKey);
      expect(preview.previewModeId).toMatch(/^[0-9a-f]{32}$/);
      return preview.previewModeId;
    });
    expect(starts[0]).not.toBe(starts[1]);
  });

  it('leaves a key alone that the service is given', () => {
    const folder = built('4', ['a']);
    run(folder, 'next.caution.mjs');
    const code = "process.env.NEXT_SERVER_ACTIONS_ENCRYPTION_KEY = 'given'; import('./next.caution.mjs')";
    run(folder, '--input-type=module', '-e', code);
    expect(tree(folder)['.next/server/middleware-manifest.json']).toContain('"KEY":"given"');
  });
});

describe('a service of Next.js', () => {
  function detect(scripts: object, files: Record<string, string> = {}): Detection {
    const manifest = JSON.stringify({ name: 'x', scripts, dependencies: { next: '15' } });
    const config = { 'next.config.js': "module.exports = { generateBuildId: () => 'x' }" };
    const found = detectNode(projectOf({ 'package.json': manifest, ...config, ...files }));
    if (found === null) throw new Error('not detected');
    return found;
  }
  const runOf = (found: Detection) =>
    node.runnable({ name: 'x', entry: found.entry ?? '', dir: '', manager: 'npm', starter: false, build: found.build });
  const ids = (found: Detection) => found.findings.map(({ id }) => id).filter((id) => id !== 'node-no-lock');

  it('is built with the script behind, and started with it in front', () => {
    const found = detect({ build: 'next build', start: 'next start' });
    expect(found.build.steps).toEqual(expect.arrayContaining(['npm run build', 'node next.caution.mjs']));
    const { command, files } = runOf(found);
    expect(command.join(' ')).toContain('--import /app/next.caution.mjs');
    expect(Object.keys(files ?? {})).toEqual(['next.caution.mjs']);
  });

  it('that is built to stand alone has it in its own folder', () => {
    const found = detect({ build: 'next build', start: 'node .next/standalone/server.js' });
    expect(found.build.steps).toContain('node .next/standalone/next.caution.mjs');
    expect(runOf(found).command.join(' ')).toContain('--import /app/.next/standalone/next.caution.mjs');
    expect(ids(found)).toEqual(['node-next-keys']);
  });

  it.each([
    [
      'an action inside of a component',
      { 'app/page.js': "function P() {\n  async function a() {\n    'use server'\n" },
      'node-next-actions',
    ],
    ['fonts that are fetched', { 'app/layout.js': "import { Inter } from 'next/font/google'" }, 'node-next-font'],
    ['another folder', { 'next.config.js': "export default { generateBuildId, distDir: 'out' }" }, 'node-next-folder'],
    ['a random id', { 'next.config.js': 'export default {}' }, 'node-next-build-id'],
  ])('is told of %s', (_, files, id) => {
    expect(ids(detect({ build: 'next build', start: 'next start' }, files))).toContain(id);
  });

  it('with actions in files of their own is told nothing of them', () => {
    const found = detect({ build: 'next build', start: 'next start' }, { 'app/actions.js': "'use server'\n" });
    expect(ids(found)).toEqual(['node-next-keys']);
  });
});
