import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { imagesFrom } from '../../src/commands/images.ts';
import { CancelledError, UserError } from '../../src/errors.ts';
import { defaultRegistry, defaultRelease, imageReference } from '../../src/stagex/releases.ts';
import type { VerifyEvent, VerifyRequest } from '../../src/verify/types.ts';
import { verify as verifyAll } from '../../src/verify/verify.ts';

const verify = async (order: VerifyRequest) => (await verifyAll(order)).verification;

const scratch = mkdtempSync(path.join(os.tmpdir(), 'verify-test-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const pin = (name: string) => imageReference(name, { release: defaultRelease, registry: defaultRegistry });

/** A Containerfile with a build stage of these lines, of which `/rootfs` is the image. */
function containerfile(...lines: string[]): string {
  return [
    `FROM --platform=linux/amd64 ${pin('core-busybox')} AS build`,
    'USER 0',
    'SHELL ["/bin/sh", "-euc"]',
    'RUN mkdir -p /rootfs/app',
    ...lines,
    `FROM --platform=linux/amd64 ${pin('core-filesystem')}`,
    'COPY --from=build /rootfs/ /',
    '',
  ].join('\n');
}

function repository(files: Record<string, string>): string {
  const folder = mkdtempSync(path.join(scratch, 'repository-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=Test', '-c', 'user.email=test@example.org', ...args]);
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'Test');
  return folder;
}

function request(root: string, more: Partial<VerifyRequest> = {}): VerifyRequest {
  return {
    root,
    containerfile: 'Containerfile',
    written: [],
    run: null,
    ports: [],
    httpPort: null,
    memoryMb: 512,
    noCache: false,
    engine: 'docker',
    builders: [],
    builds: 2,
    images: imagesFrom(undefined, { env: process.env, cwd: root }),
    start: false,
    startTimeoutSeconds: 20,
    keep: false,
    signal: new AbortController().signal,
    onEvent: () => undefined,
    ...more,
  };
}

/** What a run of this process leaves when it does not clean up: its folders, and what carries its label. */
function leftovers(): string[] {
  const own = `-${process.pid}-`;
  const labels = `{{.Label "create-caution-app.run"}}`;
  const filter = ['--all', '--filter', 'label=create-caution-app.run'];
  const containers = execFileSync('docker', ['ps', ...filter, '--format', labels], { encoding: 'utf8' });
  const ids = execFileSync('docker', ['images', ...filter, '--quiet'], { encoding: 'utf8' })
    .split('\n')
    .filter(Boolean);
  const images = ids.map((id) =>
    execFileSync('docker', ['image', 'inspect', '--format', '{{json .Config.Labels}}', id], { encoding: 'utf8' }),
  );
  return [...containers.split('\n'), ...images, ...readdirSync(os.tmpdir())].filter(
    (text) => text.includes('create-caution-app') && text.includes(own),
  );
}

const server = [
  'RUN mkdir -p /rootfs/usr/bin /rootfs/www && cp /bin/busybox /rootfs/usr/bin/httpd && echo fine > /rootfs/www/health',
];

describe('verify', () => {
  it('builds twice, proves it, and starts a reproducible service as the enclave does', async () => {
    const before = leftovers();
    const events: VerifyEvent[] = [];
    const root = repository({
      Containerfile: containerfile('COPY --chmod=644 hello /rootfs/app/hello', ...server),
      hello: 'hello\n',
    });
    const found = await verify(
      request(root, {
        run: '/usr/bin/httpd -f -p 8080 -h /www',
        ports: [8080],
        httpPort: 8080,
        start: true,
        onEvent: (event) => events.push(event),
      }),
    );
    expect(found).toMatchObject({ reproducible: true, imageIdentical: true, differences: [], dirty: false });
    expect(found.commit).toMatch(/^[0-9a-f]{40}$/);
    expect(found.enclave).toMatchObject({ format: 1, sha256: found.builds[1]?.enclaveSha256 });
    expect(found.builds).toHaveLength(2);
    for (const build of found.builds) {
      expect(build).toMatchObject({ stepsRun: 4, stepsCached: 0, executionProved: true });
      expect(build.manifest).toBe(found.builds[0]?.manifest);
    }
    expect(found.varied.map(({ what }) => what).sort()).toEqual(['hostname', 'mtime', 'path', 'time', 'umask']);
    expect(found.start).toMatchObject({ started: true, listening: [8080], http: { path: '/health', status: 200 } });
    expect(found.memory?.residentBytes).toBeGreaterThan(100_000);
    expect(events).toContainEqual(expect.objectContaining({ type: 'step', build: 2, line: 8, state: 'done' }));
    expect(leftovers()).toEqual(before);
  }, 180_000);

  it('finds a clock that is written into the image, names the file, and is certain of the cause', async () => {
    const root = repository({ Containerfile: containerfile('RUN date +%s%N > /rootfs/app/built && sleep 1') });
    const found = await verify(request(root));
    expect(found).toMatchObject({ reproducible: false, imageIdentical: false, enclave: null });
    expect(found.builds[0]?.enclaveSha256).not.toBe(found.builds[1]?.enclaveSha256);
    expect(found.differences.filter(({ inEnclave }) => inEnclave)).toMatchObject([
      { path: '/app/built', cause: 'wall-clock', certain: true, stage: 'build', line: 5 },
    ]);
    expect(found.findings).toContainEqual(expect.objectContaining({ id: 'reads-surroundings', line: 5 }));
  }, 180_000);

  it('gives RUN steps no epoch, though one is declared, and still claims the same image', async () => {
    const root = repository({
      Containerfile: containerfile(
        'ARG SOURCE_DATE_EPOCH',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: a shell's variable
        'RUN echo "epoch=[${SOURCE_DATE_EPOCH-none}]" > /rootfs/app/epoch; test -z "${SOURCE_DATE_EPOCH-}"',
      ),
    });
    expect(await verify(request(root))).toMatchObject({ reproducible: true, imageIdentical: true });
  }, 180_000);

  it('keeps the claims apart: modes of the checkout change the image, and not the enclave', async () => {
    const root = repository({ Containerfile: containerfile('COPY hello /rootfs/app/hello'), hello: 'hello\n' });
    const found = await verify(request(root));
    expect(found).toMatchObject({ reproducible: true, imageIdentical: false });
    expect(found.differences).toMatchObject([{ path: '/app/hello', inEnclave: false, cause: 'umask', certain: true }]);
  }, 180_000);

  it('says which step failed, on which line, with its own last output', async () => {
    const root = repository({ Containerfile: containerfile('RUN echo one; echo the reason >&2; exit 3') });
    const before = leftovers();
    const error = await verify(request(root)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ code: 'build-failed', exitCode: 1 });
    expect((error as UserError).message).toMatch(/Containerfile:5/);
    expect((error as UserError).message).toMatch(/the reason/);
    expect(leftovers()).toEqual(before);
  }, 120_000);

  it.each([
    ['build-network', 'RUN --network=none wget -q http://example.com/schema.json', /example\.com/],
    ['build-missing-file', 'COPY generated/schema.json /rootfs/app/', /generated\/schema\.json/],
    ['build-native-tool', 'RUN make all', /make/],
  ])(
    'reads in a failed build that it was %s, at its line',
    async (id, line, message) => {
      const root = repository({ Containerfile: containerfile(line) });
      const error = await verify(request(root)).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'build-failed', findings: [{ id, path: 'Containerfile', line: 5 }] });
      expect((error as UserError).findings[0]?.message).toMatch(message);
    },
    120_000,
  );

  it('stops at once when it is cancelled in the middle of a build, and leaves nothing', async () => {
    const before = leftovers();
    const abort = new AbortController();
    const root = repository({ Containerfile: containerfile('RUN sleep 300') });
    const running = verify(
      request(root, {
        signal: abort.signal,
        onEvent: (event) => {
          if (event.type === 'step' && event.name.includes('sleep')) setTimeout(() => abort.abort(), 500);
        },
      }),
    );
    await expect(running).rejects.toBeInstanceOf(CancelledError);
    expect(leftovers()).toEqual(before);
  }, 60_000);

  it('names a service that ends, and one that listens for itself only', async () => {
    const root = repository({ Containerfile: containerfile(...server) });
    const ended = await verify(
      request(root, { run: '/usr/bin/missing --port 1', httpPort: 8080, ports: [8080], start: true }),
    );
    expect(ended.start).toMatchObject({ started: false, http: null });
    expect(ended.findings).toContainEqual(expect.objectContaining({ id: 'service-exited', level: 'error' }));
    const own = await verify(
      request(root, { run: '/usr/bin/httpd -f -p 127.0.0.1:9090 -h /www', ports: [8080], start: true }),
    );
    expect(own.start).toMatchObject({ started: true, listening: [9090] });
    expect(own.findings.map(({ id }) => id)).toEqual(expect.arrayContaining(['loopback-only', 'other-ports']));
  }, 240_000);

  it('refuses where there is no engine, with what to install', async () => {
    const root = repository({ Containerfile: containerfile() });
    const host = process.env.DOCKER_HOST;
    process.env.DOCKER_HOST = 'unix:///nowhere/docker.sock';
    try {
      await expect(verify(request(root))).rejects.toMatchObject({ code: 'no-engine', exitCode: 4 });
    } finally {
      if (host === undefined) delete process.env.DOCKER_HOST;
      else process.env.DOCKER_HOST = host;
    }
    expect(readFileSync(path.join(root, 'Containerfile'), 'utf8')).toContain('FROM');
  });
});
