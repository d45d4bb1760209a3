/**
 * Shell words as the platform reads the `run` line: POSIX quoting, nothing expanded.
 * Source: https://github.com/CautionHosting/platform (src/caution-config), which uses the shlex crate.
 */

const safeWord = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** Quotes one word so that a POSIX shell reads back exactly this string. */
export function quoteWord(word: string): string {
  if (safeWord.test(word)) return word;
  return `'${word.replaceAll("'", `'"'"'`)}'`;
}

const assignment = /^([A-Za-z_][A-Za-z0-9_]*)=([\s\S]*)$/;

/** A run command taken apart: the assignments before the program, and the program with its arguments. */
export interface RunCommand {
  env: Record<string, string>;
  command: string[];
}

/** One Procfile `run` value from its parts; read back, it gives the same parts. */
export function formatRun({ env, command }: RunCommand): string {
  const assignments = Object.entries(env).map(([name, value]) => `${name}=${quoteWord(value)}`);
  return [...assignments, ...command.map(quoteWord)].join(' ');
}

/**
 * Splits a line into words as a POSIX shell would, without expanding anything: single quotes are literal; in double
 * quotes a backslash escapes only `$`, backquote, `"`, `\` and newline; a `#` that begins a word drops the rest.
 * @returns the words, or null when a quote stays open (the platform then takes the whole line as one word).
 */
export function splitWords(line: string): string[] | null {
  return writtenWords(line)?.map(({ text }) => text) ?? null;
}

/** A word, and how it is written: quotes and escapes included. */
export interface WrittenWord {
  text: string;
  written: string;
}

/**
 * As `splitWords`, with how each word is written.
 * @returns null when a quote stays open.
 */
export function writtenWords(line: string): WrittenWord[] | null {
  const words: WrittenWord[] = [];
  let at = 0;
  while (at < line.length) {
    const char = line.charAt(at);
    if (/[ \t\n]/.test(char)) {
      at += 1;
    } else if (char === '#') {
      const end = line.indexOf('\n', at);
      at = end < 0 ? line.length : end;
    } else {
      const word = readWord(line, at);
      if (word === null) return null;
      words.push({ text: word.text, written: line.slice(at, word.end) });
      at = word.end;
    }
  }
  return words;
}

interface Piece {
  text: string;
  /** Where the next piece begins. */
  end: number;
}

function readWord(line: string, start: number): Piece | null {
  let text = '';
  let at = start;
  while (at < line.length && !/[ \t\n]/.test(line.charAt(at))) {
    const piece = readPiece(line, at);
    if (piece === null) return null;
    text += piece.text;
    at = piece.end;
  }
  return { text, end: at };
}

/** One quoted part, one escaped character, or one plain one; null when it does not end. */
function readPiece(line: string, at: number): Piece | null {
  const char = line.charAt(at);
  if (char === '"') return readDoubleQuoted(line, at + 1);
  if (char === "'") {
    const end = line.indexOf("'", at + 1);
    return end < 0 ? null : { text: line.slice(at + 1, end), end: end + 1 };
  }
  if (char !== '\\') return { text: char, end: at + 1 };
  if (at + 1 >= line.length) return null;
  return { text: line[at + 1] === '\n' ? '' : line.charAt(at + 1), end: at + 2 };
}

function readDoubleQuoted(line: string, start: number): Piece | null {
  let text = '';
  for (let at = start; at < line.length; at += 1) {
    const char = line.charAt(at);
    if (char === '"') return { text, end: at + 1 };
    if (char === '\\' && at + 1 < line.length) {
      const next = line.charAt(at + 1);
      if (next !== '\n') text += /[$`"\\]/.test(next) ? next : `\\${next}`;
      at += 1;
    } else {
      text += char;
    }
  }
  return null;
}

/**
 * Takes a `run` line apart as the platform does.
 * @returns null when the platform would refuse it: nothing but assignments, or a NUL.
 */
export function parseRun(line: string): RunCommand | null {
  const words = splitWords(line) ?? [line];
  const env: Record<string, string> = Object.create(null);
  let index = 0;
  for (; index < words.length; index += 1) {
    const match = assignment.exec(words[index] ?? '');
    if (!match) break;
    env[match[1] ?? ''] = match[2] ?? '';
  }
  const command = words.slice(index);
  if (command.length === 0 || words.some((word) => word.includes('\0'))) return null;
  return { env: { ...env }, command };
}
