import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { measuredTree } from '../../src/caution/measure.ts';
import { imagesFrom } from '../../src/commands/images.ts';
import { readRootTar } from '../../src/image/image.ts';
import { defaultRegistry, defaultRelease, imageReference } from '../../src/stagex/releases.ts';
import { readContainerfile } from '../../src/verify/containerfile.ts';
import { dockerCli } from '../../src/verify/engines/cli.ts';
import { findDocker } from '../../src/verify/engines/docker.ts';
import { fetchOverlay, type RootEntry, startedRoot } from '../../src/verify/start/overlay.ts';
import { removeLabelled, type StartOrder, startService } from '../../src/verify/start/start.ts';
import { buildContexts, docker } from './harness.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'start-test-'));
const label = `create-caution-app.run=${path.basename(scratch)}`;
const { signal } = new AbortController();
const pin = (name: string) => imageReference(name, { release: defaultRelease, registry: defaultRegistry });

/** busybox's httpd under a name of its own, and programs that cannot be loaded. */
const containerfile = `FROM ${pin('core-busybox')} AS build
USER 0
SHELL ["/bin/sh", "-euc"]
RUN <<EOT
mkdir -p /rootfs/usr/bin /rootfs/www /rootfs/app
cp /bin/busybox /rootfs/usr/bin/httpd
cp /bin/busybox /rootfs/usr/bin/wget
cp /bin/busybox /rootfs/usr/bin/udhcpd
printf 'interface lo\\nstart 127.0.0.2\\nend 127.0.0.3\\nlease_file /tmp/leases\\npidfile /tmp/pid\\n' > /rootfs/app/udhcpd.conf
echo fine > /rootfs/www/health
printf '#!/usr/bin/python9\\n' > /rootfs/app/script
printf 'plain' > /rootfs/app/plain
chmod 755 /rootfs/app/script
EOT
FROM ${pin('core-filesystem')}
COPY --from=build /rootfs/ /
`;

let root: RootEntry[];

beforeAll(async () => {
  const context = path.join(scratch, 'context');
  mkdirSync(context);
  writeFileSync(path.join(context, 'Containerfile'), containerfile);
  const archive = path.join(scratch, 'root.tar');
  const output = ['--provenance=false', '--output', `type=tar,dest=${archive}`];
  const built = await docker(
    ['buildx', 'build', ...output, ...buildContexts(context), '-f', 'Containerfile', '.'],
    context,
  );
  if (built.exitCode !== 0) throw new Error(built.stderr);
  const { tree } = await readRootTar(archive, { spool: scratch, signal });
  const images = imagesFrom(undefined, { env: process.env, cwd: context });
  root = startedRoot(
    measuredTree(tree),
    await fetchOverlay(
      await findDocker(signal),
      { file: readContainerfile(containerfile), images, folder: scratch },
      signal,
    ),
  );
}, 180_000);

afterAll(async () => {
  await removeLabelled(dockerCli, label);
  rmSync(scratch, { recursive: true, force: true });
});

async function start(run: string, more: Partial<StartOrder> = {}) {
  const order = { cli: dockerCli, root, run, ports: [8080], httpPort: 8080, timeoutSeconds: 8, label, signal };
  const started = await startService({ ...order, ...more });
  const messages = new Map(started.findings.map(({ id, message }) => [id, message]));
  return { ...started, ids: [...messages.keys()].sort(), messages };
}

const serve = '/usr/bin/httpd -f -p 8080 -h /www';

describe('a service that is started as the enclave does', () => {
  it('answers, holds memory, ends when it is told to, and has nothing to be told', async () => {
    const { result, findings, residentBytes } = await start(serve);
    expect(result).toMatchObject({
      started: true,
      listening: [8080],
      http: { path: '/health', status: 200 },
      needs: [],
    });
    expect(findings).toEqual([]);
    expect(residentBytes).toBeGreaterThan(100_000);
    expect(residentBytes).toBeLessThan(20_000_000);
  }, 60_000);

  it('is told what it writes outside /tmp, and on which ports it takes packets', async () => {
    const script = `echo 1 > /tmp/ours; mkdir /data; echo 1 > /data/state; echo > /tmp/leases; udhcpd -f /app/udhcpd.conf & exec ${serve}`;
    const { result, ids, messages } = await start(`/bin/sh -c '${script}'`);
    expect(result.started).toBe(true);
    expect(ids).toEqual(['udp-port', 'writes-outside-tmp']);
    expect(messages.get('writes-outside-tmp')).toBe('The service wrote outside /tmp: /data/state.');
    expect(messages.get('udp-port')).toContain('packets on 67.');
  }, 60_000);

  it('is told when it ignores SIGTERM, or ends badly', async () => {
    const ignoring = await start(`/bin/sh -c 'trap "" TERM; ${serve}'`);
    expect(ignoring.messages.get('ends-badly')).toContain('ignores SIGTERM');
    const failing = await start(`/bin/sh -c 'trap "exit 3" TERM; ${serve} & wait'`);
    expect(failing.messages.get('ends-badly')).toContain('exit code 3');
  }, 90_000);

  it('is told that nothing resolves names there, and which one it asked for', async () => {
    const { result, ids, messages } = await start('/usr/bin/wget http://db.example.com/');
    expect(result.started).toBe(false);
    expect(ids).toEqual(['needs-name', 'service-exited']);
    expect(messages.get('needs-name')).toContain('db.example.com');
  }, 60_000);

  it('is excused for a name when egress is declared', async () => {
    const run = '/usr/bin/wget http://db.example.com/';
    const { result, findings } = await start(run, { declared: { secrets: [], egress: true } });
    expect(result).toMatchObject({ started: false, needs: ['egress to db.example.com'] });
    expect(findings.map(({ id, level }) => [id, level])).toEqual([['service-exited', 'note']]);
  }, 60_000);

  it('is told which variable it lacks, and has it when run gives it', async () => {
    const script = `: "$GREETING_TEXT"; exec ${serve}`;
    const lacking = await start(`/bin/sh -uc '${script}'`);
    expect(lacking.messages.get('needs-variable')).toContain('GREETING_TEXT');
    expect((await start(`GREETING_TEXT=hello /bin/sh -uc '${script}'`)).result.started).toBe(true);
  }, 90_000);

  it('is told what is wrong with its program', async () => {
    const message = async (run: string) => (await start(run)).messages.get('service-exited');
    expect(await message('/usr/bin/absent --port 1')).toBe('/usr/bin/absent is not in the image.');
    expect(await message('/app/plain')).toBe('/app/plain is not executable.');
    expect(await message('/app/script')).toBe(
      '/app/script is a script for /usr/bin/python9, which is not in the image.',
    );
    expect(await message('/run.sh')).toBe("/run.sh is Caution's own file, not one of the image.");
  }, 120_000);

  it('is told when it goes to the background: the enclave would stop', async () => {
    const { result, findings } = await start('/usr/bin/httpd -p 8080 -h /www');
    expect(result.started).toBe(false);
    expect(findings[0]?.mend).toContain('foreground');
  }, 60_000);
});
