import { mkdir, readFile, rm } from 'node:fs/promises';
import semver from 'semver';
import type { Finding } from '../../app.ts';
import { ExitCode, throwIfCancelled, UserError } from '../../errors.ts';
import { printableLine } from '../../output.ts';
import { type Containerfile, readContainerfile, type Stage, stageNamed } from '../containerfile.ts';
import { stepFinder } from '../step-names.ts';
import type { BuildCache } from './build-cache.ts';
import { type ContainerCli, containerCli, startInGroup } from './cli.ts';
import type { BuildOrder, BuildOutcome, Engine } from './engine.ts';
import { StepReader } from './steps.ts';
import { removeWorkingContainers, workingContainers } from './working.ts';

/** The first with heredocs and `RUN --network=none`. */
const oldest = { podman: '4.8.0', buildah: '1.33.0' } as const;
type Program = keyof typeof oldest;
const titles = { podman: 'Podman', buildah: 'Buildah' } as const;
const install = {
  podman: 'Install Podman 4.8 or newer: https://podman.io/docs/installation',
  buildah: 'Install Buildah 1.33 or newer: https://github.com/containers/buildah/blob/main/install.md',
} as const;

function noEngine(message: string, next: string): UserError {
  return new UserError('no-engine', message, { exitCode: ExitCode.NoEngine, next });
}

/**
 * Finds Podman or Buildah.
 * @throws UserError `no-engine` (exit 4): what is missing, and what to install.
 */
export async function findPodman(program: Program, signal: AbortSignal): Promise<Engine> {
  const cli = containerCli(program);
  const { notStarted, ok, stdout, stderr } = await cli.run(
    program === 'podman' ? ['info', '--format', 'json'] : ['version', '--json'],
    signal,
  );
  const title = titles[program];
  if (notStarted === 'ENOENT') throw noEngine(`${title} is not installed.`, install[program]);
  if (notStarted) throw noEngine(`${program} cannot be run (${notStarted}).`, install[program]);
  if (!ok)
    throw noEngine(`${title} does not work here: ${printableLine(stderr, 400)}`, `See what ${program} info says.`);
  const { version, remote } = readInfo(program, stdout);
  const parsed = semver.coerce(version);
  if (!parsed || semver.lt(parsed, oldest[program]))
    throw noEngine(`${title} ${printableLine(version, 40)} is too old.`, install[program]);
  if (remote)
    throw noEngine(
      'This podman hands its work to a service on another machine, whose files are not seen here.',
      'Verify on that machine, or with --engine docker and --builder.',
    );
  const isolation = process.env.BUILDAH_ISOLATION;
  return {
    name: program,
    builder: 'local',
    version: printableLine(`${title} ${version}${isolation ? `, isolation ${isolation}` : ''}`),
    exports: 'oci',
    ownHostNames: true,
    cache: nothingKept,
    containers: program === 'podman' ? cli : await podmanBeside(signal),
    doubts: (file) => doubts(title, isolation, file),
    imageConditions: (file) => (setsTimesBack(file) ? null : timesAsTheyAre(title)),
    build: (order) => build(order, program),
  };
}

/** Builds without layers, into an archive, keep nothing but the bases that they pulled. */
const nothingKept: BuildCache = { ids: async () => new Set(), removeNew: async () => true };

/** Buildah starts no containers: Podman does, where it is installed. */
async function podmanBeside(signal: AbortSignal): Promise<ContainerCli | null> {
  const podman = containerCli('podman');
  return (await podman.run(['version'], signal)).ok ? podman : null;
}

/** What `podman info` and `buildah version` print as JSON. */
export function readInfo(program: Program, json: string): { version: string; remote: boolean } {
  try {
    const info = JSON.parse(json);
    const version = program === 'podman' ? info?.version?.Version : info?.version;
    return { version: typeof version === 'string' ? version : '', remote: info?.host?.serviceIsRemote === true };
  } catch {
    return { version: '', remote: false }; // no JSON: a version that is not told is too old
  }
}

/**
 * Isolation `chroot` gives a RUN all of the machine's network, also one with `--network=none`.
 * @throws UserError `network-not-isolated` when the Containerfile relies on it.
 */
export function doubts(title: string, isolation: string | undefined, file: Containerfile): Finding[] {
  if (isolation?.toLowerCase() !== 'chroot') return [];
  const offline = file.needed.flatMap(({ steps }) => steps).find(({ script }) => isOffline(script));
  const why = `With isolation chroot, ${title} gives every RUN the network of this machine, also under --network=none.`;
  const mend = 'Unset BUILDAH_ISOLATION, or set it to oci or rootless.';
  if (offline)
    throw new UserError('network-not-isolated', `Line ${offline.line} says --network=none. ${why}`, { next: mend });
  return [
    {
      id: 'isolation-chroot',
      level: 'warning',
      message: `${title} builds with isolation chroot (BUILDAH_ISOLATION).`,
      why: `${why} Steps also see this machine's processes.`,
      source: 'https://github.com/containers/buildah/blob/main/docs/buildah-build.1.md',
      mend,
    },
  ];
}

function isOffline(script: string): boolean {
  const [head = ''] = /^\s*RUN(?:\s|\\\r?\n)+(?:--\S+(?:\s|\\\r?\n)+)*/i.exec(script) ?? [];
  return /--network=none(?:\s|\\|$)/.test(head);
}

/**
 * Whether times can be set back without any RUN seeing it: the engine sets them back in each stage that another one is
 * FROM, and the RUNs of that other one see it. `--source-date-epoch` is worse: a declared ARG SOURCE_DATE_EPOCH gets it.
 */
export function setsTimesBack(file: Containerfile): boolean {
  const made = (stage: Stage): boolean => {
    const base = stageNamed(file, stage.base, stage.index);
    return base !== undefined && (base.steps.length > 0 || made(base));
  };
  return !file.needed.some(made);
}

function timesAsTheyAre(title: string): string {
  return `OCI manifests of uncompressed layers, times as the builds made them: ${title} can set them back only where RUN steps of a stage that is FROM another one would see it`;
}

/** Arguments of one build. @param program whose words they are; both take the same. */
export function podmanArguments(
  order: Pick<BuildOrder, 'context' | 'containerfile' | 'overrides' | 'target' | 'arguments' | 'output'>,
  epoch: boolean,
): string[] {
  return [
    // Without layers nothing of a stage is kept: no cache to take a step from, and nothing left to remove.
    ...['build', '--no-cache', '--layers=false', '--force-rm', '--format', 'docker', '--platform', 'linux/amd64'],
    ...(epoch ? ['--timestamp', '1'] : []),
    ...['--file', order.containerfile],
    ...(order.target === undefined ? [] : ['--target', order.target]),
    ...Object.entries(order.arguments).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
    ...order.overrides.flatMap(({ reference, replacement }) => [
      '--build-context',
      `${reference}=docker-image://${replacement}`,
    ]),
    // An archive and not a name: the image never gets into the engine's own storage.
    ...['--tag', `oci-archive:${order.output}`],
    order.context,
  ];
}

async function build(order: BuildOrder, program: Program): Promise<BuildOutcome> {
  throwIfCancelled(order.signal);
  const begin = performance.now();
  const file = readContainerfile(await readFile(order.containerfile, 'utf8'));
  // Cache mounts survive --no-cache, and lie in the folder for temporary files: one of its own has none.
  const temporary = `${order.output}.tmp`;
  await mkdir(temporary, { recursive: true });
  const before = await workingContainers(program);
  const reader = new StepReader(file, stepFinder(file, order.overrides), Date.now());
  const tell = (changes: ReturnType<StepReader['line']>) => changes.forEach(order.onChange);
  const running = startInGroup(program, podmanArguments(order, setsTimesBack(file)), {
    all: true,
    buffer: false,
    cancelSignal: order.signal,
    env: { TMPDIR: temporary },
  });
  let ok = false;
  try {
    for await (const line of running.iterable({ from: 'all' })) tell(reader.line(String(line), Date.now()));
    ok = !(await running).failed;
  } finally {
    // Podman that is told to stop leaves the container in which a step ran.
    if (!ok) await removeWorkingContainers(program, before);
    await rm(temporary, { recursive: true, force: true, maxRetries: 3 });
  }
  throwIfCancelled(order.signal);
  tell(reader.end(ok, Date.now()));
  return { ok, progress: reader.progress, seconds: (performance.now() - begin) / 1000 };
}
