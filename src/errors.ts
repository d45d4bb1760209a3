import type { Finding } from './app.ts';

/**
 * The exit codes that scripts rely on, and the one error type that carries them.
 * Anything else that is thrown is a bug in this program.
 */
export const ExitCode = {
  Ok: 0,
  /** Failed, findings, or a service that must be prepared or cannot run on Caution. */
  Failed: 1,
  /** Wrong usage, or answers missing without a terminal. */
  Usage: 2,
  /** Built, but not reproducible, or it does not start. */
  NotReproducible: 3,
  /** No engine to build with. */
  NoEngine: 4,
  HungUp: 129,
  Interrupted: 130,
  Terminated: 143,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** A failure that the user can act on: what is wrong, and what to do next. Never shown with a stack trace. */
export class UserError extends Error {
  override name = 'UserError';
  /** A stable word for scripts, such as `missing-answers`. */
  readonly code: string;
  readonly exitCode: ExitCode;
  /** What to do next, one line. */
  readonly next: string | undefined;
  /** Flags that would answer what is missing. */
  readonly missing: readonly string[];
  /** What the failure itself showed, for `findings` beside the error. */
  readonly findings: readonly Finding[];

  constructor(
    code: string,
    message: string,
    options: {
      exitCode?: ExitCode;
      next?: string;
      missing?: readonly string[];
      findings?: readonly Finding[];
      cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.exitCode = options.exitCode ?? ExitCode.Failed;
    this.next = options.next;
    this.missing = options.missing ?? [];
    this.findings = options.findings ?? [];
  }
}

/** The user cancelled (Ctrl-C, Escape, SIGTERM). Handled only at the process's edge. */
export class CancelledError extends Error {
  override name = 'CancelledError';
  readonly exitCode: ExitCode;
  constructor(exitCode: ExitCode = ExitCode.Interrupted) {
    super('Cancelled');
    this.exitCode = exitCode;
  }
}

/** Throws CancelledError when the signal has fired, with the exit code that the signal's reason carries. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  throw signal.reason instanceof CancelledError ? signal.reason : new CancelledError();
}

/** What the system says, as a person understands it. */
const reasons: Record<string, [message: string, next: string]> = {
  EACCES: ['may not be used', 'Change its permissions, or choose another.'],
  EPERM: ['may not be used', 'Change its permissions, or choose another.'],
  ENOENT: ['is not there', 'Choose another folder.'],
  ENOTDIR: ['is not a folder, or lies below a file', 'Choose another folder.'],
  EISDIR: ['is a folder, and a file was expected', 'Move it away, or choose another folder.'],
  ELOOP: ['is a link that leads to itself', 'Choose another folder.'],
  ENAMETOOLONG: ['has a name that is too long', 'Choose a shorter one.'],
  EROFS: ['is on a read-only file system', 'Choose a folder elsewhere.'],
  ENOSPC: ['is on a full disk', 'Make room and run the same command again.'],
  EDQUOT: ['is over your disk quota', 'Make room and run the same command again.'],
  EEXIST: ['has changed since the plan was made', 'Run the same command again.'],
};

/**
 * An error of the file system as one that the user can act on; null when it is something else.
 * @param after what it means for this run, such as «Nothing was written.»
 */
export function fileError(error: unknown, code: string, after = ''): UserError | null {
  const { code: word, path: at, syscall } = error as NodeJS.ErrnoException;
  if (word === undefined || syscall === undefined || error instanceof UserError) return null;
  const [message, next] = reasons[word] ?? [`cannot be used (${word})`, 'Choose another folder.'];
  return new UserError(code, `${at ?? 'A file'} ${message}.${after === '' ? '' : ` ${after}`}`, { next, cause: error });
}
