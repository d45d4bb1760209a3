import type { Detection, Project } from '../language.ts';
import { listensByDefault } from '../options.ts';
import { placeOf } from '../place.ts';
import { agreedPort, loopback, loopbackFindings, portVariableFindings, type Sighting, sightings } from '../scan.ts';
import { listenOptions } from './options.ts';

const number = '(\\d{2,5})\\b';
/** An address counts in the literal of an HTTP server: a client's options have one as well. */
const server = '\\bhttp\\.Server\\s*\\{[^{}]{0,400}?\\b';
const ports = [
  `\\bListenAndServe(?:TLS)?\\(\\s*"[^":\\n]*:${number}"`,
  `\\bnet\\.Listen\\(\\s*"tcp[46]?",\\s*"[^":\\n]*:${number}"`,
  `${server}Addr:\\s*"(?:0\\.0\\.0\\.0)?:${number}"`,
  `\\.(?:Run|Start|Listen)\\(\\s*"(?:0\\.0\\.0\\.0)?:${number}"`,
  `\\w*[eE]nv\\w*\\(\\s*"PORT"\\s*\\)?\\s*,\\s*"?:?${number}`,
  `\\benv:"PORT(?:,[^"]*)?"[^\`\\n]*\\b(?:envD|d)efault:"${number}"`,
  `\\b(?:const|var)?\\s*\\bdefault(?:HTTP|Http|Listen|Server)?(?:Port|Addr)\\s*(?:string|int|uint16)?\\s*:?=\\s*"?:?${number}`,
].map((source) => new RegExp(source, 'g'));
/** `port = "8080"` counts only where PORT is read: elsewhere it may be anybody's port. */
const fallbacks = [new RegExp(`\\b(?:http|server|listen)?[pP]ort\\s*:?=\\s*"?:?${number}`, 'g')];
/** What comes before the address that a server listens on. */
const listening = `(?:\\bListenAndServe(?:TLS)?\\(\\s*|\\bnet\\.Listen\\(\\s*"tcp[46]?",\\s*|\\.(?:Run|Start|Listen)\\(\\s*|${server}Addr:\\s*)`;
const otherVariable = '[eE]nv\\w*\\(\\s*"(?!PORT")([A-Za-z_]\\w*)"';
const listensOnVariable = [
  new RegExp(`${listening}(?:":"\\s*\\+\\s*)?(?:cmp\\.Or\\(\\s*)?(?:\\w+\\.)?\\w*${otherVariable}`, 'g'),
];
const listensOnName = new RegExp(`${listening}(?:":"\\s*\\+\\s*)?([A-Za-z_]\\w{0,99})\\s*[,)}\\n]`, 'g');
const loopbacks = [new RegExp(`${listening}"${loopback}:`, 'g')];
const portVariable = [/\b\w*[eE]nv\w*\(\s*"(PORT)"/g, /\benv:"(PORT)[",]/g];

/** The environment variables other than PORT that say where the service listens, straight or through a Go variable. */
function otherVariables(project: Project, files: readonly string[]): Sighting[] {
  const named = sightings(project, files, [listensOnName]).flatMap(({ value, from }) => {
    const file = placeOf(from).path;
    const assigned = new RegExp(`\\b${value}\\b[^=\\n]{0,40}=[^\\n]{0,80}?${otherVariable}`, 'g');
    return sightings(project, [file], [assigned]);
  });
  return [...sightings(project, files, listensOnVariable), ...named];
}

/** Where a program listens, and what the run command must say of it. */
export interface Listening extends Pick<Detection, 'port' | 'env' | 'findings' | 'evidence'> {
  /** `{port}` stands for the port. */
  args: string[];
}

/**
 * The port, and what chooses it, from the sources of a program.
 * @param searched its files, and those of the packages that it reaches.
 * @param chosen whether that is one program: what several read is set for none of them.
 */
export function listens(project: Project, searched: readonly string[], chosen: boolean): Listening {
  const variables = sightings(project, searched, portVariable);
  const readers = new Set(variables.map(({ from }) => placeOf(from).path));
  const others = otherVariables(project, searched);
  const options = listenOptions(project, searched, new Set(others.map(({ value }) => value)));
  const defaults = listensByDefault(options.filter(({ variable }) => variable !== 'PORT'));
  const literals = [...sightings(project, searched, ports), ...sightings(project, [...readers], fallbacks)];
  const known = new Set(options.flatMap(({ variable, port }) => (port === null ? [] : (variable ?? []))));
  const unknown = others.filter(({ value }) => !known.has(value));
  // Another variable chooses the port: what else looks like one may be anybody's.
  const found = unknown.length > 0 ? null : agreedPort([...literals, ...defaults.ports]);
  const told = chosen && found !== null ? defaults : nothingTold;
  const [variable] = variables;
  return {
    port: found?.port ?? null,
    env: { ...told.env, ...(variable ? { PORT: found ? String(found.port) : '' } : {}) },
    args: told.args,
    evidence: [
      ...(found ? [{ setting: 'port', value: found.port, from: found.from }] : []),
      ...(variable ? [{ setting: 'env', value: 'PORT', from: variable.from }] : []),
      ...told.evidence,
    ],
    findings: [
      ...portVariableFindings('go', unknown),
      ...loopbackFindings('go', [...sightings(project, searched, loopbacks), ...told.loopback]),
    ],
  };
}

const nothingTold = { env: {}, args: [], evidence: [], loopback: [] };
