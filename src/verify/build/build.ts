import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { enclaveDigest, type MeasuredTree, measuredKey, measuredTree } from '../../caution/measure.ts';
import { readInode } from '../../image/content.ts';
import { type Image, readImage, readRootTar } from '../../image/image.ts';
import type { BuildConditions } from '../conditions.ts';
import type { BuildOutcome, Engine } from '../engines/engine.ts';
import { emptyProgress, type Progress, type ProgressChange } from '../engines/progress.ts';
import { buildFailure } from '../failure.ts';
import { buildStart } from '../proof.ts';
import type { Run } from '../run.ts';
import { writeCheckout } from '../source/checkout.ts';

/** One build, with all that is known of it. */
export interface Built {
  engine: Engine;
  conditions: BuildConditions;
  /** Absolute path of the checkout, which stays until the end of the run. */
  context: string;
  outcome: BuildOutcome;
  image: Image;
  measured: MeasuredTree;
  /** Equal keys mean equal enclaves. */
  key: string;
  archive: string;
}

/** When a build ran, by the engine's own clock; milliseconds since 1970. Bases may have been fetched long before. */
export function timesOf({ vertices }: Progress): { began: number; ended: number } {
  const ends = [...vertices.values()].map(({ completed }) => completed ?? 0);
  return { began: buildStart({ ...emptyProgress(), vertices }), ended: ends.reduce((a, b) => Math.max(a, b), 0) };
}

/**
 * Writes a checkout, builds it and reads the image.
 * @param build from 1; names the folder of what it writes.
 * @throws UserError `build-failed`, with the step that failed.
 */
export async function buildOnce(
  run: Run,
  {
    build,
    engine,
    conditions,
    signal,
  }: { build: number; engine: Engine; conditions: BuildConditions; signal: AbortSignal },
  onChange: (change: ProgressChange) => void,
): Promise<Built> {
  const { request, source, file, folder } = run;
  const home = path.join(folder, conditions.folders[0] ?? '');
  const context = await writeCheckout(source, folder, conditions, signal);
  const archive = path.join(home, engine.exports === 'oci' ? 'image.tar' : 'root.tar');
  request.onEvent({ type: 'build-start', build, of: run.builds, at: Date.now() });
  const outcome = await engine.build({
    context,
    containerfile: path.join(context, request.containerfile),
    overrides: run.overrides,
    hostname: conditions.hostname,
    cacheNamespace: file.hasCacheMounts ? conditions.hostname : null,
    arguments: conditions.arguments,
    cache: 'none',
    exports: engine.exports,
    output: archive,
    signal,
    onChange: (change) => {
      tell(run, build, change);
      onChange(change);
    },
  });
  if (!outcome.ok) throw buildFailure(request.containerfile, file, run.findStep, outcome.progress);
  request.onEvent({ type: 'build-done', build, seconds: outcome.seconds });
  const spool = path.join(home, 'layers');
  await mkdir(spool, { recursive: true });
  const image = await (engine.exports === 'oci' ? readImage : readRootTar)(archive, { spool, signal });
  const measured = measuredTree(image.tree);
  return { engine, conditions, context, outcome, image, measured, key: measuredKey(measured), archive };
}

function tell({ request: { onEvent }, findStep }: Run, build: number, change: ProgressChange): void {
  if (change.type === 'output') {
    onEvent({ type: 'output', build, text: change.text });
    return;
  }
  const found = findStep(change.vertex.name);
  if (found)
    onEvent({ type: 'step', build, name: found.step.text, line: found.step.line, state: change.type, at: change.at });
}

/** The enclave's digest of each build; equal enclaves are read once. */
export async function enclaveDigests(built: readonly Pick<Built, 'key' | 'measured'>[]): Promise<string[]> {
  const digests = new Map<string, string>();
  for (const { key, measured } of built) {
    if (!digests.has(key)) digests.set(key, await enclaveDigest(measured, readInode));
  }
  return built.map(({ key }) => digests.get(key) ?? '');
}
