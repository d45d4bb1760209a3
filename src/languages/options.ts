import type { Detection } from './language.ts';
import { placeOf } from './place.ts';
import { portWord } from './port-word.ts';
import type { Sighting } from './scan.ts';

/**
 * Where a program listens when nobody tells it otherwise: by the defaults of its options and variables. An enclave gives
 * it no argument but those of the run command, so a default is as good as a literal in the code.
 */

/** One option of a program, or one variable, that says where it listens. */
export interface ListenOption {
  /** `address` is host and port in one. */
  kind: 'port' | 'host' | 'address';
  /** The default's port; null where there is none. */
  port: number | null;
  /** The default's host; null where there is none, `''` for all of them. */
  host: string | null;
  /** As it is typed, up to its `=`: `--port`; null where it is none, or not known. */
  flag: string | null;
  /** The environment variable that sets it. */
  variable: string | null;
  /** `path:line` of the default, or of the option where it has none. */
  from: string;
}

/** What the options come to. */
export interface ListenDefaults extends Pick<Detection, 'env' | 'evidence'> {
  /** The port and where it stands; none where no default says it, two where they do not agree. */
  ports: Sighting[];
  /** Arguments without which nothing outside of the machine could reach the program. */
  args: string[];
  /** Loopback addresses that no variable and no argument is known for. */
  loopback: Sighting[];
}

const roles: readonly [ListenOption['kind'], RegExp][] = [
  ['port', /^(?:(?:http|server|listen|listening|bind|web|api|service)_?)?port$/],
  ['address', /^(?:(?:http|server|web|api)_?)?(?:listen|bind|addr|address|(?:listen|bind)_?(?:on|to|addr|address))$/],
  ['host', /^(?:(?:http|server|listen|bind|web)_?)?(?:host|hostname|ip|interface|interfaces)$/],
];

/** What an option of that name says: `http-port`, `LISTEN_ADDR`, `web.listen-address`; null for any other. */
export function optionKind(name: string): ListenOption['kind'] | null {
  const plain = name.toLowerCase().replace(/[-.]/g, '_');
  return roles.find(([, pattern]) => pattern.test(plain))?.[0] ?? null;
}

/** A default as it is written: `8080`, `:8080`, `0.0.0.0:80`, `[::1]:80`, or a host alone. Null for anything else. */
export function hostAndPort(text: string): Pick<ListenOption, 'host' | 'port'> | null {
  const match = /^(?:(\[[\d:a-f.]*\]|[\w.-]*):)?(\d{2,5})$/i.exec(text);
  const port = Number(match?.[2]);
  if (match && port <= 65_535) return { host: match[1] ?? null, port };
  return /^(?:[\w.-]+|[\d:a-f.]+)$/i.test(text) && /[.:]|localhost/.test(text) ? { host: text, port: null } : null;
}

/** Whether nothing but the machine itself reaches a host. */
const isLoopback = (host: string | null): boolean =>
  host !== null && /^(?:127\.\d+\.\d+\.\d+|localhost|\[?::1\]?)$/.test(host);

/** From a program's options to the port, and to what the run command must say for others to reach it. */
export function listensByDefault(options: readonly ListenOption[]): ListenDefaults {
  const stated = options.filter(({ port }) => port !== null);
  const [first] = stated;
  const ports = stated.map(({ port, from }) => ({ value: String(port), from }));
  const found: ListenDefaults = { ports, env: {}, args: [], loopback: [], evidence: [] };
  if (!first || stated.some(({ port }) => port !== first.port)) return found;
  const ofPort = options.filter(({ kind, port }) => port !== null || kind === first.kind);
  const [variable, another] = new Set(ofPort.flatMap((option) => option.variable ?? []));
  const chosen = another === undefined ? ofPort.find((option) => option.variable === variable) : undefined;
  if (chosen && variable !== undefined) set(found, chosen, portValue(chosen));
  // A host in another file may be a client's.
  const { path } = placeOf(first.from);
  const loopback = options.filter(({ host, from }) => isLoopback(host) && placeOf(from).path === path);
  for (const option of loopback) {
    if (option.variable !== null) set(found, option, portValue(option));
    else if (option.flag !== null) tell(found, option, first.port);
    else found.loopback.push({ value: option.host ?? '', from: option.from });
  }
  return found;
}

/** What sets an option so that everybody reaches the port. */
function portValue({ kind, host, port }: ListenOption): string {
  if (kind === 'host' || (kind === 'address' && port === null)) return '0.0.0.0';
  if (kind === 'port') return portWord;
  return `${isLoopback(host) ? '0.0.0.0' : (host ?? '')}:${portWord}`;
}

function set(found: ListenDefaults, { variable, from }: ListenOption, value: string): void {
  if (variable === null || !/^[A-Za-z_]\w*$/.test(variable) || Object.hasOwn(found.env, variable)) return;
  found.env[variable] = value;
  found.evidence.push({ setting: 'env', value: variable, from });
}

function tell(found: ListenDefaults, option: ListenOption, port: number | null): void {
  const word = `${option.flag}=${portValue(option)}`;
  if (found.args.includes(word)) return;
  found.args.push(word);
  found.evidence.push({ setting: 'arguments', value: word.replace(portWord, String(port)), from: option.from });
}
