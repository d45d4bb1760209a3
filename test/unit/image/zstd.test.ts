import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSlice } from '../../../src/image/content.ts';
import { readImage } from '../../../src/image/image.ts';
import { defaultLimits } from '../../../src/image/tree.ts';
import { ZstdFrames } from '../../../src/image/zstd.ts';
import { archiveOf, type Entry, sha256, tarOf, temporary } from './layers.ts';

const magic = Buffer.from('28b52ffd', 'hex');
/** A window of 1 MiB. */
const window = 0x50;

/** Format: https://www.rfc-editor.org/rfc/rfc8878 */
function block(type: 'raw' | 'repeated', size: number, content: Uint8Array, last: boolean): Buffer {
  const header = Buffer.alloc(3);
  header.writeUIntLE((size << 3) | (type === 'raw' ? 0 : 2) | Number(last), 0, 3);
  return Buffer.concat([header, content]);
}

/** A frame that holds bytes as they are. */
function frame(bytes: Uint8Array, claimed = window): Buffer {
  const size = 100_000;
  const blocks = [];
  for (let at = 0; at < bytes.length; at += size) {
    const part = bytes.subarray(at, at + size);
    blocks.push(block('raw', part.length, part, at + size >= bytes.length));
  }
  return Buffer.concat([magic, Buffer.from([0, claimed]), ...blocks]);
}

function skipped(content: string): Buffer {
  const header = Buffer.from('502a4d1800000000', 'hex');
  header.writeUInt32LE(content.length, 4);
  return Buffer.concat([header, Buffer.from(content)]);
}

const entries: Entry[] = [
  { name: 'small', content: 'some text' },
  { name: 'large', content: 'x'.repeat(300_000) },
];

async function read(pack: (layer: Buffer) => Buffer, limits = defaultLimits) {
  return readImage(await archiveOf([await tarOf(entries)], { pack }), { spool: temporary(), limits });
}

describe('a layer packed with zstd', () => {
  it.each<[string, (layer: Buffer) => Buffer]>([
    ['one frame', (layer) => frame(layer)],
    [
      'several frames',
      (layer) =>
        Buffer.concat(
          [1000, 4000].map((at, i) => frame(layer.subarray(i ? at - 3000 : 0, at))).concat(frame(layer.subarray(4000))),
        ),
    ],
    [
      'frames to be skipped',
      (layer) =>
        Buffer.concat([frame(layer.subarray(0, 700)), skipped('an index'), frame(layer.subarray(700)), skipped('')]),
    ],
  ])('is read whole: %s', async (_, pack) => {
    const { tree } = await read(pack);
    expect([...tree.keys()]).toEqual(['', 'large', 'small']);
    expect(tree.get('large')?.sha256).toBe(sha256(Buffer.from('x'.repeat(300_000))));
    const small = tree.get('small');
    expect(small && (await readSlice(small, 0, 100)).toString()).toBe('some text');
  });

  it('is read as zstd itself packs it', async () => {
    const packed = Buffer.from(
      'KLUv/QRovQIAAsQNEpDPAZjhwZzYoP8nkENYdNe8ZAyWU5OyTnTetqeTashE/lkaOiufu4w/vN8nI/zcQpD/rCh8AQogIDG1DozYL1xNVZNKARgCKB3Q5A2bCFyHJ6AF2n8kzA==',
      'base64',
    );
    const layer = await tarOf([{ name: 'note', content: 'packed by zstd itself\n'.repeat(40) }]);
    const { tree } = await readImage(await archiveOf([layer], { pack: () => packed }), { spool: temporary() });
    expect(tree.get('note')?.sha256).toBe(sha256(Buffer.from('packed by zstd itself\n'.repeat(40))));
  });

  it('is refused when it is cut off, or is followed by something else', async () => {
    await expect(read((layer) => frame(layer).subarray(0, -600))).rejects.toThrow(/cut off/);
    await expect(read((layer) => Buffer.concat([frame(layer), Buffer.from('more')]).subarray(0, -1))).rejects.toThrow(
      /cut off/,
    );
    await expect(read((layer) => Buffer.concat([frame(layer), Buffer.from('something else')]))).rejects.toThrow(
      /damaged/,
    );
  });

  it('is refused when a frame, be it the last, asks for gigabytes of memory', async () => {
    const twoGigabytes = 0xa8;
    await expect(read((layer) => frame(layer, twoGigabytes))).rejects.toThrow(/128 MiB/);
    const later = (layer: Buffer) =>
      Buffer.concat([frame(layer.subarray(0, 1024)), frame(layer.subarray(1024), twoGigabytes)]);
    await expect(read(later)).rejects.toThrow(/128 MiB/);
    const single = Buffer.concat([magic, Buffer.from([0xe0]), Buffer.from('0000000001000000', 'hex')]);
    await expect(read(() => single)).rejects.toThrow(/128 MiB/);
  });

  it('is refused when four bytes stand for 128 KiB, again and again', async () => {
    const bomb = Buffer.concat([
      magic,
      Buffer.from([0, window]),
      ...Array.from({ length: 4000 }, (_, index) => block('repeated', 1 << 17, Buffer.from([0]), index === 3999)),
    ]);
    await expect(read(() => bomb, { ...defaultLimits, bytes: 1 << 22 })).rejects.toThrow(/unpacks to more than 4 MiB/);
  });

  it('is told apart into frames alike, wherever it is cut into pieces', () => {
    const whole = Buffer.concat([frame(Buffer.alloc(500, 'a')), skipped('skipped'), frame(Buffer.alloc(300, 'b'))]);
    const framesOf = (pieces: readonly Uint8Array[]) => {
      const frames = new ZstdFrames();
      const found: Buffer[] = [];
      for (const piece of pieces)
        for (const { frame: number, bytes } of frames.split(piece))
          found[number] = Buffer.concat([found[number] ?? Buffer.alloc(0), bytes]);
      return { found: found.slice(1).map((each) => each.toString('hex')), whole: frames.whole };
    };
    const expected = {
      found: [frame(Buffer.alloc(500, 'a')), frame(Buffer.alloc(300, 'b'))].map((each) => each.toString('hex')),
      whole: true,
    };
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length), { maxLength: 20 }), (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), whole.length];
        const pieces = places.slice(1).map((end, index) => whole.subarray(places[index], end));
        expect(framesOf(pieces)).toEqual(expected);
      }),
    );
  });
});
