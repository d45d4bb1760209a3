import { deflateRawSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { takeApart } from '../../../src/explain/carriers/index.ts';
import { hintsOf } from '../../../src/explain/clues/hints.ts';
import { maskClues } from '../../../src/explain/clues/masks.ts';
import { lookOf } from '../../../src/explain/clues/words.ts';
import { causes } from '../../../src/explain/mends.ts';
import { bare, known, tell } from './pair.ts';
import { elf, sqlite, tar, zip } from './samples.ts';

const magics = [
  '\x1f\x8b\x08\0',
  '07070100',
  'PK\x03\x04',
  '\x7fELF\x02\x01',
  '\xa7\x0d\x0d\x0a\0\0\0\0',
  '{"a":[',
  '!<arch>\n',
];
magics.push('SQLite format 3\0', '-----BEGIN PRIVATE KEY-----\n', '');
const bytes = fc
  .tuple(fc.constantFrom(...magics), fc.uint8Array({ maxLength: 2000 }))
  .map(([magic, rest]) => Buffer.concat([Buffer.from(magic, 'latin1'), rest]));

/** A well-made file, with some bytes altered and its end cut off. */
const damaged = fc
  .tuple(
    fc.constantFrom(
      tar([
        { name: 'a.txt', content: 'one' },
        { name: 'b/c.txt', content: 'two' },
      ]),
      zip([
        { name: 'a.txt', content: 'one'.repeat(50) },
        { name: 'b.txt', content: 'two' },
      ]),
      gzipSync(tar([{ name: 'a.txt', content: 'one' }])),
      elf({ '.text': 'code', '.rodata': 'built at 1785578410' }),
      sqlite('ada', 'grace'),
    ),
    fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 }),
    fc.double({ min: 0.2, max: 1, noNaN: true }),
  )
  .map(([whole, changes, part]) => {
    const copy = Buffer.from(whole);
    for (const [at, value] of changes) copy[at % copy.length] = value;
    return copy.subarray(0, Math.ceil(copy.length * part));
  });

describe('contents made to harm', () => {
  it('end in an answer, whatever they hold', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(bytes, damaged), fc.oneof(bytes, damaged), fc.boolean(), async (a, b, facts) => {
        const told = await tell(a, b, { context: facts ? known : bare });
        expect(causes).toContain(told.cause);
        expect(told.mend).not.toBe('');
        // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
        expect(told.evidence).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f]/);
      }),
      { numRuns: 400 },
    );
  }, 60_000);

  it('unpack no more than a bound, however much they claim and hold', () => {
    const members = (fill: number) => {
      const bomb = gzipSync(Buffer.alloc(15 << 20, fill), { level: 1 });
      return Array.from({ length: 40 }, (_, index) => ({ name: `${index}`, content: bomb }));
    };
    const before = process.memoryUsage().arrayBuffers;
    const { carrier, traits } = takeApart(tar(members(1)), tar(members(2)));
    expect(carrier).toBe('tar');
    expect(traits).toHaveLength(40);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200 << 20);
  }, 60_000);

  it('end, though a cpio header claims a name so long that the next member would begin where it does', async () => {
    const looped = (inode: string) =>
      Buffer.concat([Buffer.from(`070701${inode}${'00000000'.repeat(10)}ffffff9200000000`), Buffer.alloc(200)]);
    expect(await tell(looped('00000001'), looped('00000002'))).toMatchObject({ certain: false });
  });

  it('are compared as stored when a member holds more than it claims', () => {
    const liar = (fill: number) =>
      zip([{ name: 'a', content: '', stored: deflateRawSync(Buffer.alloc(1 << 20, fill)), method: 8 }]);
    const { carrier, traits } = takeApart(liar(1), liar(2));
    expect(carrier).toBe('zip');
    expect(JSON.stringify(traits).length).toBeLessThan(20_000);
  });

  it('take little time where words, lines and marks repeat', async () => {
    const started = performance.now();
    for (const part of [
      'a',
      '/',
      '2',
      '1:',
      '- ',
      'ab1-',
      '"a":',
      '[',
      '1785578410 ',
      '/tmp/a',
      '\n',
      'Jan ',
      "'a', ",
      ' ',
      '\t,',
      ']',
      "'",
      'key ',
      'host: ',
      '=:',
      '2026-08-01 ',
      '-----BEGIN A-----',
    ]) {
      const text = part.repeat(200_000 / part.length);
      await tell(`${text}x`, `${text}yz`);
      await tell(`x${text}`, `yz${text}`, { context: bare });
      await tell(`1${text}a`, `1${text}b`);
      await tell(`host${text}a1`, `host${text}b1`, { context: bare });
    }
    expect(performance.now() - started).toBeLessThan(20_000);
  }, 60_000);
});

describe('masks and shapes', () => {
  it('say nothing of equal contents', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constantFrom('1785578410', 'host-0abc 644')), (text) => {
        expect(maskClues(text, text, known.facts)).toEqual({ a: text, b: text, present: [] });
      }),
    );
  });

  it('take any words', () => {
    const around = { hints: hintsOf('', ''), timed: false };
    const text = fc.string({ unit: 'binary', maxLength: 60 });
    fc.assert(
      fc.property(text, text, text, text, (a, b, context, other) => {
        const look = lookOf({ a, b, context, other }, around);
        expect(look === null || [...causes, 'unknown'].includes(look.cause)).toBe(true);
      }),
    );
  });
});
