import { UserError } from '../errors.ts';
import { stagexName } from '../stagex/references.ts';
import type { Verified } from '../verify/types.ts';
import {
  type About,
  canonicalJson,
  enclaveSubject,
  manifestSubject,
  maxRecordBytes,
  type Pin,
  predicateType,
  type Statement,
  statementType,
} from './statement.ts';

/**
 * What a verification showed, as an in-toto statement, unsigned. It holds no time of its own.
 * @throws UserError `nothing-to-record` when the builds disagree: there is no one enclave to speak of.
 */
export function recordOf({ verification, files, diffIds }: Verified, about: About): Statement {
  const { enclave, builds, imageIdentical } = verification;
  if (enclave === null) {
    throw new UserError('nothing-to-record', 'The builds disagree, so there is no enclave to record.', {
      next: 'Mend what differs, and verify again with --record.',
    });
  }
  const manifest = imageIdentical ? (builds[0]?.manifest ?? '') : '';
  return {
    _type: statementType,
    subject: [
      { name: enclaveSubject, digest: { sha256: enclave.sha256 } },
      ...(manifest === '' ? [] : [{ name: manifestSubject, digest: { sha256: manifest.replace(/^sha256:/, '') } }]),
    ],
    predicateType,
    predicate: {
      tool: about.tool,
      source: {
        commit: verification.commit,
        dirty: verification.dirty,
        url: about.sourceUrl,
        containerfile: about.containerfile,
        pins: about.pins,
      },
      builds: builds.map(({ seconds: _, ...build }) => build),
      conditions: { varied: verification.varied, heldStill: verification.heldStill },
      enclave,
      image: {
        identical: imageIdentical,
        conditions: verification.imageConditions,
        manifest: manifest === '' ? null : manifest,
        diffIds: manifest === '' ? null : diffIds,
      },
      standIns: buildStandIns(verification.standIns, about.pins),
      files,
    },
  };
}

/**
 * The stand-ins that an enclave was built from. Those that were only used to start the service left nothing in it.
 * @param standIns as `name: reference`.
 */
export function buildStandIns(standIns: readonly string[], pins: readonly Pin[]): string[] {
  const names = new Set(pins.map(({ reference }) => stagexName(reference)));
  return standIns.filter((standIn) => names.has(standIn.split(': ')[0] ?? '')).sort();
}

/**
 * The statement as a file holds it: the same statement gives the same bytes.
 * @throws UserError `record-too-large` when no reader would take it.
 */
export function recordText(statement: Statement): string {
  const text = canonicalJson(statement);
  if (Buffer.byteLength(text) <= maxRecordBytes) return text;
  throw new UserError(
    'record-too-large',
    `The enclave has too many files (${statement.predicate.files.length}) for a record of ${maxRecordBytes / 2 ** 20} MiB.`,
    { next: 'Verify without --record, or leave files out of the image.' },
  );
}
