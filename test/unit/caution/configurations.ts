import fc from 'fast-check';
import type { Configuration, Encryption } from '../../../src/caution/configuration.ts';
import { checkRun } from '../../../src/caution/limits.ts';
import { rangesOf } from '../../../src/caution/ranges.ts';

/** Text that means something to shells, HCL, Dockerfiles, templates and terminals. */
export const nasty = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    ...[
      '$HOME',
      '$' + '{x}',
      '%{ if }',
      '$$' + '{x}',
      '{{x}}',
      '`id`',
      '$(id)',
      "it's",
      '"',
      '\\',
      '#x',
      '',
      ' ',
      '\\n',
    ],
    ...['a\nb', 'a\rb', '\0', '\u202e', '\u200b', '\ud800', 'é', '😀', 'x'.repeat(5000), '/* */', '//', '<<EOF'],
  ),
);

/** Of those, what a run command takes. */
const word = nasty.filter((text) => checkRun(text) === null && !/\p{Surrogate}/u.test(text));

const port = fc.integer({ min: 1, max: 49_499 });
const id = (prefix: string) => fc.stringMatching(/^[0-9a-f]{8}$/).map((digits) => `${prefix}-${digits}`);
const steve: fc.Arbitrary<Encryption> = fc.record({
  mode: fc.constant('steve' as const),
  keyExchange: fc.constantFrom('x25519' as const, 'xwing-draft10' as const),
  corsOrigins: fc.array(fc.constantFrom('https://a.example', 'http://localhost:3000'), { maxLength: 2 }),
  plaintextFallback: fc.boolean(),
});
const variable = fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,8}$/);

/** Configurations that Caution takes. */
export const configuration: fc.Arbitrary<Configuration> = fc
  .record({
    ports: fc.uniqueArray(port, { minLength: 1, maxLength: 4 }),
    domain: fc.option(fc.constantFrom('a.example', 'api.b-c.example'), { nil: null }),
    protocol: fc.constantFrom('http' as const, 'h2c' as const),
    encryption: fc.oneof(fc.constant(null), steve, fc.constant({ mode: 'tls' as const })),
    front: fc.boolean(),
    env: fc.dictionary(variable, word, { maxKeys: 3 }),
    program: fc.constantFrom('/app/server', '/usr/bin/node', "/it's here"),
    args: fc.array(word, { maxLength: 3 }),
    secrets: fc.uniqueArray(variable, { maxLength: 2 }),
    egress: fc.array(
      fc.record({
        cidr: fc.constantFrom('0.0.0.0/0', '203.0.113.0/24'),
        ports: fc.option(
          port.map((first) => ({ first, last: first })),
          { nil: null },
        ),
        protocol: fc.constantFrom(null, 'tcp', 'udp'),
      }),
      { maxLength: 2 },
    ),
    memoryMb: fc.integer({ min: 1, max: 391_168 }),
    cpus: fc.integer({ min: 1, max: 46 }),
    debug: fc.boolean(),
    sshKeys: fc.array(fc.constantFrom('ssh-ed25519 AAAA me', 'sk-x BBBB'), { maxLength: 2 }),
    aws: fc.option(
      fc.record({
        region: fc.constantFrom('eu-central-1', 'us-gov-west-1'),
        instanceType: fc.option(fc.constant('m6i.xlarge'), { nil: null }),
        vpcId: fc.option(id('vpc'), { nil: null }),
        subnetIds: fc.uniqueArray(id('subnet'), { maxLength: 2 }),
        securityGroupId: fc.option(id('sg'), { nil: null }),
      }),
      { nil: null },
    ),
    sources: fc.uniqueArray(
      fc.constantFrom('https://a.example/x.git', ['https://b.example/$', '{COMMIT}.tar.gz'].join('')),
      {
        maxLength: 2,
      },
    ),
    containerfile: fc.constantFrom(null, 'Containerfile', 'services/api/Dockerfile'),
  })
  .map(({ ports, domain, protocol, encryption, front, program, args, secrets, debug, sshKeys, egress, ...rest }) => {
    const tls = encryption?.mode === 'tls';
    const reached = tls && egress.length === 0 ? [{ cidr: '0.0.0.0/0', ports: null, protocol: null }] : egress;
    return {
      ...rest,
      name: 'app',
      ports: rangesOf(ports),
      http:
        front && ports[0] !== undefined
          ? { port: ports[0], domain: tls ? 'a.example' : domain, upstreamProtocol: protocol, encryption }
          : null,
      command: [program, ...args],
      secrets: Object.fromEntries(secrets.filter((name) => !Object.hasOwn(rest.env, name)).map((name) => [name, name])),
      egress: reached,
      debug: { enabled: debug, sshKeys: debug ? sshKeys : [] },
      cache: true,
    };
  });
