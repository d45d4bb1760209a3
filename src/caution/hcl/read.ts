import { type Aws, type Configuration, configurationDefaults, type Encryption, type Http } from '../configuration.ts';
import { checkDomain, reservedPorts } from '../limits.ts';
import { covers, joined } from '../ranges.ts';
import { readCaution } from './caution-block.ts';
import { Decoder, type NamedEntry, type Problem, readNamed, type Unevaluated } from './decode.ts';
import type { Entry, Shape } from './shape.ts';
import { type Place, parseHcl, type Syntax } from './syntax.ts';
import { isReserved, type TrafficRule, trafficRules } from './traffic.ts';
import { readUnits } from './unit.ts';

export type { HclRule, Problem, Unevaluated } from './decode.ts';
export type { Place } from './syntax.ts';
export type { TrafficRule } from './traffic.ts';

/** A caution.hcl as the platform reads it. */
export interface HclFile {
  /** Null where there are problems, and only there. */
  configuration: Configuration | null;
  /** What it says where the problems leave it readable, what is wrong being absent; null where it is no HCL. */
  legible: Configuration | null;
  /** What the platform's parser refuses, in the order of the file. */
  problems: Problem[];
  /**
   * Where things are said, by keys of the enclave (`build.containerfile`, `http.port`, `unit.env.NAME`, `unit.args.0`,
   * `egress.0.cidr_ipv4`) and of `caution` (`caution.provider.region`).
   */
  places: ReadonlyMap<string, Place>;
  /** The label of the unit. */
  unit: string | null;
  ingress: TrafficRule[];
  egress: TrafficRule[];
  /** Where a text is wanted and something else stands. */
  unevaluated: Unevaluated[];
  /** What has no effect, since the same key comes again. */
  overridden: Place[];
  syntax: Syntax;
}

/**
 * Reads a caution.hcl as the platform's parser does (caution-config, August 2026), and names everything that it refuses.
 * Never throws. It differs in this: a list of values where a block belongs, which the platform takes by position, is
 * refused; and what is not evaluated reads as its own source, which the platform spaces anew.
 * Source: https://github.com/CautionHosting/platform (src/caution-config/src/lib.rs)
 */
export function readHcl(text: string): HclFile {
  const syntax = parseHcl(text);
  const decoder = new Decoder(syntax);
  const found = { unit: null, ingress: [], egress: [] };
  if (syntax.error !== null) {
    const { line, column, message } = syntax.error;
    decoder.problems.push({ rule: 'hcl-syntax', line, column, message });
  }
  const read = syntax.body ? readFile(decoder, decoder.shapes.ofBody(syntax.body)) : null;
  const { problems, places, unevaluated } = decoder;
  return {
    ...found,
    ...(read && { unit: read.unit, ingress: read.ingress, egress: read.egress }),
    configuration: read !== null && problems.length === 0 ? read.configuration : null,
    legible: read?.configuration ?? null,
    problems: problems.sort((a, b) => a.line - b.line || a.column - b.column),
    ...{ places, unevaluated, syntax },
    overridden: decoder.shapes.overridden.map((span) => decoder.place(span)),
  };
}

interface Enclave {
  configuration: Configuration;
  unit: string | null;
  ingress: TrafficRule[];
  egress: TrafficRule[];
}

function readFile(decoder: Decoder, file: Shape): Enclave {
  const fields = decoder.fields(file, 'caution.hcl', null, ['caution', 'enclave']);
  const aws = readCaution(decoder, decoder.given(fields, 'caution'));
  const entry = decoder.given(fields, 'enclave');
  const [enclave] = readNamed(decoder, entry, 'enclave', (one) => readEnclave(decoder, one, aws));
  return enclave ?? readEnclave(decoder, null, aws);
}

const enclaveKeys = ['build', 'debug', 'network', 'resources', 'unit'];

function readEnclave(decoder: Decoder, entry: NamedEntry | null, aws: Aws | null): Enclave {
  const fields = entry && decoder.fields(entry.value, 'enclave', '', enclaveKeys);
  const block = (name: string, keys: readonly string[]) => {
    const found = decoder.given(fields, name);
    return found && decoder.fields(found.value, name, `${name}.`, keys);
  };
  const build = block('build', ['containerfile', 'app_sources', 'cache']);
  const debug = block('debug', ['enabled', 'ssh_keys']);
  const network = readNetwork(decoder, fields);
  const unit = readUnits(decoder, decoder.given(fields, 'unit'));
  return {
    ...{ unit: unit.label, ingress: network.ingress, egress: network.egress },
    configuration: {
      name: entry?.key ?? null,
      containerfile: decoder.optionalText(build, 'containerfile', 'build.'),
      sources: decoder.texts(build, 'app_sources', 'build.'),
      ...{ env: unit.env, command: unit.command, secrets: unit.secrets },
      ports: joined(network.ingress.flatMap(({ ports }) => ports ?? [])),
      http: network.http,
      egress: network.egress.map(({ cidr, ports, protocol }) => ({ cidr, ports, protocol })),
      ...readResources(decoder, fields),
      debug: {
        enabled: decoder.boolean(debug, 'enabled') ?? false,
        sshKeys: decoder.texts(debug, 'ssh_keys', 'debug.'),
      },
      cache: decoder.boolean(build, 'cache') ?? true,
      aws,
    },
  };
}

function readResources(decoder: Decoder, enclave: Map<string, Entry> | null): Pick<Configuration, 'cpus' | 'memoryMb'> {
  const { cpus, memoryMb } = configurationDefaults;
  const entry = decoder.given(enclave, 'resources');
  const fields = entry && decoder.fields(entry.value, 'resources', 'resources.', ['cpu', 'memory_mb']);
  if (!entry || !fields) return { cpus, memoryMb };
  const read = (name: string) => {
    const found = fields.get(name);
    if (!found) decoder.missing(entry.place, `resources needs cpu and memory_mb; ${name} is missing.`);
    return found ? decoder.number(found, 32) : null;
  };
  return { cpus: read('cpu') ?? cpus, memoryMb: read('memory_mb') ?? memoryMb };
}

function readNetwork(
  decoder: Decoder,
  enclave: Map<string, Entry> | null,
): Pick<Enclave, 'ingress' | 'egress'> & { http: Http | null } {
  const entry = decoder.given(enclave, 'network');
  const fields = entry && decoder.fields(entry.value, 'network', 'network.', ['ingress', 'egress', 'http']);
  const ingress = trafficRules(decoder, fields?.get('ingress'), 'ingress');
  const egress = trafficRules(decoder, fields?.get('egress'), 'egress');
  for (const rule of ingress)
    if (rule.ports && isReserved(rule.ports))
      decoder.problems.push({
        ...{ rule: 'hcl-port', line: rule.line, column: rule.column },
        message: `Ports ${reservedPorts.first} to ${reservedPorts.last} are reserved by Caution.`,
      });
  return { ingress, egress, http: readHttp(decoder, decoder.given(fields, 'http'), ingress) };
}

const httpKeys = ['domain', 'port', 'upstream_protocol', 'e2e_encryption'];

function readHttp(decoder: Decoder, entry: Entry | null, ingress: readonly TrafficRule[]): Http | null {
  const fields = entry && decoder.fields(entry.value, 'http', 'http.', httpKeys);
  if (!entry || !fields) return null;
  const found = fields.get('port');
  if (!found) decoder.missing(entry.place, 'http needs port.');
  const port = found ? decoder.number(found, 16) : null;
  if (
    found &&
    port !== null &&
    !covers(
      ingress.flatMap(({ ports }) => ports ?? []),
      port,
    )
  )
    decoder.problem(
      'hcl-http-port',
      found.value,
      `No ingress lets port ${port} in.`,
      `Add an ingress with port = ${port}.`,
    );
  const domain = decoder.optionalText(fields, 'domain', 'http.');
  const reason = domain === null ? null : checkDomain(domain);
  if (reason !== null) decoder.problem('hcl-domain', fields.get('domain')?.value ?? entry.place, reason);
  const protocols = ['http', 'h2c'] as const;
  return {
    ...{ port: port ?? 0, domain },
    upstreamProtocol:
      decoder.word(fields, 'upstream_protocol', protocols, 'hcl-wrong-type') ?? configurationDefaults.upstreamProtocol,
    encryption: readEncryption(decoder, decoder.given(fields, 'e2e_encryption')),
  };
}

const encryptionKeys = ['enabled', 'mode', 'cors_origins', 'key_exchange', 'allow_plaintext_fallback'];

function readEncryption(decoder: Decoder, entry: Entry | null): Encryption | null {
  const key = 'http.e2e_encryption.';
  const fields = entry && decoder.fields(entry.value, 'e2e_encryption', key, encryptionKeys);
  const enabled = decoder.boolean(fields, 'enabled');
  const said = decoder.word(fields, 'mode', ['steve', 'tls'] as const, 'hcl-encryption');
  const mode = said ?? (enabled === true ? 'steve' : null);
  const corsOrigins = decoder.texts(fields, 'cors_origins', key, { orNull: true });
  const exchanges = ['x25519', 'xwing-draft10'] as const;
  const keyExchange = decoder.word(fields, 'key_exchange', exchanges, 'hcl-encryption');
  const plaintextFallback = decoder.boolean(fields, 'allow_plaintext_fallback') ?? false;
  const exchange = decoder.given(fields, 'key_exchange');
  if (exchange && keyExchange !== null && mode !== 'steve')
    decoder.problem('hcl-encryption', exchange.place, 'key_exchange is for mode = "steve" alone.');
  if (mode === 'tls') return { mode };
  const { keyExchange: usual } = configurationDefaults;
  return mode && { mode, keyExchange: keyExchange ?? usual, corsOrigins, plaintextFallback };
}
