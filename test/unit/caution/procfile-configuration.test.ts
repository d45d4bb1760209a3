import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Configuration } from '../../../src/caution/configuration.ts';
import { parseProcfile } from '../../../src/caution/procfile.ts';
import { configurationOfProcfile } from '../../../src/caution/procfile-configuration.ts';
import { editProcfile } from '../../../src/caution/procfile-edit.ts';
import { configuration } from './configurations.ts';

const meaning = (text: string) => configurationOfProcfile(parseProcfile(text));
const front = (text: string) => meaning(`run: /a\n${text}`).http;

describe('what a Procfile means', () => {
  it('is the program, its arguments and its variables', () =>
    expect(meaning("run: A=1 B='x y' /app/s --v")).toMatchObject({
      env: { A: '1', B: 'x y' },
      command: ['/app/s', '--v'],
    }));
  it('has no front for ports alone', () => expect(front('ports: 8080')).toBeNull());
  it.each([
    ['http_port: 8080\nports: 8080', 8080],
    ['domain: a.example\nports: 8080', 8080],
    ['domain: a.example\nports: 80, 8080', 80],
    ['domain: a.example\nports: 90, 8080', 80],
    ['domain: a.example', 80],
  ])('has one for %j at %d', (text, port) => expect(front(text)?.port).toBe(port));
  it('drops a domain that is none, and encryption without a front', () => {
    expect(front('domain: nodot\ne2e: true\nports: 80')).toBeNull();
    expect(front('http_port: 80\ndomain: nodot')?.domain).toBeNull();
  });
  it.each([
    ['true', true],
    ['TRUE', true],
    ['yes', false],
    ['1', false],
  ])('takes e2e: %s for %s', (value, on) =>
    expect(front(`http_port: 80\ne2e: ${value}`)?.encryption).toEqual(
      on ? { mode: 'steve', keyExchange: 'x25519', corsOrigins: [], plaintextFallback: false } : null,
    ),
  );
  it('ignores locksmith: Caution does, when it deploys', () =>
    expect(meaning('run: /a\nlocksmith: true').secrets).toEqual({}));
  it('keeps keys of OpenSSH, without quotes, and nothing else', () =>
    expect(meaning('run: /a\nssh_key: "ssh-ed25519 A"\nssh_keys: nonsense\nssh_key: sk-x B').debug.sshKeys).toEqual([
      'ssh-ed25519 A',
      'sk-x B',
    ]));
  it('keeps what an earlier line says where a later one has no value', () =>
    expect(meaning('run: /a\nports: 80\ndomain: a.example\ndomain:\nrun:').http?.domain).toBe('a.example'));
  it('drops blanks in the quotes around a key', () =>
    expect(meaning('ssh_key: " ssh-rsa A "').debug.sshKeys).toEqual(['ssh-rsa A']));
  it('is about an own account only with platform and region', () => {
    const all = 'run: /a\nmanaged_on_prem: true\nplatform: AWS\naws_region: eu-central-1\naws_vpc_id: vpc-0123abcd';
    expect(meaning(all).aws).toMatchObject({ region: 'eu-central-1', vpcId: 'vpc-0123abcd', subnetIds: [] });
    for (const line of ['managed_on_prem: true', 'platform: AWS', 'aws_region: eu-central-1'])
      expect(meaning(all.replace(line, '')).aws).toBeNull();
  });
});

/** What a Procfile can say of a configuration. */
function carried(wanted: Configuration): Configuration {
  const steve = wanted.http?.encryption?.mode === 'steve';
  return {
    ...wanted,
    ...{ name: null, secrets: {}, egress: [] },
    http: wanted.http && {
      ...wanted.http,
      upstreamProtocol: 'http',
      encryption: steve ? { mode: 'steve', keyExchange: 'x25519', corsOrigins: [], plaintextFallback: false } : null,
    },
    debug: wanted.debug.enabled ? wanted.debug : { enabled: false, sshKeys: [] },
    aws: wanted.aws && { ...wanted.aws, subnetIds: wanted.aws.subnetIds.slice(0, 1) },
  };
}

const numRuns = Number(process.env.SETTINGS_RUNS ?? 1000);

describe('a Procfile that is edited', () => {
  const text = '# Mine.\nrun: /app/old  \n\n  memory : 512\n# Ports.\nports: 80\nports: 81\nweb: x\n\n# End.\n';
  it('changes the lines that it must, and keeps blanks, comments and what it does not know', () => {
    const from = meaning(text);
    const to = { ...from, memoryMb: 1024, ports: [{ first: 90, last: 90 }] };
    expect(editProcfile(text, from, to)).toBe(
      '# Mine.\nrun: /app/old  \n\n  memory : 1024\n# Ports.\nports: 90\nweb: x\n\n# End.\n',
    );
  });
  it('adds what is new at its end, and takes away what is no longer so', () => {
    const from = meaning(text);
    const to: Configuration = { ...from, debug: { enabled: true, sshKeys: ['ssh-ed25519 A', 'ssh-rsa B'] } };
    const edited = editProcfile(text, from, to);
    expect(edited).toBe(`${text}debug: true\nssh_keys: ssh-ed25519 A\nssh_keys: ssh-rsa B\n`);
    expect(editProcfile(edited, to, from)).toBe(text);
  });
  it('keeps the ends of lines', () => {
    const from = meaning('run: /a\r\nmemory: 1\r\n');
    expect(editProcfile('run: /a\r\nmemory: 1\r\n', from, { ...from, cpus: 4, memoryMb: 2 })).toBe(
      'run: /a\r\nmemory: 2\r\ncpus: 4\r\n',
    );
  });
  it('says what was meant, from any Procfile to any configuration', () => {
    fc.assert(
      fc.property(configuration, configuration, (first, second) => {
        const begin = editProcfile('', meaning(''), carried(first));
        expect(meaning(begin)).toEqual(carried(first));
        const edited = editProcfile(begin, meaning(begin), carried(second));
        expect(meaning(edited)).toEqual({ ...carried(second), cache: true });
        expect(editProcfile(edited, meaning(edited), carried(second))).toBe(edited);
      }),
      { numRuns },
    );
  }, 600_000);
});
