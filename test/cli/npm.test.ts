import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { childEnv, scratch, treeOf } from './harness.ts';

const root = path.resolve(import.meta.dirname, '../..');
const home = mkdtempSync(path.join(tmpdir(), 'caution-npm-'));
let registry = '';
let stop = () => {};

/** npm's environment: this registry alone, a cache of its own, nothing of the person who runs the tests. */
function npmEnv(): NodeJS.ProcessEnv {
  return childEnv({
    npm_config_registry: registry,
    npm_config_cache: path.join(home, 'cache'),
    npm_config_userconfig: path.join(home, 'npmrc'),
    npm_config_update_notifier: 'false',
    HOME: home,
  });
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

beforeAll(async () => {
  const port = await freePort();
  registry = `http://127.0.0.1:${port}/`;
  const config = {
    storage: path.join(home, 'storage'),
    packages: { '**': { access: '$all', publish: '$all' } },
    auth: { htpasswd: { file: path.join(home, 'htpasswd') } },
    log: { type: 'stdout', level: 'error' },
    web: { enable: false },
  };
  mkdirSync(config.storage);
  writeFileSync(path.join(home, 'verdaccio.yaml'), JSON.stringify(config)); // JSON is YAML
  writeFileSync(path.join(home, 'npmrc'), `//127.0.0.1:${port}/:_authToken=local\n`);
  const verdaccio = spawn(
    process.execPath,
    [
      path.join(root, 'node_modules/verdaccio/bin/verdaccio'),
      '--config',
      path.join(home, 'verdaccio.yaml'),
      '--listen',
      `127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  );
  stop = () => verdaccio.kill();
  for (let tries = 0; tries < 100; tries += 1) {
    const up = await fetch(`${registry}-/ping`)
      .then((response) => response.ok)
      .catch(() => false);
    if (up) break;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const packed = await execa('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', home], {
    cwd: root,
    env: npmEnv(),
    extendEnv: false,
  });
  const name = JSON.parse(packed.stdout)[0].filename;
  await execa('npm', ['publish', '--ignore-scripts', path.join(home, name)], {
    cwd: home,
    env: npmEnv(),
    extendEnv: false,
  });
}, 120_000);

afterAll(() => {
  stop();
  rmSync(home, { recursive: true, force: true });
});

const npm = (file: string, args: string[], cwd: string) =>
  execa(file, args, {
    cwd,
    env: { ...npmEnv(), npm_config_yes: 'true' },
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
  });

describe('published to a registry', () => {
  it('npm create caution-app@latest writes a whole service', async () => {
    const folder = scratch();
    const run = await npm(
      'npm',
      ['create', 'caution-app@latest', 'my-service', '--', '--language', 'go', '--yes', '--no-verify'],
      folder,
    );
    expect(run.stderr).not.toMatch(/error/i);
    expect(run.exitCode).toBe(0);
    const files = Object.keys(treeOf(folder));
    for (const name of ['.gitignore', '.dockerignore', 'Containerfile', 'Procfile', 'go.sum']) {
      expect(files).toContain(`my-service/${name}`);
    }
  });

  it('npx create-caution-app does the same in every language', async () => {
    const folder = scratch();
    for (const language of ['rust', 'node', 'python', 'go']) {
      const run = await npm(
        'npx',
        ['create-caution-app', `svc-${language}`, '--language', language, '--yes', '--no-verify'],
        folder,
      );
      expect([language, run.exitCode, run.stderr]).toEqual([language, 0, expect.any(String)]);
      expect(treeOf(folder)).toHaveProperty([`svc-${language}/.gitignore`]);
    }
  });

  it('without the -- it is told the corrected command, exit 2', async () => {
    const folder = scratch();
    const run = await npm(
      'npm',
      ['create', 'caution-app@latest', 'my-service', '--language', 'go', '--port', '9000', '--no-verify'],
      folder,
    );
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain('npm create caution-app my-service -- --language go --port 9000');
    expect(treeOf(folder)).toEqual({});
  });
});
