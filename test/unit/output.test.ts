import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable, printableLine, takesColor, wrap } from '../../src/output.ts';

describe('text from outside', () => {
  it('keeps its words, newlines and tabs', () => expect(printable('a\tb\nç 漢')).toBe('a\tb\nç 漢'));
  it('loses escape sequences, control characters and marks that reorder or hide text', () =>
    expect(printable('a\u001b[31mb\u001b]0;title\u0007c\u0000d\u202ee\u200bf\rg')).toBe('abcdefg'));
  it('never carries a control character to the terminal, whatever it was', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.integer({ min: 0, max: 0x2fff }).map((code) => String.fromCharCode(code)) }),
        (text) => {
          expect(
            [...printable(text)].every((char) => char === '\n' || char === '\t' || (char >= ' ' && char !== '\u007f')),
          ).toBe(true);
        },
      ),
    );
  });
  it('on one line is cut at its width', () => expect(printableLine(`a\n${'b'.repeat(300)}`, 10)).toBe('a bbbbbbb…'));
});

describe('wrapping', () => {
  it('breaks at blanks only, and loses no word', () => {
    const text = 'one two three four five sixsixsixsixsix seven';
    const lines = wrap(text, 12, '  ');
    expect(lines).toEqual(['one two', '  three four', '  five', '  sixsixsixsixsix', '  seven'].map((line) => line));
    expect(lines.join(' ').replace(/\s+/g, ' ')).toBe(text);
  });
});

describe('colour', () => {
  it('is for terminals, unless NO_COLOR says otherwise', () => {
    expect(takesColor({ isTTY: true }, {})).toBe(true);
    expect(takesColor({ isTTY: true }, { NO_COLOR: '1' })).toBe(false);
    expect(takesColor({ isTTY: true }, { TERM: 'dumb' })).toBe(false);
    expect(takesColor({}, {})).toBe(false);
    expect(takesColor({}, { FORCE_COLOR: '1' })).toBe(true);
  });
});
