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
  /** Every `key: value` line, in the order of the file. */
  entries: ProcfileEntry[];
}

/** One `key: value` line. */
export interface ProcfileEntry {
  /** The key that it counts as (`memory` for `memory_mb`); null for one that the platform does not know. */
  key: ProcfileKey | null;
  /** The key as written. */
  written: string;
  value: string;
  /** From 1. */
  line: number;
}

/** What kind of value a key has. `unread` keys are known, and today's platform does nothing with them. */
const kinds = {
  run: 'text',
  containerfile: 'text',
  app_sources: 'text',
  memory: 'number',
  cpus: 'number',
  ports: 'ports',
  http_port: 'port',
  domain: 'text',
  e2e: 'boolean',
  locksmith: 'boolean',
  debug: 'boolean',
  ssh_keys: 'text',
  no_cache: 'boolean',
  cache: 'boolean',
  managed_on_prem: 'boolean',
  platform: 'text',
  aws_region: 'text',
  aws_instance_type: 'text',
  aws_vpc_id: 'text',
  aws_subnet_id: 'text',
  aws_security_group_id: 'text',
  oci_tarball: 'unread',
  binary: 'unread',
  enclave_sources: 'unread',
  metadata: 'unread',
} as const;

export type ProcfileKey = keyof typeof kinds;

const synonyms: Record<string, ProcfileKey> = {
  app_source: 'app_sources',
  memory_mb: 'memory',
  cpu: 'cpus',
  ssh_key: 'ssh_keys',
  nocache: 'no_cache',
};

/** Every spelling that the platform knows. */
export const procfileKeys: readonly string[] = [...Object.keys(kinds), ...Object.keys(synonyms)];

/** The key that a spelling counts as; null for one that the platform does not know. */
function keyOf(written: string): ProcfileKey | null {
  if (Object.hasOwn(synonyms, written)) return synonyms[written] ?? null;
  return Object.hasOwn(kinds, written) ? (written as ProcfileKey) : null;
}

/** What kind of value a key has. */
export function kindOf(key: ProcfileKey): (typeof kinds)[ProcfileKey] {
  return kinds[key];
}

/**
 * Reads a Procfile as the platform does: the key ends at the first colon, the last line of a key that has a value wins
 * (`ports` lines add up), unknown keys and bad numbers are dropped.
 */
export function parseProcfile(text: string): Procfile {
  const values: Record<string, string> = {};
  const lines: Record<string, number> = {};
  const ports = new Set<number>();
  const unknown: Procfile['unknown'] = [];
  const entries = keyLines(text);
  for (const entry of entries) {
    const { key, written, value, line } = entry;
    if (key === null) {
      unknown.push({ key: written, line });
      continue;
    }
    if (!counts(entry)) {
      lines[key] ??= line;
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
    noCache: noCacheOf(entries),
    sources: listOf(values.app_sources ?? ''),
    unknown,
    lines,
    entries,
  };
}

/**
 * Whether the platform takes the value of a line: one that is empty, or no number where one is wanted, leaves what an
 * earlier line of the key says.
 */
export function counts({ key, value }: Pick<ProcfileEntry, 'key' | 'value'>): boolean {
  const kind = key === null ? 'unread' : kindOf(key);
  if (kind === 'text') return value !== '';
  if (kind === 'port') return /^\+?\d+$/.test(value) && Number(value) >= 1 && Number(value) <= 65_535;
  if (kind === 'number') return /^\+?\d+$/.test(value) && Number(value) <= 0xffff_ffff;
  return true;
}

function keyLines(text: string): ProcfileEntry[] {
  return text.split('\n').flatMap((raw, index) => {
    const line = trim(raw);
    const colon = line.indexOf(':');
    if (line === '' || line.startsWith('#') || colon < 0) return [];
    const written = trim(line.slice(0, colon));
    return [{ key: keyOf(written), written, value: trim(line.slice(colon + 1)), line: index + 1 }];
  });
}

/**
 * Both ends without what Unicode calls white space, as Rust has it: a next-line mark (U+0085) is one, a byte order mark
 * is none. JavaScript has both the other way round.
 */
function trim(text: string): string {
  const isSpace = (at: number) =>
    /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/.test(text.charAt(at));
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(start)) start += 1;
  while (end > start && isSpace(end - 1)) end -= 1;
  return text.slice(start, end);
}

/** The last line of either key decides: `cache` is `no_cache` the other way round. */
function noCacheOf(entries: readonly ProcfileEntry[]): boolean {
  const line = entries.findLast(({ key }) => key === 'cache' || key === 'no_cache');
  return line !== undefined && isTrue(line.value) !== (line.key === 'cache');
}

/** The platform's booleans: `true` in any case, and nothing else. */
export function isTrue(value: string): boolean {
  return value.toLowerCase() === 'true';
}

/** The words of a list that commas separate. */
export function listOf(value: string): string[] {
  return value
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean);
}

/**
 * Whether the configuration in a repository's root is that of the service in a folder. The platform reads no other, so
 * that of several services one is deployed.
 * @param configuration null for one that the platform refuses, which nobody can tell.
 * @param containerfile where the service's own is, when it is not in its folder.
 */
export function isOfService(
  configuration: { containerfile: string | null } | null,
  dir: string,
  containerfile?: string,
): boolean {
  const named = configuration?.containerfile ?? '';
  return dir === '' || named.startsWith(`${dir}/`) || (named !== '' && named === containerfile);
}

/** The Containerfile that the platform would build: the key's, else `Containerfile`, else `Dockerfile`. */
export function containerfileOf(
  procfile: Pick<Procfile, 'containerfile'> | null,
  exists: (path: string) => boolean,
): string | null {
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
