import type { Finding } from '../app.ts';
import type { Sighting } from '../languages/scan.ts';

/** A port that a file beside the code names. */
export interface PortClaim {
  port: number;
  from: string;
}

/** A variable that the service is given today, or may need. */
export interface Variable {
  name: string;
  /** The value that stands there, when it is one to be kept; null when only the name is known. */
  value: string | null;
  /** Whether it looks like something that only its owner may know. */
  secret: boolean;
  from: string;
}

/** A command line that starts the service, or one of its processes, today. */
export interface Command {
  words: string[];
  from: string;
  /** What calls it: `Dockerfile`, or the name of the process elsewhere (`web`, `worker`). */
  process: string;
}

/** What the files around the code say about a service, whatever its language. */
export interface Facts {
  /** TCP ports. */
  ports: PortClaim[];
  /** UDP ports. */
  udp: Sighting[];
  variables: Variable[];
  /** Public settings that the service runs with wherever it runs: the run command takes them over. */
  settings: (Sighting & { name: string })[];
  /** What starts it, the most telling first. */
  commands: Command[];
  /** What runs beside it, as a process of its own. */
  beside: Command[];
  findings: Finding[];
  /** Why Caution cannot run it. */
  blocking: Finding[];
}

/** What a person has said already, so that it is no question any more. */
export interface Said {
  entry: boolean;
  run: boolean;
  port: boolean;
  /** Names of variables that the run command is given. */
  env: readonly string[];
}

/** A reader gives what it found; what it leaves out, it knows nothing about. */
export type Part = Partial<Facts>;

/** All that the parts say, in their order. */
export function together(parts: readonly Part[]): Facts {
  const all = <K extends keyof Facts>(key: K): Facts[K] =>
    parts.flatMap((part): unknown[] => part[key] ?? []) as Facts[K];
  return {
    ports: all('ports'),
    udp: all('udp'),
    variables: all('variables'),
    settings: all('settings'),
    commands: all('commands'),
    beside: all('beside'),
    findings: all('findings'),
    blocking: all('blocking'),
  };
}

/** The names that Compose looks for, in its order. Source: https://docs.docker.com/compose/intro/compose-application-model/ */
export const composeNames = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'];

/** A port's number; null for what is none. */
export function portNumber(value: unknown): number | null {
  const port =
    typeof value === 'number' ? value : typeof value === 'string' && /^\d{1,5}$/.test(value) ? Number(value) : 0;
  return Number.isInteger(port) && port >= 1 && port <= 65_535 ? port : null;
}
