import { checkContainerfile, checkPort, cpuLimits, memoryLimits } from './limits.ts';

/**
 * What the platform makes of a Procfile, so far as this tool needs it.
 * Source: https://github.com/CautionHosting/platform (src/caution-config/src/lib.rs).
 */
export interface Procfile {
  run: string | null;
  containerfile: string | null;
  ports: number[];
  httpPort: number | null;
  memoryMb: number;
  cpus: number;
  /** Builds with `--no-cache --pull` and `--build-arg CACHEBUST=<time>`. */
  noCache: boolean;
  sources: string[];
  /** Keys that are not Caution's, such as Heroku's `web`: the platform ignores them silently. */
  unknown: { key: string; line: number }[];
  /** The line of each key that counts (the last one wins), from 1. */
  lines: Record<string, number>;
}

const synonyms: Record<string, string> = {
  app_source: 'app_sources',
  memory_mb: 'memory',
  cpu: 'cpus',
  ssh_key: 'ssh_keys',
  nocache: 'no_cache',
};

const keys = new Set(
  `run containerfile oci_tarball binary app_sources enclave_sources metadata memory cpus ports http_port domain e2e
   locksmith debug ssh_keys no_cache cache managed_on_prem platform aws_region aws_instance_type aws_vpc_id
   aws_subnet_id aws_security_group_id`.split(/\s+/),
);

/**
 * Reads a Procfile as the platform does: the key ends at the first colon, the last line of a key wins (`ports` lines
 * add up), unknown keys and bad numbers are dropped.
 */
export function parseProcfile(text: string): Procfile {
  const values: Record<string, string> = {};
  const lines: Record<string, number> = {};
  const ports = new Set<number>();
  const unknown: Procfile['unknown'] = [];
  for (const { key: written, value, line } of keyLines(text)) {
    const key = synonyms[written] ?? written;
    if (!keys.has(key)) {
      unknown.push({ key: written, line });
      continue;
    }
    lines[key] = line;
    if (key === 'ports') for (const port of portsOf(value)) ports.add(port);
    else values[key] = value;
  }
  const sorted = [...ports].sort((a, b) => a - b);
  const onlyPort = sorted.length === 1 ? (sorted[0] ?? null) : null;
  return {
    run: values.run || null,
    containerfile: values.containerfile || null,
    ports: sorted,
    httpPort: number(values.http_port, 65_535) ?? onlyPort,
    memoryMb: number(values.memory, memoryLimits.max) ?? memoryLimits.platformDefault,
    cpus: number(values.cpus, cpuLimits.max) ?? 2,
    noCache: noCacheOf(text),
    sources: listOf(values.app_sources ?? ''),
    unknown,
    lines,
  };
}

function keyLines(text: string): { key: string; value: string; line: number }[] {
  return text.split('\n').flatMap((raw, index) => {
    const line = raw.trim();
    const colon = line.indexOf(':');
    if (line === '' || line.startsWith('#') || colon < 0) return [];
    return [{ key: line.slice(0, colon).trim(), value: line.slice(colon + 1).trim(), line: index + 1 }];
  });
}

/** The last line of either key decides: `cache` is `no_cache` the other way round. */
function noCacheOf(text: string): boolean {
  const line = keyLines(text).findLast(({ key }) => key === 'cache' || key === 'no_cache' || key === 'nocache');
  return line !== undefined && (line.value.toLowerCase() === 'true') !== (line.key === 'cache');
}

function listOf(value: string): string[] {
  return value
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean);
}

/** The Containerfile that the platform would build: the key's, else `Containerfile`, else `Dockerfile`. */
export function containerfileOf(procfile: Procfile | null, exists: (path: string) => boolean): string | null {
  const named = procfile?.containerfile ?? null;
  if (named !== null) return checkContainerfile(named) === null && exists(named) ? named : null;
  return ['Containerfile', 'Dockerfile'].find(exists) ?? null;
}

function portsOf(value: string): number[] {
  return listOf(value)
    .map((word) => word.replace(/^\+/, ''))
    .filter((word) => checkPort(word) === null)
    .map(Number);
}

function number(value: string | undefined, max: number): number | null {
  if (value === undefined || !/^\+?\d+$/.test(value)) return null;
  const parsed = Number(value);
  return parsed >= 1 && parsed <= max ? parsed : null;
}
