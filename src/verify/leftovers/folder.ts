import { existsSync, writeFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { nameOfRun, ownIdentity, runLabel } from './identity.ts';

/** In a folder that is there to stay. */
export const keptMark = 'kept';

/** A temporary folder of one run. */
export interface RunFolder {
  path: string;
  /** Label of the containers and images that the run makes: `name=value`. */
  label: string;
  remove(): Promise<void>;
}

/**
 * Makes a folder that nobody else can enter, below the system's temporary one. Its name says whose it is: there is no
 * moment at which it could be taken for what a dead run left. A folder that its run has not removed when the process ends
 * by itself is there on purpose (`--keep`), and marked as that; what a killed process leaves carries no such mark.
 */
export async function makeRunFolder(): Promise<RunFolder> {
  const name = nameOfRun(ownIdentity());
  const made = path.join(os.tmpdir(), name);
  await mkdir(made, { mode: 0o700 });
  const mark = () => {
    try {
      if (existsSync(made)) writeFileSync(path.join(made, keptMark), '');
    } catch {
      // A full disk: the next run removes the folder, which is better than a crash on the way out.
    }
  };
  process.once('exit', mark);
  return {
    path: made,
    label: `${runLabel}=${name}`,
    remove: async () => {
      process.removeListener('exit', mark);
      await rm(made, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
