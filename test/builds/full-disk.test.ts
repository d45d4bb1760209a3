import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { childEnv, cli, scratch } from '../cli/harness.ts';
import { busyboxContainerfile, commitAll } from './services.ts';

describe('a full disk where checkouts and images are kept', () => {
  it.each([
    ['the checkout', '1m', 'checkout-failed'],
    ['the image', '7m', 'disk-full'],
  ])('that does not take %s is named, and nothing stays on it', async (_, size, code) => {
    const folder = scratch({
      Containerfile: busyboxContainerfile('RUN head -c 6000000 /dev/urandom > /rootfs/app/large'),
      Procfile: 'run: /app\n',
    });
    writeFileSync(path.join(folder, 'large'), randomBytes(2_000_000));
    commitAll(folder);
    const disk = path.join(scratch(), 'disk');
    mkdirSync(disk);
    const script =
      'mount -t tmpfs -o "size=$1" tmpfs "$TMPDIR" && shift && "$@"; code=$?; ls -A "$TMPDIR" >&2; exit $code';
    const args = ['-rm', 'sh', '-c', script, 'sh', size, process.execPath, cli, 'verify', '.', '--json'];
    const run = await execa('unshare', args, {
      cwd: folder,
      env: childEnv({ TMPDIR: disk }),
      extendEnv: false,
      reject: false,
    });
    expect(run.exitCode, run.stderr).toBe(1);
    expect(JSON.parse(run.stdout).error).toMatchObject({
      code,
      message: expect.stringMatching(/disk is full/),
      next: expect.stringContaining('TMPDIR'),
    });
    expect(run.stderr).not.toMatch(/create-caution-app-[0-9a-f]{10}\S*$/);
  });
});
