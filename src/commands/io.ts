import type { Readable } from 'node:stream';
import type { Output } from '../output.ts';

/** What a command is given by the process's edge: streams, environment, folder and the signal that cancels. */
export interface Io {
  output: Output;
  input: Readable & { isTTY?: boolean };
  env: NodeJS.ProcessEnv;
  cwd: string;
  signal: AbortSignal;
  version: string;
}

/** Whether questions can be asked: a person at both ends. */
export function interactive(io: Io): boolean {
  return io.input.isTTY === true && io.output.stderr.isTTY === true;
}

/** Where questions are asked; they end when the run is cancelled. */
export function terminalOf(io: Io): { input: Io['input']; output: Io['output']['stderr']; signal: AbortSignal } {
  return { input: io.input, output: io.output.stderr, signal: io.signal };
}
