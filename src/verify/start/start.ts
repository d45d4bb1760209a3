import type { Finding } from '../../app.ts';
import { formatRun, parseRun, type RunCommand } from '../../caution/words.ts';
import { throwIfCancelled, UserError } from '../../errors.ts';
import { readInode } from '../../image/content.ts';
import { type TarMember, writeTar } from '../../image/tar-writer.ts';
import { printable, printableLine } from '../../output.ts';
import type { ContainerCli } from '../engines/cli.ts';
import type { StartResult } from '../types.ts';
import { judge, numbers, stopSeconds } from './judge.ts';
import type { RootEntry } from './overlay.ts';
import { probe } from './probe.ts';
import { programProblem } from './program.ts';
import type { Declared } from './troubles.ts';
import { writesOutside } from './writes.ts';

export interface StartOrder {
  cli: ContainerCli;
  /** The file system to start, as the enclave has it. */
  root: readonly RootEntry[];
  /** The Procfile's `run`. */
  run: string;
  ports: readonly number[];
  httpPort: number | null;
  timeoutSeconds: number;
  /** What the enclave will give and this machine does not; nothing when left out. */
  declared?: Declared;
  /** Label of everything that is made: `<label>=<id>`. */
  label: string;
  signal: AbortSignal;
}

export interface Started {
  result: StartResult;
  findings: Finding[];
  /** Memory that the service's processes hold; 0 when it does not run. */
  residentBytes: number;
}

/** What /run.sh of the platform exports. Nothing of the image's own ENV is there. */
const environment = ['SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt', 'RUST_BACKTRACE=1'];
const busybox = '/bin/busybox';

/**
 * Process 1 of the container, as in the enclave a shell that is not the service: a program that is process 1 itself
 * would not get signals that it does not handle. It hands SIGTERM on, and ends as the service ends.
 */
const init = [
  'trap "told=1; kill -TERM \\$child 2>/dev/null" TERM',
  `${busybox} sh -c "$1" & child=$!`,
  'wait $child; code=$?',
  // A signal ends the first wait, maybe when the service has ended as well: its own code comes from another, or is known.
  'while [ "$told" ]; do told=; wait $child; again=$?; [ $again = 127 ] || code=$again; done',
  'exit $code',
].join('\n');

/**
 * Starts a service as the enclave does: root, `/`, `sh -c "<run>"`, no network but loopback, none of the image's ENV,
 * WORKDIR, USER or ENTRYPOINT; looks at it from a second container in its network and process namespaces; and ends it.
 * Source of the rules: https://github.com/CautionHosting/platform (run.sh).
 */
export async function startService(order: StartOrder): Promise<Started> {
  const { cli, signal } = order;
  const command = readRun(order.run);
  const image = await importRoot(order);
  const logs = ['--log-driver', cli.program === 'docker' ? 'local' : 'k8s-file', '--log-opt', 'max-size=1m'];
  const common = ['--label', order.label, '--entrypoint', busybox, '--user', '0:0', '--workdir', '/', ...logs];
  const program = ['env', '-i', ...environment, busybox, 'sh', '-c', init, 'sh', formatRun(command)];
  const alone = ['--network', 'none', ...noResolver(cli)];
  const service = await must(cli, ['create', ...alone, ...common, image, ...program], signal);
  const begin = performance.now();
  await must(cli, ['start', service], signal);
  const beside = ['--network', `container:${service}`, '--pid', `container:${service}`, ...common, image];
  // A service that ended at once leaves no namespace to join: the probe then sees nothing, and its exit code says why.
  const probed = await probe(cli, beside, order, begin);
  // A service that dies of its first request does not count as alive.
  const { exitCode, outOfMemory } = await stateOf(cli, service, signal);
  const output = await cli.run(['logs', '--tail', '500', service], signal);
  const log = `${output.stdout}\n${output.stderr}`;
  const diff = await cli.run(['diff', service], signal);
  const stopped = exitCode === null ? await stop(cli, service, signal) : null;
  const { findings, needs } = judge(
    { ...order, declared: order.declared ?? { secrets: [], egress: false } },
    {
      ...{ ...probed, exitCode, outOfMemory, log, stopped },
      program: exitCode === null ? null : await programProblem(order.root, command.command[0] ?? ''),
    },
  );
  const result: StartResult = {
    started: probed.ready && exitCode === null,
    listening: numbers(probed.listening.map(({ port }) => port)),
    http: probed.http,
    needs,
    seconds: Math.round(probed.seconds * 10) / 10,
    log: printable(log).trim().slice(-4000),
  };
  return {
    result,
    findings: [...findings, ...writesOutside(diff.ok ? diff.stdout : null)],
    residentBytes: probed.memory.resident,
  };
}

/**
 * The enclave's /etc/resolv.conf is empty, so resolvers ask port 53 of the machine itself, where nobody answers: names
 * fail at once, and not after the time that a resolver of this machine would be waited for. Podman has no such option
 * without a network.
 */
function noResolver({ program }: ContainerCli): string[] {
  return program === 'docker' ? ['--dns', '127.0.0.1'] : [];
}

/** Ends the service; its exit code, null when the engine does not say it. */
async function stop(cli: ContainerCli, service: string, signal: AbortSignal): Promise<number | null> {
  await cli.run(['stop', '-t', String(stopSeconds), service], signal);
  return (await stateOf(cli, service, signal)).exitCode;
}

/** @throws UserError `bad-run` when the platform would refuse the command. */
export function readRun(run: string): RunCommand {
  const command = parseRun(run);
  if (command) return command;
  throw new UserError('bad-run', `The platform would refuse the run command ${JSON.stringify(printableLine(run))}.`, {
    next: 'It must name a program: run: NAME=value /path/to/program argument',
  });
}

/** A start that could not be tried: the comparison of the builds holds all the same. */
export function notStarted({ code, message, next }: UserError): Started {
  return {
    result: { started: false, listening: [], http: null, needs: [], seconds: 0, log: message },
    findings: [
      {
        id: code,
        level: 'error',
        message: printableLine(message, 500),
        why: 'The service could not be started, so nothing shows that it would start on Caution.',
        mend: next ?? 'Mend what the message says, or verify with --no-start.',
      },
    ],
    residentBytes: 0,
  };
}

/** Makes an image without any configuration from the tree; its id. */
async function importRoot({ cli, root, label, signal }: StartOrder): Promise<string> {
  const members = root.map((entry): TarMember => {
    return { ...entry, size: entry.source?.size ?? 0, content: entry.source ? readInode(entry.source) : null };
  });
  const platform = cli.program === 'docker' ? ['--platform', 'linux/amd64'] : ['--os', 'linux', '--arch', 'amd64'];
  const result = await cli.start(['import', ...platform, '--change', `LABEL ${label}`, '-'], {
    stdin: writeTar(members),
    cancelSignal: signal,
  });
  throwIfCancelled(signal);
  if (result.failed) {
    throw new UserError(
      'start-failed',
      `The engine refused the file system: ${printableLine(String(result.stderr ?? result.shortMessage), 400)}`,
    );
  }
  return String(result.stdout).trim();
}

async function must(cli: ContainerCli, args: readonly string[], signal: AbortSignal): Promise<string> {
  const result = await cli.run(args, signal);
  if (!result.ok) {
    throw new UserError('start-failed', `${cli.program} ${args[0]} failed: ${printableLine(result.stderr, 400)}`, {
      next: 'The images were built and compared; verify with --no-start to leave this step out.',
    });
  }
  return result.stdout.trim();
}

/** `exitCode` is null while it runs. */
async function stateOf(
  cli: ContainerCli,
  service: string,
  signal: AbortSignal,
): Promise<{ exitCode: number | null; outOfMemory: boolean }> {
  const format = '{{.State.Running}} {{.State.ExitCode}} {{.State.OOMKilled}}';
  const state = await cli.run(['inspect', '--format', format, service], signal);
  const [running, code, outOfMemory] = state.stdout.trim().split(' ');
  return {
    exitCode: state.ok && running === 'false' ? Number(code) : null,
    outOfMemory: outOfMemory === 'true',
  };
}

/**
 * Removes all that carries a run's label: containers, then images; once more when the engine refused something.
 * Never throws: it runs on the way out.
 */
export async function removeLabelled(cli: ContainerCli, label: string): Promise<void> {
  if (!(await removeOnce(cli, label))) await removeOnce(cli, label);
}

/** @returns whether the engine did all that was asked. */
async function removeOnce(cli: ContainerCli, label: string): Promise<boolean> {
  const containers = await cli.run(['ps', '--all', '--quiet', '--filter', `label=${label}`]);
  const ids = containers.stdout.split('\n').filter(Boolean);
  const removed = ids.length === 0 || (await cli.run(['rm', '--force', '--volumes', ...ids])).ok;
  const images = await cli.run(['images', '--all', '--quiet', '--no-trunc', '--filter', `label=${label}`]);
  const imageIds = [...new Set(images.stdout.split('\n').filter(Boolean))];
  const unmade = imageIds.length === 0 || (await cli.run(['rmi', '--force', ...imageIds])).ok;
  return containers.ok && removed && images.ok && unmade;
}
