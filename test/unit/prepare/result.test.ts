import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type TarMember, writeTar } from '../../../src/image/tar-writer.ts';
import { printable } from '../../../src/output.ts';
import { largestLock, readLockArchive } from '../../../src/prepare/result.ts';

async function archive(...members: Partial<TarMember & { text: string | Uint8Array }>[]): Promise<Buffer> {
  const parts: Buffer[] = [];
  const all = members.map(({ text = '', ...member }): TarMember => {
    const content = Buffer.from(text);
    async function* once() {
      yield content;
    }
    return { path: 'a.lock', type: 'file', mode: 0o644, link: '', size: content.length, content: once(), ...member };
  });
  for await (const part of writeTar(all)) parts.push(part);
  return Buffer.concat(parts);
}

describe('what comes out of a container', () => {
  it('is taken when it is a text', async () => {
    expect(readLockArchive(await archive({ text: 'one\ntwo\n' }), 'a.lock')).toEqual({ text: 'one\ntwo\n' });
    expect(readLockArchive(await archive({ text: 'one\r\ntwo\r\n' }), 'a.lock')).toEqual({ text: 'one\ntwo\n' });
  });

  it.each<[string, Parameters<typeof archive>, RegExp]>([
    ['a link', [{ type: 'link', link: '/etc/passwd', size: 0, content: null }], /no file/],
    ['a folder', [{ type: 'directory', size: 0, content: null }], /no file/],
    ['a file of another name', [{ path: '../a.lock', text: 'x' }], /no file/],
    ['two files', [{ text: 'x' }, { text: 'y' }], /no file/],
    ['nothing', [], /no file/],
    ['empty', [{ text: ' \n' }], /empty/],
    ['not UTF-8', [{ text: Buffer.from([0xff, 0xfe, 0x41]) }], /UTF-8/],
    ['full of escapes', [{ text: 'x\u001b[2Jy' }], /control/],
    ['text that hides', [{ text: 'x\u202ey' }], /control/],
    ['a file with zeros', [{ text: 'x\0y' }], /control/],
  ])('is not taken when it is %s', async (_what, members, reason) => {
    expect(readLockArchive(await archive(...members), 'a.lock')).toEqual({ reason: expect.stringMatching(reason) });
  });

  it('is not taken when it is too large, though the archive was cut off there', async () => {
    const whole = await archive({ text: 'x'.repeat(largestLock + 1) });
    expect(readLockArchive(whole, 'a.lock')).toEqual({ reason: expect.stringContaining('larger') });
    expect(readLockArchive(whole.subarray(0, 10_000), 'a.lock')).toEqual({ reason: expect.stringContaining('larger') });
  });

  it('is not taken when the archive ends too early', async () => {
    const whole = await archive({ text: 'x'.repeat(2000) });
    expect(readLockArchive(whole.subarray(0, 1000), 'a.lock')).toEqual({ reason: expect.stringContaining('broken') });
  });

  it('never is anything but harmless text, whatever the bytes are', async () => {
    const whole = await archive({ text: 'name = "x"\n'.repeat(20) });
    const changes = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 8 });
    fc.assert(
      fc.property(changes, fc.nat(whole.length), (changed, end) => {
        const bytes = Buffer.from(whole);
        for (const [at, byte] of changed) bytes[at] = byte;
        const read = readLockArchive(bytes.subarray(0, end), 'a.lock');
        if ('text' in read) expect(printable(read.text)).toBe(read.text);
        else expect(read.reason).not.toBe('');
      }),
    );
  });
});
