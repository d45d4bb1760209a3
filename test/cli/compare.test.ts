import { copyFileSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { writePair } from '../planted/archives.mjs';
import { childEnv, cli, runCli, scratch } from './harness.ts';

/** Two image archives of one file each. */
async function pair(a: string, b: string, at = '/app/info'): Promise<{ folder: string; images: [string, string] }> {
  const folder = scratch();
  const images = await writePair(
    { name: 'pair', plants: '', path: at, contents: [Buffer.from(a), Buffer.from(b)] },
    folder,
  );
  return { folder, images };
}

const none = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };

describe('compare', () => {
  it('says that two images are the same, without an engine, exit 0', async () => {
    const { folder, images } = await pair('same\n', 'same\n');
    const { exitCode, stdout } = await runCli(['compare', ...images, '--json'], folder, none);
    expect(exitCode).toBe(0);
    const comparison = JSON.parse(stdout);
    expect(comparison).toMatchObject({ reproducible: true, imageIdentical: true, differences: [] });
    expect(comparison.enclave).toMatchObject({ format: 1, files: 2 });
    expect(comparison.images[0].enclaveSha256).toBe(comparison.enclave.sha256);
  });

  it('names what differs, and why as far as the contents tell, exit 3', async () => {
    const { folder, images } = await pair(
      '{"id":"3bfe4010-9353-4e11-8f89-9170b3bbd170"}',
      '{"id":"568388a8-e4d7-4e5c-a70e-2f0387cc1e59"}',
    );
    const { exitCode, stdout } = await runCli(['compare', ...images, '--json'], folder, none);
    expect(exitCode).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      reproducible: false,
      enclave: null,
      differences: [{ path: '/app/info', inEnclave: true, cause: 'random', certain: false, carrier: 'json' }],
    });
    const shown = await runCli(['compare', ...images], folder, none);
    expect(shown.exitCode).toBe(3);
    expect(shown.stdout).toMatch(/Not the same enclave/);
    expect(shown.stdout).toMatch(/\/app\/info/);
  });

  it('writes a page beside, over an older one, and never over anything else', async () => {
    const { folder, images } = await pair('a', 'b');
    const args = ['compare', ...images, '--report', 'page.html', '--json'];
    expect((await runCli(args, folder, none)).exitCode).toBe(3);
    const page = readFileSync(path.join(folder, 'page.html'), 'utf8');
    expect(page).toMatch(/^<!doctype html>/i);
    expect(page).toContain('/app/info');
    expect((await runCli(args, folder, none)).exitCode).toBe(3);
    expect(readFileSync(path.join(folder, 'page.html'), 'utf8')).toBe(page);
    writeFileSync(path.join(folder, 'notes.html'), '<!doctype html>\nmine');
    const refused = await runCli(['compare', ...images, '--report', 'notes.html', '--json'], folder, none);
    expect([refused.exitCode, JSON.parse(refused.stdout).error.code]).toEqual([1, 'report-exists']);
    expect(readFileSync(path.join(folder, 'notes.html'), 'utf8')).toBe('<!doctype html>\nmine');
    expect((await runCli(['compare', ...images, '--report', 'no/page.html'], folder, none)).exitCode).toBe(1);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('refuses a damaged archive, a file that is no image, and a name that is not there, with what to do', async () => {
    const { folder, images } = await pair('a', 'a');
    const cut = path.join(folder, 'cut.tar');
    copyFileSync(images[0], cut);
    truncateSync(cut, 2000);
    const damaged = await runCli(['compare', images[0], cut, '--json'], folder, none);
    expect([damaged.exitCode, JSON.parse(damaged.stdout).error.code]).toEqual([1, 'bad-image']);
    writeFileSync(path.join(folder, 'text.tar'), 'hello');
    expect((await runCli(['compare', images[0], 'text.tar'], folder, none)).exitCode).toBe(1);
    const missing = await runCli(['compare', images[0], './missing.tar', '--json'], folder, none);
    expect([missing.exitCode, JSON.parse(missing.stdout).error.code]).toEqual([1, 'no-image']);
    const noEngine = await runCli(['compare', images[0], 'service:latest', '--json'], folder, none);
    expect([noEngine.exitCode, JSON.parse(noEngine.stdout).error.code]).toEqual([4, 'no-engine']);
    expect((await runCli(['compare', images[0]], folder, none)).exitCode).toBe(2);
  });

  it.each([60, 120, 180, 240])('leaves nothing behind when it is interrupted after %i ms', async (moment) => {
    const { folder, images } = await pair('a', 'b');
    const temporary = path.join(folder, 'tmp');
    mkdirSync(temporary);
    const running = execa('node', [cli, 'compare', ...images], {
      cwd: folder,
      env: childEnv({ ...none, TMPDIR: temporary }),
      extendEnv: false,
      reject: false,
    });
    setTimeout(() => running.kill('SIGINT'), moment);
    await running;
    expect(readdirSync(temporary)).toEqual([]);
  });
});
