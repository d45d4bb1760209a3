import semver from 'semver';
import { ExitCode, throwIfCancelled, UserError } from '../../errors.ts';
import { printableLine } from '../../output.ts';
import { buildxCache, listRecords } from './build-cache.ts';
import { type ContainerCli, containerCli, dockerCli } from './cli.ts';
import type { BuildOrder, BuildOutcome, Engine } from './engine.ts';
import { emptyProgress, endProgress, foldProgress } from './progress.ts';

/** Docker 23 has BuildKit with heredocs and `RUN --network=none`; buildx 0.13 reports progress as JSON. */
const oldestEngine = '23.0.0';
const oldestBuildx = '0.13.0';

function noEngine(message: string, next: string): UserError {
  return new UserError('no-engine', message, { exitCode: ExitCode.NoEngine, next });
}

const install = 'Install Docker 23 or newer with buildx 0.13 or newer: https://docs.docker.com/engine/install/';

/**
 * Finds Docker and a builder.
 * @param wanted the builder's name; absent: the one that `docker build` would use.
 * @throws UserError `no-engine` (exit 4): what is missing, and what to install.
 */
export async function findDocker(signal: AbortSignal, wanted?: string): Promise<Engine> {
  // A builder of the docker driver is a context's own daemon: buildx builds there only while that context is chosen.
  const daemon = wanted === undefined ? dockerCli : containerCli('docker', ['--context', wanted]);
  const [client, plugin, builder, containerd, records] = await Promise.all([
    dockerCli.run(['version', '--format', '{{json .}}'], signal),
    dockerCli.run(['buildx', 'version'], signal),
    dockerCli.run(['buildx', 'inspect', ...(wanted === undefined ? [] : [wanted])], signal),
    hasContainerd(daemon, signal),
    wanted === undefined ? listRecords(dockerCli, undefined, signal) : undefined,
  ]);
  if (client.notStarted) {
    const missing = client.notStarted === 'ENOENT';
    throw noEngine(
      missing
        ? 'Docker is not installed: there is nothing to build with.'
        : `docker cannot be run (${client.notStarted}).`,
      install,
    );
  }
  const engineVersion = serverVersion(client.stdout);
  if (engineVersion === null) {
    throw noEngine(
      `Docker's engine does not answer: ${printableLine(client.stderr)}`,
      'Start it (systemctl start docker, or Docker Desktop), or point DOCKER_HOST at one.',
    );
  }
  checkVersion('Docker', engineVersion, oldestEngine);
  const buildxVersion = plugin.ok ? /github\.com\/docker\/buildx v?(\S+)/.exec(plugin.stdout)?.[1] : undefined;
  if (!buildxVersion)
    throw noEngine('Docker has no buildx: the legacy builder drops parts of a Containerfile without a word.', install);
  checkVersion('buildx', buildxVersion, oldestBuildx);
  if (!builder.ok)
    throw noEngine(
      `The builder${wanted === undefined ? '' : ` ${printableLine(wanted, 60)}`} cannot be used: ${printableLine(builder.stderr)}`,
      'Choose another one: docker buildx ls lists them; name it with --builder, or docker buildx use default.',
    );
  const field = (name: string) => new RegExp(`^${name}:\\s*(\\S.*)$`, 'm').exec(builder.stdout)?.[1]?.trim();
  const driver = field('Driver') ?? 'unknown';
  const buildkit = field('BuildKit version');
  const name = wanted ?? field('Name') ?? 'default';
  const cli = driver === 'docker' ? daemon : dockerCli;
  const exports = driver !== 'docker' || containerd ? 'layout' : 'tar';
  return {
    name: 'docker',
    builder: printableLine(name, 60),
    version: printableLine(
      [
        `Docker ${engineVersion}`,
        `buildx ${buildxVersion}`,
        ...(buildkit && !buildkit.startsWith('v0.0.0') ? [`BuildKit ${buildkit}`] : []),
      ].join(', '),
    ),
    exports,
    sideBySide: true,
    targets: true,
    cache: buildxCache(cli, name, records),
    containers: dockerCli,
    build: (order) => build(order, cli, name),
  };
}

/** Whether a daemon keeps images as containerd does: only then does its builder export them. */
async function hasContainerd(cli: ContainerCli, signal: AbortSignal): Promise<boolean> {
  const { stdout } = await cli.run(['info', '--format', '{{json .DriverStatus}}'], signal);
  return stdout.includes('io.containerd.snapshotter');
}

function serverVersion(json: string): string | null {
  try {
    const version: unknown = JSON.parse(json)?.Server?.Version;
    return typeof version === 'string' && version !== '' ? version : null;
  } catch {
    return null; // no daemon: docker printed nothing that can be read
  }
}

function checkVersion(what: string, version: string, oldest: string): void {
  const parsed = semver.coerce(version);
  if (parsed && semver.lt(parsed, oldest)) {
    throw noEngine(`${what} ${printableLine(version, 40)} is too old: ${oldest} or newer is needed.`, install);
  }
}

/**
 * Arguments of one build. The epoch is an attribute of the export and not a build argument, so that RUN steps see what
 * plain `docker build` gives them even where `ARG SOURCE_DATE_EPOCH` is declared.
 */
export function buildArguments(order: Omit<BuildOrder, 'signal' | 'onChange'>, builder: string): string[] {
  return [
    ...['buildx', 'build', '--builder', builder, ...cacheArguments(order.cache), '--platform', 'linux/amd64'],
    ...['--provenance=false', '--sbom=false', '--progress=rawjson'],
    ...['--file', order.containerfile],
    ...(order.target === undefined ? [] : ['--target', order.target]),
    ...['--build-arg', `BUILDKIT_SANDBOX_HOSTNAME=${order.hostname}`],
    ...(order.cacheNamespace ? ['--build-arg', `BUILDKIT_CACHE_MOUNT_NS=${order.cacheNamespace}`] : []),
    ...Object.entries(order.arguments).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
    ...order.overrides.flatMap(({ reference, replacement }) => [
      '--build-context',
      `${reference}=docker-image://${replacement}`,
    ]),
    ...['--output', outputOption(order)],
    order.context,
  ];
}

function cacheArguments(cache: BuildOrder['cache']): string[] {
  if (cache === 'none') return ['--no-cache'];
  return cache === 'own' ? [] : cache.fresh.flatMap((stage) => ['--no-cache-filter', stage]);
}

function outputOption({ exports, output }: Pick<BuildOrder, 'exports' | 'output'>): string {
  // The option is a line of CSV: quotes keep a comma in a path from ending the field.
  const dest = `"dest=${output.replaceAll('"', '""')}"`;
  if (exports === 'nothing') return 'type=cacheonly';
  if (exports === 'layers') return `type=oci,${dest}`;
  if (exports === 'tar') return `type=tar,${dest},source-date-epoch=1`;
  // A layout takes only what it does not have yet: equal layers of another build need not be sent again.
  const form = exports === 'layout' ? 'type=oci,tar=false' : 'type=oci';
  return `${form},${dest},source-date-epoch=1,rewrite-timestamp=true,compression=uncompressed,force-compression=true`;
}

async function build(order: BuildOrder, cli: ContainerCli, builder: string): Promise<BuildOutcome> {
  throwIfCancelled(order.signal);
  const begin = performance.now();
  const progress = emptyProgress();
  const partial = new Map<string, string>();
  const running = cli.start(buildArguments(order, builder), {
    stdout: 'ignore',
    buffer: false,
    cancelSignal: order.signal,
  });
  for await (const line of running.iterable({ from: 'stderr' })) {
    for (const change of foldProgress(progress, String(line), partial)) order.onChange(change);
  }
  const result = await running;
  throwIfCancelled(order.signal);
  endProgress(progress, partial);
  return { ok: !result.failed, progress, seconds: (performance.now() - begin) / 1000 };
}
