import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { bare, began, known, tell } from './pair.ts';
import { ar, cpio, elf, type Member, sqlite, tar, zip } from './samples.ts';

const own = (index: number) => began + index * 60_000 + 10_000;
const source = (index: number) => known.facts[index]?.fileTime.getTime() ?? 0;
const pair = (make: (index: number) => Buffer) => [make(0), make(1)] as const;
const one = (more: Partial<Member>): Member => ({ name: 'a.txt', content: 'same', ...more });

/** A gzip file with a time in its header. Source: RFC 1952. */
function gzip(content: Buffer, time: number): Buffer {
  const packed = gzipSync(content);
  packed.writeUInt32LE(Math.floor(time / 1000), 4);
  return packed;
}

describe('what formats keep', () => {
  it.each([
    ['wall-clock', 'tar', pair((index) => tar([one({ time: own(index) })]))],
    ['file-time', 'tar', pair((index) => tar([one({ time: source(index) })]))],
    ['umask', 'tar', pair((index) => tar([one({ mode: index === 0 ? 0o644 : 0o664 })]))],
    ['wall-clock', 'zip', pair((index) => zip([one({ time: own(index) })]))],
    ['file-time', 'zip', pair((index) => zip([one({ time: source(index) })]))],
    ['umask', 'zip', pair((index) => zip([one({ mode: index === 0 ? 0o644 : 0o664 })]))],
    ['umask', 'zip', pair((index) => zip([one({ mode: 0o100644 | (index === 0 ? 0 : 0o020) })]))],
    ['umask', 'cpio', pair((index) => cpio([one({ mode: index === 0 ? 0o644 : 0o664 })]))],
    ['hostname', 'zip', pair((index) => zip([one({ content: `on host-${index}abc` })]))],
    ['wall-clock', 'gzip', pair((index) => gzip(Buffer.from('same'), own(index)))],
    ['wall-clock', 'gzip', pair((index) => gzip(tar([one({ time: own(index) })]), 0))],
    [
      'hostname',
      'gzip',
      pair((index) => gzip(tar([{ name: 'in.zip', content: zip([one({ content: `on host-${index}abc` })]) }]), 0)),
    ],
    [
      'wall-clock',
      'elf',
      pair((index) => elf({ '.text': 'same', '.rodata': `at ${own(index) / 1000}`, '.note.gnu.build-id': `${index}` })),
    ],
    ['build-id', 'elf', pair((index) => elf({ '.text': 'same', '.note.gnu.build-id': `${index}` }))],
    [
      'wall-clock',
      'json',
      pair((index) => Buffer.from(JSON.stringify({ a: 1, built: new Date(own(index)).toISOString() }))),
    ],
  ])('%s in %s is certain when nothing else differs', async (cause, carrier, [a, b]) => {
    expect(await tell(a, b)).toMatchObject({ cause, certain: true, carrier });
  });

  it.each([
    ['archive-metadata', 'tar', pair((index) => tar([one({ uid: 1000 + index })]))],
    [
      'directory-order',
      'tar',
      pair((index) => tar(['a', 'b', 'c'].map((name) => one({ name }))[index ? 'reverse' : 'slice']())),
    ],
    [
      'directory-order',
      'zip',
      pair((index) => zip(['a', 'b', 'c'].map((name) => one({ name }))[index ? 'reverse' : 'slice']())),
    ],
    ['archive-metadata', 'gzip', pair((index) => gzipSync(Buffer.from('same'.repeat(100)), { level: index ? 9 : 0 }))],
    ['hash-order', 'json', pair((index) => Buffer.from(index ? '{"a":1,"b":2}' : '{"b":2,"a":1}'))],
    ['hash-order', 'json', pair((index) => Buffer.from(index ? '["fig","pear"]' : '["pear","fig"]'))],
    ['database-order', 'sqlite', pair((index) => (index ? sqlite('ada', 'grace') : sqlite('grace', 'ada')))],
    ['wall-clock', 'tar', pair((index) => tar([one({ time: own(index), content: index ? 'left' : 'right' })]))],
  ])('%s in %s is likely, and not certain', async (cause, carrier, [a, b]) => {
    expect(await tell(a, b)).toMatchObject({ cause, certain: false, carrier });
  });

  it('names where inside it is', async () => {
    const [a, b] = pair((index) => tar([{ name: 'in.zip', content: zip([one({ time: own(index) })]) }]));
    expect((await tell(a, b)).evidence).toContain('a.txt, in.zip');
  });

  it('of which nothing is known beside the images prove no time', async () => {
    const [a, b] = pair((index) => tar([one({ time: own(index) })]));
    expect(await tell(a, b, { context: bare })).toMatchObject({ cause: 'wall-clock', certain: false });
  });
});

describe('byte code', () => {
  const pyc = (flags: number, field: string, code: string) =>
    Buffer.from(`\xa7\x0d\x0d\x0a${String.fromCharCode(flags)}\0\0\0${field}\x10\0\0\0${code}`, 'latin1');

  it('that records a time is certain when nothing else differs', async () => {
    const told = await tell(pyc(0, 'aaaa', 'code'), pyc(0, 'bbbb', 'code'), { name: 'app/x.pyc' });
    expect(told).toMatchObject({ cause: 'bytecode', certain: true, carrier: 'pyc' });
    const more = await tell(pyc(0, 'aaaa', 'code1'), pyc(0, 'bbbb', 'code2'), { name: 'app/x.pyc' });
    expect(more).toMatchObject({ cause: 'bytecode', certain: false });
  });

  it('that holds a set in another order is likely the order of hashes', async () => {
    const code = ['\xda\x05alpha\xda\x04beta\xda\x05gamma', '\xda\x05gamma\xda\x05alpha\xda\x04beta'];
    const told = await tell(pyc(1, 'aaaa', code[0] ?? ''), pyc(1, 'aaaa', code[1] ?? ''), { name: 'app/x.pyc' });
    expect(told).toMatchObject({ cause: 'hash-order', certain: false, carrier: 'pyc' });
  });
});

describe('numbers that hold a time', () => {
  const number = (index: number, write: (bytes: Buffer, ms: number) => void, ms = own(index)) => {
    const bytes = Buffer.alloc(12);
    write(bytes, ms);
    return Buffer.concat([Buffer.from('head\0\x01'), bytes, Buffer.from('\0tail')]);
  };

  it.each<[string, (bytes: Buffer, ms: number) => void]>([
    ['seconds, 32 bits, little endian', (bytes, ms) => bytes.writeUInt32LE(ms / 1000, 2)],
    ['seconds, 32 bits, big endian', (bytes, ms) => bytes.writeUInt32BE(ms / 1000, 2)],
    ['milliseconds, 64 bits', (bytes, ms) => bytes.writeBigUInt64LE(BigInt(ms), 3)],
    ['microseconds, big endian', (bytes, ms) => bytes.writeBigUInt64BE(BigInt(ms) * 1000n, 1)],
    ['nanoseconds', (bytes, ms) => bytes.writeBigUInt64LE(BigInt(ms) * 1_000_000n, 0)],
    ['seconds as a floating point number', (bytes, ms) => bytes.writeDoubleLE(ms / 1000, 0)],
    ['Julian days', (bytes, ms) => bytes.writeDoubleBE(ms / 86_400_000 + 2_440_587.5, 0)],
  ])('are certain when they are all that differs: %s', async (_, write) => {
    const [a, b] = [number(0, write), number(1, write)];
    expect(await tell(a, b)).toMatchObject({ cause: 'wall-clock', certain: true });
    const [c, d] = [number(0, write, source(0)), number(1, write, source(1))];
    expect(await tell(c, d)).toMatchObject({ cause: 'file-time', certain: true });
    const more = [Buffer.concat([a, Buffer.from('left side')]), Buffer.concat([b, Buffer.from('far right')])] as const;
    expect((await tell(...more)).certain).toBe(false);
  });

  it('are nothing when they belong to neither build', async () => {
    const write = (bytes: Buffer, ms: number) => bytes.writeUInt32LE(ms / 1000, 2);
    const told = await tell(number(0, write, own(0) - 86_400_000), number(1, write, own(1) - 86_400_000));
    expect(told.certain).toBe(false);
    expect(told.cause).not.toBe('wall-clock');
  });
});

describe('static libraries', () => {
  it('hold times, owners and members', async () => {
    const timed = pair((index) => ar([one({ name: 'a.o', time: own(index) })]));
    expect(await tell(...timed)).toMatchObject({ cause: 'wall-clock', certain: true, carrier: 'ar' });
    const owned = pair((index) => ar([one({ name: 'a.o', uid: 1000 + index })]));
    expect(await tell(...owned)).toMatchObject({ cause: 'archive-metadata', certain: false, carrier: 'ar' });
    const units = pair((index) => ar([one({ name: `app.${index}-cgu.${index}.rcgu.o` })]));
    expect(await tell(...units)).toMatchObject({ cause: 'codegen-units', certain: false, carrier: 'ar' });
  });
});

describe('keys', () => {
  const pem = (kind: string, body: string) => `-----BEGIN ${kind}-----\n${body}\n-----END ${kind}-----\n`;

  it('are told by their frame, and are not certain: a server may have given them', async () => {
    const told = await tell(
      pem('PRIVATE KEY', 'MC4CAQAwBQYDK2VwBCIEIA1x'),
      pem('PRIVATE KEY', 'MC4CAQAwBQYDK2VwBCIEIB7q'),
    );
    expect(told).toMatchObject({ cause: 'generated-key', certain: false, carrier: 'text' });
  });

  it('are no reason for what differs beside them', async () => {
    const key = pem('PUBLIC KEY', 'MCowBQYDK2VwAyEA');
    expect(await tell(`${key}left side\n`, `${key}right side\n`)).toMatchObject({ cause: 'unknown', carrier: 'text' });
  });
});

describe('what a server answered', () => {
  it('holds the time, and is no clock of the build’s', async () => {
    const answer = (index: number) => `HTTP/1.1 200 OK\nDate: ${new Date(own(index)).toUTCString()}\n`;
    const script = 'curl -si https://example.org > answer';
    const told = await tell(answer(0), answer(1), { context: { ...known, script } });
    expect(told).toMatchObject({ cause: 'network', certain: false });
    const plain = await tell(`${own(0)}\n`, `${own(1)}\n`, { context: { ...known, script } });
    expect(plain).toMatchObject({ cause: 'wall-clock', certain: false });
  });
});

describe('binary lists of strings', () => {
  it('in another order are likely the order of hashes', async () => {
    const pickled = (keys: readonly number[]) =>
      Buffer.from(
        `\x80\x04\x95${keys.map((key) => `\x8c${String.fromCharCode(4 + `${key}`.length)}key-${key}\x94`).join('')}.`,
        'latin1',
      );
    const keys = Array.from({ length: 40 }, (_, index) => index);
    const shuffled = keys.map((key) => (key * 7) % 40);
    expect(await tell(pickled(keys), pickled(shuffled))).toMatchObject({ cause: 'hash-order', certain: false });
  });
});
