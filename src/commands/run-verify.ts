import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Finding } from '../app.ts';
import { containerfileOf, isOfService, type Procfile, parseProcfile } from '../caution/procfile.ts';
import { throwIfCancelled, UserError } from '../errors.ts';
import { liveDisplay } from '../report/live.ts';
import type { Target } from '../target.ts';
import { type ContainerCli, containerCli, dockerCli } from '../verify/engines/cli.ts';
import { removeLeftovers } from '../verify/leftovers/remove.ts';
import type { Verified, VerifyRequest } from '../verify/types.ts';
import type { Io } from './io.ts';

/** What a person can decide about one verification. */
export type VerifyChoices = Pick<
  VerifyRequest,
  'images' | 'engine' | 'builders' | 'builds' | 'start' | 'startTimeoutSeconds' | 'keep' | 'written'
>;

/**
 * Verifies the service of a folder, as its Procfile describes it, and shows the builds while they run.
 * @throws UserError when there is nothing to build, no engine, or the build fails.
 */
export async function runVerify(target: Target, choices: VerifyChoices, io: Io): Promise<Verified> {
  const { procfile, containerfile } = serviceOf(target);
  const { verify } = await import('../verify/verify.ts');
  // Beside the builds: asking the engine takes a moment.
  const leftovers = removeLeftovers(cliOf(choices.engine), io.signal);
  const live = liveDisplay(io.output);
  try {
    const verified = await verify({
      root: target.root,
      containerfile,
      ...choices,
      run: procfile?.run ?? null,
      ports: procfile?.ports ?? [],
      httpPort: procfile?.httpPort ?? null,
      memoryMb: procfile?.memoryMb ?? 512,
      noCache: procfile?.noCache ?? false,
      signal: io.signal,
      onEvent: live.onEvent,
    });
    verified.verification.findings.push(...leftoversRemoved(await leftovers));
    // Cleaning up goes on when a signal comes; that nobody wants the outcome any more stays true.
    throwIfCancelled(io.signal);
    return verified;
  } finally {
    live.stop();
    await leftovers;
  }
}

/** Where an engine's containers and images are; null for one that has none. */
function cliOf(engine: VerifyRequest['engine']): ContainerCli | null {
  if (engine === 'docker') return dockerCli;
  return engine === 'podman' ? containerCli('podman') : null;
}

function leftoversRemoved(removed: readonly string[]): Finding[] {
  if (removed.length === 0) return [];
  return [
    {
      id: 'leftovers-removed',
      level: 'note',
      message: `An earlier run that was killed had left ${removed.join(', ')}: removed.`,
      why: 'Temporary folders, containers and images of a run that no longer lives are of no use to anybody.',
      mend: 'Nothing needs to be done.',
    },
  ];
}

/** What describes a folder's service. */
export interface Service {
  procfile: Procfile | null;
  /** Relative to the root of the context. */
  containerfile: string;
}

/** @throws UserError when there is nothing to build. */
export function serviceOf(target: Target): Service {
  const procfile = readProcfile(target);
  return { procfile, containerfile: findContainerfile(target, procfile) };
}

/**
 * The Procfile that Caution reads, in the root; for a service that is not the one that it describes, the service's own.
 * @throws UserError where a caution.hcl wins over it: this version would verify something else than Caution builds.
 */
function readProcfile(target: Target): Procfile | null {
  if (existsSync(path.join(target.root, 'caution.hcl'))) throw hclWins();
  const [root = null, own = null] = [target.root, target.folder].map((folder) => {
    const at = path.join(folder, 'Procfile');
    return existsSync(at) ? parseProcfile(readFileSync(at, 'utf8')) : null;
  });
  return root !== null && (own === null || isOfService(root, target.dir)) ? root : own;
}

function hclWins(): UserError {
  return new UserError(
    'caution-hcl',
    'Caution reads caution.hcl here, and ignores the Procfile; this version does not read it yet.',
    {
      next: 'What it would build and start could be something else, so nothing was verified.',
    },
  );
}

function findContainerfile(target: Target, procfile: Procfile | null): string {
  const exists = (file: string) => existsSync(path.join(target.root, file));
  const own = ['Containerfile', 'Dockerfile'].map((name) => path.posix.join(target.dir, name)).find(exists);
  const named = containerfileOf(procfile, exists);
  const found =
    named !== null && (procfile?.containerfile ?? null) !== null ? named : target.dir === '' ? named : (own ?? named);
  if (found !== null) return found;
  const wanted = procfile?.containerfile;
  throw new UserError(
    'no-containerfile',
    wanted
      ? `The Procfile names ${JSON.stringify(wanted)}, which is not there.`
      : `${target.root} has neither a Containerfile nor a Dockerfile.`,
    { next: 'To write one, in this folder: npm create caution-app .' },
  );
}
