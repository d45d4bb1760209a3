import { execa, type Options, type Result, type Subprocess } from 'execa';
import type { Command } from './command.ts';

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
