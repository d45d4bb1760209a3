import { describe, expect, it } from 'vitest';
import { holdAgainst } from '../../../src/record/hold.ts';
import { readRecord } from '../../../src/record/read.ts';
import { recordOf, recordText } from '../../../src/record/record.ts';
import type { Verified } from '../../../src/verify/types.ts';
import { about, changed, pin, sha, verified } from './samples.ts';

const recorded = (of: Verified = verified(), with_ = about) => readRecord(recordText(recordOf(of, with_)));
const ids = ({ findings }: { findings: { id: string }[] }) => findings.map(({ id }) => id);
const standIn = (digest: string, host = 'localhost:5000') =>
  `pallet-go: ${host}/stagex/pallet-go@sha256:${sha(digest)}`;

describe('a build held against a record', () => {
  it('matches when it has the same enclave', () => {
    expect(holdAgainst(recorded(), verified(), about)).toEqual({ matches: true, differences: [], findings: [] });
  });

  it.each([
    [
      'content',
      '/data.txt',
      { size: 5, sha256: sha('other') },
      /Other content: in the record a file of 4 bytes.*here a file of 5 bytes/,
      undefined,
    ],
    ['an executable bit', '/app', { executable: false }, /^Executable in the record, not here\.$/, 'mode'],
    ['a link', '/current', { link: 'app2' }, /a link to app; here a link to app2/, 'link'],
    ['a type', '/current', { type: 'directory' as const, link: '' }, /a link to app; here a directory/, undefined],
    ['a path that is only here', '/new', { size: 1, sha256: sha('n') }, /^Only here: a file of 1 bytes/, undefined],
    ['a path that is only in the record', '/data.txt', null, /^Only in the record: a file of 4 bytes/, undefined],
  ])('names %s that differs', (_, path, change, evidence, carrier) => {
    const here = verified({}, changed(path, change));
    const { matches, differences } = holdAgainst(recorded(), here, about);
    expect(matches).toBe(false);
    expect(differences).toHaveLength(1);
    expect(differences[0]).toMatchObject({ path, inEnclave: true, cause: 'unknown', certain: false });
    expect(differences[0]?.evidence).toMatch(evidence);
    expect(differences[0]?.carrier).toBe(carrier);
  });

  it('says so when only the names that share a file can differ', () => {
    const here = verified();
    for (const build of here.verification.builds) build.enclaveSha256 = sha('hard links');
    const { matches, differences } = holdAgainst(recorded(), here, about);
    expect(matches).toBe(false);
    expect(differences).toMatchObject([{ path: '/', evidence: expect.stringContaining('hard links') }]);
  });

  it('lists a thousand paths and counts the rest', () => {
    const many = Array.from({ length: 1200 }, (_, index) => ({
      path: `/n${index}`,
      type: 'file' as const,
      executable: false,
      size: 0,
      sha256: sha(''),
      link: '',
    }));
    const held = holdAgainst(recorded(), verified({}, [...verified().files, ...many]), about);
    expect(held.differences).toHaveLength(1000);
    expect(held.findings.at(-1)?.message).toContain('200 more');
  });

  it('still matches as another image, with a note', () => {
    const here = verified();
    for (const build of here.verification.builds) build.manifest = `sha256:${sha('another')}`;
    const held = holdAgainst(recorded(), here, about);
    expect(held.matches).toBe(true);
    expect(held.findings).toMatchObject([{ id: 'record-image', level: 'note' }]);
  });

  it('says nothing of images where one of them has no manifest', () => {
    expect(holdAgainst(recorded(), verified({ imageIdentical: false }), about)).toMatchObject({
      matches: true,
      findings: [],
    });
  });

  it('makes names from outside harmless', () => {
    const record = recorded(verified({}, changed('/\u001b[2Jx', { sha256: sha('x') })), about);
    expect(holdAgainst(record, verified(), about).differences[0]?.path).toBe('/x');
  });
});

describe('another source', () => {
  it.each([
    ['commit', { commit: 'f'.repeat(40) }, about, /^The record is of commit 0123.*, this of ffff/],
    ['work', { dirty: true }, about, /this was built with uncommitted work/i],
    [
      'Containerfile',
      {},
      { ...about, containerfile: { path: 'Containerfile', sha256: sha('x') } },
      /the Containerfiles differ/i,
    ],
    ['base image', {}, { ...about, pins: [{ reference: `${pin}0`, line: 1 }] }, /they name other base images/i],
  ])('(%s) is said, and decides nothing', (_, change, here, message) => {
    const held = holdAgainst(recorded(), verified(change), here);
    expect(held.matches).toBe(true);
    expect(held.findings).toMatchObject([{ id: 'record-source', level: 'warning' }]);
    expect(held.findings[0]?.message).toMatch(message);
  });
});

describe('stand-ins', () => {
  it.each([
    ['a record on stand-ins against the real images', [standIn('x')], []],
    ['a record on the real images against stand-ins', [], [standIn('x')]],
  ])('refuses %s', (_, theirs, ours) => {
    expect(() => holdAgainst(recorded(verified({ standIns: theirs })), verified({ standIns: ours }), about)).toThrow(
      expect.objectContaining({ code: 'stand-in-record', exitCode: 1 }),
    );
  });

  it('are the same ones when their digests are, wherever they are served', () => {
    const record = recorded(verified({ standIns: [standIn('x')] }));
    expect(holdAgainst(record, verified({ standIns: [standIn('x', 'localhost:6000')] }), about).findings).toEqual([]);
    expect(holdAgainst(record, verified({ standIns: [standIn('y')] }), about).findings).toMatchObject([
      { id: 'record-stand-ins', message: expect.stringContaining('pallet-go') },
    ]);
  });

  it('that only started the service do not count', () => {
    const here = verified({ standIns: ['core-musl: localhost/core-musl'] });
    expect(holdAgainst(recorded(), here, about).matches).toBe(true);
  });
});

describe('builds that disagree', () => {
  it('match nothing, and it is said which of them the record has', () => {
    const here = verified({ reproducible: false, enclave: null });
    const [, second] = here.verification.builds;
    if (second) second.enclaveSha256 = sha('another');
    const held = holdAgainst(recorded(), here, about);
    expect(held.matches).toBe(false);
    expect(held.differences).toEqual([]);
    expect(held.findings[0]).toMatchObject({
      id: 'record-disagreement',
      message: expect.stringContaining('build 1 has'),
    });
  });
});

describe('a record that cannot be believed', () => {
  it('is named when its list of files is another than its digest', () => {
    const record = recorded();
    Object.assign(record.predicate.files[1] ?? {}, { sha256: sha('forged') });
    const held = holdAgainst(record, verified(), about);
    expect(held.matches).toBe(false);
    expect(ids(held)).toContain('record-contradicts');
  });

  it('came in an envelope whose signature nobody here has checked', () => {
    expect(ids(holdAgainst({ ...recorded(), enveloped: true }, verified(), about))).toEqual(['record-signature']);
  });
});
