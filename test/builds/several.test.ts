import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCli, scratch } from '../cli/harness.ts';
import { setUp } from '../engine/engine.mjs';
import { busyboxContainerfile, commitAll } from './services.ts';

let environment: Record<string, string> = {};
beforeAll(async () => {
  environment = (await setUp({ languages: [] })).env;
});

describe('several services, of which the second does not build', () => {
  const repository = () => {
    const folder = scratch({
      'good/Containerfile': busyboxContainerfile('RUN echo same > /rootfs/app/text'),
      'broken/Containerfile': busyboxContainerfile('RUN echo it does not compile >&2; exit 3'),
      'third/Containerfile': busyboxContainerfile('RUN echo never > /rootfs/app/text'),
    });
    commitAll(folder);
    return folder;
  };

  it('are shown as far as they are known: in the document, on the page, in the summary of a workflow', async () => {
    const folder = repository();
    const summary = path.join(scratch({ summary: '' }), 'summary');
    const page = path.join(path.dirname(summary), 'page.html');
    const { exitCode, stdout, stderr } = await runCli(
      ['verify', 'good', 'broken', 'third', '--no-start', '--json', '--report', page],
      folder,
      { ...environment, GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary },
    );
    expect(exitCode).toBe(1);
    const { services, error } = JSON.parse(stdout);
    expect(services).toMatchObject([{ dir: 'good', reproducible: true }]);
    expect(error).toMatchObject({ code: 'build-failed' });
    expect(stderr).toContain('Report written to');
    expect(readFileSync(page, 'utf8')).toContain('good');
    expect(readFileSync(summary, 'utf8')).toContain('good');
  });

  it('end in a summary that says where it stopped, and in the error', async () => {
    const args = ['verify', 'good', 'broken', 'third', '--no-start'];
    const { exitCode, stdout, stderr } = await runCli(args, repository(), environment);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('✔ good    same enclave');
    expect(stdout).toContain('✘ broken  stopped here: see the error\n✘ third   not tried\n1 of 3 services verified');
    expect(stderr).toMatch(/error .*RUN echo it does not compile/);
  });

  it('leave no page when the first one fails: nothing is known', async () => {
    const page = path.join(scratch({}), 'page.html');
    const args = ['verify', 'broken', 'good', '--no-start', '--json', '--report', page];
    const { exitCode, stdout } = await runCli(args, repository(), environment);
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'build-failed' } });
    expect(existsSync(page)).toBe(false);
  });
});
