import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type TarMember, writeTar } from '../../src/image/tar-writer.ts';
import { keys, runCli, runInTerminal, scratch, treeOf } from './harness.ts';

const server = "import http from 'node:http';\nhttp.createServer().listen(process.env.PORT ?? 8080);\n";
const manifest = { name: 'shop', version: '1.0.0', type: 'module', main: 'server.js', dependencies: { a: '^1.0.0' } };
const node = { 'package.json': JSON.stringify(manifest), 'server.js': server };
const lock = JSON.stringify({
  ...{ name: 'shop', version: '1.0.0', lockfileVersion: 3 },
  packages: {
    '': { name: 'shop', version: '1.0.0', dependencies: { a: '^1.0.0' } },
    'node_modules/a': { version: '1.0.0', integrity: `sha512-${'a'.repeat(86)}==` },
  },
});

const python = {
  'requirements.txt': 'flask\ngunicorn\n',
  'app.py': "from flask import Flask\napp = Flask(__name__)\n\n\n@app.get('/health')\ndef health():\n    return {}\n",
};
const hashed = ['flask', 'gunicorn'].map((name) => `${name}==1.0.0 \\\n    --hash=sha256:${'b'.repeat(64)}\n`).join('');

const flags = ['--port', '8080', '--no-verify', '--no-git'];

async function tarOf(member: Partial<TarMember>, text = ''): Promise<Buffer> {
  async function* content() {
    yield Buffer.from(text);
  }
  const file = { path: 'x', type: 'file', mode: 0o644, link: '', size: Buffer.byteLength(text) } as const;
  const parts: Buffer[] = [];
  for await (const part of writeTar([{ ...file, content: text === '' ? null : content(), ...member }]))
    parts.push(part);
  return Buffer.concat(parts);
}

interface FakeEngine {
  env: Record<string, string>;
  /** What docker was told, a line each. */
  calls(): string[];
  containers(): string;
  /** What was copied in, as it stands in the archive. */
  given(to: string): string;
}

/** An engine in which a tool writes this file. */
async function engine(made: Buffer, { hangs = false, fails = '' } = {}): Promise<FakeEngine> {
  const folder = scratch({
    'made.tar': '',
    containers: '',
    ...(hangs ? { hangs: '' } : {}),
    ...(fails ? { fails } : {}),
  });
  writeFileSync(path.join(folder, 'made.tar'), made);
  writeFileSync(path.join(folder, 'lent.tar'), await tarOf({ path: 'lent' }, 'program'));
  const bin = path.join(folder, 'bin');
  mkdirSync(bin);
  copyFileSync(path.join(import.meta.dirname, 'fake-engine.mjs'), path.join(bin, 'docker'));
  chmodSync(path.join(bin, 'docker'), 0o755);
  // A module without the ending of one.
  writeFileSync(path.join(bin, 'package.json'), '{"type":"module"}');
  const read = (name: string) => readFileSync(path.join(folder, name), 'latin1');
  return {
    env: { PATH: `${bin}:${process.env.PATH}`, FAKE_ENGINE: folder, CREATE_CAUTION_APP_IMAGES: '' },
    calls: () =>
      read('calls')
        .split('\n')
        .filter(Boolean)
        .map((line) => (JSON.parse(line) as string[]).join(' ')),
    containers: () => read('containers').trim(),
    given: (to) => read(`in-${to}.tar`),
  };
}

describe('without a terminal', () => {
  it('and without the flag nothing is made: exit 1, and the mend names --make-lock', async () => {
    const folder = scratch(node);
    const { env, calls } = await engine(await tarOf({ path: 'package-lock.json' }, lock));
    const { exitCode, stdout } = await runCli(['.', ...flags, '--yes', '--json'], folder, env);
    expect(exitCode).toBe(1);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({ outcome: 'prepare' });
    expect(document.findings).toContainEqual(
      expect.objectContaining({
        id: 'node-no-lock',
        mend: expect.stringMatching(/--make-lock.*npm install --package-lock/),
      }),
    );
    expect(calls).toThrow();
    expect(treeOf(folder)).toEqual(node);
  });

  it('--make-lock has it made in a container that sees the manifests alone, and the same run goes on', async () => {
    const folder = scratch({ ...node, '.env': 'SECRET=1\n' });
    const fake = await engine(await tarOf({ path: 'package-lock.json' }, lock));
    const { exitCode, stdout, stderr } = await runCli(
      ['.', ...flags, '--yes', '--make-lock', '--json'],
      folder,
      fake.env,
    );
    expect([exitCode, exitCode === 0 ? '' : stderr]).toEqual([0, '']);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({
      outcome: 'ready',
      made: {
        path: 'package-lock.json',
        command: expect.stringMatching(/^npm install --package-lock-only --ignore-scripts/),
      },
      files: expect.arrayContaining([{ path: 'package-lock.json', action: 'create' }]),
    });
    expect(document.made.images).toEqual([
      expect.stringMatching(/^stagex\/pallet-nodejs:sx[\d.]+@sha256:[0-9a-f]{64}$/),
    ]);
    expect(treeOf(folder)).toMatchObject({ 'package-lock.json': lock, Containerfile: expect.any(String) });
    const given = fake.given('c1-');
    expect(given).toContain('lock/context/package.json');
    expect(given).not.toMatch(/createServer|SECRET/);
    const created = fake.calls().find((call) => call.startsWith('create'));
    expect(created).toMatch(
      /--cap-drop ALL .*--workdir \/lock\/context --entrypoint npm stagex\/pallet-nodejs\S+ install/,
    );
    expect(created).not.toMatch(/--volume|--mount|-v /);
    expect(fake.containers()).toBe('');
  });

  it('replaces requirements only where that is said as well, shows what changes, and keeps what they were', async () => {
    const folder = scratch(python);
    const fake = await engine(await tarOf({ path: 'requirements.txt' }, hashed));
    const first = await runCli(['.', ...flags, '--yes', '--make-lock'], folder, fake.env);
    expect(first.exitCode).toBe(1);
    expect(first.stderr).toMatch(/-flask\n(.*\n)*\+flask==1\.0\.0/);
    expect(first.stderr).toContain('--overwrite');
    expect(treeOf(folder)).toEqual(python);
    const second = await runCli(['.', ...flags, '--yes', '--make-lock', '--overwrite'], folder, fake.env);
    expect([second.exitCode, second.exitCode === 0 ? '' : second.stderr]).toEqual([0, '']);
    expect(second.stderr).toMatch(/\+flask==1\.0\.0/);
    expect(treeOf(folder)).toMatchObject({ 'requirements.txt': hashed, 'requirements.in': python['requirements.txt'] });
    expect(fake.given('c1-lock-borrowed')).toContain('program');
  });

  it('--dry-run shows the file in the plan, and writes nothing', async () => {
    const folder = scratch(node);
    const { env } = await engine(await tarOf({ path: 'package-lock.json' }, lock));
    const { exitCode, stderr } = await runCli(['.', ...flags, '--yes', '--make-lock', '--dry-run'], folder, env);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/create +package-lock\.json/);
    expect(treeOf(folder)).toEqual(node);
  });

  it('says that there is no engine, and what to do by hand', async () => {
    const folder = scratch(node);
    const env = { DOCKER_HOST: 'unix:///nonexistent/docker.sock' };
    const { exitCode, stdout } = await runCli(['.', ...flags, '--yes', '--make-lock', '--json'], folder, env);
    expect(exitCode).toBe(1);
    const { findings } = JSON.parse(stdout);
    expect(findings).toContainEqual(
      expect.objectContaining({ id: 'node-no-lock', mend: expect.stringMatching(/^npm/) }),
    );
    expect(findings).toContainEqual(
      expect.objectContaining({ id: 'lock-not-made', level: 'note', message: expect.stringMatching(/no engine/) }),
    );
    expect(treeOf(folder)).toEqual(node);
  });

  it('makes nothing that git would leave out', async () => {
    const files = { ...node, '.gitignore': 'package-lock.json\n' };
    const folder = scratch(files);
    const { env, calls } = await engine(await tarOf({ path: 'package-lock.json' }, lock));
    const { exitCode, stdout } = await runCli(['.', ...flags, '--yes', '--make-lock', '--json'], folder, env);
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout).findings).toContainEqual(
      expect.objectContaining({ id: 'lock-not-made', mend: expect.stringContaining('.gitignore') }),
    );
    expect(calls).toThrow();
    expect(treeOf(folder)).toEqual(files);
  });

  it.each<[string, Promise<Buffer>, RegExp]>([
    ['is a link', tarOf({ path: 'package-lock.json', type: 'link', link: '/etc/shadow', size: 0 }), /no file/],
    ['is something else', tarOf({ path: 'package-lock.json' }, '#!/bin/sh\nrm -rf /\n'), /JSON/],
    ['hides text', tarOf({ path: 'package-lock.json' }, lock.replace('"shop"', '"\u202eshop"')), /control characters/],
    ['is too large', tarOf({ path: 'package-lock.json' }, `${lock}${' '.repeat(6_000_000)}`), /larger/],
    ['does not fit', tarOf({ path: 'package-lock.json' }, lock.replace('"a":"^1.0.0"', '"b":"1"')), /does not fit/],
  ])('writes nothing when what comes back %s', async (_what, made, reason) => {
    const folder = scratch(node);
    const fake = await engine(await made);
    const { exitCode, stderr } = await runCli(['.', ...flags, '--yes', '--make-lock'], folder, fake.env);
    expect(exitCode).toBe(1);
    expect(stderr.replace(/\s+/g, ' ')).toMatch(reason);
    expect(treeOf(folder)).toEqual(node);
    expect(fake.containers()).toBe('');
  });

  it('says what the tool said when it fails', async () => {
    const folder = scratch(node);
    const fails = 'npm warn x\nnpm error code ETARGET\nnpm error notarget No matching version found for a@^1.0.0.\n';
    const fake = await engine(await tarOf({ path: 'package-lock.json' }, lock), { fails });
    const { exitCode, stderr } = await runCli(['.', ...flags, '--yes', '--make-lock'], folder, fake.env);
    expect(exitCode).toBe(1);
    expect(stderr.replace(/\s+/g, ' ')).toContain('No matching version found for a@^1.0.0.');
    expect(treeOf(folder)).toEqual(node);
    expect(fake.containers()).toBe('');
  });
});

describe('in a terminal', () => {
  const asked = [...flags, '--name', 'shop', '--memory', '512', '--source', 'https://example.com/x'];

  it('is asked for, with what would run and where; a yes has it made, and it is written with the rest', async () => {
    const folder = scratch(node);
    const fake = await engine(await tarOf({ path: 'package-lock.json' }, lock));
    const run = runInTerminal(['.', ...asked], folder, fake.env);
    await run.until(/Have package-lock\.json made so\?/);
    const text = run.text().replace(/\s+/g, ' ');
    expect(text).toContain('npm install --package-lock-only --ignore-scripts');
    expect(text).toMatch(/stagex\/pallet-nodejs:sx\S+@sha256/);
    expect(text).toMatch(/uses the network.*npm registry/);
    expect(text).toMatch(/sees package\.json, as a copy\. Nothing of the project runs/);
    expect(fake.calls().filter((call) => call.startsWith('create'))).toEqual([]);
    run.type(keys.enter);
    await run.until(/Write \d+ files\?/);
    expect(run.text()).toMatch(/Made package-lock\.json in .*: 1 packages?/);
    expect(run.text()).toMatch(/create +package-lock\.json/);
    expect(treeOf(folder)).toEqual(node);
    run.type(keys.enter);
    expect(await run.exit).toBe(0);
    expect(treeOf(folder)).toHaveProperty('package-lock.json', lock);
  });

  it('a no makes nothing, and says how it is made', async () => {
    const folder = scratch(node);
    const fake = await engine(await tarOf({ path: 'package-lock.json' }, lock));
    const run = runInTerminal(['.', ...asked], folder, fake.env);
    await run.until(/Have package-lock\.json made so\?/);
    run.type('n');
    expect(await run.exit).toBe(1);
    expect(run.text()).toContain('--make-lock');
    expect(fake.calls().filter((call) => call.startsWith('create'))).toEqual([]);
    expect(treeOf(folder)).toEqual(node);
  });

  it('what is replaced is asked about with its diff, and a no writes nothing at all', async () => {
    const folder = scratch(python);
    const fake = await engine(await tarOf({ path: 'requirements.txt' }, hashed));
    const run = runInTerminal(['.', ...asked], folder, fake.env);
    await run.until(/Have requirements\.txt made so\?/);
    run.type(keys.enter);
    await run.until(/Replace requirements\.txt\?/);
    expect(run.text()).toContain('+flask==1.0.0');
    run.type(keys.enter);
    expect(await run.exit).toBe(1);
    expect(treeOf(folder)).toEqual(python);
  });

  it('Ctrl-C while the tool runs leaves neither a file nor a container, exit 130', async () => {
    const folder = scratch(node);
    const fake = await engine(await tarOf({ path: 'package-lock.json' }, lock), { hangs: true });
    const run = runInTerminal(['.', ...asked], folder, fake.env);
    await run.until(/made so\?/);
    run.type(keys.enter);
    await run.until(/Making package-lock\.json/);
    while (!fake.calls().some((call) => call.startsWith('wait')))
      await new Promise((resolve) => setTimeout(resolve, 50));
    run.type(keys.ctrlC);
    expect(await run.exit).toBe(130);
    expect(treeOf(folder)).toEqual(node);
    expect(fake.containers()).toBe('');
  });
});
