import { describe, expect, it } from 'vitest';
import { lastWords } from '../../src/last-words.ts';

describe('what a program said last', () => {
  it.each([
    [
      'Rust with anyhow',
      'starting\nError: no path was given\n\nStack backtrace:\n   0: <unknown>\n   1: std::rt::lang_start\n             at ./rt.rs:1\n   2: <unknown>\n',
      'Error: no path was given',
    ],
    [
      'a panic of Rust',
      "thread 'main' panicked at src/main.rs:2:5:\nPORT is not set\nnote: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n",
      'PORT is not set',
    ],
    [
      'a panic of Rust with its backtrace',
      "thread 'main' panicked at src/main.rs:2:5:\nPORT is not set\nstack backtrace:\n   0: rust_begin_unwind\n             at /rustc/lib.rs:1\n",
      'PORT is not set',
    ],
    [
      'Node.js',
      'file:///app/x.js:1\nthrow new Error("no key")\n      ^\n\nError: no key\n    at file:///app/x.js:1:7\n    at async run (node:internal/x:1:1)\n\nNode.js v24.1.0\n',
      'Error: no key',
    ],
    [
      'Go',
      'panic: no key\n\ngoroutine 1 [running]:\nmain.main()\n\t/app/main.go:5 +0x18\nexit status 2\n',
      'panic: no key',
    ],
    [
      'Python',
      'Traceback (most recent call last):\n  File "x.py", line 1, in <module>\nKeyError: \'KEY\'\n',
      "KeyError: 'KEY'",
    ],
    ['numbered lines that are no backtrace', 'items\n   0: one\n   1: two\n', '   1: two'],
  ])('is the error, not its backtrace: %s', (_, log, last) => {
    expect(lastWords(log).at(-1)).toBe(last);
  });

  it('is all there is when that is a backtrace', () => {
    expect(lastWords('Stack backtrace:\n   0: <unknown>\n')).toEqual(['Stack backtrace:', '   0: <unknown>']);
    expect(lastWords('')).toEqual(['']);
  });

  it('goes on after a backtrace', () => {
    expect(lastWords('Error: a\nStack backtrace:\n   0: x\nretrying\n')).toEqual(['Error: a', 'retrying']);
  });

  it('brings no control characters along', () => {
    expect(lastWords('\u001b[31mError\u001b[0m: red\n').at(-1)).toBe('Error: red');
  });
});
