import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Finding } from '../app.ts';
import { enclaveDigest, enclaveFormat, type MeasuredTree, measuredKey, measuredTree } from '../caution/measure.ts';
import { CancelledError, throwIfCancelled, UserError } from '../errors.ts';
import { explain } from '../explain/explain.ts';
import type { BuildFacts } from '../explain/types.ts';
import { compareTrees, type PathDifference } from '../image/compare.ts';
import { readInode } from '../image/content.ts';
import { type Image, readImage, readRootTar } from '../image/image.ts';
import { displayPath } from '../image/tree.ts';
import { printableLine } from '../output.ts';
import { imageClaim, memory, metadataDifferences } from './claims.ts';
import { type BuildConditions, describeVaried, heldStill, makeConditions } from './conditions.ts';
import {
  type Containerfile,
  type FindStep,
  type Override,
  overrides,
  readContainerfile,
  stepFinder,
} from './containerfile.ts';
import { dockerCli } from './engines/cli.ts';
import type { BuildOutcome, Engine } from './engines/engine.ts';
import { findEngines } from './engines/index.ts';
import type { ProgressChange } from './engines/progress.ts';
import { buildFailure, fileSystemFailure } from './failure.ts';
import { cacheKept, floatingBases, moreDifferences, noRun, risks, unprovedSteps } from './findings.ts';
import { placeByText } from './placing/static.ts';
import { buildStart, clockStepMs, type Proof, proveExecution, stepTimes } from './proof.ts';
import { makeTemporaryRoot, readSource, type Source, writeCheckout } from './source/checkout.ts';
import { fetchOverlay, startedRoot } from './start/overlay.ts';
import { notStarted, readRun, removeLabelled, type Started, startService } from './start/start.ts';
import type { Difference, EnclaveFile, Verification, Verified, VerifyRequest } from './types.ts';

/** More would help nobody: the rest is counted. */
const maxDifferences = 1000;
const builds = 2;

function enclaveFiles({ entries }: MeasuredTree): EnclaveFile[] {
  return entries.map(({ path: name, type, executable, size, sha256, link }) => {
    return { path: `/${displayPath(name)}`, type, executable, size, sha256, link: displayPath(link) };
  });
}

/** One build, with all that is known of it. */
interface Built {
  conditions: BuildConditions;
  context: string;
  outcome: BuildOutcome;
  proof: Proof;
  image: Image;
  measured: MeasuredTree;
  key: string;
  enclaveSha256: string;
  archive: string;
}

/** What one verification works with. */
interface Run {
  request: VerifyRequest;
  engine: Engine;
  source: Source;
  file: Containerfile;
  overrides: Override[];
  findStep: FindStep;
  /** Temporary folder; removed at the end. */
  folder: string;
  /** Label of containers and images that this run makes. */
  label: string;
}

/**
 * Builds twice from two independent checkouts under different conditions, proves that every step ran, compares what
 * Caution would measure and the images themselves, and starts the service as the enclave does.
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
  const [engine] = await findEngines(request);
  if (!engine) throw new Error('No engine was found, and nothing said so');
  request.onEvent({ type: 'engine', description: `${engine.version}, builder ${engine.builder}` });
  const needed = [containerfile, `${containerfile}.dockerignore`, '.dockerignore', 'Procfile', 'caution.hcl'].filter(
    (name) => existsSync(path.join(root, name)),
  );
  const source = await readSource(root, { written: request.written, needed, signal });
  const replaced = overrides(file, request.images);
  const findStep = stepFinder(file, replaced);
  const temporary = await makeTemporaryRoot();
  const label = `create-caution-app.run=${path.basename(temporary.path)}`;
  const run: Run = { request, engine, source, file, overrides: replaced, findStep, folder: temporary.path, label };
  try {
    return await buildAndCompare(run);
  } finally {
    try {
      await removeLabelled(engine.containers ?? dockerCli, label);
    } finally {
      if (!request.keep) await temporary.remove();
    }
  }
}

async function buildAndCompare(run: Run): Promise<Verified> {
  const { request, source } = run;
  const conditions = makeConditions(builds);
  const built: Built[] = [];
  for (const [index, one] of conditions.entries()) {
    await waitForClock(built.at(-1), request);
    built.push(await buildOnce(run, index, one, built));
  }
  request.onEvent({ type: 'phase', text: 'Comparing the two builds' });
  const [first] = built;
  if (!first) throw new CancelledError();
  const reproducible = built.every(({ key }) => key === first.key);
  const { differences, more } = await explainAll(run, built);
  const started = await start(run, first);
  const proofs = built.map(({ proof }) => proof);
  const varied = describeVaried(conditions, proofs);
  const verification: Verification = {
    reproducible,
    ...imageClaim(run.engine, built),
    enclave: reproducible
      ? {
          format: enclaveFormat,
          sha256: first.enclaveSha256,
          files: first.measured.files,
          treeBytes: first.measured.treeBytes,
          replaced: first.measured.replaced,
        }
      : null,
    builds: built.map((one) => record(run.engine, one)),
    varied,
    heldStill: heldStill(
      varied,
      built.map(({ outcome }) => times(outcome).began),
    ),
    differences,
    findings: allFindings(run, built, more, started),
    start: started?.result ?? null,
    memory: memory(first.measured, started, request.memoryMb),
    expected: null,
    standIns: [
      ...new Set([
        ...run.overrides.map(({ image, replacement }) => `${image}: ${replacement}`),
        ...(started?.standIns ?? []),
      ]),
    ],
    commit: source.commit,
    dirty: source.dirty,
  };
  return {
    verification,
    steps: built.flatMap(({ proof }, index) => stepTimes(index + 1, proof)),
    files: enclaveFiles(first.measured),
    diffIds: first.image.layers.map(({ diffId }) => diffId),
  };
}

function allFindings(run: Run, built: readonly Built[], more: number, started: Started | null): Finding[] {
  const { request, source, file, engine } = run;
  return [
    ...source.findings,
    ...(built[0]?.measured.findings ?? []),
    ...unprovedSteps(
      request.containerfile,
      built.map(({ proof }) => proof),
    ),
    ...floatingBases(request.containerfile, file),
    ...risks(request.containerfile, file),
    ...(request.start && request.run === null ? [noRun()] : []),
    ...moreDifferences(more, maxDifferences),
    ...(started?.findings ?? []),
    ...cacheKept(engine.builder, request.keep ? run.folder : null),
  ];
}

/** Holds the next build back until every RUN of it must begin 3 s or more after the same RUN of the last one. */
async function waitForClock(last: Built | undefined, { signal, onEvent }: VerifyRequest): Promise<void> {
  if (!last) return;
  const lastRun = Math.max(0, ...last.proof.runStarts.values());
  // Engines on other machines have other clocks: what has passed since is measured from the build's end on.
  const since = times(last.outcome).ended - lastRun;
  // When no RUN was recognised, the whole step costs little, and the clock differs all the same.
  const wait = last.proof.runStarts.size === 0 ? clockStepMs : clockStepMs - since;
  if (wait <= 0) return;
  onEvent({ type: 'phase', text: `Waiting ${Math.ceil(wait / 1000)} s, so that the clock differs` });
  await pause(wait, signal);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new CancelledError());
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}

/** When a build ran, by the engine's own clock; milliseconds since 1970. Bases may have been fetched long before. */
function times({ progress }: BuildOutcome): { began: number; ended: number } {
  const ends = [...progress.vertices.values()].map(({ completed }) => completed ?? 0);
  return { began: buildStart(progress), ended: ends.reduce((a, b) => Math.max(a, b), 0) };
}

async function buildOnce(
  run: Run,
  index: number,
  conditions: BuildConditions,
  earlier: readonly Built[],
): Promise<Built> {
  const { request, engine, source, file, folder } = run;
  const { signal, onEvent } = request;
  const build = index + 1;
  const home = path.join(folder, `build-${build}`);
  const context = await writeCheckout(source, folder, conditions, signal);
  const archive = path.join(home, engine.exports === 'oci' ? 'image.tar' : 'root.tar');
  onEvent({ type: 'build-start', build, of: builds, at: Date.now() });
  const outcome = await engine.build({
    context,
    containerfile: path.join(context, request.containerfile),
    overrides: run.overrides,
    hostname: conditions.hostname,
    cacheNamespace: file.hasCacheMounts ? conditions.hostname : null,
    arguments: {},
    cache: 'none',
    exports: engine.exports,
    output: archive,
    signal,
    onChange: (change) => tell(run, build, change),
  });
  if (!outcome.ok) throw buildFailure(request.containerfile, file, run.findStep, outcome.progress);
  onEvent({ type: 'build-done', build, seconds: outcome.seconds });
  const spool = path.join(home, 'layers');
  await mkdir(spool, { recursive: true });
  const image = await (engine.exports === 'oci' ? readImage : readRootTar)(archive, { spool, signal });
  const measured = measuredTree(image.tree);
  const key = measuredKey(measured);
  // Equal keys mean equal enclaves: their bytes need no second reading.
  const same = earlier.find((other) => other.key === key);
  const enclaveSha256 = same?.enclaveSha256 ?? (await enclaveDigest(measured, readInode));
  if (!request.keep)
    await rm(path.join(folder, conditions.folders[0] ?? '', conditions.folders[1] ?? ''), {
      recursive: true,
      force: true,
    });
  return {
    conditions,
    context,
    outcome,
    proof: proveExecution(file, run.findStep, outcome.progress),
    image,
    measured,
    key,
    enclaveSha256,
    archive,
  };
}

function tell({ request: { onEvent }, findStep }: Run, build: number, change: ProgressChange): void {
  const found = findStep(change.vertex.name);
  if (change.type === 'output') onEvent({ type: 'output', build, text: change.text });
  else if (found)
    onEvent({ type: 'step', build, name: found.step.text, line: found.step.line, state: change.type, at: change.at });
}

function record(engine: Engine, { outcome, proof, image, enclaveSha256 }: Built): Verification['builds'][number] {
  return {
    engine: engine.name,
    builder: engine.builder,
    version: engine.version,
    seconds: Math.round(outcome.seconds * 10) / 10,
    stepsRun: proof.stepsRun,
    stepsCached: proof.stepsCached,
    executionProved: proof.executionProved,
    manifest: image.manifest,
    enclaveSha256,
  };
}

async function explainAll(run: Run, built: readonly Built[]): Promise<{ differences: Difference[]; more: number }> {
  const facts = built.map(({ conditions, context, outcome }): BuildFacts => {
    return {
      hostname: conditions.hostname,
      context,
      umask: conditions.umask,
      fileTime: conditions.time,
      ...times(outcome),
    };
  });
  const found = compareTrees(built);
  // What decides comes first, should there be too many to show.
  const shown = [...found.filter((one) => one.inEnclave), ...found.filter((one) => !one.inEnclave)].slice(
    0,
    maxDifferences,
  );
  shown.sort((a, b) => (a.path < b.path ? -1 : 1));
  const differences: Difference[] = [];
  for (const difference of shown) {
    throwIfCancelled(run.request.signal);
    differences.push(await describeDifference(run, difference, facts));
  }
  if (found.length === 0) differences.push(...metadataDifferences(built));
  return { differences, more: found.length - shown.length };
}

async function describeDifference(
  { file }: Run,
  difference: PathDifference,
  facts: readonly BuildFacts[],
): Promise<Difference> {
  const [i, j] = difference.builds;
  const placed = placeByText(file, difference.path);
  const explanation = await explain(difference, {
    names: [`build ${i + 1}`, `build ${j + 1}`],
    facts: [facts[i] ?? null, facts[j] ?? null],
    script: placed?.step.script ?? null,
    experiments: [],
  });
  return {
    path: `/${printableLine(displayPath(difference.path), 1000)}`,
    ...(placed ? { stage: placed.stage.name, instruction: placed.step.text, line: placed.step.line } : {}),
    inEnclave: difference.inEnclave,
    ...explanation,
  };
}

/** Starts the service; what keeps the engine from trying does not throw the two builds away. */
async function start(run: Run, { measured }: Built): Promise<(Started & { standIns: string[] }) | null> {
  const { request, file, folder, label } = run;
  if (!request.start || request.run === null) return null;
  request.onEvent({ type: 'phase', text: 'Starting the service as the enclave does' });
  const standIns: string[] = [];
  try {
    const overlay = await fetchOverlay(file, request.images, folder, request.signal);
    standIns.push(...overlay.standIns);
    const started = await startService({
      cli: run.engine.containers ?? dockerCli,
      root: startedRoot(measured, overlay),
      run: request.run,
      ports: request.ports,
      httpPort: request.httpPort,
      timeoutSeconds: request.startTimeoutSeconds,
      label,
      signal: request.signal,
    });
    return { ...started, standIns };
  } catch (error) {
    throwIfCancelled(request.signal);
    const failure = error instanceof UserError ? error : fileSystemFailure(error);
    if (!failure) throw error;
    return { ...notStarted(failure), standIns };
  }
}
