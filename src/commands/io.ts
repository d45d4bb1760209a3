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
