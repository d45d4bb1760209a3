import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { imagesFrom } from '../../src/commands/images.ts';
import { defaultRegistry, defaultRelease, imageReference } from '../../src/stagex/releases.ts';
import { readContainerfile } from '../../src/verify/containerfile.ts';
import { contextUses } from '../../src/verify/source/context.ts';
import type { VerifyRequest } from '../../src/verify/types.ts';
import { verify } from '../../src/verify/verify.ts';
import { buildContexts, docker } from './harness.ts';

const memory = '/dev/shm';
const tmpfs = 0x01021994;
const inMemory = existsSync(memory) && statfsSync(memory).type === tmpfs;
const scratch = mkdtempSync(path.join(inMemory ? memory : os.tmpdir(), 'source-test-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const base = imageReference('core-busybox', { release: defaultRelease, registry: defaultRegistry });
const final = imageReference('core-filesystem', { release: defaultRelease, registry: defaultRegistry });

/** A repository with these files, all of them committed but those that .gitignore names. */
function repository(files: Record<string, string>): string {
  const root = mkdtempSync(path.join(scratch, 'repository-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', root, '-c', 'user.name=Test', '-c', 'user.email=test@example.org', ...args]);
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'Test');
  return root;
}

function request(root: string): VerifyRequest {
  return {
    ...{ root, containerfile: 'Containerfile', written: [], run: null, ports: [], httpPort: null, memoryMb: 512 },
    ...{
      noCache: false,
      engine: 'docker',
      builders: [],
      builds: 2,
      start: false,
      startTimeoutSeconds: 20,
      keep: false,
    },
    images: imagesFrom(undefined, { env: process.env, cwd: root }),
    signal: new AbortController().signal,
    onEvent: () => undefined,
  };
}

describe('the order of directory entries', () => {
  it('does not pass from a build context to the steps: what varies it there varies nothing', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `n${index}`);
    const containerfile = [
      `FROM ${base} AS build`,
      'USER 0',
      'SHELL ["/bin/sh", "-euc"]',
      'COPY entries /copied',
      'RUN --mount=type=bind,target=/bound mkdir /out; cd /copied; find . > /out/copied; cd /bound/entries; find . > /out/bound',
      'FROM scratch',
      'COPY --from=build /out /',
    ].join('\n');
    const orders: { here: string[]; copied: string; bound: string }[] = [];
    for (const made of [names, names.toReversed()]) {
      const context = mkdtempSync(path.join(scratch, 'context-'));
      mkdirSync(path.join(context, 'entries'));
      for (const name of made) writeFileSync(path.join(context, 'entries', name), '');
      writeFileSync(path.join(context, 'Containerfile'), containerfile);
      const out = mkdtempSync(path.join(scratch, 'out-'));
      const output = ['--no-cache', '--provenance=false', '--output', `type=local,dest=${out}`];
      const built = await docker(
        ['buildx', 'build', ...output, ...buildContexts(context), '-f', 'Containerfile', '.'],
        context,
      );
      expect(built.stderr).not.toContain('ERROR');
      const read = (name: string) => execFileSync('cat', [path.join(out, name)], { encoding: 'utf8' });
      const here = execFileSync('find', ['.'], { cwd: path.join(context, 'entries'), encoding: 'utf8' });
      orders.push({ here: here.split('\n'), copied: read('copied'), bound: read('bound') });
    }
    const [first, second] = orders;
    expect(first?.copied.split('\n').sort()).toEqual(['', '.', ...names.map((name) => `./${name}`)].sort());
    // tmpfs lists the latest first; other file systems may list by a hash of the names.
    if (inMemory) expect(first?.here).not.toEqual(second?.here);
    expect(second?.copied).toBe(first?.copied);
    expect(second?.bound).toBe(first?.bound);
  }, 120_000);
});

describe('what a build copies and git does not track', () => {
  const containerfile = [
    `FROM ${base} AS build`,
    'USER 0',
    'COPY dist/ /rootfs/dist/',
    `FROM ${final}`,
    'COPY --from=build /rootfs/ /',
  ].join('\n');

  it('is refused before anything is built, with the line that copies it', async () => {
    const root = repository({ Containerfile: containerfile, '.gitignore': 'dist\n', 'dist/app.js': 'x' });
    await expect(verify(request(root))).rejects.toMatchObject({
      code: 'needed-file-not-tracked',
      exitCode: 1,
      message: expect.stringMatching(/^Containerfile:3: dist is copied here/),
      next: expect.stringContaining('git add --force dist'),
    });
    expect(readdirSync(path.join(root, 'dist'))).toEqual(['app.js']);
  }, 60_000);

  it('is refused where .dockerignore hides it, as the engine would, and built where a rule brings it back', async () => {
    const files = { Containerfile: containerfile, '.dockerignore': '*\n', 'dist/app.js': 'x' };
    const hidden = repository(files);
    await expect(verify(request(hidden))).rejects.toMatchObject({ code: 'needed-file-hidden' });
    const plain = [
      'buildx',
      'build',
      ...buildContexts(hidden),
      '--output',
      'type=cacheonly',
      '-f',
      'Containerfile',
      '.',
    ];
    expect((await docker(plain, hidden)).stderr).toMatch(/"\/dist": not found/);
    const shown = repository({ ...files, '.dockerignore': '*\n!dist\n' });
    expect((await docker(plain, shown)).exitCode).toBe(0);
    expect(contextUses(containerfile, readContainerfile(containerfile))).toEqual([{ pattern: 'dist', line: 3 }]);
    const { verification } = await verify(request(shown));
    expect(verification.enclave?.files).toBeGreaterThan(0);
  }, 180_000);
});
