import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Verification } from '../../src/verify/types.ts';
import { runCli, scratch } from '../cli/harness.ts';
import { setUp } from '../engine/engine.mjs';
import { ours } from './lies/check.ts';
import { busyboxContainerfile, commitAll } from './services.ts';

/** Two daemons with data of their own: the one that `docker build` uses, and one that only some tests need. */
const builders = ['default', 'second'] as const;
let environment: Record<string, string> = {};

beforeAll(async () => {
  environment = (await setUp({ languages: [], engines: ['second'] })).env;
});

function service(...lines: string[]): string {
  const folder = scratch({ Containerfile: busyboxContainerfile(...lines), Procfile: 'run: /usr/bin/true\n' });
  commitAll(folder);
  return folder;
}

async function verify(folder: string, ...args: string[]) {
  const { exitCode, stdout, stderr } = await runCli(
    ['verify', '.', '--no-start', '--json', ...args],
    folder,
    environment,
  );
  if (stdout === '') throw new Error(stderr);
  return { exitCode, stderr, verification: JSON.parse(stdout) as Verification };
}

const onBoth = builders.flatMap((builder) => ['--builder', builder]);

describe('two builders', () => {
  it('build side by side, and agree on the enclave and on the image', async () => {
    const folder = service('RUN sleep 8 && echo same > /rootfs/app/text');
    const images = JSON.parse(readFileSync(environment.CREATE_CAUTION_APP_IMAGES ?? '', 'utf8'));
    const { verification, steps } = await ours(folder, { environment, images, builders });
    expect(verification).toMatchObject({ reproducible: true, imageIdentical: true, differences: [] });
    expect(verification.builds.map(({ builder }) => builder)).toEqual(builders);
    for (const build of verification.builds)
      expect(build).toMatchObject({ engine: 'docker', executionProved: true, stepsCached: 0, stepsRun: 3 });
    expect(verification.varied.map(({ what }) => what)).toEqual(expect.arrayContaining(['builder', 'time']));
    expect(verification.heldStill).not.toContain('builder');
    const slow = steps.filter(({ instruction }) => instruction.includes('sleep 8'));
    expect(slow.map(({ build, state }) => [build, state])).toEqual([
      [1, 'ran'],
      [2, 'ran'],
    ]);
    expect(slow[1]?.started).toBeLessThan(slow[0]?.completed ?? 0);
  });

  it('have caches of their own: neither takes a step of the other', async () => {
    const folder = service('RUN cat /proc/sys/kernel/random/uuid > /rootfs/app/id');
    const { exitCode, verification } = await verify(folder, ...onBoth);
    expect(exitCode).toBe(3);
    expect(verification.differences.map((one) => one.path)).toEqual(['/app/id']);
  });

  it('one of which does not exist end before anything is built', async () => {
    const folder = service('RUN true');
    const args = ['verify', '.', '--no-start', '--builder', 'default', '--builder', 'third'];
    const { exitCode, stderr } = await runCli(args, folder, environment);
    expect(exitCode).toBe(4);
    expect(stderr).toContain('The builder third cannot be used');
  });
});

describe('a record made on one builder', () => {
  it('is matched by the same source on the other, and tells what differs in another', async () => {
    const record = path.join(scratch(), 'record.json');
    const folder = service('RUN echo one > /rootfs/app/text');
    const made = await verify(folder, '--builder', 'default', '--record', record);
    expect(made.exitCode).toBe(0);
    const statement = JSON.parse(readFileSync(record, 'utf8'));
    expect(statement.subject[0].digest.sha256).toBe(made.verification.enclave?.sha256);
    const again = await verify(folder, '--builder', 'second', '--expect', record);
    expect(again).toMatchObject({ exitCode: 0, verification: { expected: { matches: true, differences: [] } } });
    expect(again.verification.builds.map(({ builder }) => builder)).toEqual(['second', 'second']);
    const other = service('RUN echo two > /rootfs/app/text');
    const differs = await verify(other, '--builder', 'second', '--expect', record);
    expect(differs).toMatchObject({ exitCode: 3, verification: { reproducible: true, expected: { matches: false } } });
    expect(differs.verification.expected?.differences.map((one) => one.path)).toEqual(['/app/text']);
  });
});
