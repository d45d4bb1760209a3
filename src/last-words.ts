import { printable } from './output.ts';

/** The line that begins a backtrace of Rust, whose frames are numbered; and one of Go, which goes on to the end. */
const rustBacktrace = /^\s*stack backtrace:\s*$/i;
const goBacktrace = /^goroutine \d+ \[/;
const rustFrame = /^\s*\d+:\s/;
/** Frames of Node.js and Rust, and what both add to each error. */
const anyFrame = /^\s+at \S|^Node\.js v\d|^note: run with `RUST_BACKTRACE/;

/**
 * What a program said before it ended, its backtraces and blank lines aside; all lines where nothing else is left.
 * @param log hostile text.
 * @returns lines fit for a terminal, the last one last.
 */
export function lastWords(log: string): string[] {
  const all = printable(log).trimEnd().split('\n');
  const lines = all.slice(0, endOf(all));
  let inFrames = false;
  const telling = lines.filter((line) => {
    inFrames = rustBacktrace.test(line) || (inFrames && (rustFrame.test(line) || anyFrame.test(line)));
    return line.trim() !== '' && !inFrames && !anyFrame.test(line);
  });
  return telling.length > 0 ? telling : all;
}

function endOf(lines: readonly string[]): number {
  const at = lines.findIndex((line) => goBacktrace.test(line));
  return at < 0 ? lines.length : at;
}
