import type { Finding } from '../app.ts';
import type { Project } from './language.ts';
import { fromOf, placeOf } from './place.ts';

/**
 * Reading source text for literal evidence, for languages whose own parsers are not at hand. Where texts disagree,
 * nothing is known: a question is better than a confident wrong answer.
 */

/** A value that a source file shows, and where: `path:line`. */
export interface Sighting {
  value: string;
  from: string;
}

/** More files than this are not searched; a service that needs more is asked. */
const mostFiles = 3000;

/** Where the lines of the text begin that was asked about last: most are asked about many times in a row. */
let known = { text: '', starts: [0] };

/** Line number (from 1) of an offset. */
export function lineAt(text: string, offset: number): number {
  if (known.text !== text) known = { text, starts: lineStarts(text) };
  const { starts } = known;
  let before = 0;
  let after = starts.length;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if ((starts[middle] ?? 0) <= offset) before = middle;
    else after = middle;
  }
  return before + 1;
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** Line number (from 1) of the first match; undefined when there is none. */
export function lineOf(text: string, pattern: RegExp): number | undefined {
  const at = text.search(pattern);
  return at < 0 ? undefined : lineAt(text, at);
}

/** Longer ones would make an expression that the engine refuses. */
const longestLiteral = 1000;

/** A text as a regular expression that matches it, or the beginning of a very long one. */
export function literal(text: string): string {
  return text.slice(0, longestLiteral).replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}

/** Ports of metrics and the like are no answer to «where does the service listen»; `debug=True` is a mode. */
const sideDoor = /metric|prometheus|pprof|debug(?!\s*=[^=]|\s*:\s*(?:true|false)\b)|admin|telemetry|tracing/i;

/**
 * What the first group of each pattern (flag `g`) matches, comments (`//`) and lines about side doors left out.
 * @param prepare cuts a text down to what counts, keeping line numbers.
 */
export function sightings(
  project: Project,
  files: readonly string[],
  patterns: readonly RegExp[],
  prepare?: (text: string) => string,
): Sighting[] {
  const found: Sighting[] = [];
  for (const { file, text } of readable(project, files, prepare)) {
    for (const { match, offset } of matchesIn(text, patterns))
      found.push({ value: match[1] ?? match[0], from: fromOf(file, lineAt(text, offset)) });
  }
  return found;
}

/** The texts of some files, as far as they are read at all: without lines that a program wrote. */
export function* readable(
  project: Project,
  files: readonly string[],
  prepare: (text: string) => string = (text) => text,
): Generator<{ file: string; text: string }> {
  for (const file of files.slice(0, mostFiles)) {
    const text = project.read(file);
    if (text !== null) yield { file, text: prepare(withoutLongLines(text)) };
  }
}

/** Where the first group of some patterns (flag `g`) matches, comments (`//`) and lines about side doors left out. */
export function* matchesIn(
  text: string,
  patterns: readonly RegExp[],
): Generator<{ match: RegExpExecArray; offset: number }> {
  for (const pattern of patterns) {
    for (const match of text.matchAll(new RegExp(pattern.source, `${pattern.flags}d`))) {
      const offset = match.indices?.[1]?.[0] ?? match.index;
      const lineStart = text.lastIndexOf('\n', offset) + 1;
      const lineEnd = text.indexOf('\n', offset);
      const line = text.slice(lineStart, lineEnd < 0 ? undefined : lineEnd);
      if (!isComment(text.slice(lineStart, offset)) && !sideDoor.test(line)) yield { match, offset };
    }
  }
}

/** A line longer than this was written by a program, and is looked at no closer: matches in it would take for ever. */
const longestLine = 2000;

/** The text with its longest lines empty; every line keeps its number. */
export function withoutLongLines(text: string): string {
  return text.replace(/.+/g, (line) => (line.length > longestLine ? '' : line));
}

/** True when a `//` that is no part of an address stands before. */
function isComment(before: string): boolean {
  return /(^|[^:])\/\//.test(before);
}

/** The port that all sightings agree on, with the first place; null when they do not, or there is none. */
export function agreedPort(found: readonly Sighting[]): { port: number; from: string } | null {
  const [first] = found;
  if (!first || found.some(({ value }) => Number(value) !== Number(first.value))) return null;
  const port = Number(first.value);
  return port >= 1 && port <= 65_535 ? { port, from: first.from } : null;
}

/** The addresses by which a machine reaches only itself, for the first group of a pattern. */
export const loopback = '(127\\.0\\.0\\.1|localhost|\\[?::1\\]?)';

/** The finding for a service that nothing outside of its machine can reach; none without a sighting. */
export function loopbackFindings(language: string, found: readonly Sighting[]): Finding[] {
  const [first] = found;
  if (!first) return [];
  return [
    {
      id: `${language}-loopback`,
      level: 'warning',
      ...placeOf(first.from),
      message: 'The service listens on a loopback address: only the machine itself can reach it there.',
      why: 'Requests reach a service in an enclave through its network interface.',
      mend: 'Listen on 0.0.0.0.',
    },
  ];
}

/** The finding for a port that comes from another environment variable than PORT; none without a sighting. */
export function portVariableFindings(language: string, found: readonly Sighting[]): Finding[] {
  const [first] = found;
  if (!first) return [];
  return [
    {
      id: `${language}-port-variable`,
      level: 'warning',
      ...placeOf(first.from),
      message: `Where the service listens is read from ${first.value.slice(0, 60)}, which only you can set.`,
      why: 'The port that is opened and probed must be the one that the service takes.',
      mend: `Give the variable its value with --env ${first.value.slice(0, 60)}=VALUE, and the same port with --port.`,
    },
  ];
}

/** Names that say what a program does, not which service it is. */
const roleNames = new Set(['server', 'service', 'app', 'main', 'api', 'web', 'backend']);

/** A package's name as the service's name; null when it says nothing. */
export function serviceName(name: string | null): string | null {
  return name === null || roleNames.has(name.toLowerCase()) ? null : name;
}

/** True for a relative path that stands in a Dockerfile and in a shell as it is. */
export function isPlainPath(path: string): boolean {
  return /^[A-Za-z0-9_@+][A-Za-z0-9_@+.-]*(\/[A-Za-z0-9_@+][A-Za-z0-9_@+.-]*)*$/.test(path) && !path.includes('..');
}

/**
 * A relative path with `.` and `..` resolved.
 * @returns null when it leads out of the folder, or is absolute.
 */
export function inside(folder: string, relative: string): string | null {
  if (/^([/\\]|[A-Za-z]:)/.test(relative)) return null;
  const parts = folder === '' ? [] : folder.split('/');
  for (const part of relative.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.join('/');
}
