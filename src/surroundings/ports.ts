import type { Evidence, Finding } from '../app.ts';
import { placeOf } from '../languages/place.ts';
import type { PortClaim } from './facts.ts';

/** What the code says about where it listens. */
export interface CodePort {
  port: number | null;
  /** Where the code says so. */
  from: string | null;
  /** Whether it takes its port from what the run command sets, such as `PORT`. */
  readsPort: boolean;
  /** Whether another variable decides. */
  readsOther: boolean;
}

export interface PortDecision {
  /** Null when nothing says it, or when it is a question. */
  port: number | null;
  /** Where each port that may be it stands: of one that is certain the first place. */
  choices: PortClaim[];
  findings: Finding[];
}

/**
 * The port that code and files around it agree on. Code says more than files: where it takes PORT, any port will do,
 * and its own default is the one that it was tried with; what a file says as well is confirmed by it. Otherwise two that
 * differ are a question.
 * @param usual what is taken when nothing says a port, and any would do.
 */
export function decidePort(code: CodePort, claims: readonly PortClaim[], usual?: PortClaim): PortDecision {
  const own: PortClaim[] = code.port === null ? [] : [{ port: code.port, from: code.from ?? '' }];
  const choices = distinct([...own, ...claims]);
  const [first, ...others] = choices;
  if (first === undefined) {
    return { port: usual?.port ?? null, choices: usual === undefined ? choices : [usual], findings: [] };
  }
  if (others.length === 0) return { port: code.readsOther ? null : first.port, choices, findings: [] };
  if (code.port !== null && code.readsPort) {
    return { port: code.port, choices: own, findings: others.slice(0, 3).map((other) => differs(code.port, other)) };
  }
  if (code.port !== null && !code.readsOther && claims.some(({ port }) => port === code.port)) {
    return { port: code.port, choices: own, findings: others.slice(0, 3).map((other) => beside(code.port, other)) };
  }
  return { port: null, choices, findings: [unclear(choices)] };
}

/** Evidence for the port, or for each that may be it. */
export function portEvidence({ choices }: PortDecision): Evidence[] {
  return choices.flatMap(({ port, from }) => (from === '' ? [] : [{ setting: 'port', value: port, from }]));
}

function distinct(claims: readonly PortClaim[]): PortClaim[] {
  return claims.filter(({ port }, index) => claims.findIndex((other) => other.port === port) === index);
}

function differs(port: number | null, other: PortClaim): Finding {
  return {
    id: 'port-elsewhere',
    level: 'note',
    ...placeOf(other.from),
    message: `${other.port} stands here; the code's own default is ${port}.`,
    why: 'The service takes the port that the run command sets: either will do.',
    mend: `To choose this one: --port ${other.port}.`,
  };
}

function beside(port: number | null, other: PortClaim): Finding {
  return {
    ...differs(port, other),
    message: `${other.port} stands here as well; the code listens on ${port}.`,
    why: 'Requests go to one port: the one that code and files agree on.',
    mend: `Where requests belong to the other: --port ${other.port}.`,
  };
}

function unclear(choices: readonly PortClaim[]): Finding {
  const named = choices.slice(0, 5).map(({ port, from }) => `${port} (${from})`);
  return {
    id: 'port-unclear',
    level: 'warning',
    ...placeOf(choices[0]?.from ?? ''),
    message: `The files do not agree on where the service listens: ${named.join(', ')}.`,
    why: 'The port that is opened and probed must be the one that it listens on.',
    mend: 'Name it with --port.',
  };
}
