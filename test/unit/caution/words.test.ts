import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatRun, parseRun, quoteWord, splitWords } from '../../../src/caution/words.ts';

const word = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0'));
const variable = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/).filter((name) => name !== '__proto__');

describe('quoting a word', () => {
  it('reads back as the same word, whatever is in it', () => {
    fc.assert(
      fc.property(word, (text) => {
        expect(splitWords(quoteWord(text))).toEqual([text]);
      }),
      { numRuns: 2000 },
    );
  });
  it('leaves plain words as they are', () => expect(quoteWord('/usr/bin/node')).toBe('/usr/bin/node'));
});

describe('a run command', () => {
  it('reads back as what was written', () => {
    const program = word.filter((text) => text !== '' && !/^[A-Za-z_][A-Za-z0-9_]*=/.test(text));
    fc.assert(
      fc.property(fc.dictionary(variable, word), program, fc.array(word), (env, file, args) => {
        const command = [file, ...args];
        expect(parseRun(formatRun({ env, command }))).toEqual({ env: { ...env }, command });
      }),
      { numRuns: 2000 },
    );
  });
  it('keeps the assignments that lead apart from the program', () =>
    expect(parseRun('PORT=80 A="b c" /app/server --x=y Z=1')).toEqual({
      env: { PORT: '80', A: 'b c' },
      command: ['/app/server', '--x=y', 'Z=1'],
    }));
  it('drops what follows a # at the start of a word, and only there', () =>
    expect(parseRun('/a b#c # rest')?.command).toEqual(['/a', 'b#c']));
  it('takes shell operators as plain words, as the platform does', () =>
    expect(parseRun('/a && /b | $X')?.command).toEqual(['/a', '&&', '/b', '|', '$X']));
  it('is one word when a quote stays open', () => expect(parseRun("/a 'b c")?.command).toEqual(["/a 'b c"]));
  it('is refused when it is nothing but assignments, or holds a NUL', () => {
    expect(parseRun('A=b')).toBeNull();
    expect(parseRun('/a \0')).toBeNull();
  });
  it('in double quotes lets a backslash escape only $, `, ", \\ and the end of a line', () =>
    expect(splitWords('"\\$\\`\\"\\\\\\n\\\nx"')).toEqual(['$`"\\\\nx']));
});
