import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { publicUrl } from '../../../src/record/about.ts';
import { readRecord } from '../../../src/record/read.ts';
import { recordOf, recordText } from '../../../src/record/record.ts';
import { canonicalJson, predicateType } from '../../../src/record/statement.ts';
import { about, manifest, pin, sha, verified } from './samples.ts';

const schemas = path.resolve(import.meta.dirname, '../../../schema');
const schema = JSON.parse(readFileSync(path.join(schemas, 'verification-v1.json'), 'utf8'));
const validate = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true }).compile(schema);
const problems = (predicate: unknown) => (validate(predicate) ? [] : validate.errors);
const example = readFileSync(path.join(schemas, 'examples/statement.json'), 'utf8');

describe('a record', () => {
  it('is an in-toto statement whose subjects are the enclave and the image', () => {
    const statement = recordOf(verified(), about);
    expect(statement._type).toBe('https://in-toto.io/Statement/v1');
    expect(statement.predicateType).toBe(schema.$id);
    expect(statement.subject).toEqual([
      { name: 'enclave-format-1', digest: { sha256: verified().verification.enclave?.sha256 } },
      { name: 'image-manifest', digest: { sha256: sha('manifest') } },
    ]);
    expect(problems(statement.predicate)).toEqual([]);
    expect(statement.predicate.image.manifest).toBe(manifest);
  });

  it('speaks of the enclave alone where the images differ', () => {
    const { subject, predicate } = recordOf(verified({ imageIdentical: false }), about);
    expect(subject.map(({ name }) => name)).toEqual(['enclave-format-1']);
    expect(predicate.image).toMatchObject({ identical: false, manifest: null, diffIds: null });
    expect(problems(predicate)).toEqual([]);
  });

  it('holds no time, so that the same verification gives the same bytes', () => {
    const slower = verified();
    for (const build of slower.verification.builds) build.seconds += 7;
    expect(recordText(recordOf(slower, about))).toBe(recordText(recordOf(verified(), about)));
  });

  it('is not made where the builds disagree', () => {
    expect(() => recordOf(verified({ reproducible: false, enclave: null }), about)).toThrow(
      expect.objectContaining({ code: 'nothing-to-record' }),
    );
  });

  it('names the stand-ins that the enclave was built from, and not those that only started it', () => {
    const standIns = [`pallet-go: localhost/pallet-go@sha256:${sha('x')}`, 'core-busybox: localhost/busybox'];
    expect(recordOf(verified({ standIns }), about).predicate.standIns).toEqual(standIns.slice(0, 1));
  });

  it('names each base image once it is needed', () => {
    expect(recordOf(verified(), about).predicate.source.pins).toEqual([{ reference: pin, line: 1 }]);
  });
});

describe('the example', () => {
  it('is valid, readable and written as a record is', () => {
    const statement = JSON.parse(example);
    expect(problems(statement.predicate)).toEqual([]);
    expect(statement.predicateType).toBe(predicateType);
    expect(readRecord(example).predicate.files.length).toBeGreaterThan(2);
    expect(canonicalJson(statement)).toBe(example);
  });

  it.each([
    ['a format of its own', (one: { enclave: { format: number } }) => Object.assign(one.enclave, { format: 2 })],
    ['one build', (one: { builds: unknown[] }) => one.builds.pop()],
    [
      'a digest in capitals',
      (one: { enclave: { sha256: string } }) => Object.assign(one.enclave, { sha256: 'A'.repeat(64) }),
    ],
    ['a relative path', (one: { files: { path: string }[] }) => Object.assign(one.files[0] ?? {}, { path: 'app' })],
    ['no files', (one: { files?: unknown }) => Reflect.deleteProperty(one, 'files')],
  ])('would not be valid with %s', (_, spoil) => {
    const { predicate } = JSON.parse(example);
    spoil(predicate);
    expect(validate(predicate)).toBe(false);
  });
});

describe('canonical JSON', () => {
  it('does not depend on the order of keys', () => {
    expect(canonicalJson({ b: [{ y: 1, x: 2 }], a: { c: [], d: {} } })).toBe(
      '{\n  "a": {\n    "c": [],\n    "d": {}\n  },\n  "b": [\n    { "x": 2, "y": 1 }\n  ]\n}\n',
    );
    expect(canonicalJson({ a: null, b: undefined, c: ['x', 1] })).toBe('{\n  "a": null,\n  "c": ["x", 1]\n}\n');
  });
});

describe('the URL of a source', () => {
  it.each([
    ['https://user:secret@example.com/a.git?token=secret#x', 'https://example.com/a.git'],
    ['git@example.com:org/a.git', 'ssh://example.com/org/a.git'],
    ['ssh://git@example.com:22/org/a.git', 'ssh://example.com:22/org/a.git'],
    ['/home/somebody/a', null],
    ['file:///home/somebody/a', null],
    ['C:\\a', null],
    ['', null],
  ])('%s becomes %s', (given, expected) => {
    expect(publicUrl(given)).toBe(expected);
  });
});
