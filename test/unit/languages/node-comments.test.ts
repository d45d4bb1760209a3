import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutComments } from '../../../src/languages/node/comments.ts';

describe('code without its comments', () => {
  it.each([
    ['a // b\nc', 'a \nc'],
    ['a /* b\n c */ d', 'a \n d'],
    ['a /* b', 'a '],
    ['a // b', 'a '],
    ["glob('src/**/*.ts'); // b", "glob('src/**/*.ts'); "],
    ['fetch("http://x//y") /* z */', 'fetch("http://x//y") '],
    ['`a\n// b c /* d */\n` // e', '`a\n// b c /* d */\n` '],
    ['x = "\\"// a" // b', 'x = "\\"// a" '],
    ["don't\n// b", "don't\n"],
    ['a = `b\n// c', 'a = `b\n'],
  ])('%j is %j', (code, expected) => {
    expect(withoutComments(code)).toBe(expected);
  });

  it('keeps every line where it was', () => {
    const code = fc
      .array(fc.constantFrom('//', '/*', '*/', '"', "'", '`', '\\', '\n', 'a', ' ', '/', '*'), { maxLength: 60 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(code, (text) => {
        expect(withoutComments(text).split('\n').length).toBe(text.split('\n').length);
      }),
    );
  });
});
