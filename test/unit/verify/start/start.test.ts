import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { measuredTree } from '../../../../src/caution/measure.ts';
import { TarReader } from '../../../../src/image/tar.ts';
import { writeTar } from '../../../../src/image/tar-writer.ts';
import type { Inode } from '../../../../src/image/tree.ts';
import { readContainerfile } from '../../../../src/verify/containerfile.ts';
import { withoutInfluences } from '../../../../src/verify/engines/cli.ts';
import { buildArguments } from '../../../../src/verify/engines/docker.ts';
import { overlayContainerfile, startedRoot } from '../../../../src/verify/start/overlay.ts';
import { probeScript, readProbe } from '../../../../src/verify/start/probe.ts';
import { heldMemory, listeners, udpPorts } from '../../../../src/verify/start/procfs.ts';

const sockets = [
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid',
  '   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0',
  '   1: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0',
  '   2: 0100007F:1F90 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0',
  '   0: 00000000000000000000000001000000:1F91 00000000000000000000000000000000:0000 0A 0:0 00:0 0 0',
  '   1: 00000000000000000000000000000000:1F92 00000000000000000000000000000000:0000 0A 0:0 00:0 0 0',
].join('\n');

describe('looking at a service', () => {
  it('reads which sockets listen, and whether only the machine itself reaches them', () => {
    expect(listeners(sockets)).toEqual([
      { port: 8080, version: 4, loopback: true },
      { port: 80, version: 4, loopback: false },
      { port: 8081, version: 6, loopback: true },
      { port: 8082, version: 6, loopback: false },
    ]);
  });

  it('reads which ports take UDP packets from anybody, and not those of clients', () => {
    const udp = [
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops',
      '  177: 00000000:14E9 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 5678 2 0000 0',
      '  178: 0100007F:A1B2 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 5679 2 0000 0',
      '  179: 0100007F:0035 0100007F:A1B2 01 00000000:00000000 00:00000000 00000000     0        0 5680 2 0000 0',
      '  180: 00000000000000000000000000000000:0035 00000000000000000000000000000000:0000 07 0:0 00:0 0 0 0 1 2 0 0',
    ];
    expect(udpPorts(udp.join('\n'))).toEqual([53, 5353]);
  });

  const status = (id: number, parent: number, rss: number, more = '') =>
    `Pid:\t${id}\nPPid:\t${parent}\nVmHWM:\t${rss * 2} kB\nVmRSS:\t${rss} kB\n${more}`;

  it('adds up the memory of the service’s processes, and not of those that start it or look at it', () => {
    const text = [status(1, 0, 100), status(7, 1, 50), status(9, 7, 5), status(20, 0, 900), status(21, 20, 9)].join('');
    expect(heldMemory(text)).toEqual({ resident: 55 * 1024, peak: 110 * 1024 });
  });

  it('counts once what processes share, and a file’s pages although other containers have them too', () => {
    const shares = 'RssFile:\t300 kB\nPss_Anon:\t100 kB\nPss_File:\t60 kB\nPss_Shmem:\t10 kB\n';
    const text = status(1, 0, 1) + status(7, 1, 500, shares) + status(8, 7, 500, shares);
    expect(heldMemory(text).resident).toBe((2 * 100 + 2 * 10 + 300) * 1024);
    expect(heldMemory(text.replaceAll('Pss_File:\t60', 'Pss_File:\t200')).resident).toBe((220 + 400) * 1024);
  });

  it('takes the probe’s output apart, whatever the service answers', () => {
    const output = [
      '== create-caution-app: listening',
      '== create-caution-app: http /health',
      '  HTTP/1.1 404 Not Found',
      'wget: server returned error: HTTP/1.1 404 Not Found',
      '== create-caution-app: http /',
      '  HTTP/1.1 200 OK',
      '== create-caution-app: sockets',
      sockets,
      '== create-caution-app: memory',
      'Pid:\t7\nPPid:\t1\nVmRSS:\t100 kB',
      '== create-caution-app: end',
    ].join('\n');
    expect(readProbe(output)).toMatchObject({
      ready: true,
      http: { path: '/', status: 200 },
      memory: { resident: 102_400 },
    });
    expect(readProbe(output.replace('200 OK', '500 Oh')).http).toEqual({ path: '/health', status: 404 });
    expect(readProbe('')).toEqual({
      ready: false,
      listening: [],
      udp: [],
      http: null,
      memory: { resident: 0, peak: 0 },
    });
  });

  it('is done by a script that a POSIX shell can read', () => {
    for (const port of [null, 80, 8080]) {
      expect(() => execFileSync('sh', ['-n'], { input: probeScript(port, 30) })).not.toThrow();
    }
    expect(probeScript(80, 30)).toContain(':(0050) ');
  });
});

function inode(type: Inode['type'], more: Partial<Inode> = {}): Inode {
  return {
    ...{
      type,
      mode: 0o755,
      uid: 0,
      gid: 0,
      mtime: 0,
      size: 0,
      sha256: '',
      link: '',
      device: '',
      xattrs: [],
      content: null,
    },
    ...more,
  };
}

describe('the file system that is started', () => {
  const overlay = { busybox: inode('file'), loader: inode('file'), certificates: inode('file'), standIns: [] };
  const start = (entries: Record<string, Inode>) =>
    new Map(
      startedRoot(measuredTree(new Map(Object.entries({ '': inode('directory'), ...entries }))), overlay).map(
        (entry) => [entry.path, entry],
      ),
    );

  it('has Caution’s files over the image’s own, where /bin and /lib lead', () => {
    const merged = start({
      bin: inode('link', { link: 'usr/bin' }),
      lib: inode('link', { link: 'usr/lib' }),
      'usr/bin/sh': inode('file'),
    });
    expect(merged.get('usr/bin/sh')).toMatchObject({ type: 'link', link: '/bin/busybox' });
    expect(merged.get('usr/bin/busybox')?.source).toBe(overlay.busybox);
    expect(merged.get('usr/lib/ld-musl-x86_64.so.1')?.source).toBe(overlay.loader);
    expect(merged.has('bin/busybox')).toBe(false);
    expect(start({}).get('bin/busybox')?.source).toBe(overlay.busybox);
    expect(start({}).get('etc/ssl/certs')).toMatchObject({ type: 'directory', mode: 0o755 });
  });

  it('has Caution’s modes, and hard links as hard links', () => {
    const twin = inode('file', { mode: 0o600 });
    const root = start({ a: twin, b: twin, program: inode('file', { mode: 0o4711 }) });
    expect(root.get('a')).toMatchObject({ type: 'file', mode: 0o644 });
    expect(root.get('b')).toMatchObject({ type: 'hard-link', link: 'a' });
    expect(root.get('program')?.mode).toBe(0o755);
  });

  it('takes the overlay from the release and registry that the Containerfile names', () => {
    const of = (text: string) => overlayContainerfile(readContainerfile(text));
    expect(of('FROM quay.io/stagex/core-filesystem:sx2025.10.0')).toMatch(
      /--from=quay\.io\/stagex\/core-busybox:sx2025\.10\.0@sha256:/,
    );
    expect(of('FROM debian')).toMatch(/--from=stagex\/core-musl:sx/);
  });

  it('is written as a tar that keeps long names and bytes', async () => {
    const path = `${'d'.repeat(150)}/\xff`;
    const bytes = async function* () {
      yield Buffer.from('content');
    };
    const found: unknown[] = [];
    const hash = createHash('sha256');
    const reader = new TarReader({
      entry: ({ name, type, link, size }) => found.push({ name, type, link, size }),
      data: (chunk) => hash.update(chunk),
      end: () => undefined,
    });
    const members = [
      { path, type: 'file' as const, mode: 0o644, link: '', size: 7, content: bytes() },
      { path: 'link', type: 'link' as const, mode: 0o777, link: 't'.repeat(120), size: 0, content: null },
      { path: 'folder', type: 'directory' as const, mode: 0o755, link: '', size: 0, content: null },
    ];
    for await (const chunk of writeTar(members)) reader.write(chunk);
    reader.close();
    expect(found).toEqual([
      { name: path, type: 'file', link: '', size: 7 },
      { name: 'link', type: 'link', link: 't'.repeat(120), size: 0 },
      { name: 'folder/', type: 'directory', link: '', size: 0 },
    ]);
    expect(hash.digest('hex')).toBe(createHash('sha256').update('content').digest('hex'));
  });
});

describe('the command that builds', () => {
  it('gives RUN steps nothing but a host name, and sets times back at export alone', () => {
    const order = {
      context: '/c',
      containerfile: '/c/Containerfile',
      overrides: [],
      hostname: 'h',
      cacheNamespace: null,
      arguments: {},
      cache: 'none' as const,
      output: '/tmp/a,b/"x".tar',
    };
    const args = buildArguments({ ...order, exports: 'oci' }, 'default');
    expect(args.filter((_, index) => args[index - 1] === '--build-arg')).toEqual(['BUILDKIT_SANDBOX_HOSTNAME=h']);
    expect(args).toEqual(expect.arrayContaining(['--no-cache', '--provenance=false', '--sbom=false']));
    expect(args[args.indexOf('--output') + 1]).toBe(
      'type=oci,"dest=/tmp/a,b/""x"".tar",source-date-epoch=1,rewrite-timestamp=true,compression=uncompressed,force-compression=true',
    );
    expect(buildArguments({ ...order, exports: 'layout' }, 'default')).toContain(
      'type=oci,tar=false,"dest=/tmp/a,b/""x"".tar",source-date-epoch=1,rewrite-timestamp=true,compression=uncompressed,force-compression=true',
    );
    expect(buildArguments({ ...order, exports: 'tar' }, 'default')).toContain(
      'type=tar,"dest=/tmp/a,b/""x"".tar",source-date-epoch=1',
    );
  });

  it('is not led astray by the environment', () => {
    const env = {
      DOCKER_BUILDKIT: '0',
      SOURCE_DATE_EPOCH: '1',
      BUILDX_BUILDER: 'x',
      BUILDX_CONFIG: '/x',
      DOCKER_HOST: 'unix:///x',
      HOME: '/',
    };
    expect(Object.keys(withoutInfluences(env)).sort()).toEqual([
      'BUILDX_BUILDER',
      'DOCKER_BUILDKIT',
      'SOURCE_DATE_EPOCH',
    ]);
  });
});
