import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/errors.ts';
import { type TarHeader, TarReader } from '../../../src/image/tar.ts';

const record = (key: string, value: string) => {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length + 1;
  while (`${length}${rest}`.length !== length) length = `${length}${rest}`.length;
  return `${length}${rest}`;
};

/** One block of header, and its body. */
function entry(name: string, flag: string, body = ''): Buffer {
  const block = Buffer.alloc(512);
  const octal = (value: number, at: number, length: number) =>
    block.write(value.toString(8).padStart(length - 1, '0'), at, 'latin1');
  block.write(name, 0, 'latin1');
  octal(0o644, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(body.length, 124, 12);
  octal(0, 136, 12);
  block.write(' '.repeat(8), 148, 'latin1');
  block.write(flag, 156, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  octal(
    block.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  return Buffer.concat([block, Buffer.from(body, 'latin1'), Buffer.alloc(-body.length & 511)]);
}

function headers(...entries: Buffer[]): TarHeader[] {
  const found: TarHeader[] = [];
  const reader = new TarReader({ entry: (header) => found.push(header), data: () => undefined, end: () => undefined });
  for (const one of entries) reader.write(one);
  reader.close();
  return found;
}

describe('extended headers', () => {
  it('count for one entry; what is said for all is ignored, as engines ignore it', () => {
    const found = headers(
      entry('global', 'g', record('path', 'from-global')),
      entry('own', 'x', record('path', 'from-own')),
      entry('first', '0'),
      entry('second', '0'),
    );
    expect(found.map(({ name }) => name)).toEqual(['from-own', 'second']);
  });

  it('with an empty value leave the field as it is', () => {
    expect(headers(entry('own', 'x', record('path', '')), entry('name', '0')).map(({ name }) => name)).toEqual([
      'name',
    ]);
  });

  it.each([
    ['a zero byte in a name', record('path', 'a\0b')],
    ['a length that goes too far', '99 path=a\n'],
    ['a length that ends too early', '9 path=abcdef\n'],
    ['no key', '6 =ab\n'],
    ['no number', 'x path=a\n'],
  ])('are refused with %s', (_, body) => {
    expect(() => headers(entry('own', 'x', body), entry('name', '0'))).toThrow(UserError);
  });
});
