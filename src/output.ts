import type { Writable } from 'node:stream';
import { stripVTControlCharacters, styleText } from 'node:util';

/**
 * Where text goes: the result to stdout, everything else to stderr. Streams come in from the edge, so that tests need
 * no terminal.
 */
export interface Output {
  readonly stdout: Writable;
  readonly stderr: Writable & { isTTY?: boolean; columns?: number };
  /** True when stderr takes colours. */
  readonly color: boolean;
  /** True when stdout does. */
  readonly resultColor: boolean;
}

type Style = Parameters<typeof styleText>[0];

/** Text in a style when the output takes colours, else as it is. */
export function styled(output: Pick<Output, 'color'>, style: Style, text: string): string {
  return output.color ? styleText(style, text, { validateStream: false }) : text;
}

/** Whether a stream takes colours. Source: https://no-color.org */
export function takesColor(stream: { isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '') return env.FORCE_COLOR !== '0';
  return stream.isTTY === true && env.TERM !== 'dumb';
}

/** One line on stderr. */
export function note(output: Output, text = ''): void {
  output.stderr.write(`${text}\n`);
}

/** The result, on stdout. */
export function result(output: Output, text: string): void {
  output.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

/**
 * Text from outside (file names, manifests, build logs), made harmless for a terminal: escape sequences and control
 * characters go, and so do the marks that reorder text or hide in it. Newlines and tabs stay.
 */
export function printable(text: string): string {
  return (
    stripVTControlCharacters(text)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
      .replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, '')
  );
}

/** As `printable`, on one line and at most `width` characters. */
export function printableLine(text: string, width = 200): string {
  const line = printable(text).replace(/\s+/g, ' ').trim();
  return line.length > width ? `${line.slice(0, width - 1)}…` : line;
}

/** Bytes as people read them: `12.4 MB` (decimal units). */
export function megabytes(bytes: number): string {
  return bytes < 100_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** Seconds as people read them: `4.2 s`, `3 min 05 s`. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}

/** Text broken at blanks into lines of at most `width` characters; those after the first begin with `indent`. */
export function wrap(text: string, width = 96, indent = '  '): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent + word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
