import type { BuildRecord, EnclaveDigest, EnclaveFile, Varied } from '../verify/types.ts';

/** Source: https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md */
export const statementType = 'https://in-toto.io/Statement/v1';
/** What every version of our predicate begins with; the number after it changes when an old reader would misread. */
export const predicateFamily = 'https://github.com/create-caution-app/create-caution-app/verification/';
export const predicateType = `${predicateFamily}v1`;
/** Source: https://github.com/in-toto/attestation/blob/main/spec/v1/envelope.md */
export const payloadType = 'application/vnd.in-toto+json';
/** Names of the two subjects. */
export const enclaveSubject = 'enclave-format-1';
export const manifestSubject = 'image-manifest';
/** More than a record of 250,000 files: what is larger is neither written nor read. */
export const maxRecordBytes = 64 * 2 ** 20;

/** A reference to an image that the build needs, as the Containerfile names it. */
export interface Pin {
  reference: string;
  line: number;
}

/** What was built, by whom it was verified. */
export interface About {
  tool: { name: string; version: string };
  /** Where the source can be had, without credentials; null when it is not known. */
  sourceUrl: string | null;
  /** Relative to the root of the context, and the SHA-256 of its bytes, hexadecimal. */
  containerfile: { path: string; sha256: string };
  pins: Pin[];
}

/** What a record says beside its subjects: `schema/verification-v1.json`. */
export interface Predicate {
  tool: About['tool'];
  source: {
    commit: string | null;
    dirty: boolean;
    url: string | null;
    containerfile: About['containerfile'];
    pins: Pin[];
  };
  builds: Omit<BuildRecord, 'seconds'>[];
  conditions: { varied: Varied[]; heldStill: string[] };
  /** The claim that decides. */
  enclave: EnclaveDigest;
  /** The other claim; `manifest` and `diffIds` are null where the builds' images differ or could not be compared. */
  image: { identical: boolean; conditions: string; manifest: string | null; diffIds: string[] | null };
  /** Images that the enclave was built from in place of StageX's own, as `name: reference`. */
  standIns: string[];
  files: EnclaveFile[];
}

/** An artefact, and its digest by algorithm. */
export interface Subject {
  name: string;
  digest: { sha256: string };
}

export interface Statement {
  _type: typeof statementType;
  subject: Subject[];
  predicateType: string;
  predicate: Predicate;
}

/**
 * JSON that depends on nothing but the value: keys sorted, innermost objects and lists on one line.
 * @param value plain data.
 */
export function canonicalJson(value: unknown): string {
  return `${write(value, '')}\n`;
}

function write(value: unknown, indent: string): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const list = Array.isArray(value);
  const parts: [string, unknown][] = list
    ? value.map((one) => ['', one])
    : Object.entries(value)
        .filter(([, one]) => one !== undefined)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, one]) => [`${JSON.stringify(key)}: `, one]);
  const [open, close] = list ? ['[', ']'] : ['{', '}'];
  if (parts.length === 0) return `${open}${close}`;
  const plain = parts.every(([, one]) => one === null || typeof one !== 'object');
  if (plain) {
    const inside = parts.map(([key, one]) => key + JSON.stringify(one)).join(', ');
    return list ? `[${inside}]` : `{ ${inside} }`;
  }
  const deeper = `${indent}  `;
  return `${open}\n${parts.map(([key, one]) => deeper + key + write(one, deeper)).join(',\n')}\n${indent}${close}`;
}
