import type { Finding } from '../../../app.ts';
import { printableLine } from '../../../output.ts';

/** One package of a lock file, as far as it matters here: the same for each package manager. */
export interface Locked {
  name: string;
  version: string;
  /** Where its archive lies, or what it is taken from; null when the lock file leaves that to the registry. */
  source: string | null;
  /** True when the lock file holds a hash of what is fetched. */
  hashed: boolean;
  /** True for a folder of the repository. */
  local: boolean;
  /** True when the service runs without it: needed for developing alone, or optional. */
  spare: boolean;
  /** It brings a script that runs when it is installed; null when the lock file does not say. */
  scripted: boolean | null;
  /** Names of what it needs, and of what it takes when there. */
  needs: readonly string[];
  optional: readonly string[];
}

/** A lock file that could be read. */
export interface Packages {
  /** Format of the file; NaN when it says none. */
  version: number;
  packages: Locked[];
  findings: Finding[];
}

/** Up to four names, fit for a message. */
export function names(packages: readonly Pick<Locked, 'name'>[]): string {
  const listed = [...new Set(packages.map(({ name }) => printableLine(name, 100)))];
  return listed.length <= 4 ? listed.join(', ') : `${listed.slice(0, 4).join(', ')} and ${listed.length - 4} more`;
}

/** A lock file that nothing can be read from. */
export function unreadableLock(file: string, reason: string, mend: string, line?: number): Finding {
  return {
    id: 'node-lock-unreadable',
    level: 'error',
    path: file,
    ...(line === undefined ? {} : { line }),
    message: reason,
    why: 'Dependencies are installed from the lock file alone.',
    mend,
  };
}

/** A lock file that is not made from the package.json beside it. */
export function staleLock(file: string, manifest: string, name: string, mend: string, line?: number): Finding {
  return {
    id: 'node-lock-stale',
    level: 'error',
    path: manifest,
    ...(line === undefined ? {} : { line }),
    message: `${file} does not fit ${manifest}: ${printableLine(name, 80)} is asked for otherwise.`,
    why: 'The install stops at it.',
    mend,
  };
}
