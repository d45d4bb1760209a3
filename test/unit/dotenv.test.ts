import { describe, expect, it } from 'vitest';
import { readDotenv } from '../../src/dotenv.ts';
import { busyFor } from './busy.ts';

describe('a file of variables', () => {
  it.each([
    ['A=1', '1'],
    ['  export A = 1 # one', '1'],
    ['A="a # b" # c', 'a # b'],
    ["A='a'", 'a'],
    ['A="a', '"a'],
    ['A=a#b', 'a#b'],
    ['A=', ''],
    ['A=1\r', '1'],
  ])('%j gives A=%j', (text, value) => {
    expect(readDotenv(text)).toEqual([{ name: 'A', value, line: 1 }]);
  });

  it('counts lines, and leaves out what is no assignment', () => {
    expect(readDotenv('# A=1\n\n1=2\nB = 2\nsay C=3\n')).toEqual([{ name: 'B', value: '2', line: 4 }]);
  });

  it.each([' ', 'A', '"', ' #', '=', 'export '])('is read in time, whatever its lines: %j', async (word) => {
    expect(await busyFor(() => readDotenv(`A=${word.repeat(100_000)}!\n`))).toBeLessThan(500);
  });
});
