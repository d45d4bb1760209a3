import { spawn } from 'node:child_process';
import { chmodSync, existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { childEnv, cli, runCli, scratch, treeOf } from './harness.ts';

/** Runs the command and sends it a signal after a while. */
function interrupted(args: string[], cwd: string, signal: NodeJS.Signals, afterMs: number): Promise<number | string> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [cli, ...args], { cwd, env: childEnv(), stdio: 'ignore' });
    const timer = setTimeout(() => child.kill(signal), afterMs);
    child.on('close', (code, by) => {
      clearTimeout(timer);
      resolve(code ?? by ?? 'gone');
    });
  });
}

describe('a signal', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    '%s at any moment leaves all files or none, and nothing half-written',
    async (signal, code) => {
      const args = ['svc', '--language', 'rust', '--yes', '--no-verify', '--no-git'];
      const whole = scratch();
      const started = Date.now();
      expect((await runCli(args, whole)).exitCode).toBe(0);
      const full = treeOf(whole);
      const span = Date.now() - started;
      for (let moment = 0; moment < 12; moment += 1) {
        const folder = scratch();
        const ended = await interrupted(args, folder, signal, (span * (moment + 1)) / 12);
        // Before our handler is there the signal itself ends the process; after the last step it comes too late.
        expect([code, signal, 0]).toContain(ended);
        if (ended === 0) expect(treeOf(folder)).toEqual(full);
        else expect([{}, full]).toContainEqual(treeOf(folder));
        if (ended === code && Object.keys(treeOf(folder)).length === 0) expect(readdirSync(folder)).toEqual([]);
      }
    },
    120_000,
  );
});

describe('SIGINT while git makes the first commit', () => {
  it('ends with 130 and says so', async () => {
    const folder = scratch({ 'hooks/pre-commit': '#!/bin/sh\nsleep 20\n' });
    chmodSync(path.join(folder, 'hooks/pre-commit'), 0o755);
    const env = childEnv({
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'core.hooksPath',
      GIT_CONFIG_VALUE_0: path.join(folder, 'hooks'),
    });
    const child = spawn(process.execPath, [cli, 'svc', '--language', 'go', '--yes', '--no-verify'], {
      cwd: folder,
      env,
    });
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    while (!existsSync(path.join(folder, 'svc/.git/index'))) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(treeOf(folder)).toHaveProperty('svc/Containerfile');
  });
});

describe('a full disk', () => {
  it('leaves nothing half-written and says what to do', async () => {
    const folder = scratch();
    const script = 'mount -t tmpfs -o size=24k tmpfs "$1" && cd "$1" && shift && "$@"; code=$?; ls -A >&2; exit $code';
    const { execa } = await import('execa');
    const run = await execa(
      'unshare',
      [
        '-rm',
        'sh',
        '-c',
        script,
        'sh',
        folder,
        process.execPath,
        cli,
        'svc',
        '--language',
        'rust',
        '--yes',
        '--no-verify',
      ],
      { env: childEnv(), extendEnv: false, reject: false },
    );
    expect(run.stderr).toMatch(/full disk/);
    expect(run.exitCode).toBe(1);
    expect(run.stderr.trimEnd().split('\n').at(-1)).not.toBe('svc');
  });
});
