import { describe, expect, it } from 'vitest';
import type { Condition, Experiment } from '../../../src/explain/types.ts';
import { known, tell } from './pair.ts';

const all: readonly Condition[] = ['path', 'hostname', 'mtime', 'umask'];
const without = (condition: Condition) => all.filter((one) => one !== condition);
/** Digests, of which nobody can see what they are of. */
const digests: readonly [string, string] = ['5d41402abc4b2a76b9719d911017c592\n', '7d793037a0760186574b0282f2f435e7\n'];

function judged(experiments: readonly Experiment[], script: string | null = null, contents = digests) {
  return tell(contents[0], contents[1], { context: { ...known, script, experiments } });
}

describe('further builds', () => {
  it.each<[Condition, string]>([
    ['path', 'build-path'],
    ['hostname', 'hostname'],
    ['mtime', 'file-time'],
    ['umask', 'umask'],
  ])('prove an origin when %s alone changes the result: %s', async (condition, cause) => {
    const experiments = [
      { held: all, same: true, asSecond: false },
      { held: without(condition), same: false, asSecond: true },
    ];
    expect(await judged(experiments)).toMatchObject({ cause, certain: true });
  });

  it('prove none when the result is neither the first nor the second', async () => {
    const experiments = [
      { held: all, same: true, asSecond: false },
      { held: without('mtime'), same: false, asSecond: false },
    ];
    expect((await judged(experiments)).certain).toBe(false);
  });

  it('prove none when so little differs that it may be an accident', async () => {
    const experiments = [
      { held: all, same: true, asSecond: false },
      { held: without('mtime'), same: false, asSecond: true },
    ];
    expect((await judged(experiments, null, ['1\n', '2\n'])).certain).toBe(false);
  });

  it('rule out what was varied when all of it was held and the result is another one', async () => {
    const told = await judged([{ held: all, same: false, asSecond: false }], 'RUN sha256sum /etc/hostname > id');
    expect(told.certain).toBe(false);
    expect(['hostname', 'build-path', 'file-time', 'umask']).not.toContain(told.cause);
  });

  it('leave alone what is certain', async () => {
    const told = await judged([{ held: all, same: false, asSecond: false }], null, [
      'on host-0abc\n',
      'on host-1abc\n',
    ]);
    expect(told).toMatchObject({ cause: 'hostname', certain: true });
  });
});
