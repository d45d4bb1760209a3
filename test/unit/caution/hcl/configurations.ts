// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates of HCL
import fc from 'fast-check';
import type { Configuration, Egress, Encryption, PortRange } from '../../../../src/caution/configuration.ts';
import { joined } from '../../../../src/caution/ranges.ts';

/** Texts that a careless writer breaks at. */
const hostileText = fc.oneof(
  { weight: 3, arbitrary: fc.stringMatching(/^[a-z0-9./:-]{0,20}$/) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...[
        '${HOME}',
        '$${x}',
        '%{if x}',
        '%%{x}',
        '$%{',
        '"',
        '\\',
        '\\n',
        '\n',
        '\r\n',
        '\t',
        "'; rm -rf / #",
        '`id`',
        '$(id)',
      ],
      ...[
        '{{CADDY_DOMAIN}}',
        '{{#if x}}',
        '<<EOT',
        '\nEOT\n',
        '# x',
        '// x',
        '/* x */',
        '}\nenclave "b" {',
        'é',
        '日本',
        '😀',
        '\u202eabc',
      ],
      ...[
        '\u200b',
        '\ufeff',
        '\u2028',
        '\u0085',
        '\u001b[31m',
        '\u007f',
        '\u{e0041}',
        'x'.repeat(20_000),
        '${',
        '%{',
        '$',
        '%',
        '=',
      ],
    ),
  },
  fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
  fc.array(fc.constantFrom('$', '%', '{', '}', '"', '\\', '\n', 'a', '~'), { maxLength: 8 }).map((all) => all.join('')),
);
const text = hostileText.filter((one) => !/\p{Surrogate}|\0/u.test(one));

const port = fc.integer({ min: 0, max: 65_535 });
const range = fc.oneof(
  port.map((first): PortRange => ({ first, last: first })),
  fc
    .tuple(port, fc.integer({ min: 0, max: 300 }))
    .map(([first, more]) => ({ first, last: Math.min(first + more, 65_535) })),
);
const allowed = range.filter(({ first, last }) => last < 49_500 || first > 49_600);
const anyRange = fc.oneof(range, fc.record({ first: port, last: port }));

const egress: fc.Arbitrary<Egress> = fc.record({
  cidr: fc.oneof(fc.constantFrom('0.0.0.0/0', '203.0.113.7/32'), text),
  ports: fc.option(anyRange),
  protocol: fc.option(fc.oneof(fc.constantFrom('tcp', 'udp'), text)),
});

const encryption: fc.Arbitrary<Encryption> = fc.oneof(
  fc.constant<Encryption>({ mode: 'tls' }),
  fc.record({
    mode: fc.constant('steve' as const),
    keyExchange: fc.constantFrom('x25519' as const, 'xwing-draft10' as const),
    corsOrigins: fc.array(text, { maxLength: 3 }),
    plaintextFallback: fc.boolean(),
  }),
);

const name = fc.oneof(
  fc.constantFrom('A', 'B', 'LEVEL', '_x1', 'constructor'),
  fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,6}$/),
);
const variables = fc.uniqueArray(fc.tuple(name, text, fc.boolean()), { maxLength: 6, selector: ([key]) => key });

const program = text.filter((one) => !/^[A-Za-z_][A-Za-z0-9_]*=/.test(one));
const unit: fc.Arbitrary<Pick<Configuration, 'command' | 'env' | 'secrets'>> = fc.oneof(
  fc.constant<Pick<Configuration, 'command' | 'env' | 'secrets'>>({ command: [], env: {}, secrets: {} }),
  fc.tuple(program, fc.array(text, { maxLength: 4 }), variables).map(([first, args, all]) => ({
    command: [first, ...args],
    env: Object.fromEntries(all.filter(([, , secret]) => !secret).map(([key, value]) => [key, value])),
    secrets: Object.fromEntries(all.filter(([, , secret]) => secret).map(([key, value]) => [key, value])),
  })),
);

const network: fc.Arbitrary<Pick<Configuration, 'ports' | 'egress' | 'http'>> = fc
  .tuple(
    fc.array(allowed, { maxLength: 4 }),
    fc.array(egress, { maxLength: 3 }),
    fc.option(encryption),
    fc.nat(),
    fc.boolean(),
  )
  .chain(([ranges, out, e2e, at, hasHttp]): fc.Arbitrary<Pick<Configuration, 'ports' | 'egress' | 'http'>> => {
    const ports = joined(ranges);
    const chosen = ports[at % Math.max(ports.length, 1)];
    if (!hasHttp || !chosen) return fc.constant({ ports, egress: out, http: null });
    return fc
      .record({
        domain: fc.option(fc.constantFrom('app.example.com', 'A-1.b')),
        upstreamProtocol: fc.constantFrom('http' as const, 'h2c' as const),
      })
      .map((more) => ({ ports, egress: out, http: { port: chosen.last, ...more, encryption: e2e } }));
  });

const id = (prefix: string) => fc.stringMatching(new RegExp(`^${prefix}-([0-9a-f]{8}|[0-9a-f]{17})$`));
const aws = fc.record({
  region: text,
  instanceType: fc.option(text),
  vpcId: fc.option(id('vpc')),
  subnetIds: fc.array(id('subnet'), { maxLength: 2 }),
  securityGroupId: fc.option(id('sg')),
});

/** Configurations as reading a caution.hcl gives them, with hostile texts. */
export const configurations: fc.Arbitrary<Configuration> = fc
  .record({
    name: text,
    containerfile: fc.option(text),
    sources: fc.array(
      fc.oneof(fc.constantFrom('https://example.com/a.git', 'https://example.com/${COMMIT}.tar.gz'), text),
      { maxLength: 3 },
    ),
    memoryMb: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    cpus: fc.integer({ min: 0, max: 64 }),
    debug: fc.record({ enabled: fc.boolean(), sshKeys: fc.array(text, { maxLength: 2 }) }),
    cache: fc.boolean(),
    aws: fc.option(aws),
  })
  .chain((rest) => fc.tuple(unit, network).map(([one, two]) => ({ ...rest, ...one, ...two })));
