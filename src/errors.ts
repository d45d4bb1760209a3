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

  constructor(code: string, message: string, options: { exitCode?: ExitCode; next?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.exitCode = options.exitCode ?? ExitCode.Failed;
    this.next = options.next;
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
