import {
  type Aws,
  type Configuration,
  configurationDefaults,
  type Egress,
  type Encryption,
  type PortRange,
} from '../configuration.ts';
import type { AttributePiece, BlockPiece, Piece, Value, Variable } from './print.ts';

/** The label where a configuration has no name: the one that `caution init` writes. */
export const unnamed = 'default';

/** Everybody. */
const anywhere = '0.0.0.0/0';

/**
 * What a caution.hcl says for a configuration, in the order in which it is written: what writing prints, and what editing
 * holds a file against. What is as it is by default is left out, but for resources.
 */
export function documentOf(configuration: Configuration): BlockPiece[] {
  const { name, aws } = configuration;
  return [
    {
      ...block('enclave', [
        buildBlock(configuration),
        resourcesBlock(configuration),
        ...networkBlock(configuration),
        ...debugBlock(configuration),
        ...unitBlock(configuration),
      ]),
      label: name ?? unnamed,
    },
    ...(aws ? [cautionBlock(aws)] : []),
  ];
}

function block(type: string, items: Piece[], ...note: string[]): BlockPiece {
  return { kind: 'block', type, items, ...(note.length > 0 && { note }) };
}

function attribute(name: string, value: Value, ...note: string[]): AttributePiece {
  return { kind: 'attribute', name, value, ...(note.length > 0 && { note }) };
}

/** An attribute for what is not null. */
function given(name: string, value: Value | null, ...note: string[]): AttributePiece[] {
  return value === null ? [] : [attribute(name, value, ...note)];
}

function list(name: string, values: readonly string[], ...note: string[]): AttributePiece[] {
  return values.length === 0 ? [] : [attribute(name, values, ...note)];
}

function cautionBlock({ instanceType, region, vpcId, subnetIds, securityGroupId }: Aws): BlockPiece {
  const provider = block('provider', [
    attribute('type', 'aws'),
    attribute('region', region),
    ...given('vpc_id', vpcId),
    ...list('subnet_ids', subnetIds),
    ...given('security_group_id', securityGroupId),
  ]);
  return block('caution', [...given('machine_type', instanceType), provider], 'Where it runs: your own AWS account.');
}

function buildBlock({ containerfile, sources, cache }: Configuration): BlockPiece {
  const unknown: Piece = {
    kind: 'note',
    note: [
      'Without app_sources nobody else can verify: add the public URL of this repository.',
      'app_sources = ["https://…"]',
    ],
  };
  return block('build', [
    ...given('containerfile', containerfile, "What is built and measured; the context is the repository's root."),
    ...list('app_sources', sources, 'Where anybody finds this source, to rebuild and compare.'),
    ...(sources.length === 0 ? [unknown] : []),
    ...(cache ? [] : [attribute('cache', false, 'Built with --no-cache --pull and a CACHEBUST argument.')]),
  ]);
}

function resourcesBlock({ cpus, memoryMb }: Configuration): BlockPiece {
  return block('resources', [
    attribute('cpu', cpus),
    attribute(
      'memory_mb',
      memoryMb,
      'MiB. The image lives in this memory: four times its size, and what the service uses.',
    ),
  ]);
}

function networkBlock({ ports, egress, http }: Configuration): BlockPiece[] {
  const [first, ...more] = [...ports.map(ingressBlock)];
  const [out, ...others] = egress.map(egressBlock);
  const items: Piece[] = [
    ...(first ? [{ ...first, note: ['What reaches the enclave from outside.'] }, ...more] : []),
    ...(out ? [{ ...out, note: ['What the service may reach.'] }, ...others] : []),
    ...(http ? [httpBlock(http)] : []),
  ];
  return items.length === 0 ? [] : [block('network', items)];
}

export function ingressBlock(ports: PortRange): BlockPiece {
  return block('ingress', [
    attribute('cidr_ipv4', anywhere),
    ...portAttributes(ports),
    attribute('ip_protocol', 'tcp'),
  ]);
}

export function egressBlock({ cidr, ports, protocol }: Egress): BlockPiece {
  return block('egress', [attribute('cidr_ipv4', cidr), ...portAttributes(ports), ...given('ip_protocol', protocol)]);
}

function portAttributes(ports: PortRange | null): AttributePiece[] {
  if (ports === null) return [];
  const { first, last } = ports;
  return first === last ? [attribute('port', first)] : [attribute('start_port', first), attribute('end_port', last)];
}

function httpBlock({ port, domain, upstreamProtocol, encryption }: NonNullable<Configuration['http']>): BlockPiece {
  const isUsual = upstreamProtocol === configurationDefaults.upstreamProtocol;
  return block(
    'http',
    [
      ...given('domain', domain),
      attribute('port', port),
      ...given(
        'upstream_protocol',
        isUsual ? null : upstreamProtocol,
        'What the service speaks: h2c is HTTP/2 without TLS.',
      ),
      ...(encryption ? [encryptionBlock(encryption)] : []),
    ],
    "Caution's HTTP front: TLS on port 443, for one of the ports.",
  );
}

function encryptionBlock(encryption: Encryption): BlockPiece {
  if (encryption.mode === 'tls')
    return block(
      'e2e_encryption',
      [attribute('mode', 'tls')],
      'TLS ends in the enclave; the certificate needs the domain and egress.',
    );
  const { keyExchange, corsOrigins, plaintextFallback } = encryption;
  return block(
    'e2e_encryption',
    [
      attribute('mode', 'steve'),
      attribute('key_exchange', keyExchange),
      ...list('cors_origins', corsOrigins),
      ...(plaintextFallback
        ? [
            attribute(
              'allow_plaintext_fallback',
              true,
              'Takes requests that are not encrypted: remove it once all clients use STEVE.',
            ),
          ]
        : []),
    ],
    'From the client into the enclave, by STEVE: browsers and programs need its client.',
  );
}

function debugBlock({ debug: { enabled, sshKeys } }: Configuration): BlockPiece[] {
  const items = [
    ...(enabled ? [attribute('enabled', true, 'All measurements are zeros: nobody can verify what runs.')] : []),
    ...list('ssh_keys', sshKeys),
  ];
  return items.length === 0 ? [] : [block('debug', items)];
}

function unitBlock({ command: [program, ...args], env, secrets }: Configuration): BlockPiece[] {
  if (program === undefined) return [];
  const variables = variablesOf({ env, secrets });
  const unit = block(
    'unit',
    [
      attribute('command', program),
      ...list('args', args),
      ...(variables.length === 0
        ? []
        : [
            attribute(
              'env',
              variables,
              ...(variables.some(isSecret) ? ['Locksmith gives what env::vault names.'] : []),
            ),
          ]),
    ],
    "Started as root in /, with none of the image's ENV, WORKDIR or ENTRYPOINT:",
    'absolute paths, and every variable that the service needs.',
  );
  return [{ ...unit, label: 'default' }];
}

/** Public variables, then secrets. */
export function variablesOf({ env, secrets }: Pick<Configuration, 'env' | 'secrets'>): Variable[] {
  return [
    ...Object.entries(env).map(([name, value]) => ({ name, value })),
    ...Object.entries(secrets).map(([name, vault]) => ({ name, value: { vault } })),
  ];
}

const isSecret = ({ value }: Variable) => typeof value === 'object';
