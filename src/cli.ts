import { setMaxListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Io } from './commands/io.ts';
import { CancelledError, ExitCode, fileError, UserError } from './errors.ts';
import { type Output, printable, styled, takesColor } from './output.ts';
import { shipped } from './package-root.ts';
import { parseArguments } from './settings/flags.ts';

/** The process's edge: arguments in, exit code out. The only process.exit, and the only signal handlers. */
async function main(): Promise<number> {
  const output: Output = {
    stdout: process.stdout,
    stderr: process.stderr,
    color: takesColor(process.stderr, process.env),
    resultColor: takesColor(process.stdout, process.env),
  };
  const controller = new AbortController();
  // Each question, and each program that is run, listens to it for a while.
  setMaxListeners(0, controller.signal);
  process.on('SIGINT', () => controller.abort(new CancelledError(ExitCode.Interrupted)));
  process.on('SIGTERM', () => controller.abort(new CancelledError(ExitCode.Terminated)));
  process.on('SIGHUP', () => controller.abort(new CancelledError(ExitCode.HungUp)));
  // A reader that went away (`| head`) changes nothing of what is true, nor of the exit code.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  const argv = process.argv.slice(2);
  try {
    return await dispatch(argv, output, controller.signal);
  } catch (error) {
    return report(error, output, argv.includes('--json'), controller.signal);
  }
}

async function dispatch(argv: string[], output: Output, signal: AbortSignal): Promise<number> {
  const { version } = JSON.parse(readFileSync(shipped('package.json'), 'utf8')) as { version: string };
  const io: Io = { output, input: process.stdin, env: process.env, cwd: process.cwd(), signal, version };
  const invocation = parseArguments(argv, process.env, version);
  switch (invocation.command) {
    case 'print':
      output.stdout.write(invocation.text);
      return ExitCode.Ok;
    case 'verify':
      return (await import('./commands/verify.ts')).verifyCommand(invocation.flags, io);
    case 'compare':
      return (await import('./commands/compare.ts')).compareCommand(invocation.flags, io);
    case 'check':
      return (await import('./commands/check.ts')).checkCommand(invocation.flags, io);
    case 'create':
      return (await import('./commands/create/index.ts')).createCommand(invocation.flags, io);
  }
}

/** A user's mistake is a sentence and what to do next; only a bug of this program shows where it happened. */
function report(error: unknown, output: Output, json: boolean, signal: AbortSignal): number {
  const cancelled = signal.aborted ? signal.reason : error;
  if (cancelled instanceof CancelledError) {
    if (json)
      output.stdout.write(`${JSON.stringify({ error: { code: 'cancelled', message: 'Cancelled', next: null } })}\n`);
    else output.stderr.write('\nCancelled.\n');
    return cancelled.exitCode;
  }
  const known = error instanceof UserError ? error : fileError(error, 'io-failed');
  if (known) {
    const { code, message, next, findings } = known;
    const shown = { error: { code, message, next: next ?? null }, ...(findings.length > 0 ? { findings } : {}) };
    if (json) output.stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
    output.stderr.write(`${styled(output, 'red', 'error')} ${printable(message)}\n`);
    if (next !== undefined) output.stderr.write(`      ${printable(next)}\n`);
    return known.exitCode;
  }
  if (json) output.stdout.write(`${JSON.stringify({ error: { code: 'bug', message: String(error), next: null } })}\n`);
  output.stderr.write(
    `This is a bug in create-caution-app. Please report it with what follows.\n${printable(stackOf(error))}\n`,
  );
  return ExitCode.Failed;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

process.exitCode = await main();
