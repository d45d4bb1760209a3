import { checkAwsId, checkRegion } from './cloud.ts';
import { type Aws, type Configuration, configurationDefaults, type Encryption, type Http } from './configuration.ts';
import { checkDomain, checkPort } from './limits.ts';
import { counts, isTrue, type Procfile, type ProcfileKey } from './procfile.ts';
import { rangesOf } from './ranges.ts';
import { parseRun } from './words.ts';

/**
 * What a Procfile means to the platform, as the record that caution.hcl gives as well: what the platform drops is not in it.
 * Source: https://github.com/CautionHosting/platform (src/caution-config).
 */
export function configurationOfProcfile(procfile: Procfile): Configuration {
  const run = procfile.run === null ? null : parseRun(procfile.run);
  const value = (key: ProcfileKey) =>
    procfile.entries.findLast((entry) => entry.key === key && counts(entry))?.value ?? '';
  return {
    name: null,
    containerfile: procfile.containerfile,
    sources: procfile.sources,
    env: run?.env ?? {},
    command: run?.command ?? [],
    secrets: {},
    ports: rangesOf(procfile.ports),
    http: frontOf(procfile, value),
    egress: [],
    memoryMb: procfile.memoryMb,
    cpus: procfile.cpus,
    debug: { enabled: isTrue(value('debug')), sshKeys: sshKeysOf(procfile) },
    cache: !procfile.noCache,
    aws: awsOf(value),
  };
}

type Value = (key: ProcfileKey) => string;

const plainHttpPort = 80;

/** `http_port` makes a front; so does a domain, for the only port, or for 80. */
function frontOf(procfile: Procfile, value: Value): Http | null {
  const domain = value('domain') === '' || checkDomain(value('domain')) !== null ? null : value('domain');
  const written = value('http_port').replace(/^\+/, '');
  const named = checkPort(written) === null ? Number(written) : null;
  const implied = domain === null ? null : procfile.ports.length === 1 ? procfile.ports[0] : plainHttpPort;
  const port = named ?? implied ?? null;
  if (port === null) return null;
  const steve: Encryption = {
    mode: 'steve',
    keyExchange: configurationDefaults.keyExchange,
    corsOrigins: [],
    plaintextFallback: false,
  };
  return {
    port,
    domain,
    upstreamProtocol: configurationDefaults.upstreamProtocol,
    encryption: isTrue(value('e2e')) ? steve : null,
  };
}

/** Quotes around a key are dropped, and what does not begin as one does. */
function sshKeysOf({ entries }: Procfile): string[] {
  return entries
    .filter(({ key }) => key === 'ssh_keys')
    .map(({ value }) =>
      value
        .replace(/^"+|"+$/g, '')
        .replace(/^'+|'+$/g, '')
        .trim(),
    )
    .filter((key) => /^(?:ssh-|ecdsa-|sk-)/.test(key));
}

/** Only with all that it needs: the push is refused otherwise. */
function awsOf(value: Value): Aws | null {
  const region = value('aws_region');
  if (!isTrue(value('managed_on_prem')) || value('platform').toLowerCase() !== 'aws' || checkRegion(region) !== null)
    return null;
  const id = (key: ProcfileKey, prefix: 'vpc' | 'subnet' | 'sg') =>
    checkAwsId(prefix)(value(key)) === null ? value(key) : null;
  return {
    region,
    instanceType: value('aws_instance_type') || null,
    vpcId: id('aws_vpc_id', 'vpc'),
    subnetIds: [id('aws_subnet_id', 'subnet')].filter((subnet) => subnet !== null),
    securityGroupId: id('aws_security_group_id', 'sg'),
  };
}
