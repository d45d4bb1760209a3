import { constants } from 'node:os';
import type { Finding } from '../../app.ts';
import { reservedPorts } from '../../caution/limits.ts';
import { lastWords } from '../../last-words.ts';
import { megabytes, printableLine } from '../../output.ts';
import { type Diagnosis, diagnose } from './diagnose.ts';
import type { Held, Listener } from './procfs.ts';
import { type Declared, isLoopback, sharedNeed, trouble } from './troubles.ts';

/** What a service was asked to be. */
export interface Wanted {
  /** The run command, as written. */
  run: string;
  ports: readonly number[];
  httpPort: number | null;
  timeoutSeconds: number;
  declared: Declared;
}

/** What was seen of it. */
export interface Seen {
  /** Whether the port that was waited for was listening in time. */
  ready: boolean;
  listening: readonly Listener[];
  udp: readonly number[];
  memory: Held;
  /** Null while it runs. */
  exitCode: number | null;
  outOfMemory: boolean;
  /** All that is there of its output; hostile. */
  log: string;
  /** What keeps its program from being run at all, as a sentence; or null. */
  program: string | null;
  /** How it ended when it was told to (SIGTERM); null when it had ended before. */
  stopped: number | null;
}

/** What a person should know of how a service started, and what it needs that only the enclave has. */
export function judge(wanted: Wanted, seen: Seen): { findings: Finding[]; needs: string[] } {
  const started = seen.ready && seen.exitCode === null;
  const found = diagnose(seen.log).filter((one) => !started || one.trouble === 'name-resolution' || outside(one));
  const needs = [...new Set(found.flatMap((one) => sharedNeed(one, wanted.declared) ?? []))];
  const own = found.filter((one) => sharedNeed(one, wanted.declared) === null);
  const excused = needs.length > 0 && own.length === 0 && seen.program === null;
  const failure = started ? [] : [seen.exitCode === null ? silent(wanted, seen) : exited(seen.exitCode, seen)];
  const findings = [
    ...failure.map((finding): Finding => (excused ? { ...finding, level: 'note' } : finding)),
    ...own.slice(0, 5).map((one): Finding => {
      return { level: started ? 'warning' : 'error', ...trouble(one, wanted.run) };
    }),
    ...otherPorts(wanted, started, seen.listening),
    ...reserved([...seen.listening.map(({ port }) => port), ...seen.udp]),
    ...loopbackOnly(seen.listening),
    ...datagrams(wanted, seen),
    ...(started ? [...passingMemory(seen.memory), ...atTheEnd(seen.stopped)] : []),
  ];
  return { findings, needs };
}

/** A connection that fails though the service runs: what lies on the machine itself may come later. */
function outside({ trouble: kind, subject }: Diagnosis): boolean {
  return kind === 'connection' && subject !== null && !isLoopback(subject);
}

const commandNotExecutable = 126;
const commandNotFound = 127;
const killed = 128 + constants.signals.SIGKILL;
const terminated = 128 + constants.signals.SIGTERM;

function exited(exitCode: number, { log, program, outOfMemory }: Seen): Finding {
  const lastLine = printableLine(lastWords(log).at(-1) ?? '');
  const unable = exitCode === commandNotFound || exitCode === commandNotExecutable ? program : null;
  const signal = Object.entries(constants.signals).find(([, number]) => 128 + number === exitCode)?.[0];
  const how = signal === undefined ? `ended with exit code ${exitCode}` : `was ended by ${signal}`;
  const why = outOfMemory ? ', out of memory' : '';
  return {
    id: 'service-exited',
    level: 'error',
    message: unable ?? `The service ${how}${why}${lastLine === '' ? '.' : `: ${lastLine}`}`,
    why: 'When the app exits, the enclave stops.',
    mend: endedMend(exitCode, unable !== null),
  };
}

function endedMend(exitCode: number, noProgram: boolean): string {
  if (noProgram)
    return 'Name in run a program of the final image by its absolute path, and copy what loads it as well.';
  if (exitCode === 0) return 'Run it in the foreground: a service that goes to the background ends the enclave.';
  if (exitCode === 128 + constants.signals.SIGILL) return 'Build for a baseline, such as x86-64-v2 or GOAMD64=v1.';
  return 'Look at the log. The enclave gives it no ENV of the image, no working folder but /, no network but loopback: say all it needs in run.';
}

function silent({ httpPort, timeoutSeconds }: Wanted, { listening }: Seen): Finding {
  const ports = numbers(listening.map(({ port }) => port));
  const where = ports.length > 0 ? `It listens on ${ports.join(', ')}.` : 'It listens on no TCP port.';
  const wanted = httpPort === null ? 'any port' : `port ${httpPort}`;
  return {
    id: 'not-listening',
    level: 'error',
    message: `The service does not listen on ${wanted} after ${timeoutSeconds} s. ${where}`,
    why: 'Caution sends requests to the port of the Procfile.',
    mend: 'Set the port that the service takes (in run, such as PORT=8080), or correct http_port and ports.',
  };
}

/** Ports in order, each once. */
export function numbers(ports: readonly number[]): number[] {
  return [...new Set(ports)].sort((a, b) => a - b);
}

function otherPorts({ ports }: Wanted, started: boolean, listeners: readonly Listener[]): Finding[] {
  const listening = numbers(listeners.map(({ port }) => port));
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

function reserved(ports: readonly number[]): Finding[] {
  const taken = numbers(ports).filter((port) => port >= reservedPorts.first && port <= reservedPorts.last);
  if (taken.length === 0) return [];
  return [
    {
      id: 'reserved-port',
      level: 'warning',
      message: `The service listens on ${taken.join(', ')}.`,
      why: `Ports ${reservedPorts.first} to ${reservedPorts.last} are Caution's own in the enclave.`,
      source: 'https://docs.caution.co',
      mend: 'Let it take another port.',
    },
  ];
}

function loopbackOnly(listening: readonly Listener[]): Finding[] {
  const open = new Set(listening.filter(({ loopback }) => !loopback).map(({ port }) => port));
  const closed = listening.filter(({ port }) => !open.has(port));
  if (closed.length === 0) return [];
  const addresses = [...new Set(closed.map(({ version }) => (version === 4 ? '127.0.0.1' : '::1')))].sort();
  return [
    {
      id: 'loopback-only',
      level: 'warning',
      message: `The service listens on ${numbers(closed.map(({ port }) => port)).join(', ')} for the machine itself only (${addresses.join(', ')}).`,
      why: 'Requests from outside the enclave may not reach it.',
      mend: 'Listen on 0.0.0.0.',
    },
  ];
}

function datagrams({ ports }: Wanted, { udp, listening }: Seen): Finding[] {
  if (udp.length === 0) return [];
  const only = udp.filter((port) => ports.includes(port) && !listening.some((one) => one.port === port));
  return [
    {
      id: 'udp-port',
      level: only.length > 0 ? 'warning' : 'note',
      message: `The service takes UDP packets on ${udp.join(', ')}${only.length > 0 ? `, and no TCP connections on ${only.join(', ')}` : ''}.`,
      why: 'The ports of a Procfile are TCP ports.',
      mend: 'Offer the same over TCP.',
    },
  ];
}

/** Below this, a peak matters to no enclave: 512 MB is the least that any is given. */
const smallPeak = 64 * 2 ** 20;

/** The memory that is suggested counts what the service holds once it answers. */
function passingMemory({ resident, peak }: Held): Finding[] {
  if (peak < smallPeak || peak < 2 * resident) return [];
  return [
    {
      id: 'memory-peak',
      level: 'note',
      message: `While it started, the service held up to ${megabytes(peak)}; after its first answer ${megabytes(resident)}.`,
      why: 'The suggested memory counts what it holds after its first answer; the enclave must hold the peak as well.',
      mend: 'Give memory that holds the peak, or let the service load less at once.',
    },
  ];
}

/** The enclave is ended without asking, but whoever runs the service elsewhere wants to know. */
function atTheEnd(exitCode: number | null): Finding[] {
  if (exitCode === null || exitCode === 0 || exitCode === terminated) return [];
  return [
    {
      id: 'ends-badly',
      level: 'note',
      message:
        exitCode === killed
          ? `The service ignores SIGTERM: it had to be killed after ${stopSeconds} s.`
          : `Told to end (SIGTERM), the service ended with exit code ${exitCode}.`,
      why: 'What it still had to do when it is stopped may be lost.',
      mend: 'Let it handle SIGTERM: finish what runs, then exit 0.',
    },
  ];
}

/** How long a service has to end by itself. */
export const stopSeconds = 10;
