import type { Options } from 'execa';
import { throwIfCancelled } from '../../errors.ts';
import { type RunningProgram, run } from '../../exec.ts';
import { printable } from '../../output.ts';

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

/** Starts the docker command line, in a process group of its own: the terminal's Ctrl-C does not reach it, only we stop it. */
export function startDocker(args: readonly string[], options: Options = {}): RunningProgram {
  const env = { ...withoutInfluences(process.env), ...options.env };
  const running = run({ file: 'docker', args }, { ...options, env, detached: true });
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

export interface DockerResult {
  ok: boolean;
  stdout: string;
  /** What the command said, control characters removed. */
  stderr: string;
  /** The system's word for why it could not be started, such as ENOENT; else null. */
  notStarted: string | null;
  exitCode: number;
}

/**
 * Runs a docker command to its end.
 * @throws CancelledError when the signal has fired.
 */
export async function docker(args: readonly string[], signal?: AbortSignal, timeoutMs = 60_000): Promise<DockerResult> {
  throwIfCancelled(signal);
  const result = await startDocker(args, {
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
