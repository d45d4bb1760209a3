import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { enclaveDigests } from '../caution/cpio.ts';
import { throwIfCancelled, UserError } from '../errors.ts';
import { overrides } from '../stagex/references.ts';
import type { Built } from './build/build.ts';
import { Images } from './build/images.ts';
import { buildAll, buildAlone } from './build/launch.ts';
import { CacheKeeper } from './cache-keeper.ts';
import { bustsCache, makeConditions } from './conditions.ts';
import { readContainerfile } from './containerfile.ts';
import { explainAll } from './differences.ts';
import { findEngines } from './engines/index.ts';
import { fileSystemFailure } from './failure.ts';
import { cacheKept } from './findings.ts';
import { makeRunFolder } from './leftovers/folder.ts';
import { type Proved, proveBuilds } from './proved.ts';
import { assemble } from './result.ts';
import type { Run } from './run.ts';
import { readSource } from './source/checkout.ts';
import { checkContext } from './source/context.ts';
import { fetchOverlay, noContainers, notLaid, startedRoot } from './start/overlay.ts';
import { notStarted, readRun, removeLabelled, type Started, startService } from './start/start.ts';
import { stepFinder } from './step-names.ts';
import type { Verified, VerifyRequest } from './types.ts';

/**
 * Builds twice or more from independent checkouts under different conditions, proves that every step ran, compares what
 * Caution would measure and the images themselves, explains what differs, and starts the service as the enclave does.
 * Whatever it makes (checkouts, images, containers) is gone when it returns or throws, unless `keep` is set.
 * @throws UserError `build-failed`, or `no-engine` (exit 4); CancelledError when the signal fires.
 */
export async function verify(request: VerifyRequest): Promise<Verified> {
  try {
    return await verifyInside(request);
  } catch (error) {
    // Whatever an abort broke on its way, what happened is that the user cancelled.
    throwIfCancelled(request.signal);
    throw fileSystemFailure(error) ?? error;
  }
}

async function verifyInside(request: VerifyRequest): Promise<Verified> {
  const { root, containerfile, signal } = request;
  throwIfCancelled(signal);
  const text = await readFile(path.join(root, containerfile), 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UserError('no-containerfile', `${containerfile} cannot be read in ${root} (${error.code}).`, {
      cause: error,
    });
  });
  const file = readContainerfile(text);
  if (request.start && request.run !== null) readRun(request.run);
  const [first, ...others] = await findEngines(request);
  if (!first) throw new Error('No engine was found, and nothing said so');
  const engines: Run['engines'] = [first, ...others];
  for (const { version, builder } of engines)
    request.onEvent({ type: 'engine', description: `${version}, builder ${builder}` });
  const doubts = engines.flatMap((engine) => engine.doubts?.(file) ?? []);
  const needed = [containerfile, `${containerfile}.dockerignore`, '.dockerignore', 'Procfile', 'caution.hcl'].filter(
    (name) => existsSync(path.join(root, name)),
  );
  const [source, cache] = await Promise.all([
    readSource(root, { written: request.written, needed, signal }),
    CacheKeeper.open(engines, file, signal),
  ]);
  const names = source.files.map((one) => one.path);
  source.findings.push(...doubts, ...(await checkContext(root, containerfile, { text, file, names })));
  const replaced = overrides(file, request.images);
  const findStep = stepFinder(file, replaced);
  const folder = await makeRunFolder();
  const builds = Math.max(2, request.builds, engines.length);
  const run: Run = {
    ...{ request, engines, builds, source, text, file, findStep, cache },
    images: new Images(),
    label: folder.label,
    overrides: replaced,
    folder: folder.path,
  };
  try {
    return await buildAndCompare(run);
  } finally {
    await cleanUp(run, folder.remove);
  }
}

/** Whatever happened, nothing of the run stays but what `keep` asks for. */
async function cleanUp({ request, engines, cache, label }: Run, removeFolder: () => Promise<void>): Promise<void> {
  try {
    const { containers } = engines[0];
    // Only starting the service makes any.
    const removed = request.start && containers ? removeLabelled(containers, label) : null;
    await Promise.all([removed, cache.removeAdded(engines)]);
  } finally {
    if (!request.keep) await removeFolder();
  }
}

/** The verification, as a list of steps. */
async function buildAndCompare(run: Run): Promise<Verified> {
  const { request } = run;
  const busted = bustsCache(run.file, request.noCache);
  const built = await separate(run, await buildAll(run, makeConditions(run.builds, busted)), busted);
  request.onEvent({ type: 'phase', text: 'Comparing the builds' });
  const explained = await explainAll(run, built);
  // Nothing of the cache is needed any more: it is emptied beside the rest.
  const emptied = run.cache.removeAdded(run.engines);
  const started = await start(run, built[0]);
  const trees = built.map(({ measured }) => measured);
  const digests = await enclaveDigests(trees, request.signal);
  const verified = assemble(run, { built, digests, explained, started });
  const kept = await emptied;
  verified.verification.findings.push(...cacheKept(kept.map(({ builder }) => builder)));
  return verified;
}

/** Proves each build; one that shared a step with another build is built once more, alone. */
async function separate(run: Run, built: Built[], busted: boolean): Promise<[Proved, ...Proved[]]> {
  const proved = proveBuilds(run, built);
  const again = makeConditions(run.builds, busted, 'again');
  const separated: Built[] = [...built];
  for (const [index, { proof, engine, overlapped }] of proved.entries()) {
    const conditions = again[index];
    if (proof.executionProved || !overlapped || !conditions) continue;
    run.request.onEvent({
      type: 'phase',
      text: `The engine merged steps of build ${index + 1}: building it again, alone`,
    });
    separated[index] = await buildAlone(run, { build: index + 1, engine, conditions }, separated);
  }
  const [first, ...others] = proveBuilds(run, separated);
  if (!first) throw new Error('There was no build');
  return [first, ...others];
}

/** Starts the service; what keeps the engine from trying does not throw the builds away. */
async function start(run: Run, { measured }: Built): Promise<(Started & { standIns: string[] }) | null> {
  const { request, file, folder, label } = run;
  if (!request.start || request.run === null) return null;
  request.onEvent({ type: 'phase', text: 'Starting the service as the enclave does' });
  const standIns: string[] = [];
  const [{ containers }] = run.engines;
  try {
    if (!containers) throw noContainers(run.engines[0]);
    const overlay = await fetchOverlay(run.engines[0], { file, images: request.images, folder }, request.signal);
    standIns.push(...overlay.standIns);
    const started = await startService({
      cli: containers,
      root: startedRoot(measured, overlay),
      run: request.run,
      ports: request.ports,
      httpPort: request.httpPort,
      timeoutSeconds: request.startTimeoutSeconds,
      ...(request.declared ? { declared: request.declared } : {}),
      label,
      signal: request.signal,
    });
    return { ...started, findings: [...started.findings, ...notLaid(measured)], standIns };
  } catch (error) {
    throwIfCancelled(request.signal);
    const failure = error instanceof UserError ? error : fileSystemFailure(error);
    if (!failure) throw error;
    return { ...notStarted(failure), standIns };
  }
}
