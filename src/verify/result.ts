import type { Finding } from '../app.ts';
import { enclaveFormat, type MeasuredTree } from '../caution/measure.ts';
import { applyMends } from '../fix/block.ts';
import { displayPath } from '../image/tree.ts';
import { imageClaim, memory } from './claims.ts';
import { type ConditionsOfBuild, describeVaried, heldStill } from './conditions.ts';
import { type Explained, maxDifferences } from './differences.ts';
import { filesKept, floatingBases, moreDifferences, noRun, risks, unprovedSteps } from './findings.ts';
import { frontendFindings } from './frontend.ts';
import { stepTimes } from './proof.ts';
import type { Proved } from './proved.ts';
import type { Run } from './run.ts';
import type { Started } from './start/start.ts';
import type { BuildRecord, EnclaveFile, Verification, Verified } from './types.ts';

/** All that was found out. */
export interface Outcome {
  built: [Proved, ...Proved[]];
  /** Enclave digest of each build. */
  digests: readonly string[];
  explained: Explained;
  started: (Started & { standIns: string[] }) | null;
}

/** Puts together what a verification says. */
export function assemble(run: Run, outcome: Outcome): Verified {
  const { request, source } = run;
  const { built, digests, explained, started } = outcome;
  const [first] = built;
  const reproducible = built.every(({ key }) => key === first.key);
  const conditions = built.map(({ conditions, proof, engine, began }): ConditionsOfBuild => {
    return { conditions, proof, engine, began };
  });
  const varied = describeVaried(conditions);
  const { files, treeBytes, replaced } = first.measured;
  const verification: Verification = {
    reproducible,
    ...imageClaim(built, run.file),
    enclave: reproducible ? { format: enclaveFormat, sha256: digests[0] ?? '', files, treeBytes, replaced } : null,
    builds: built.map((one, index) => record(one, digests[index] ?? '')),
    varied,
    heldStill: heldStill(varied, conditions, run.file),
    differences: explained.differences,
    findings: allFindings(run, outcome),
    start: started?.result ?? null,
    memory: memory(first.measured, started, request.memoryMb),
    expected: null,
    standIns: standIns(run, started),
    commit: source.commit,
    dirty: source.dirty,
  };
  return {
    verification,
    steps: built.flatMap(({ proof }, index) => stepTimes(index + 1, proof)),
    files: enclaveFiles(first.measured),
    mended: mendedFile(run, explained),
    diffIds: first.image.layers.map(({ diffId }) => diffId),
  };
}

function mendedFile({ request, text }: Run, { mends }: Explained): Verified['mended'] {
  const after = applyMends(text, mends);
  return after === text ? null : { path: request.containerfile, before: text, after };
}

function record({ engine, seconds, proof, image }: Proved, enclaveSha256: string): BuildRecord {
  return {
    engine: engine.name,
    builder: engine.builder,
    version: engine.version,
    seconds: Math.round(seconds * 10) / 10,
    stepsRun: proof.stepsRun,
    stepsCached: proof.stepsCached,
    executionProved: proof.executionProved,
    manifest: image.manifest,
    enclaveSha256,
  };
}

function standIns(run: Run, started: Outcome['started']): string[] {
  const bases = run.overrides.map(({ image, replacement }) => `${image}: ${replacement}`);
  return [...new Set([...bases, ...(started?.standIns ?? [])])];
}

function allFindings(run: Run, { built, explained, started }: Outcome): Finding[] {
  const { request, source, file, text } = run;
  const { containerfile } = request;
  return [
    ...source.findings,
    ...built[0].measured.findings,
    ...unprovedSteps(
      containerfile,
      built.map(({ proof }) => proof),
    ),
    ...floatingBases(containerfile, file),
    ...frontendFindings(containerfile, text),
    ...risks(containerfile, file),
    ...(request.start && request.run === null ? [noRun()] : []),
    ...moreDifferences(explained.more, maxDifferences),
    ...(started?.findings ?? []),
    ...(request.keep ? [filesKept(run.folder)] : []),
  ];
}

function enclaveFiles({ entries }: MeasuredTree): EnclaveFile[] {
  return entries.map(({ path: name, type, executable, size, sha256, link }) => {
    return { path: `/${displayPath(name)}`, type, executable, size, sha256, link: displayPath(link) };
  });
}
