import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { began, file, known, tell, tellEntries } from './pair.ts';
import { ar, cpio, elf, type Member, pyc, sqlite, tar, zip } from './samples.ts';

const own = (index: number) => began + index * 60_000 + 10_000;
const member = (name: string, more: Partial<Member> = {}): Member => ({ name, content: `content of ${name}`, ...more });
const stamped = (index: number) => [member('a.txt', { time: own(index) }), member('b.txt')];

function gzip(content: Buffer, time: number): Buffer {
  const packed = gzipSync(content);
  packed.writeUInt32LE(Math.floor(time / 1000), 4);
  return packed;
}

/** Of each format, what differs in nothing but the time of its own build. */
const timed: Record<string, (index: number) => Buffer> = {
  tar: (index) => tar(stamped(index)),
  zip: (index) => zip(stamped(index)),
  cpio: (index) => cpio(stamped(index)),
  ar: (index) => ar(stamped(index)),
  gzip: (index) => gzip(Buffer.from('content'), own(index)),
  'tar.gz in zip': (index) => zip([{ name: 'in.tar.gz', content: gzip(tar(stamped(index)), 0) }]),
  elf: (index) => elf({ '.text': 'code', '.rodata': `at ${own(index) / 1000}`, '.data': 'more' }),
  json: (index) => Buffer.from(JSON.stringify({ a: 1, built: new Date(own(index)).toISOString(), b: [1, 'x'] })),
  sqlite: (index) => {
    const database = sqlite('ada', `at ${own(index) / 1000}`, 'grace');
    database.writeUInt32BE(7 + index, 24);
    database.writeUInt32BE(7 + index, 92);
    return database;
  },
  pyc: (index) => pyc(0, own(index) / 1000, 'some code'),
};

describe('certainty', () => {
  it.each(Object.entries(timed))('is had when nothing but a time differs: %s', async (_, make) => {
    const told = await tell(make(0), make(1));
    expect(told.certain).toBe(true);
    expect(['wall-clock', 'bytecode']).toContain(told.cause);
  });

  it.each(Object.entries(timed))('is lost when any one byte more differs: %s', async (_, make) => {
    const [a, b] = [make(0), make(1)];
    const near = (at: number) => a.subarray(at - 20, at + 20).equals(b.subarray(at - 20, at + 20));
    const places = Array.from({ length: b.length }, (_, at) => at).filter((at) => at >= 20 && near(at));
    places.push(...[0, 1, 2, 3].filter((at) => a[at] === b[at]));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...places), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const more = Buffer.from(b);
        more[at] = (more[at] ?? 0) ^ change;
        const told = await tell(a, more);
        expect(told.certain, `${told.cause}, byte ${at}: ${told.evidence}`).toBe(false);
      }),
      { numRuns: 150 },
    );
  });
});

describe('no certainty', () => {
  it('when members of one name hide another difference', async () => {
    const make = (index: number, first: string) => [
      ...stamped(index),
      member('twice', { content: first }),
      member('twice', { content: 'same' }),
    ];
    for (const pack of [tar, zip, ar, cpio])
      expect(await tell(pack(make(0, 'same')), pack(make(1, 'left')))).toMatchObject({ certain: false });
    const sections = (index: number, text: string) =>
      elf([
        ['.text', text],
        ['.text', 'same'],
        ['.note.gnu.build-id', `${index}`],
      ]);
    expect(await tell(sections(0, 'left'), sections(1, 'same'))).toMatchObject({ certain: false });
  });

  it('when more differs than is looked at', async () => {
    const many = (index: number, last: string) => [
      ...Array.from({ length: 300 }, (_, at) => member(`${at}`, { content: `at ${own(index) / 1000}` })),
      member('last', { content: last }),
    ];
    expect(await tell(tar(many(0, 'left')), tar(many(1, 'right')))).toMatchObject({ certain: false });
    const object = (index: number, last: string) =>
      JSON.stringify([...Array.from({ length: 150 }, () => `at ${own(index) / 1000}`), last]);
    expect(await tell(object(0, 'left'), object(1, 'right'))).toMatchObject({ certain: false });
    const deep = (text: string, index: number) => {
      const nested = Array.from({ length: 60 }).reduce<unknown>((inner) => [inner], text);
      return JSON.stringify({ at: own(index), nested });
    };
    expect(await tell(deep('left', 0), deep('right', 1))).toMatchObject({ certain: false });
  });

  it('takes many members with times of their own for one origin', async () => {
    const many = (index: number) => Array.from({ length: 500 }, (_, at) => member(`${at}`, { time: own(index) }));
    expect(await tell(tar(many(0)), tar(many(1)))).toMatchObject({ cause: 'wall-clock', certain: true });
  });

  it('when keys of JSON stand in another order as well', async () => {
    const at = (index: number) => new Date(own(index)).toISOString();
    const told = await tell(`{"at":"${at(0)}","b":1,"c":2}`, `{"c":2,"at":"${at(1)}","b":1}`);
    expect(told).toMatchObject({ certain: false });
  });

  it('when gzip packs otherwise as well', async () => {
    const packed = (index: number) => {
      const bytes = gzipSync(Buffer.from('same'.repeat(100)), { level: index ? 9 : 1 });
      bytes.writeUInt32LE(own(index) / 1000, 4);
      return bytes;
    };
    expect(await tell(packed(0), packed(1))).toMatchObject({ cause: 'wall-clock', certain: false });
  });

  it('when the file may also be executed in one build only', async () => {
    const entries = [file(`at ${own(0)}\n`), file(`at ${own(1)}\n`, { mode: 0o755 })] as const;
    const told = await tellEntries([...entries], ['content', 'executable', 'mode'], 'app/x', known);
    expect(told).toMatchObject({ cause: 'wall-clock', certain: false });
  });
});
