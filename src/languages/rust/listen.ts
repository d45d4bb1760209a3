import type { Evidence } from '../../app.ts';
import type { Detection, Project } from '../language.ts';
import { listensByDefault } from '../options.ts';
import { agreedPort, loopback, loopbackFindings, portVariableFindings, sightings } from '../scan.ts';
import type { Binary, Package } from './manifest.ts';
import { listenOptions } from './options.ts';
import { rocketPlaces } from './rocket.ts';
import { programSources, sourcesOf, withoutTests } from './sources.ts';

const ports = [
  /"(?:0\.0\.0\.0|\[::\]):(\d{2,5})"/g,
  /\bbind\(\s*&?"(?:127\.0\.0\.1|localhost|\[::1\]):(\d{2,5})"/g,
  /\bbind\(\s*\(\s*"[^"\n]*"\s*,\s*(\d{2,5})\s*\)/g,
  /\[\s*0\s*,\s*0\s*,\s*0\s*,\s*0\s*\]\s*,\s*(\d{2,5})\s*\)/g,
  /\b(?:Ipv[46]Addr::UNSPECIFIED|IpAddr::V4\(\s*Ipv4Addr::UNSPECIFIED\s*\))\s*,\s*(\d{2,5})\b/g,
  /\b(?:const|static)\s+(?:DEFAULT_)?(?:HTTP_|SERVER_|LISTEN_)?PORT\s*:\s*(?:u16|&(?:'static\s+)?str)\s*=\s*"?(\d{2,5})\b/g,
  /\bvar\(\s*"PORT"\s*\)[^;]{0,160}?unwrap_or(?:_else)?\([^;]{0,40}?\b(\d{2,5})\b/g,
  /\bport\.unwrap_or\(\s*(\d{2,5})\s*\)/g,
];
/** Port 0 is a test's, or a client's. */
const loopbacks = [
  new RegExp(`\\bbind\\(\\s*(?:&|\\(\\s*)?"${loopback}(?::(?!0")|")`, 'g'),
  /\b(?:bind\(|SocketAddr(?:V[46])?::(?:new|from)\()[^;"]{0,60}?(\[\s*127\s*,\s*0\s*,\s*0\s*,\s*1\s*\]|Ipv[46]Addr::LOCALHOST)(?!\s*,\s*0\b)/g,
];
/** Variables as `std::env::var`, a wrapper of it, and clap read them. */
const reading = [String.raw`\b(?:(?:\w+_)?var(?:_\w+)?\(\s*|env\s*=\s*)"NAME"`, String.raw`\.env\(\s*"NAME"\s*\)`];
const portVariable = readingOf('(PORT)');
const ownPortVariable = readingOf('((?:[A-Z][A-Z0-9]*_)+PORT)');
const addressVariable = readingOf(
  '((?:[A-Z][A-Z0-9]*_)*(?:LISTEN|BIND)(?:_ADDR(?:ESS)?)?|(?:[A-Z][A-Z0-9]*_)+(?:LISTEN|BIND)_ADDR(?:ESS)?)',
);
/** A host whose default is the machine itself. */
const hostVariable = [
  /\bvar\(\s*"((?:[A-Z][A-Z0-9]*_)*(?:HOST|IP|ADDRESS))"\s*\)[^;]{0,80}?"(?:127\.0\.0\.1|localhost)"/g,
];
/** The port of something that the service calls. */
const elsewhere = /DB|DATABASE|POSTGRES|PG|MYSQL|REDIS|SMTP|MAIL|KAFKA|NATS|AMQP|RABBIT|MONGO|PROXY|METRIC|ADMIN|DEBUG/;

/** Where a program listens, and what the run command must say of it. */
export interface Listening extends Pick<Detection, 'port' | 'env' | 'findings'> {
  evidence: Evidence[];
  /** Arguments without which nothing could reach it; `{port}` stands for the port. */
  args: string[];
}

/**
 * Where the service listens, and what chooses it, from the sources of the packages that are built.
 * @param binary the program; null while it is open, and then the other programs' sources count where that harms none.
 */
export function listens(project: Project, built: readonly Package[], binary: Binary | null): Listening {
  const rocket = rocketPlaces(project, built, binary);
  if (rocket) return rocket;
  const sources = sourcesOf(project, built);
  const files = programSources(project, built, binary);
  const options = listensByDefault(listenOptions(project, files));
  const found = agreedPort([...sightings(project, files, ports, withoutTests), ...options.ports]);
  const settled = binary !== null && found !== null && options.ports.length > 0;
  const told = settled ? options : nothingTold;
  const variables = variablesOf(project, { sources, files, chosen: binary !== null, settled });
  const loopback = [...sightings(project, files, loopbacks, withoutTests), ...told.loopback];
  return {
    port: found?.port ?? null,
    env: { ...variables.env, ...told.env, ...('PORT' in variables.env && found ? { PORT: String(found.port) } : {}) },
    args: told.args,
    evidence: [
      ...(found ? [{ setting: 'port', value: found.port, from: found.from }] : []),
      ...variables.evidence,
      ...told.evidence.filter(({ value }) => !(String(value) in variables.env)),
    ],
    findings: [...loopbackFindings('rust', loopback), ...variables.findings],
  };
}

const nothingTold = { env: {}, args: [], evidence: [], loopback: [] };

/**
 * The variables that choose where the service listens: those of a port are set to it, `{port}` in the run command.
 * @param settled whether the program's own default is known: then only `PORT` and hosts are looked for.
 */
function variablesOf(
  project: Project,
  { sources, files, chosen, settled }: { sources: string[]; files: string[]; chosen: boolean; settled: boolean },
): Pick<Listening, 'env' | 'evidence' | 'findings'> {
  const seen = (patterns: RegExp[], where = files) =>
    sightings(project, where, patterns, withoutTests).filter(({ value }) => !elsewhere.test(value));
  // Which program runs may be open: PORT harms none that does not read it.
  const [port] = seen(portVariable, chosen ? files : sources);
  const open = chosen && !port && !settled;
  const named = open ? seen(ownPortVariable) : [];
  const own = new Set(named.map(({ value }) => value)).size === 1 ? named[0] : undefined;
  const [host] = chosen ? seen(hostVariable) : [];
  const set = [
    ...(port ? [{ ...port, to: '' }] : []),
    ...(own ? [{ ...own, to: '{port}' }] : []),
    ...(host ? [{ ...host, to: '0.0.0.0' }] : []),
  ];
  const addresses = open && !own ? [...named, ...seen(addressVariable)] : [];
  return {
    env: Object.fromEntries(set.map(({ value, to }) => [value, to])),
    evidence: set.map(({ value, from }) => ({ setting: 'env', value, from })),
    findings: portVariableFindings('rust', addresses),
  };
}

function readingOf(name: string): RegExp[] {
  return reading.map((pattern) => new RegExp(pattern.replace('NAME', name), 'g'));
}
