import type { Configuration } from '../caution/configuration.ts';
import { formatEgress } from '../caution/egress.ts';
import { checkSource } from '../caution/limits.ts';
import { isOfService, parseProcfile } from '../caution/procfile.ts';
import { configurationOfProcfile } from '../caution/procfile-configuration.ts';
import { portsOf } from '../caution/ranges.ts';
import { formatRun } from '../caution/words.ts';
import type { Known } from './setting.ts';

/** The files of a repository that say how one service is built and started, read. */
export interface Written {
  procfile: WrittenFile | null;
  hcl: WrittenFile | null;
  /** Whether the root's files are those of another service: Caution deploys that one. */
  another: boolean;
}

export interface WrittenFile {
  /** Relative to the repository. */
  path: string;
  text: string;
  /** What it means to Caution; null when Caution would refuse it. */
  configuration: Configuration | null;
  /** Resources that it states, rather than leaving them to Caution. */
  states: { memory: boolean; cpus: boolean };
  /** Why Caution would refuse it, each with its line. */
  problems: readonly { line: number; message: string }[];
}

/**
 * Reads what describes a service: the root's files, or those in its own folder where the root's are another service's.
 * @param read gives a file's text, by its path below the repository; null when there is none.
 * @param dir the service's folder below the repository.
 * @param containerfile where the service's own is said to be.
 */
export async function readWritten(
  read: (path: string) => string | null,
  dir: string,
  containerfile?: string,
): Promise<Written> {
  const named: readonly [string, Parse][] = [
    ['Procfile', procfileAt],
    ['caution.hcl', hclAt],
  ];
  const [procfile = null, hcl = null] = await Promise.all(named.map(([name, parse]) => parsed(read, name, parse)));
  const isOurs = (file: WrittenFile | null) => isOfService(file?.configuration ?? null, dir, containerfile);
  const deciding = hcl ?? (procfile?.configuration ? procfile : null);
  if (deciding === null || dir === '' || isOurs(deciding))
    return { procfile: procfile && isOurs(procfile) ? procfile : null, hcl, another: false };
  const [ownProcfile = null, ownHcl = null] = await Promise.all(
    named.map(([name, parse]) => parsed(read, `${dir}/${name}`, parse)),
  );
  return { procfile: ownProcfile, hcl: ownHcl, another: true };
}

type Parse = (path: string, text: string) => Promise<WrittenFile> | WrittenFile;

async function parsed(read: (path: string) => string | null, path: string, parse: Parse): Promise<WrittenFile | null> {
  const text = read(path);
  return text === null ? null : parse(path, text);
}

function procfileAt(path: string, text: string): WrittenFile {
  const procfile = parseProcfile(text);
  return {
    ...{ path, text, problems: [] },
    configuration: procfile.run === null ? null : configurationOfProcfile(procfile),
    states: { memory: 'memory' in procfile.lines, cpus: 'cpus' in procfile.lines },
  };
}

/** Its grammar is loaded only where there is one. */
async function hclAt(path: string, text: string): Promise<WrittenFile> {
  const { readHcl } = await import('../caution/hcl/read.ts');
  const { configuration, problems, places } = readHcl(text);
  const states = places.has('resources.memory_mb');
  return { path, text, configuration, problems, states: { memory: states, cpus: states } };
}

/** The configuration that holds: caution.hcl wins. */
export function effective({ procfile, hcl }: Written): WrittenFile | null {
  return hcl ?? procfile;
}

/** What existing files say is the default of the same setting, so that running again changes nothing. */
export function writtenDefaults(written: Written): Known['written'] {
  const file = effective(written);
  if (!file?.configuration) return {};
  const { configuration, states } = file;
  const ports = portsOf(configuration.ports);
  const front = frontOf(configuration, ports);
  const sources = configuration.sources.filter((url) => checkSource(url) === null);
  return {
    run: formatRun(configuration),
    ...(configuration.name === null ? {} : { name: configuration.name }),
    ...(ports.length > 0 ? { port: ports.map(String) } : {}),
    ...(front === null ? {} : { httpPort: String(front) }),
    ...(states.memory ? { memory: String(configuration.memoryMb) } : {}),
    ...(states.cpus ? { cpus: String(configuration.cpus) } : {}),
    ...(sources.length > 0 ? { source: sources } : {}),
    ...networkDefaults(configuration),
    ...protectionDefaults(configuration),
    ...(written.hcl === null ? {} : { format: written.procfile === null ? 'hcl' : 'both' }),
  };
}

/** The front's port; a single port is taken for it, since starters have a front. */
function frontOf({ http }: Configuration, ports: readonly number[]): number | null {
  if (http === null) return ports.length === 1 ? (ports[0] ?? null) : null;
  return ports.includes(http.port) ? http.port : null;
}

function networkDefaults({ http, egress }: Configuration): Known['written'] {
  return {
    ...(http?.domain ? { domain: http.domain } : {}),
    ...(http?.upstreamProtocol === 'h2c' ? { upstreamProtocol: 'h2c' } : {}),
    ...(egress.length > 0 ? { egress: egress.map(formatEgress) } : {}),
  };
}

function protectionDefaults({ http, secrets, debug, aws }: Configuration): Known['written'] {
  const encryption = http?.encryption ?? null;
  const names = Object.keys(secrets);
  return {
    ...(names.length > 0 ? { secret: names } : {}),
    ...(encryption === null ? {} : { e2e: encryption.mode }),
    ...(encryption?.mode === 'steve'
      ? { e2eKeyExchange: encryption.keyExchange, corsOrigin: encryption.corsOrigins }
      : {}),
    ...(debug.enabled ? { debug: 'true', sshKey: debug.sshKeys } : {}),
    ...(aws === null
      ? {}
      : {
          awsRegion: aws.region,
          ...(aws.instanceType === null ? {} : { awsInstanceType: aws.instanceType }),
          ...(aws.vpcId === null ? {} : { awsVpcId: aws.vpcId }),
          ...(aws.subnetIds.length === 0 ? {} : { awsSubnetId: aws.subnetIds }),
          ...(aws.securityGroupId === null ? {} : { awsSecurityGroupId: aws.securityGroupId }),
        }),
  };
}
