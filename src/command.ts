import { quoteWord } from './caution/words.ts';

/** A program and its arguments: data until it is run in `exec.ts`, the only door to other programs. */
export interface Command {
  file: string;
  args: readonly string[];
}

/** The command as a person would type it into a POSIX shell. */
export function printable(command: Command): string {
  return [command.file, ...command.args].map(quoteWord).join(' ');
}
