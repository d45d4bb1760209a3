import type { Configuration } from './configuration.ts';
import { type ProcfileEntry, type ProcfileKey, parseProcfile } from './procfile.ts';
import { portsOf } from './ranges.ts';
import { formatRun } from './words.ts';

/** Values of a key: one line each; none: the key shall not be there. */
type Lines = readonly string[];

/**
 * A Procfile that says something else of what differs between two configurations, and is the same in every other byte:
 * comments, order, other keys. A key that is there is changed on the line that counts; one that is not comes last.
 * @param from what the platform makes of `text`.
 * @param to what it shall make of the result, so far as a Procfile can say it.
 */
export function editProcfile(text: string, from: Configuration, to: Configuration): string {
  const [before, after] = [procfileLines(from), procfileLines(to)];
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  let lines = text.split('\n');
  for (const [key, values] of after) {
    const there = before.get(key) ?? [];
    if (values.join('\n') !== there.join('\n')) lines = withKey(lines, key, values, newline === '\r\n' ? '\r' : '');
  }
  return lines.join('\n');
}

/** What a Procfile says of a configuration, in the order of a written one; every key that is edited is there. */
export function procfileLines(configuration: Configuration): Map<ProcfileKey, Lines> {
  const { env, command, containerfile, sources, ports, http, memoryMb, cpus, debug, aws } = configuration;
  const one = (value: string | number | null | undefined): Lines =>
    value === null || value === undefined || value === '' ? [] : [String(value)];
  return new Map<ProcfileKey, Lines>([
    ['run', command.length === 0 ? [] : [formatRun({ env, command })]],
    ['containerfile', one(containerfile)],
    ['ports', one(portsOf(ports).join(', '))],
    ['http_port', one(http?.port)],
    ['domain', one(http?.domain)],
    ['e2e', http?.encryption?.mode === 'steve' ? ['true'] : []],
    ['memory', one(memoryMb)],
    ['cpus', one(cpus)],
    ['app_sources', one(sources.join(', '))],
    ['debug', debug.enabled ? ['true'] : []],
    ['ssh_keys', debug.enabled ? debug.sshKeys : []],
    ['managed_on_prem', aws === null ? [] : ['true']],
    ['platform', aws === null ? [] : ['aws']],
    ['aws_region', one(aws?.region)],
    ['aws_instance_type', one(aws?.instanceType)],
    ['aws_vpc_id', one(aws?.vpcId)],
    ['aws_subnet_id', one(aws?.subnetIds[0])],
    ['aws_security_group_id', one(aws?.securityGroupId)],
  ]);
}

/** The lines with these values of a key, and no others. @param end what stands before the newline. */
function withKey(lines: readonly string[], key: ProcfileKey, values: Lines, end: string): string[] {
  const entries = parseProcfile(lines.join('\n')).entries.filter((entry) => entry.key === key);
  const counts = entries.at(-1);
  const kept = lines.flatMap((line, index) => {
    if (!entries.some((entry) => entry.line === index + 1)) return line;
    return counts?.line === index + 1 ? values.map((value) => replaced(line, counts, value)) : [];
  });
  if (counts !== undefined || values.length === 0) return kept;
  return inserted(
    kept,
    values.map((value) => `${key}: ${value}${end}`),
  );
}

/** The line with another value: how its key is written, and blanks, stay. */
function replaced(line: string, { value }: ProcfileEntry, wanted: string): string {
  const colon = line.indexOf(':');
  const at = value === '' ? -1 : line.indexOf(value, colon + 1);
  const tail = /\s*$/.exec(line)?.[0] ?? '';
  return at < 0
    ? `${line.slice(0, colon)}: ${wanted}${tail}`
    : line.slice(0, at) + wanted + line.slice(at + value.length);
}

/** Behind the last line that is not empty. */
function inserted(lines: readonly string[], added: readonly string[]): string[] {
  const last = lines.findLastIndex((line) => line.trim() !== '');
  const tail = lines.slice(last + 1);
  return [...lines.slice(0, last + 1), ...added, ...(tail.length === 0 ? [''] : tail)];
}
