import { randomBytes } from 'node:crypto';
import { type Containerfile, type Stage, stageNamed } from './containerfile.ts';
import type { Engine } from './engines/engine.ts';
import { clockStepMs, clockVaried, type Proof } from './proof.ts';
import type { CheckoutConditions } from './source/checkout.ts';
import type { Varied } from './types.ts';

/** How one build differs from the others. */
export interface BuildConditions extends CheckoutConditions {
  hostname: string;
  /** Build arguments that Caution would give as well: CACHEBUST, or none. */
  arguments: Readonly<Record<string, string>>;
}

/** File times of the checkouts: zip files can hold them (after 1980), years apart, and of ten digits as the clock's. */
const fileTimes = [
  new Date('2003-03-04T05:06:07Z'),
  new Date('2009-11-22T13:34:45Z'),
  new Date('2017-07-18T20:21:58Z'),
];
const umasks = [0o022, 0o002, 0o027];

/** Caution's own argument: it gives `--build-arg CACHEBUST=<time>` when the Procfile says `no_cache`. */
const cacheBust = 'CACHEBUST';

/** Whether builds on Caution differ in an argument that the Containerfile declares. */
export function bustsCache(file: Containerfile, noCache: boolean): boolean {
  return noCache && [...file.globalArgs, ...file.needed.flatMap(({ args }) => args)].includes(cacheBust);
}

/** Conditions for a number of builds. Names are unique for each run: engines keep contexts by their base names. */
export function makeConditions(builds: number, busted = false, name = 'build'): BuildConditions[] {
  const now = Math.floor(Date.now() / 1000);
  return Array.from({ length: builds }, (_, index) => {
    const nonce = randomBytes(5).toString('hex');
    const depth = Array.from({ length: index * 2 + 1 }, (_, level) => `d${level}`);
    return {
      folders: [`${name}-${index + 1}`, ...depth, `context-${nonce}`],
      umask: umasks[index % umasks.length] ?? 0o022,
      time: fileTimes[index % fileTimes.length] ?? new Date(0),
      hostname: newHostName(),
      arguments: busted ? { [cacheBust]: String(now + 3 * index) } : {},
    };
  });
}

/** A host name that no build had: steps and cache mounts of builds under another one are not this build's. */
export function newHostName(): string {
  return `host-${randomBytes(5).toString('hex')}`;
}

/** What the description of the conditions needs of a build. */
export interface ConditionsOfBuild {
  conditions: BuildConditions;
  proof: Proof;
  engine: Pick<Engine, 'builder' | 'version'> & Partial<Pick<Engine, 'name' | 'ownHostNames'>>;
  /** When the build began, by the engine's clock; milliseconds since 1970. */
  began: number;
}

/** What was varied between the builds, and how, as far as it can be shown. */
export function describeVaried(builds: readonly ConditionsOfBuild[]): Varied[] {
  const each = (show: (one: BuildConditions) => string) => builds.map(({ conditions }) => show(conditions)).join(', ');
  const varied: Varied[] = [
    { what: 'path', how: `checkouts of different names and depths: ${each(({ folders }) => folders.join('/'))}` },
    { what: 'mtime', how: `all files dated ${each(({ time }) => time.toISOString().slice(0, 10))}` },
    {
      what: 'umask',
      how: `files of the checkouts made under umask ${each(({ umask }) => umask.toString(8).padStart(3, '0'))}`,
    },
    {
      what: 'hostname',
      how: builds.some(({ engine }) => engine.ownHostNames)
        ? 'host name of the RUN steps: drawn at random by the engine for each build'
        : `host name of every RUN step: ${each(({ hostname }) => hostname)}`,
    },
  ];
  if (clockVaried(builds.map(({ proof }) => proof)))
    varied.push({ what: 'time', how: `every RUN step began at least ${clockStepMs / 1000} s apart` });
  const builders = new Set(builds.map(({ engine }) => engine.builder));
  if (builders.size > 1) varied.push({ what: 'builder', how: `builders ${[...builders].join(', ')}` });
  if (builds.some(({ conditions }) => cacheBust in conditions.arguments))
    varied.push({
      what: 'cache-bust',
      how: `--build-arg ${cacheBust}=${each((one) => one.arguments[cacheBust] ?? '')}`,
    });
  return varied;
}

/** What these builds did not vary, or cannot be shown to have varied. */
export function heldStill(
  varied: readonly Varied[],
  builds: readonly ConditionsOfBuild[],
  file: Pick<Containerfile, 'stages' | 'needed'>,
): string[] {
  const days = new Set(
    builds.flatMap(({ began }) => (Number.isFinite(began) ? new Date(began).toISOString().slice(0, 10) : [])),
  );
  const versions = new Set(builds.map(({ engine }) => engine.version));
  const has = (what: Varied['what']) => varied.some((one) => one.what === what);
  return [
    // Two builders may share a machine: that they do not is nowhere to be seen.
    'kernel',
    'cpu',
    'cpu-count',
    ...(versions.size > 1 ? [] : ['engine']),
    ...(has('builder') ? [] : ['builder']),
    // A builder sends a build context sorted by name: whatever order the checkouts have, no step sees it.
    'directory-order',
    'user',
    'locale',
    'timezone',
    ...(days.size <= 1 ? ['calendar-day'] : []),
    ...(has('time') ? [] : ['time']),
    ...(!builds.every(makesFolders) && sharesFolders(file) ? ['workdir-time'] : []),
  ];
}

/** Podman and Buildah make a WORKDIR anew in each build. */
function makesFolders({ engine: { name } }: ConditionsOfBuild): boolean {
  return name === 'podman' || name === 'buildah';
}

/**
 * Whether a RUN could see a folder that BuildKit takes from earlier builds, also with `--no-cache`, time and all: one that
 * WORKDIR makes where no RUN came before it, in its own stage or in those that it is based on.
 */
function sharesFolders(file: Pick<Containerfile, 'stages' | 'needed'>): boolean {
  const hasRun = ({ steps }: Stage) => steps.some(({ instruction }) => instruction === 'RUN');
  const followsRun = ({ base, index }: Stage): boolean => {
    const below = stageNamed(file, base, index);
    return below !== undefined && (hasRun(below) || followsRun(below));
  };
  const shared = file.needed.some((stage) => {
    const first = stage.steps.findIndex(({ instruction }) => instruction === 'RUN');
    const before = first < 0 ? stage.steps : stage.steps.slice(0, first);
    return before.some(({ instruction }) => instruction === 'WORKDIR') && !followsRun(stage);
  });
  return shared && file.needed.some(hasRun);
}
