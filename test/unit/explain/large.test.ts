import { randomBytes } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { differingParts } from '../../../src/explain/parts.ts';
import { began, file, tell } from './pair.ts';

vi.setConfig({ testTimeout: 60_000 });

const filler = randomBytes(26 << 20);

describe('files too large to be taken apart', () => {
  const at = (position: number, text: string) => {
    const bytes = Buffer.from(filler);
    bytes.write(text, position, 'latin1');
    return bytes;
  };

  it('are explained by the places in which they differ', async () => {
    const stamp = (index: number) => `at ${(began + index * 60_000 + 10_000) / 1000} `;
    expect(await tell(at(20 << 20, stamp(0)), at(20 << 20, stamp(1)))).toMatchObject({
      cause: 'wall-clock',
      certain: true,
    });
    const more = at(20 << 20, stamp(1));
    more.write('left', 5 << 20);
    expect((await tell(at(20 << 20, stamp(0)), more)).certain).toBe(false);
  });

  it('may have two lengths', async () => {
    const [a, b] = ['host-0abc', 'x-host-1abc'].map((text) =>
      Buffer.concat([filler.subarray(0, 13 << 20), Buffer.from(` on ${text} `), filler.subarray(13 << 20)]),
    );
    const told = await tell(a ?? '', Buffer.from(b?.toString('latin1').replace('x-host', 'host') ?? '', 'latin1'));
    expect(told).toMatchObject({ cause: 'hostname', certain: true });
    expect((await tell(a ?? '', b ?? '')).certain).toBe(false);
  });

  it('are given up where they differ in too much', async () => {
    expect(await differingParts(file(filler), file(randomBytes(filler.length)))).toBeNull();
    expect(await differingParts(file(filler), file(randomBytes(100)))).toBeNull();
    expect((await tell(filler, randomBytes(filler.length))).certain).toBe(false);
  });
});
