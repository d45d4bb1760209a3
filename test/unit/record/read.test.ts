import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/errors.ts';
import { isRecord, readRecord } from '../../../src/record/read.ts';
import { recordOf, recordText } from '../../../src/record/record.ts';
import { maxRecordBytes } from '../../../src/record/statement.ts';
import { about, sha, verified } from './samples.ts';

const whole = recordText(recordOf(verified(), about));
/** A record with one thing changed. */
function spoilt(spoil: (statement: ReturnType<typeof recordOf>) => void): string {
  const statement = structuredClone(recordOf(verified(), about));
  spoil(statement);
  return JSON.stringify(statement);
}
const envelope = (content: string, payloadType = 'application/vnd.in-toto+json') => ({
  payloadType,
  payload: Buffer.from(content).toString('base64'),
  signatures: [{ keyid: '', sig: 'AAAA' }],
});
const codeOf = (content: string) => {
  try {
    readRecord(content);
    return 'read';
  } catch (error) {
    return error instanceof UserError ? error.code : String(error);
  }
};

describe('reading a record', () => {
  it('gives back what was recorded', () => {
    expect(readRecord(whole)).toEqual({ predicate: recordOf(verified(), about).predicate, enveloped: false });
  });

  it('leaves fields aside that it does not know', () => {
    const more = spoilt((one) => Object.assign(one.predicate, { later: { a: 1 } }));
    expect(readRecord(more).predicate).toEqual(recordOf(verified(), about).predicate);
  });

  it.each([
    ['a DSSE envelope', JSON.stringify(envelope(whole))],
    ['a Sigstore bundle', JSON.stringify({ mediaType: 'x', dsseEnvelope: envelope(whole) })],
    [
      'one line of several',
      `${JSON.stringify(envelope('{"predicateType":"https://slsa.dev/provenance/v1"}'))}\n${JSON.stringify(envelope(whole))}\n`,
    ],
  ])('takes it out of %s, and says that it did', (_, content) => {
    expect(readRecord(content)).toEqual({ ...readRecord(whole), enveloped: true });
    expect(isRecord(content)).toBe(true);
  });
});

describe('what is no record', () => {
  it.each([
    ['nothing', ''],
    ['no JSON', 'hello'],
    ['a list', '[]'],
    [
      'another statement',
      JSON.stringify({ _type: 'https://in-toto.io/Statement/v1', predicateType: 'https://slsa.dev/provenance/v1' }),
    ],
    ['nesting without end', '['.repeat(5_000_000)],
    ['nesting with an end', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['another payload', JSON.stringify(envelope(whole, 'text/plain'))],
    ['a payload that is not base64', JSON.stringify({ ...envelope(whole), payload: '{}' })],
    ['an envelope in an envelope', JSON.stringify(envelope(JSON.stringify(envelope(whole))))],
    ['two records', `${JSON.stringify(envelope(whole))}\n${JSON.stringify(envelope(whole))}\n`],
    ['too much', `"${'x'.repeat(maxRecordBytes)}"`],
    ['another subject', spoilt((one) => one.subject.splice(0, 1))],
    ['another image as its subject', spoilt((one) => one.subject.splice(1, 1))],
    [
      'a build with another enclave',
      spoilt((one) => Object.assign(one.predicate.builds[1] ?? {}, { enclaveSha256: sha('x') })),
    ],
    ['one build', spoilt((one) => one.predicate.builds.pop())],
    ['fewer files than it counts', spoilt((one) => one.predicate.files.pop())],
    ['a path twice', spoilt((one) => one.predicate.files.push({ ...(one.predicate.files[0] ?? never()) }))],
    ['a folder with content', spoilt((one) => Object.assign(one.predicate.files[0] ?? {}, { sha256: sha('x') }))],
    ['a size below zero', spoilt((one) => Object.assign(one.predicate.files[1] ?? {}, { size: -1 }))],
    ['a path that is none', spoilt((one) => Object.assign(one.predicate.files[1] ?? {}, { path: { toString: 1 } }))],
    ['no predicate', spoilt((one) => Reflect.deleteProperty(one, 'predicate'))],
  ])('is refused: %s', (_, content) => {
    expect(codeOf(content)).toBe('bad-record');
  });

  it.each([
    ['predicate', spoilt((one) => Object.assign(one, { predicateType: one.predicateType.replace(/v1$/, 'v2') }))],
    ['enclave digest', spoilt((one) => Object.assign(one.predicate.enclave, { format: 2 }))],
    ['statement', spoilt((one) => Object.assign(one, { _type: 'https://in-toto.io/Statement/v2' }))],
  ])('is told apart from a record of another version (%s)', (_, content) => {
    expect(codeOf(content)).toBe('record-version');
    expect(isRecord(content)).toBe(true);
  });

  it('never is more than a sentence about it: any value in any place is read or refused', () => {
    const paths: (string | number)[][] = [];
    const collect = (value: unknown, at: (string | number)[]) => {
      paths.push(at);
      if (typeof value !== 'object' || value === null) return;
      for (const key of Object.keys(value)) collect(Reflect.get(value, key), [...at, key]);
    };
    collect(JSON.parse(whole), []);
    fc.assert(
      fc.property(fc.constantFrom(...paths.slice(1)), fc.jsonValue({ maxDepth: 3 }), (at, value) => {
        const statement = JSON.parse(whole);
        const parent = at.slice(0, -1).reduce((node, key) => Reflect.get(node, key), statement);
        Reflect.set(parent, at.at(-1) ?? '', value);
        expect(['read', 'bad-record', 'record-version']).toContain(codeOf(JSON.stringify(statement)));
      }),
    );
  });
});

function never(): never {
  throw new Error('the sample has files');
}
