import type { Finding } from '../../app.ts';
import { formatRun, parseRun, type RunCommand } from '../../caution/words.ts';
import { throwIfCancelled, UserError } from '../../errors.ts';
import { readInode } from '../../image/content.ts';
import { type TarMember, writeTar } from '../../image/tar-writer.ts';
import { printable, printableLine } from '../../output.ts';
import type { ContainerCli } from '../engines/cli.ts';
import type { StartResult } from '../types.ts';
import type { RootEntry } from './overlay.ts';
import { type Probed, probe } from './probe.ts';
import type { Listener } from './procfs.ts';

export interface StartOrder {
  cli: ContainerCli;
  /** The file system to start, as the enclave has it. */
  root: readonly RootEntry[];
  /** The Procfile's `run`. */
  run: string;
  ports: readonly number[];
  httpPort: number | null;
  timeoutSeconds: number;
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
 * Starts a service as the enclave does: root, `/`, `sh -c "<run>"`, no network but loopback, none of the image's ENV,
 * WORKDIR, USER or ENTRYPOINT; and looks at it from a second container in its network and process namespaces.
 * Source of the rules: https://github.com/CautionHosting/platform (run.sh).
 */
export async function startService(order: StartOrder): Promise<Started> {
  const command = readRun(order.run);
  const image = await importRoot(order);
  const common = [
    '--label',
    order.label,
    '--entrypoint',
    busybox,
    '--user',
    '0:0',
    '--workdir',
    '/',
    '--log-driver',
    'local',
    '--log-opt',
    'max-size=1m',
  ];
  const service = await must(
    order.cli,
    [
      'create',
      '--network',
      'none',
      ...common,
      image,
      'env',
      '-i',
      ...environment,
      busybox,
      'sh',
      '-c',
      formatRun(command),
    ],
    order.signal,
  );
  const begin = performance.now();
  await must(order.cli, ['start', service], order.signal);
  const beside = ['--network', `container:${service}`, '--pid', `container:${service}`, ...common, image];
  // A service that ended at once leaves no namespace to join: the probe then sees nothing, and its exit code says why.
  const seen = await probe(order.cli, beside, order, begin);
  // A service that dies of its first request does not count as alive.
  const exitCode = await exitCodeOf(order.cli, service, order.signal);
  const log = await order.cli.run(['logs', '--tail', '50', service], order.signal);
  const result: StartResult = {
    started: seen.ready && exitCode === null,
    listening: [...new Set(seen.listening.map((listener) => listener.port))].sort((a, b) => a - b),
    http: seen.http,
    needs: [],
    seconds: Math.round(seen.seconds * 10) / 10,
    log: printable(`${log.stdout}\n${log.stderr}`).trim().slice(-4000),
  };
  return { result, findings: judge(order, result, seen, exitCode), residentBytes: seen.residentBytes };
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
  const result = await cli.start(['import', '--platform', 'linux/amd64', '--change', `LABEL ${label}`, '-'], {
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

/** @returns null while it runs. */
async function exitCodeOf(cli: ContainerCli, service: string, signal: AbortSignal): Promise<number | null> {
  const state = await cli.run(['inspect', '--format', '{{.State.Running}} {{.State.ExitCode}}', service], signal);
  const [running, code] = state.stdout.trim().split(' ');
  return state.ok && running === 'false' ? Number(code) : null;
}

/** What a person should know of how it started. */
function judge(order: StartOrder, result: StartResult, seen: Probed, exitCode: number | null): Finding[] {
  const failure =
    exitCode !== null ? [exited(exitCode, result.log)] : result.started ? [] : [silent(order, result.listening)];
  return [...failure, ...otherPorts(order, result), ...loopbackOnly(seen.listening)];
}

function exited(exitCode: number, log: string): Finding {
  const lastLine = printableLine(log.split('\n').at(-1) ?? '');
  return {
    id: 'service-exited',
    level: 'error',
    message: `The service ended with exit code ${exitCode}${lastLine ? `: ${lastLine}` : '.'}`,
    why: 'When the app exits, the enclave stops.',
    mend: 'Look at the log. The enclave gives it no ENV of the image, no working folder but /, no network but loopback: say all it needs in run.',
  };
}

function silent(order: StartOrder, ports: readonly number[]): Finding {
  const where = ports.length > 0 ? `It listens on ${ports.join(', ')}.` : 'It listens on no TCP port.';
  const wanted = order.httpPort === null ? 'any port' : `port ${order.httpPort}`;
  return {
    id: 'not-listening',
    level: 'error',
    message: `The service does not listen on ${wanted} after ${order.timeoutSeconds} s. ${where}`,
    why: 'Caution sends requests to the port of the Procfile.',
    mend: 'Set the port that the service takes (in run, such as PORT=8080), or correct http_port and ports.',
  };
}

function otherPorts({ ports }: StartOrder, { started, listening }: StartResult): Finding[] {
  const strangers = ports.length > 0 ? listening.filter((port) => !ports.includes(port)) : [];
  const missing = started ? ports.filter((port) => !listening.includes(port)) : [];
  if (strangers.length === 0 && missing.length === 0) return [];
  const sentences = [
    ...(strangers.length > 0
      ? [`The service listens on ${strangers.join(', ')}, which the Procfile does not name.`]
      : []),
    ...(missing.length > 0 ? [`Nothing listens on ${missing.join(', ')}, which the Procfile names.`] : []),
  ];
  return [
    {
      id: 'other-ports',
      level: 'warning',
      message: sentences.join(' '),
      why: 'Only the ports of the Procfile can be reached from outside the enclave.',
      mend: 'Make the Procfile and the service agree.',
    },
  ];
}

function loopbackOnly(listening: readonly Listener[]): Finding[] {
  const open = new Set(listening.filter(({ loopback }) => !loopback).map(({ port }) => port));
  const ports = [...new Set(listening.map(({ port }) => port))].filter((port) => !open.has(port));
  if (ports.length === 0) return [];
  return [
    {
      id: 'loopback-only',
      level: 'warning',
      message: `The service listens on ${ports.join(', ')} for the machine itself only (127.0.0.1).`,
      why: 'Requests from outside the enclave may not reach it.',
      mend: 'Listen on 0.0.0.0.',
    },
  ];
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
