import { execa, type Options, type Result, type Subprocess } from 'execa';
import { quoteWord } from './caution/words.ts';

/** A program and its arguments: data until it is run here, the only door to other programs. */
export interface Command {
  file: string;
  args: readonly string[];
}

/** A program that runs, and the promise of its result; text streams unless the options say otherwise. */
export type RunningProgram = Subprocess<{ reject: false }> & Promise<Result<{ reject: false }>>;

/**
 * Starts a program without a shell. It is stopped (SIGTERM, after 5 s SIGKILL) when `cancelSignal` fires.
 * The promise does not reject on a non-zero exit: look at `exitCode` and `failed`.
 */
export function run(command: Command, options: Options = {}): RunningProgram {
  return execa(command.file, [...command.args], {
    stdin: 'ignore',
    forceKillAfterDelay: 5000,
    ...options,
    reject: false,
  }) as unknown as RunningProgram;
}

/** The command as a person would type it into a POSIX shell. */
export function printable(command: Command): string {
  return [command.file, ...command.args].map(quoteWord).join(' ');
}
