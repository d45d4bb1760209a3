import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Verification } from '../../src/verify/types.ts';
import { childEnv, cli, runCli, scratch } from '../cli/harness.ts';
import { setUp } from '../engine/engine.mjs';
import { buildContexts } from './harness.ts';
import { start } from './running.ts';
import { busyboxContainerfile, commitAll, serverLines, serverProcfile } from './services.ts';

/** Podman and Buildah, which have no daemon, no layers between builds here, and no progress but what they print. */
const engines = ['podman', 'buildah'] as const;
const languages = process.env.ALL ? (['go', 'rust', 'node', 'python'] as const) : (['go'] as const);

const quiet = { PODMAN_IGNORE_CGROUPSV1_WARNING: '1' };
let environment: Record<string, string> = {};
const folder = mkdtempSync(path.join(os.tmpdir(), 'engines-test-'));

beforeAll(async () => {
  environment = { ...(await setUp({ languages: [...languages], engines: [...engines] })).env, ...quiet };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Outcome {
  exitCode: number | undefined;
  stderr: string;
  verification: Verification & { error?: { code: string; message: string } };
}

async function verify(at: string, args: string[], extra: Record<string, string> = {}): Promise<Outcome> {
  const ran = await runCli(['verify', '.', '--json', ...args], at, { ...environment, ...extra });
  if (ran.stdout === '') throw new Error(ran.stderr);
  return { exitCode: ran.exitCode, stderr: ran.stderr, verification: JSON.parse(ran.stdout) };
}

function service(...lines: string[]): string {
  const at = scratch({ Containerfile: busyboxContainerfile(...lines), Procfile: serverProcfile });
  commitAll(at);
  return at;
}

async function run(program: string, args: string[], extra: Record<string, string> = {}): Promise<string> {
  const ran = await execa(program, args, { env: { ...environment, ...extra }, reject: false, stdin: 'ignore' });
  if (ran.exitCode !== 0) throw new Error(`${program} ${args.join(' ')}\n${ran.stderr}`);
  return ran.stdout;
}

/** Containers, those of builds among them, and images but bases, that are in the storage of both engines. */
async function kept(): Promise<string> {
  const containers = await run('podman', ['ps', '--all', '--external', '--quiet']);
  const images = await run('podman', ['images', '--all', '--format', '{{.Repository}} {{.ID}}']);
  return `${containers}\n${images
    .split('\n')
    .filter((line) => !line.includes('/stagex/'))
    .join('\n')}`.trim();
}

/** What puts stand-ins in the place of pins. */
function contexts(at: string): string[] {
  const before = process.env.CREATE_CAUTION_APP_IMAGES;
  Object.assign(process.env, { CREATE_CAUTION_APP_IMAGES: environment.CREATE_CAUTION_APP_IMAGES });
  try {
    return buildContexts(at);
  } finally {
    if (before === undefined) delete process.env.CREATE_CAUTION_APP_IMAGES;
    else process.env.CREATE_CAUTION_APP_IMAGES = before;
  }
}

/** One build as hand-made checks do it; the bytes of its archive. */
async function naive(program: string, at: string): Promise<Buffer> {
  const archive = path.join(mkdtempSync(path.join(folder, 'naive-')), 'image.tar');
  const output = ['--timestamp', '1', '--tag', `oci-archive:${archive}`];
  const alone = ['build', '--no-cache', '--layers=false', '--format', 'docker'];
  // The folder for temporary files is the machine's own in other checks; here it is one that goes with the test.
  const env = { TMPDIR: folder };
  await run(program, [...alone, ...contexts(at), ...output, '-f', path.join(at, 'Containerfile'), at], env);
  return readFileSync(archive);
}

describe.each(languages)('the %s starter', (language) => {
  const enclaves: (string | undefined)[] = [];

  it.each(engines)('is the same enclave and the same image on %s, and starts', async (engine) => {
    const before = await kept();
    const name = `${engine}-${language}`;
    const made = await runCli(
      [name, '--language', language, '--name', 'starter', '--port', '8080', '--yes', '--no-verify'],
      folder,
      environment,
    );
    expect([made.exitCode, made.exitCode === 0 ? '' : made.stderr]).toEqual([0, '']);
    const { exitCode, stderr, verification } = await verify(path.join(folder, name), ['--strict', '--engine', engine]);
    expect([exitCode, exitCode === 0 ? '' : stderr + JSON.stringify(verification.findings)]).toEqual([0, '']);
    expect(verification).toMatchObject({ reproducible: true, imageIdentical: true, differences: [], dirty: false });
    for (const build of verification.builds) {
      expect(build).toMatchObject({ engine, stepsCached: 0, executionProved: true });
      expect(build.stepsRun).toBeGreaterThan(2);
    }
    expect(verification.varied.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['path', 'mtime', 'umask', 'hostname', 'time']),
    );
    expect(verification.start).toMatchObject({
      started: true,
      listening: [8080],
      http: { path: '/health', status: 200 },
    });
    expect(await kept()).toBe(before);
    enclaves.push(verification.enclave?.sha256);
    // Podman and Buildah agree on what is measured.
    expect(new Set(enclaves).size).toBe(1);
  });
});

describe.each(engines)('%s', (engine) => {
  it('finds what differs, and starts what it built', async () => {
    const before = await kept();
    const random = service(...serverLines, 'RUN cat /proc/sys/kernel/random/uuid > /rootfs/app/id');
    const { exitCode, verification } = await verify(random, ['--engine', engine]);
    expect(exitCode).toBe(3);
    expect(verification.differences.map((one) => one.path)).toEqual(['/app/id']);
    expect(verification.builds).toMatchObject([{ executionProved: true }, { executionProved: true }]);
    expect(verification.start).toMatchObject({ started: true, http: { path: '/health', status: 200 } });
    expect(await kept()).toBe(before);
  });

  it('says which step failed', async () => {
    const before = await kept();
    const { exitCode, verification } = await verify(service('RUN echo broken >&2 && false'), ['--engine', engine]);
    expect(exitCode).toBe(1);
    expect(verification.error).toMatchObject({ code: 'build-failed' });
    expect(verification.error?.message).toMatch(/RUN echo broken.*\(Containerfile:5\)/);
    expect(verification.error?.message).toContain('  broken');
    expect(await kept()).toBe(before);
  });

  it('leaves nothing when it is interrupted', async () => {
    const slow = service('RUN sleep 60');
    const before = await kept();
    const running = start(['verify', '.', '--no-start', '--engine', engine], slow, environment);
    await running.until(/RUN sleep 60/);
    process.kill(running.pid, 'SIGINT');
    expect(await running.ended).toEqual({ code: 130, signal: null });
    expect(await kept()).toBe(before);
  });

  it('does not lend a step its times: images are then not held against each other', async () => {
    const lines = busyboxContainerfile('RUN echo same > /rootfs/app/file').split('\n');
    const last = lines.findLastIndex((line) => line.startsWith('FROM'));
    lines.splice(last, 0, 'FROM build AS second', 'RUN stat -c %Y /rootfs/app/file > /rootfs/app/time');
    const text = lines.join('\n').replace('COPY --from=build', 'COPY --from=second');
    const at = scratch({ Containerfile: text, Procfile: serverProcfile });
    commitAll(at);
    expect(await naive(engine, at)).toEqual(await naive(engine, at));
    const { exitCode, verification } = await verify(at, ['--no-start', '--engine', engine]);
    expect(exitCode).toBe(3);
    expect(verification.differences.map((one) => one.path)).toContain('/app/time');
    expect(verification.imageConditions).toContain('times as the builds made them');
  });

  describe('lie 3: a cache mount that survives --no-cache', () => {
    const text = [
      'RUN --mount=type=cache,id=engines-test,target=/c [ -e /c/id ] || cat /proc/sys/kernel/random/uuid > /c/id; cp /c/id /rootfs/app/id',
    ];

    it('fools a check that builds twice', async () => {
      const at = service(...text);
      expect(await naive(engine, at)).toEqual(await naive(engine, at));
    });

    it('does not fool ours', async () => {
      const { exitCode, verification } = await verify(service(...text), ['--no-start', '--engine', engine]);
      expect(exitCode).toBe(3);
      expect(verification.differences.map((one) => one.path)).toEqual(['/app/id']);
    });
  });
});

describe('isolation chroot, under which RUN --network=none has the network all the same', () => {
  const chroot = { BUILDAH_ISOLATION: 'chroot' };
  const text = 'RUN --network=none ls /sys/class/net > /rootfs/app/interfaces';

  it('fools a check: an offline step sees the interfaces of this machine', async () => {
    const at = scratch({ Containerfile: busyboxContainerfile(`${text} && cat /rootfs/app/interfaces >&2`) });
    const file = path.join(at, 'Containerfile');
    const seen = async (isolation: string) => {
      const archive = path.join(mkdtempSync(path.join(folder, 'chroot-')), 'image.tar');
      const args = [
        'build',
        '--no-cache',
        '--isolation',
        isolation,
        ...contexts(at),
        '--tag',
        `oci-archive:${archive}`,
      ];
      const ran = await execa('buildah', [...args, '-f', file, at], { env: environment, stdin: 'ignore' });
      return ran.stderr.split('\n').filter((line) => /^\w+$/.test(line));
    };
    expect(await seen('oci')).toEqual(['lo']);
    expect((await seen('chroot')).length).toBeGreaterThan(1);
  });

  it('is refused where a step relies on it, and named where none does', async () => {
    const refused = await verify(service(text), ['--no-start', '--engine', 'buildah'], chroot);
    expect(refused.exitCode).toBe(1);
    expect(refused.verification.error).toMatchObject({ code: 'network-not-isolated' });
    expect(refused.verification.error?.message).toContain('Line 5 says --network=none');
    const named = await verify(service('RUN echo same > /rootfs/app/x'), ['--no-start', '--engine', 'buildah'], chroot);
    expect(named.exitCode).toBe(0);
    expect(named.verification.findings.map(({ id }) => id)).toContain('isolation-chroot');
  });
});

describe('an engine that is not there', () => {
  it.each(engines)('is an exit 4 that says how to install %s', async (engine) => {
    const at = service('RUN true');
    const bin = path.join(scratch(), 'bin');
    const node = path.dirname(process.execPath);
    const env = { ...environment, PATH: `${bin}:${node}:/usr/bin:/bin` };
    const ran = await execa(process.execPath, [cli, 'verify', '.', '--engine', engine], {
      ...{ cwd: at, env: childEnv(env), extendEnv: false, reject: false, stdin: 'ignore' },
    });
    expect(ran.exitCode).toBe(4);
    expect(ran.stderr).toMatch(/is not installed[\s\S]*Install (Podman 4\.8|Buildah 1\.33) or newer/);
  });
});
