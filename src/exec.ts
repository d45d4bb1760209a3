import { execa, type Options, type ResultPromise } from 'execa';
import { quoteWord } from './caution/words.ts';

/** A program and its arguments: data until it is run here, the only door to other programs. */
export interface Command {
  file: string;
  args: readonly string[];
}

/**
 * Starts a program without a shell. It is stopped (SIGTERM, after 5 s SIGKILL) when the signal fires.
 * The promise does not reject on a non-zero exit: look at `exitCode` and `failed`.
 */
export function run<T extends Options>(command: Command, options?: T): ResultPromise<T & { reject: false }> {
  return execa(command.file, command.args, {
    stdin: 'ignore',
    forceKillAfterDelay: 5000,
    ...options,
    reject: false,
  } as unknown as T & { reject: false }) as ResultPromise<T & { reject: false }>;
}

/** The command as a person would type it into a POSIX shell. */
export function printable(command: Command): string {
  return [command.file, ...command.args].map(quoteWord).join(' ');
}
