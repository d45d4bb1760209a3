// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates of HCL
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Configuration } from '../../../../src/caution/configuration.ts';
import { editHcl } from '../../../../src/caution/hcl/edit.ts';
import { readHcl } from '../../../../src/caution/hcl/read.ts';
import { writeHcl } from '../../../../src/caution/hcl/write.ts';
import { configurations } from './configurations.ts';
import { plain } from './plain.ts';

const numRuns = Number(process.env.SETTINGS_RUNS ?? 2000);

/** What is read; the test fails where the file is refused. */
function read(text: string): Configuration {
  const { configuration, problems } = readHcl(text);
  expect(problems).toEqual([]);
  if (configuration === null) throw new Error('refused');
  return configuration;
}

/** Edits a file so that it says some things otherwise. */
function edit(text: string, other: Partial<Configuration>): string {
  const to = { ...read(text), ...other };
  const edited = editHcl(text, to);
  expect(read(edited)).toEqual(to);
  return edited;
}

/** Lines that only one of two texts has: `- before`, `+ after`. */
function difference(before: string, after: string): string[] {
  const [a, b] = [before.split('\n'), after.split('\n')];
  let first = 0;
  while (first < Math.min(a.length, b.length) && a[first] === b[first]) first += 1;
  let last = 0;
  while (last < Math.min(a.length, b.length) - first && a.at(-1 - last) === b.at(-1 - last)) last += 1;
  return [
    ...a.slice(first, a.length - last).map((line) => `- ${line}`),
    ...b.slice(first, b.length - last).map((line) => `+ ${line}`),
  ];
}

const mine = `# Mine.
enclave   "app" { # the service
  unit "default" {
    args    = [ "--port", "8080" ] // its port
    command = "/app/server"
    env {
      # how much
      LEVEL   = "info" # or debug
      KEY     = env::vault("KEY")
    }
  }

  /* small */
  resources {
    memory_mb = 512 # MiB
    cpu       = 2
  }
  network {
    ingress {
      cidr_ipv4 = "10.0.0.0/8" # ours
      port      = 8080
    }

    ingress {
      cidr_ipv4 = "0.0.0.0/0"
      port      = 9090
    }
    http {
      port = 8080
      e2e_encryption { enabled = true }
    }
  }
}
# End.
`;

describe('a caution.hcl that is edited', () => {
  it('stays as it is where it says that already', () => {
    expect(editHcl(mine, read(mine))).toBe(mine);
    expect(editHcl(mine, { ...read(mine), name: null })).toBe(mine);
  });

  it.each<[string, Partial<Configuration>, string[]]>([
    ['a number', { memoryMb: 1024 }, ['-     memory_mb = 512 # MiB', '+     memory_mb = 1024 # MiB']],
    ['the name', { name: 'ne"w' }, ['- enclave   "app" { # the service', '+ enclave   "ne\\"w" { # the service']],
    [
      'an argument',
      { command: ['/app/server', '--port', '80'] },
      ['-     args    = [ "--port", "8080" ] // its port', '+     args    = [ "--port", "80" ] // its port'],
    ],
    [
      'a variable',
      { env: { LEVEL: 'debug' } },
      ['-       LEVEL   = "info" # or debug', '+       LEVEL   = "debug" # or debug'],
    ],
    ['one variable more', { env: { LEVEL: 'info', A: '${x}' } }, ['+       A       = "$${x}"']],
    ['one variable less', { env: {} }, ['-       LEVEL   = "info" # or debug']],
    [
      'a secret made public',
      { env: { LEVEL: 'info', KEY: 'x' }, secrets: {} },
      ['-       KEY     = env::vault("KEY")', '+       KEY     = "x"'],
    ],
    [
      'a port',
      {
        ports: [
          { first: 8080, last: 8080 },
          { first: 9000, last: 9000 },
        ],
      },
      ['-       port      = 9090', '+       port      = 9000'],
    ],
    [
      'a port for a range',
      {
        ports: [
          { first: 8080, last: 8080 },
          { first: 9000, last: 9010 },
        ],
      },
      ['-       port      = 9090', '+       start_port = 9000', '+       end_port  = 9010'],
    ],
    [
      'one port less',
      { ports: [{ first: 8080, last: 8080 }] },
      ['- ', '-     ingress {', '-       cidr_ipv4 = "0.0.0.0/0"', '-       port      = 9090', '-     }'].slice(1),
    ],
    [
      'one port more',
      { ports: [80, 8080, 9090].map((port) => ({ first: port, last: port })) },
      [
        '+     ingress {',
        '+       cidr_ipv4   = "0.0.0.0/0"',
        '+       port        = 80',
        '+       ip_protocol = "tcp"',
        '+     }',
      ],
    ],
    [
      'a block that is not there',
      { debug: { enabled: true, sshKeys: [] } },
      [
        '+ ',
        '+   debug {',
        '+     # All measurements are zeros: nobody can verify what runs.',
        '+     enabled = true',
        '+   }',
      ],
    ],
    [
      'an attribute that is not there',
      {
        http: {
          port: 8080,
          domain: 'a.b',
          upstreamProtocol: 'http',
          encryption: { mode: 'steve', keyExchange: 'x25519', corsOrigins: [], plaintextFallback: false },
        },
      },
      ['+       domain = "a.b"'],
    ],
    [
      'a block on one line',
      { http: { port: 8080, domain: null, upstreamProtocol: 'http', encryption: null } },
      ['-       e2e_encryption { enabled = true }'],
    ],
    [
      'egress',
      { egress: [{ cidr: '0.0.0.0/0', ports: null, protocol: null }] },
      ['+ ', '+     # What the service may reach.', '+     egress {', '+       cidr_ipv4 = "0.0.0.0/0"', '+     }'],
    ],
  ])('changes %s alone', (_, other, lines) => expect(difference(mine, edit(mine, other))).toEqual(lines));

  it('adds to a block on one line', () =>
    expect(
      edit('enclave "a" {\n  debug { enabled = true }\n}\n', { debug: { enabled: true, sshKeys: ['ssh-rsa A'] } }),
    ).toBe('enclave "a" {\n  debug {\n    enabled = true\n    ssh_keys = ["ssh-rsa A"]\n  }\n}\n'));
  it('takes the place of an attribute with a block', () => {
    const text = 'enclave "a" {\n  build = { cache = false } # c\n}\n';
    expect(edit(text, { containerfile: 'C' })).toMatch(
      /^enclave "a" \{\n {2}build \{\n[^}]*cache = false\n {2}\} # c\n\}\n$/,
    );
  });
  it('adds and removes items of a list in lines, with their comments', () => {
    const text = 'enclave "a" {\n  build {\n    app_sources = [\n      "a", # one\n      "b" # two\n    ]\n  }\n}\n';
    expect(difference(text, edit(text, { sources: ['a', 'b', 'c'] }))).toEqual([
      ...['-       "b" # two', '+       "b", # two', '+       "c",'],
    ]);
    expect(difference(text, edit(text, { sources: ['b'] }))).toEqual(['-       "a", # one']);
    expect(difference(text, edit(text, { sources: ['0', 'a', 'b'] }))).toEqual(['+       "0",']);
    expect(difference(text, edit(text, { sources: ['x', 'b'] }))).toEqual(['-       "a", # one', '+       "x", # one']);
  });
  it('puts a rule before another one without losing what stands around them', () => {
    const text =
      '# Ours.\nenclave "a" {\n  network {\n    egress { # the bank\n      cidr_ipv4 = "203.0.113.7/32"\n    }\n  }\n}\n';
    const rule = (cidr: string) => ({ cidr, ports: null, protocol: null });
    const edited = editHcl(text, { ...read(text), egress: [rule('10.0.0.0/8'), rule('203.0.113.7/32')] });
    expect(read(edited).egress.map(({ cidr }) => cidr)).toEqual(['10.0.0.0/8', '203.0.113.7/32']);
    expect(edited).toMatch(/^# Ours\.\n[\s\S]*# the bank\n/);
  });
  it('keeps the ends of lines', () => {
    const edited = edit(mine.replaceAll('\n', '\r\n'), { debug: { enabled: true, sshKeys: [] }, memoryMb: 1 });
    expect(edited.split('\r\n')).toHaveLength(edited.split('\n').length);
  });
  it('moves assignments from the command to env when it has to', () => {
    const text = '# c\nenclave "a" {\n  unit "web" {\n    command = "A=1"\n    args = ["/x"]\n  }\n}\n';
    expect(edit(text, { env: { A: '2' } })).toBe(
      '# c\nenclave "a" {\n  unit "web" {\n    command = "/x"\n    env = {\n      A = "2"\n    }\n  }\n}\n',
    );
  });
  it('leaves what is no part of a configuration, and removes the machine with the provider', () => {
    const text = 'caution {\n  managed_credentials = "x"\n  machine_type = "y"\n}\nenclave "a" {\n}\n';
    expect(edit(text, { cpus: 4 })).toContain('machine_type = "y"');
    const aws = { region: 'r', instanceType: null, vpcId: null, subnetIds: [], securityGroupId: null };
    const edited = edit(text, { aws });
    expect(edited).toMatch(/managed_credentials = "x"/);
    expect(edited).not.toMatch(/machine_type/);
    expect(edit(edited, { aws: null })).toContain('managed_credentials = "x"');
  });
  it('begins a file that is empty', () => {
    expect(read(editHcl('', plain))).toEqual(plain);
    expect(editHcl('# c', plain)).toMatch(/^# c\nenclave "app" \{\n/);
  });
  it('says of a written file that sources are missing only where they are', () => {
    const without = writeHcl(plain);
    const edited = edit(without, { sources: ['https://example.com/a.git'] });
    expect(edited).not.toContain('Without app_sources');
    expect(edited).toContain('app_sources   = ["https://example.com/a.git"]');
  });
  it('is written anew where its form leaves no other way', () => {
    const text = 'enclave = { a = { resources = { cpu = 2, memory_mb = 512 } } }\n';
    expect(edit(text, { cpus: 4 })).toContain('enclave "a" {\n');
  });
  it('is none that the platform refuses', () =>
    expect(() => editHcl('enclave "a" {\n  x = 1\n}\n', plain)).toThrow('refuses'));
});

/** A written file as people change it: other comments, blank lines, line endings, block forms. */
const files = fc
  .tuple(configurations, fc.infiniteStream(fc.nat(9)), fc.boolean(), fc.boolean())
  .map(([configuration, chance, isWindows, isBlock]) => {
    const written = writeHcl(configuration).split('\n');
    const lines = written.flatMap((line) => {
      const at = chance.next().value;
      const isPlain = !/[[{]$/.test(line) || /^ *[a-z0-9_]+( "[^"]*")? \{$/.test(line);
      if (at === 0 && isPlain) return [line, `${' '.repeat(chance.next().value)}# note`];
      if (at === 1 && isPlain) return [line, ''];
      if (at === 2 && isPlain && line.trim() !== '' && !line.trim().startsWith('#')) return [`${line} // note`];
      return [line];
    });
    const text = `# first\n${lines.join('\n')}# last\n`;
    const formed = isBlock ? text.replace(/^( +)env = \{$/m, '$1env {') : text;
    return { configuration, text: isWindows ? formed.replaceAll('\n', '\r\n') : formed };
  })
  .filter(({ text }) => readHcl(text).problems.length === 0);

describe('any caution.hcl that is edited', () => {
  it('says what is wanted, keeps its comments around, and is then left alone', () => {
    fc.assert(
      fc.property(files, configurations, ({ text, configuration }, to) => {
        expect(read(text)).toEqual(configuration);
        expect(editHcl(text, configuration)).toBe(text);
        const edited = editHcl(text, to);
        expect(read(edited)).toEqual(to);
        expect(editHcl(edited, to)).toBe(edited);
        expect(edited).toMatch(/^# first\r?\n[\s\S]*# last\r?\n/);
      }),
      { numRuns },
    );
  }, 600_000);

  const one: [string, (from: Configuration, other: Configuration) => Partial<Configuration>][] = [
    ['memory', (_, { memoryMb }) => ({ memoryMb })],
    ['processors', (_, { cpus }) => ({ cpus })],
    ['name', (_, { name }) => ({ name })],
    ['cache', (_, { cache }) => ({ cache })],
    ['containerfile', (_, { containerfile }) => ({ containerfile })],
    ['sources', (_, { sources }) => ({ sources })],
    ['debug', (_, { debug }) => ({ debug })],
    ['egress', (_, { egress }) => ({ egress })],
    ['env', ({ secrets, command }, { env }) => (command.length === 0 ? {} : { env: without(env, secrets) })],
  ];
  function without(env: Record<string, string>, secrets: Record<string, string>): Record<string, string> {
    return Object.fromEntries(Object.entries(env).filter(([name]) => !Object.hasOwn(secrets, name)));
  }

  it.each(one)(
    'keeps every line that says nothing of %s',
    (key, change) => {
      fc.assert(
        fc.property(files, configurations, ({ text, configuration }, other) => {
          const edited = edit(text, change(configuration, other));
          const about: Record<string, RegExp> = {
            ...{ memory: /memory_mb/, processors: /\bcpu\b/, name: /enclave/, cache: /cache|CACHEBUST/ },
            ...{ containerfile: /containerfile|What is built/, env: /./, sources: /./, debug: /./, egress: /./ },
          };
          const lines = difference(text, edited).map((line) => line.slice(2).trim());
          const small = ['memory', 'processors', 'name', 'cache', 'containerfile'].includes(key);
          if (small) for (const line of lines) expect(line).toMatch(new RegExp(`^$|${about[key]?.source}`));
          else expect(lines.join('\n')).not.toMatch(/memory_mb|^resources|containerfile =|^enclave "/m);
        }),
        { numRuns: Math.ceil(numRuns / 10) },
      );
    },
    600_000,
  );
});
