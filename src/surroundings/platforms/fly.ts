import { parse, TomlError } from 'smol-toml';
import { splitWords } from '../../caution/words.ts';
import type { Project } from '../../languages/language.ts';
import { fromOf } from '../../languages/place.ts';
import { lineAt, lineOf, literal } from '../../languages/scan.ts';
import { looksSecret } from '../../secrets.ts';
import { type Command, type Part, type PortClaim, portNumber } from '../facts.ts';
import { beforeFinding, gpuFinding, stateFinding } from '../rules.ts';

const file = 'fly.toml';

/** What Fly.io is told of the service. Source: https://fly.io/docs/reference/configuration/ */
export function flyFacts(project: Project): Part {
  const text = project.read(file);
  if (text === null || text.length > 200_000) return {};
  const table = readToml(text);
  if (table === null) return {};
  const at = (pattern: RegExp): string => fromOf(file, lineOf(text, pattern));
  const listed = listOf(table.services);
  const services = [table.http_service, ...listed].map(recordOf);
  const places = [...text.matchAll(/^[ \t]*internal_port[ \t]*=[ \t]*"?(\d+)/gm)];
  const portFrom = (port: number): string => {
    const match = places.find(([, written]) => Number(written) === port);
    return match ? `${file}:${lineAt(text, match.index + match[0].search(/\S/))}` : file;
  };
  const claims = services.flatMap((service): (PortClaim & { udp: boolean })[] => {
    const port = portNumber(service.internal_port);
    return port === null ? [] : [{ port, from: portFrom(port), udp: service.protocol === 'udp' }];
  });
  const env = recordOf(table.env);
  const set = portNumber(env.PORT);
  const release = recordOf(table.deploy).release_command;
  const gpu = listOf(table.vm)
    .map(recordOf)
    .find((vm) => typeof vm.gpu_kind === 'string' || /^(a100|a10|l40s)/.test(String(vm.size)));
  return {
    ports: [
      ...claims.filter(({ udp }) => !udp).map(({ port, from }) => ({ port, from })),
      ...(set === null ? [] : [{ port: set, from: at(/^[ \t]*PORT[ \t]*=/m) }]),
    ],
    udp: claims.filter(({ udp }) => udp).map(({ port, from }) => ({ value: String(port), from })),
    variables: Object.entries(env)
      .filter(([name]) => name !== 'PORT' && /^\w+$/.test(name))
      .map(([name, value]) => ({
        ...{ name, value: null, secret: looksSecret(name, String(value)) },
        from: at(new RegExp(`^[ \\t]*["']?${literal(name)}["']?[ \\t]*=`, 'm')),
      })),
    ...processesOf(recordOf(table.processes), at),
    findings: [
      ...(typeof release === 'string'
        ? [beforeFinding([{ value: release, from: at(/^[ \t]*release_command[ \t]*=/m) }])]
        : []),
      ...(table.mounts === undefined ? [] : [stateFinding(at(/^[ \t]*\[+mounts?\]/m))]),
    ],
    blocking: gpu ? [gpuFinding(at(/^[ \t]*(gpu_kind|size)[ \t]*=/m), String(gpu.gpu_kind ?? gpu.size))] : [],
  };
}

function processesOf(
  processes: Record<string, unknown>,
  at: (pattern: RegExp) => string,
): Pick<Part, 'commands' | 'beside'> {
  const commands = Object.entries(processes).flatMap(([name, value]): Command[] => {
    const words = typeof value === 'string' ? splitWords(value) : null;
    return words && /^[\w-]+$/.test(name)
      ? [{ words, from: at(new RegExp(`^[ \\t]*${literal(name)}[ \\t]*=`, 'm')), process: name }]
      : [];
  });
  const main = commands.find(({ process }) => /^(app|web)$/.test(process)) ?? commands[0];
  return main === undefined ? {} : { commands: [main], beside: commands.filter((command) => command !== main) };
}

/** A TOML table; null for what is none. */
export function readToml(text: string): Record<string, unknown> | null {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof TomlError || error instanceof RangeError) return null;
    throw error;
  }
}

export function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}
