import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Configuration, Encryption } from '../../../src/caution/configuration.ts';
import { differences } from '../../../src/caution/differences.ts';
import { readHcl } from '../../../src/caution/hcl/read.ts';
import { parseProcfile } from '../../../src/caution/procfile.ts';
import { configurationOfProcfile } from '../../../src/caution/procfile-configuration.ts';
import { configuration } from './configurations.ts';
import { plain } from './hcl/plain.ts';

const numRuns = Number(process.env.SETTINGS_RUNS ?? 500);
const steve: Encryption = { mode: 'steve', keyExchange: 'x25519', corsOrigins: [], plaintextFallback: false };
const http = { port: 8080, domain: null, upstreamProtocol: 'http', encryption: null } as const;

const keys = (other: Partial<Configuration>, one: Partial<Configuration> = {}) =>
  differences({ ...plain, ...one }, { ...plain, ...other }).map(({ key }) => key);

describe('what two configurations say otherwise', () => {
  it.each<[string, Partial<Configuration>]>([
    ['command', { command: ['/b'] }],
    ['containerfile', { containerfile: null }],
    ['sources', { sources: ['x'] }],
    ['cache', { cache: false }],
    ['ports', { ports: [] }],
    ['httpPort', { http: { ...http, port: 80 } }],
    ['domain', { http: { ...http, domain: 'a.example' } }],
    ['encryption', { http: { ...http, encryption: steve } }],
    ['memoryMb', { memoryMb: 1 }],
    ['cpus', { cpus: 4 }],
    ['debug', { debug: { enabled: true, sshKeys: [] } }],
    ['sshKeys', { debug: { enabled: false, sshKeys: ['ssh-rsa A'] } }],
    ['env.A', { env: { A: 'x' } }],
    ['aws', { aws: { region: 'r', instanceType: null, vpcId: null, subnetIds: [], securityGroupId: null } }],
  ])('may be %s', (key, other) => {
    expect(keys(other)).toEqual([key]);
    expect(keys({}, other)).toEqual([key]);
  });
  it('names each variable', () =>
    expect(differences({ ...plain, env: { A: '1', B: '2' } }, { ...plain, env: { A: '1', B: '3', C: '' } })).toEqual([
      { key: 'env.B', a: '2', b: '3' },
      { key: 'env.C', a: null, b: '' },
    ]));
  it.each<[string, Partial<Configuration>]>([
    ['the name', { name: 'b' }],
    ['secrets', { secrets: { A: 'b' } }],
    ['egress', { egress: [{ cidr: '0.0.0.0/0', ports: null, protocol: null }] }],
    ['the protocol behind the front', { http: { ...http, upstreamProtocol: 'h2c' } }],
    ['TLS in the enclave', { http: { ...http, encryption: { mode: 'tls' } } }],
  ])('is not %s, which no Procfile says', (_, other) => expect(keys(other)).toEqual([]));
  it('is STEVE and TLS, but not how STEVE does it', () => {
    const one = { http: { ...http, encryption: steve } };
    expect(keys({ http: { ...http, encryption: { mode: 'tls' } } }, one)).toEqual(['encryption']);
    expect(keys({ http: { ...http, encryption: { ...steve, keyExchange: 'xwing-draft10' } } }, one)).toEqual([]);
  });
  it('is nothing between a Procfile and the caution.hcl that says the same', () => {
    const procfile = 'run: A=1 /app/server\nports: 80, 81\nhttp_port: 80\ne2e: true\nmemory: 600\n';
    const hcl = `enclave "a" {
  resources {
    cpu       = 2
    memory_mb = 600
  }
  network {
    ingress {
      cidr_ipv4  = "0.0.0.0/0"
      start_port = 80
      end_port   = 81
    }
    egress {
      cidr_ipv4 = "0.0.0.0/0"
    }
    http {
      port = 80
      e2e_encryption {
        mode = "steve"
      }
    }
  }
  unit "default" {
    command = "/app/server"
    env = {
      A = "1"
      B = env::vault("B")
    }
  }
}
`;
    const { configuration: said } = readHcl(hcl);
    expect(said && differences(configurationOfProcfile(parseProcfile(procfile)), said)).toEqual([]);
  });
  it('is nothing between equals, and the same either way', () => {
    fc.assert(
      fc.property(configuration, configuration, (a, b) => {
        expect(differences(a, structuredClone(a))).toEqual([]);
        const there = differences(a, b).map((one) => [one.key, one.a, one.b]);
        const back = differences(b, a).map((one) => [one.key, one.b, one.a]);
        expect(new Map(there.map((one) => [one[0], one]))).toEqual(new Map(back.map((one) => [one[0], one])));
      }),
      { numRuns },
    );
  }, 300_000);
});
