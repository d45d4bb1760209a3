import type { Options } from 'execa';
import { throwIfCancelled } from '../../errors.ts';
import { type RunningProgram, run } from '../../exec.ts';
import { printable } from '../../output.ts';
import { nameOfProcess, ownIdentity, processVariable } from '../leftovers/identity.ts';

/**
 * Variables that change what a build is, or how, behind our back: the legacy builder, the epoch (buildx makes it a build
 * argument), another builder or its defaults, a policy that swaps sources.
 */
const influences =
  /^(DOCKER_BUILDKIT|SOURCE_DATE_EPOCH|BUILDX_.*|BUILDKIT_.*|EXPERIMENTAL_BUILDKIT_.*|DOCKER_DEFAULT_PLATFORM|DOCKER_CONTENT_TRUST)$/;

/** Entries that remove those variables from a child's environment. BUILDX_CONFIG stays: it says where builders are. */
export function withoutInfluences(env: NodeJS.ProcessEnv): Record<string, undefined> {
  const names = Object.keys(env).filter((name) => influences.test(name) && name !== 'BUILDX_CONFIG');
  return Object.fromEntries(names.map((name) => [name, undefined]));
}

/** A command line that takes docker's words (`create`, `start`, `logs`, `import`, …): docker's own, or podman's; buildah's has some. */
export interface ContainerCli {
  readonly program: 'docker' | 'podman' | 'buildah';
  /** Starts a command, in a process group of its own: the terminal's Ctrl-C does not reach it, only we stop it. */
  start(args: readonly string[], options?: Options): RunningProgram;
  /**
   * Runs a command to its end.
   * @throws CancelledError when the signal has fired.
   */
  run(args: readonly string[], signal?: AbortSignal, timeoutMs?: number): Promise<CliResult>;
}

/** @param leading arguments that every command begins with. */
export function containerCli(program: ContainerCli['program'], leading: readonly string[] = []): ContainerCli {
  const start = (args: readonly string[], options: Options = {}) =>
    startInGroup(program, [...leading, ...args], options);
  return { program, start, run: (args, signal, timeoutMs) => finish(start, args, signal, timeoutMs) };
}

/** Docker's command line, as the user has set it up. */
export const dockerCli = containerCli('docker');

/**
 * Starts a program in a process group of its own, without the variables that change builds behind our back, and with one
 * by which a later run finds it should this one be killed.
 */
export function startInGroup(file: string, args: readonly string[], options: Options = {}): RunningProgram {
  const mark = { [processVariable]: nameOfProcess(ownIdentity()) };
  const env = { ...withoutInfluences(process.env), ...mark, ...options.env };
  const running = run({ file, args }, { ...options, env, detached: true });
  const { cancelSignal } = options;
  // docker runs buildx as a child: the whole group is told to stop.
  const stop = () => killGroup(running.pid, 'SIGTERM');
  cancelSignal?.addEventListener('abort', stop, { once: true });
  process.once('exit', stop);
  const settled = () => {
    cancelSignal?.removeEventListener('abort', stop);
    process.removeListener('exit', stop);
    if (cancelSignal?.aborted) killGroup(running.pid, 'SIGKILL');
  };
  running.then(settled, settled);
  return running;
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // The group has ended by itself: that is all that was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

export interface CliResult {
  ok: boolean;
  stdout: string;
  /** What the command said, control characters removed. */
  stderr: string;
  /** The system's word for why it could not be started, such as ENOENT; else null. */
  notStarted: string | null;
  exitCode: number;
}

async function finish(
  start: ContainerCli['start'],
  args: readonly string[],
  signal?: AbortSignal,
  timeoutMs = 60_000,
): Promise<CliResult> {
  throwIfCancelled(signal);
  const result = await start(args, {
    maxBuffer: 8 * 2 ** 20,
    timeout: timeoutMs,
    ...(signal ? { cancelSignal: signal } : {}),
  });
  throwIfCancelled(signal);
  return {
    ok: !result.failed,
    stdout: String(result.stdout ?? ''),
    stderr: printable(String(result.stderr ?? '')).trim(),
    notStarted: result.exitCode === undefined && !result.timedOut && result.code !== undefined ? result.code : null,
    exitCode: result.exitCode ?? -1,
  };
}
