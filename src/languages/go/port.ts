import type { Evidence } from '../../app.ts';
import type { Detection, Project } from '../language.ts';
import { placeOf } from '../place.ts';
import { agreedPort, loopback, loopbackFindings, portVariableFindings, type Sighting, sightings } from '../scan.ts';

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
  `\\bflag\\.\\w+\\((?:&[\\w.]+,\\s*)?"(?:http-?)?(?:port|addr|address|listen|listen-addr|http)",\\s*(?:\\w*[eE]nv\\w*\\(\\s*"\\w+",\\s*)?"?(?:[\\w.]*:)?${number}`,
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

/**
 * The port, and whether `PORT` chooses it, from the sources of a program.
 * @param searched its files, and those of the packages that it reaches.
 */
export function listens(
  project: Project,
  searched: readonly string[],
): Pick<Detection, 'port' | 'env' | 'findings'> & { evidence: Evidence[] } {
  const variables = sightings(project, searched, portVariable);
  const readers = new Set(variables.map(({ from }) => placeOf(from).path));
  const others = otherVariables(project, searched);
  const literal = agreedPort([...sightings(project, searched, ports), ...sightings(project, [...readers], fallbacks)]);
  // Another variable chooses the port: what else looks like one may be anybody's.
  const found = others.length > 0 ? null : literal;
  const [variable] = variables;
  return {
    port: found?.port ?? null,
    env: variable ? { PORT: found ? String(found.port) : '' } : {},
    evidence: [
      ...(found ? [{ setting: 'port', value: found.port, from: found.from }] : []),
      ...(variable ? [{ setting: 'env', value: 'PORT', from: variable.from }] : []),
    ],
    findings: [
      ...portVariableFindings('go', others),
      ...loopbackFindings('go', sightings(project, searched, loopbacks)),
    ],
  };
}
