import { UserError } from '../errors.ts';
import { printableLine } from '../output.ts';
import type { BuildRecord, EnclaveDigest, EnclaveFile, Varied } from '../verify/types.ts';
import { badRecord, count, fields, flag, listOf, object, oneOf, orNull, text } from './fields.ts';
import {
  maxRecordBytes,
  type Pin,
  type Predicate,
  payloadType,
  predicateFamily,
  predicateType,
  statementType,
} from './statement.ts';

/** A record that somebody else made, as far as it could be checked without building. */
export interface Expected {
  predicate: Predicate;
  /** Whether it came in a signed envelope. No signature is checked here. */
  enveloped: boolean;
}

const maxPath = 4 * 4096;
const hex256 = text(64, /^[0-9a-f]{64}$/, 'a SHA-256 in hexadecimal');
const digest = text(71, /^sha256:[0-9a-f]{64}$/, 'a digest such as sha256:…');
const line = text(10_000);

const readFileEntry = fields<EnclaveFile>({
  path: text(maxPath, /^\//, 'a path that begins with /'),
  type: oneOf('file', 'link', 'directory'),
  executable: flag,
  size: count,
  sha256: (value, at) => (value === '' ? '' : hex256(value, at)),
  link: text(maxPath),
});

const readPredicate = fields<Predicate>({
  tool: fields<Predicate['tool']>({ name: text(200), version: text(200) }),
  source: fields<Predicate['source']>({
    commit: orNull(text(64, /^[0-9a-f]{40}([0-9a-f]{24})?$/, 'a commit in hexadecimal')),
    dirty: flag,
    url: orNull(text(2000)),
    containerfile: fields<Predicate['source']['containerfile']>({ path: text(maxPath), sha256: hex256 }),
    pins: listOf(fields<Pin>({ reference: text(2000), line: count }), 10_000),
  }),
  builds: listOf(
    fields<Omit<BuildRecord, 'seconds'>>({
      engine: text(100) as (value: unknown, at: string) => BuildRecord['engine'],
      builder: text(1000),
      version: text(1000),
      stepsRun: count,
      stepsCached: count,
      executionProved: flag,
      manifest: (value, at) => (value === '' ? '' : digest(value, at)),
      enclaveSha256: hex256,
    }),
    1000,
  ),
  conditions: fields<Predicate['conditions']>({
    varied: listOf(
      fields<Varied>({ what: text(100) as (value: unknown, at: string) => Varied['what'], how: line }),
      1000,
    ),
    heldStill: listOf(text(1000), 1000),
  }),
  enclave: fields<EnclaveDigest>({
    format: oneOf(1 as const),
    sha256: hex256,
    files: count,
    treeBytes: count,
    replaced: listOf(text(maxPath), 2_000_000),
  }),
  image: fields<Predicate['image']>({
    identical: flag,
    conditions: line,
    manifest: orNull(digest),
    diffIds: orNull(listOf(digest, 10_000)),
  }),
  standIns: listOf(text(2000), 10_000),
  files: listOf(readFileEntry, 2_000_000),
});

/**
 * Reads a record: a statement, or one in a DSSE envelope, a Sigstore bundle, or a file with one of these a line.
 * @param content what the file holds; anybody may have written it.
 * @throws UserError `bad-record` for what is no record or contradicts itself, `record-version` for one of another version.
 */
export function readRecord(content: string): Expected {
  if (Buffer.byteLength(content) > maxRecordBytes) throw badRecord(`it has more than ${maxRecordBytes / 2 ** 20} MiB.`);
  const found = documents(content).map(unwrap);
  const ours = found.filter(({ statement }) => familyOf(statement));
  const [one] = ours;
  if (!one) throw badRecord(`${found.length === 1 ? 'it is' : 'none of its lines is'} no record of this program.`);
  if (ours.length > 1) throw badRecord(`it holds ${ours.length} records, and one is expected.`);
  const { statement, enveloped } = one;
  const kind = printableLine(String(statement.predicateType), 200);
  if (statement.predicateType !== predicateType) throw otherVersion(`its predicate is ${kind}`);
  if (statement._type !== statementType)
    throw otherVersion(`its statement is ${printableLine(String(statement._type), 200)}`);
  checkFormat(statement.predicate);
  const predicate = readPredicate(statement.predicate, 'predicate');
  checkAgreement(predicate, digestsOf(statement.subject));
  return { predicate, enveloped };
}

/** Whether a file's content is a record of any version, so that a new one may take its place. */
export function isRecord(content: string): boolean {
  try {
    return documents(content).some((document) => familyOf(unwrap(document).statement));
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

function familyOf({ predicateType: kind }: Record<string, unknown>): boolean {
  return typeof kind === 'string' && kind.startsWith(predicateFamily);
}

function otherVersion(what: string): UserError {
  return new UserError('record-version', `The record is of another version: ${what}.`, {
    next: 'Use the version of create-caution-app that wrote it; it stands in the record under tool.',
  });
}

/** Another format of the enclave digest is another digest, whatever else the record says. */
function checkFormat(predicate: unknown): void {
  const { enclave } = object(predicate, 'predicate');
  const { format } = object(enclave, 'predicate.enclave');
  if (typeof format === 'number' && format !== 1)
    throw otherVersion(`its enclave digest has format ${format}, and format 1 is known here`);
}

function documents(content: string): unknown[] {
  const whole = parse(content);
  if (whole !== undefined) return [whole];
  return content.split('\n').flatMap((each) => {
    if (each.trim() === '') return [];
    const document = parse(each);
    if (document === undefined) throw badRecord('it is not JSON.');
    return [document];
  });
}

function parse(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Takes a statement out of what others wrap around it. */
function unwrap(document: unknown): { statement: Record<string, unknown>; enveloped: boolean } {
  const outer = object(document, 'the document');
  const envelope = 'dsseEnvelope' in outer ? object(outer.dsseEnvelope, 'dsseEnvelope') : outer;
  if (!('payloadType' in envelope) && !('payload' in envelope)) return { statement: outer, enveloped: false };
  if (envelope.payloadType !== payloadType) throw badRecord(`its payload is not of type ${payloadType}.`);
  const payload = text(maxRecordBytes, /^[\w+/\s-]*={0,2}\s*$/, 'base64')(envelope.payload, 'payload');
  const inner = parse(Buffer.from(payload, 'base64').toString('utf8'));
  if (inner === undefined) throw badRecord('what its envelope holds is not JSON.');
  return { statement: object(inner, 'the payload'), enveloped: true };
}

function digestsOf(subject: unknown): Set<string> {
  const read = listOf((one, at) => object(object(one, at).digest, `${at}.digest`).sha256, 1000);
  return new Set(read(subject, 'subject').filter((sha256) => typeof sha256 === 'string'));
}

/** What is signed are the subjects as well as the predicate: a record in which they disagree says nothing. */
function checkAgreement({ enclave, image, builds, files }: Predicate, subjects: ReadonlySet<string>): void {
  if (!subjects.has(enclave.sha256)) throw badRecord('its subject is not the enclave that it describes.');
  if (image.manifest !== null && !subjects.has(image.manifest.slice('sha256:'.length)))
    throw badRecord('its subject is not the image that it describes.');
  if (builds.length < 2) throw badRecord('it tells of fewer than two builds.');
  if (builds.some(({ enclaveSha256 }) => enclaveSha256 !== enclave.sha256))
    throw badRecord('its builds do not have the enclave that it describes.');
  if (files.filter(({ type }) => type !== 'directory').length !== enclave.files)
    throw badRecord('it does not list as many files as it counts.');
  if (new Set(files.map((file) => file.path)).size !== files.length) throw badRecord('it lists a path twice.');
  const strange = files.find(
    ({ type, sha256, link }) => (type === 'file') !== (sha256 !== '') || (type !== 'link' && link !== ''),
  );
  if (strange) throw badRecord(`${printableLine(strange.path)} is not what its type says.`);
}
