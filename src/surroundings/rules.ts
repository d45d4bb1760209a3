import type { Finding } from '../app.ts';
import { placeOf } from '../languages/place.ts';
import type { Sighting } from '../languages/scan.ts';
import { printableLine } from '../output.ts';

/** What an enclave rules out, and what it leaves behind: one wording for whatever file says it. */

/** @param what names it, such as an image. */
export function gpuFinding(from: string, what: string): Finding {
  return {
    id: 'needs-gpu',
    level: 'error',
    ...placeOf(from),
    message: `The service wants a GPU: ${printableLine(what, 80)}.`,
    why: 'A Nitro enclave has processors and memory, and no devices.',
    source: 'https://docs.aws.amazon.com/enclaves/latest/user/nitro-enclave.html',
    mend: 'Run the part that needs the GPU elsewhere, or make the service do without one.',
  };
}

/** @param what says how it is seen, such as `The image installs docker-cli`. */
export function dockerFinding(from: string, what: string): Finding {
  return {
    id: 'needs-docker',
    level: 'error',
    ...placeOf(from),
    message: `${printableLine(what, 120)}: it starts containers.`,
    why: 'An enclave is one program without a container engine, and reaches none.',
    mend: 'Run the part that starts containers elsewhere, and call it over the network.',
  };
}

/** A path that is a container engine's socket, also as a volume's `source:target`. */
export const isSocket = (path: string): boolean => /(^|\/)(docker|podman|containerd)\.sock(:|$)/.test(path);

export function udpFinding(from: string, port: string): Finding {
  return {
    id: 'udp-only',
    level: 'error',
    ...placeOf(from),
    message: `The service listens to UDP alone (${printableLine(port, 40)}).`,
    why: 'The ports of an enclave are TCP ports.',
    mend: 'Offer the service over TCP, such as HTTP.',
  };
}

/** UDP beside TCP: the service works, but for that. */
export function udpBesideFinding(from: string, port: string): Finding {
  return {
    ...udpFinding(from, port),
    id: 'udp-not-reached',
    level: 'warning',
    message: `The service listens to UDP as well (${printableLine(port, 40)}), where nothing reaches it.`,
    mend: 'See that it does without.',
  };
}

/** Several programs in one container. */
export function severalFinding({ value, from }: Sighting): Finding {
  return {
    id: 'several-processes',
    level: 'error',
    ...placeOf(from),
    message: `Several processes are started: ${printableLine(value, 100)}.`,
    why: 'An enclave runs one command, and stops when it ends.',
    mend: 'Start one program that does it all, or give the command of the one that this app is: --run COMMAND.',
  };
}

/** What runs before the service today, and would not in an enclave. */
export function beforeFinding(steps: readonly Sighting[]): Finding {
  const shown = steps.slice(0, 3).map(({ value }) => printableLine(value, 80));
  return {
    id: 'start-steps',
    level: 'warning',
    ...placeOf(steps[0]?.from ?? ''),
    message: `Before the service this runs: ${shown.join('; ')}${steps.length > 3 ? ' …' : ''}. In the enclave it does not.`,
    why: 'An enclave starts one command, and the image has no shell.',
    mend: 'Run it from elsewhere, as migrations should be, or in the service itself as it starts.',
  };
}

export function stateFinding(from: string): Finding {
  return {
    id: 'state-lost',
    level: 'warning',
    ...placeOf(from),
    message: 'The service keeps files in a volume; an enclave has none.',
    why: 'The file system of an enclave is memory: what is written there is gone when it stops.',
    mend: 'Keep what must last in a service outside of the enclave.',
  };
}
