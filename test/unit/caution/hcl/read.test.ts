// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates of HCL
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Configuration } from '../../../../src/caution/configuration.ts';
import { readHcl } from '../../../../src/caution/hcl/read.ts';

const numRuns = Number(process.env.SETTINGS_RUNS ?? 2000);

const enclave = (inside: string) => `enclave "app" {\n${inside}\n}\n`;
const build = (inside: string) => enclave(`build {\n${inside}\n}`);
const unit = (inside: string) => enclave(`unit "default" {\ncommand = "/app"\n${inside}\n}`);
const network = (inside: string) => enclave(`network {\n${inside}\n}`);
const ingress = (inside: string) => network(`ingress {\ncidr_ipv4 = "0.0.0.0/0"\n${inside}\n}`);
const open = (port: number) => `ingress {\ncidr_ipv4 = "0.0.0.0/0"\nport = ${port}\n}\n`;
const http = (inside: string) => network(`${open(80)}http {\nport = 80\n${inside}\n}`);
const encryption = (inside: string) => http(`e2e_encryption {\n${inside}\n}`);
const provider = (inside: string) => `caution {\nprovider {\n${inside}\n}\n}\n`;

/** What is read; the test fails where the file is refused. */
function read(text: string): Configuration {
  const { configuration, problems } = readHcl(text);
  expect(problems).toEqual([]);
  if (configuration === null) throw new Error('refused without a problem');
  return configuration;
}

const refusals = (text: string) => readHcl(text).problems.map(({ rule, line }) => `${rule}:${line}`);

describe('a caution.hcl', () => {
  it('is read whole', () => {
    const text = `
# account
caution {
  machine_type = "c5.xlarge"
  provider {
    type              = "aws"
    region            = "us-west-2"
    vpc_id            = "vpc-12345678"
    subnet_ids        = ["subnet-12345678", "subnet-0123456789abcdef0"]
    security_group_id = "sg-12345678"
  }
}

enclave "app" {
  build {
    containerfile = "deploy/Containerfile"
    app_sources   = ["https://example.com/app.git"]
    cache         = false
  }
  resources {
    cpu       = 4
    memory_mb = 2048
  }
  network {
    ingress {
      cidr_ipv4   = "0.0.0.0/0"
      port        = 8080
      ip_protocol = "tcp"
    }
    ingress {
      cidr_ipv4  = "0.0.0.0/0"
      start_port = 7000
      end_port   = 7010
    }
    egress {
      cidr_ipv4   = "203.0.113.7/32"
      port        = 443
      ip_protocol = "tcp"
    }
    egress {
      cidr_ipv4 = "0.0.0.0/0"
    }
    http {
      domain            = "app.example.com"
      port              = 8080
      upstream_protocol = "h2c"
      e2e_encryption {
        mode                     = "steve"
        key_exchange             = "xwing-draft10"
        cors_origins             = ["https://example.com"]
        allow_plaintext_fallback = true
      }
    }
  }
  debug {
    enabled  = true
    ssh_keys = ["ssh-ed25519 AAAA a@b"]
  }
  unit "default" {
    command = "/app/server"
    args    = ["--port", "8080"]
    env = {
      LEVEL = "info"
      KEY   = env::vault("API_KEY")
    }
  }
}
`;
    expect(read(text)).toEqual({
      name: 'app',
      containerfile: 'deploy/Containerfile',
      sources: ['https://example.com/app.git'],
      env: { LEVEL: 'info' },
      command: ['/app/server', '--port', '8080'],
      secrets: { KEY: 'API_KEY' },
      ports: [
        { first: 7000, last: 7010 },
        { first: 8080, last: 8080 },
      ],
      http: {
        port: 8080,
        domain: 'app.example.com',
        upstreamProtocol: 'h2c',
        encryption: {
          mode: 'steve',
          keyExchange: 'xwing-draft10',
          corsOrigins: ['https://example.com'],
          plaintextFallback: true,
        },
      },
      egress: [
        { cidr: '203.0.113.7/32', ports: { first: 443, last: 443 }, protocol: 'tcp' },
        { cidr: '0.0.0.0/0', ports: null, protocol: null },
      ],
      memoryMb: 2048,
      cpus: 4,
      debug: { enabled: true, sshKeys: ['ssh-ed25519 AAAA a@b'] },
      cache: false,
      aws: {
        region: 'us-west-2',
        instanceType: 'c5.xlarge',
        vpcId: 'vpc-12345678',
        subnetIds: ['subnet-12345678', 'subnet-0123456789abcdef0'],
        securityGroupId: 'sg-12345678',
      },
    });
    const { places, unit: label, ingress: rules } = readHcl(text);
    expect(label).toBe('default');
    expect(rules.map(({ line }) => line)).toEqual([25, 30]);
    const lines = ['caution.provider.region', 'build.cache', 'resources.cpu', 'egress.0.cidr_ipv4', 'http.port']
      .concat(['http.e2e_encryption.cors_origins.0', 'debug.ssh_keys', 'unit.args.1', 'unit.env.KEY'])
      .map((key) => places.get(key)?.line);
    expect(lines).toEqual([7, 18, 21, 36, 45, 50, 57, 61, 64]);
  });

  it('has defaults', () =>
    expect(read(enclave(''))).toEqual({
      ...{ name: 'app', containerfile: null, sources: [], env: {}, command: [], secrets: {}, ports: [], http: null },
      ...{ egress: [], memoryMb: 512, cpus: 2, debug: { enabled: false, sshKeys: [] }, cache: true, aws: null },
    }));

  it('may say nothing at all, which the platform does not refuse', () => expect(read('').name).toBeNull());
});

describe('top level', () => {
  it('takes a caution block alone', () => expect(read('caution {\nmachine_type = "x"\n}').aws).toBeNull());
  it('takes one enclave', () => expect(refusals('enclave "a" {\n}\nenclave "b" {\n}\n')).toEqual(['hcl-enclave:3']));
  it('takes an enclave of one name once', () =>
    expect(refusals('enclave "a" {\n}\nenclave "a" {\n}\n')).toEqual(['hcl-twice:3']));
  it('takes a bare word for a label', () => expect(read('enclave app {\n}\n').name).toBe('app'));
  it('wants a label', () => {
    expect(read('enclave {\n}\n').name).toBeNull();
    expect(refusals('enclave {\nbuild {\ncache = true\n}\n}\n')).toEqual(['hcl-enclave:1']);
  });
  it('takes no template for a label', () => expect(refusals('enclave "${a}" {\n}\n')).toEqual(['hcl-syntax:1']));
  it('takes a further label for the block in it, as the platform does', () =>
    expect(read('enclave "a" "build" {\ncache = false\n}\n')).toMatchObject({ name: 'a', cache: false }));
  it('refuses what is no HCL, with its line', () => {
    const { configuration, problems } = readHcl('enclave "a" {\n  build {\n    cache = \n  }\n}\n');
    expect(configuration).toBeNull();
    expect(problems).toEqual([{ rule: 'hcl-syntax', line: 3, column: 13, message: 'Here a value is missing.' }]);
  });
});

describe('keys and types', () => {
  it.each([
    ['an unknown block', 'x {\n}\n', 'hcl-unknown-key:1'],
    ['an unknown attribute', build('x = 1'), 'hcl-unknown-key:3'],
    ['a label where there is none', enclave('build "x" {\n}'), 'hcl-unknown-key:2'],
    ['an attribute said twice', build('cache = true\ncache = true'), 'hcl-syntax:4'],
    ['a block twice', enclave('build {\n}\nbuild {\n}'), 'hcl-twice:4'],
    ['an attribute where a block belongs', enclave('build = true'), 'hcl-wrong-type:2'],
    ['a block where an attribute belongs', build('cache {\n}'), 'hcl-wrong-type:3'],
    ['a boolean in quotes', build('cache = "true"'), 'hcl-wrong-type:3'],
    ['a boolean for a number', enclave('resources {\ncpu = true\nmemory_mb = 1\n}'), 'hcl-wrong-type:3'],
    ['a text for a list', build('app_sources = "x"'), 'hcl-wrong-type:3'],
    ['null for a list', build('app_sources = null'), 'hcl-wrong-type:3'],
    ['null for a number', enclave('resources {\ncpu = null\nmemory_mb = 1\n}'), 'hcl-wrong-type:3'],
  ])('refuses %s', (_, text, problem) => expect(refusals(text)).toEqual([problem]));

  it('takes null for absent', () =>
    expect(read(build('containerfile = null\ncache = null'))).toMatchObject({ containerfile: null, cache: true }));
  it('takes a map for a block', () =>
    expect(read(enclave('build = { cache = false }\nunit = { default = { command = "/a" } }'))).toMatchObject({
      cache: false,
      command: ['/a'],
    }));
  it('takes what is no text as its own source', () => {
    const text = unit('args = [1, true, "${a}", "$${a}", a.b, null]');
    expect(read(text).command).toEqual(['/app', '${1}', '${true}', '${a}', '${a}', '${a.b}', '${null}']);
    expect(readHcl(text).unevaluated.map(({ key, kind }) => `${key} ${kind}`)).toEqual([
      ...['unit.args.0 number', 'unit.args.1 boolean', 'unit.args.2 template', 'unit.args.4 other', 'unit.args.5 null'],
    ]);
  });
  it('knows what was meant by an unknown key', () =>
    expect(readHcl(build('containerfil = "x"')).problems[0]?.mend).toContain('Write containerfile,'));
  it('lets a later entry of a map win, and says which one is lost', () => {
    const text = unit('env = {\nA = "1"\nA = "2"\n}');
    expect(read(text).env).toEqual({ A: '2' });
    expect(readHcl(text).overridden).toEqual([{ line: 5, column: 1 }]);
  });
  it('says everything that is wrong, in the order of the file', () =>
    expect(refusals(enclave('x = 1\nbuild {\ncache = 1\ny = 2\n}\nunit "a" {\n}'))).toEqual([
      ...['hcl-unknown-key:2', 'hcl-wrong-type:4', 'hcl-unknown-key:5', 'hcl-missing:7'],
    ]));
});

describe('resources', () => {
  it.each(['cpu', 'memory_mb'])('need more than %s', (key) =>
    expect(refusals(enclave(`resources {\n${key} = 2\n}`))).toEqual(['hcl-missing:2']),
  );
  it.each(['-1', '4294967296', '1.5', '"2"'])('take no %s', (value) =>
    expect(refusals(enclave(`resources {\ncpu = ${value}\nmemory_mb = 512\n}`))).toEqual(['hcl-wrong-type:3']),
  );
  it('take a fraction of zero', () =>
    expect(read(enclave('resources {\ncpu = 2.0\nmemory_mb = 1e3\n}'))).toMatchObject({ cpus: 2, memoryMb: 1000 }));
});

describe('ingress and egress', () => {
  it('are a range, else one port, else none', () => {
    expect(read(ingress('port = 1\nstart_port = 2\nend_port = 4')).ports).toEqual([{ first: 2, last: 4 }]);
    expect(read(ingress('port = 1\nstart_port = 2')).ports).toEqual([{ first: 1, last: 1 }]);
    expect(read(ingress('start_port = 2')).ports).toEqual([]);
  });
  it('are put in order, and what overlaps or touches is one', () =>
    expect(
      read(network(`${open(90)}${open(80)}ingress {\ncidr_ipv4 = "x"\nstart_port = 70\nend_port = 85\n}`)).ports,
    ).toEqual([
      { first: 70, last: 85 },
      { first: 90, last: 90 },
    ]));
  it.each([
    'port = 49500',
    'port = 49600',
    'start_port = 49000\nend_port = 49500',
    'start_port = 49600\nend_port = 65535',
  ])('may not have the reserved %s', (ports) => expect(refusals(ingress(ports))).toEqual(['hcl-port:3']));
  it('may have the ports around', () =>
    expect(read(ingress('start_port = 1\nend_port = 49499')).ports).toEqual([{ first: 1, last: 49499 }]));
  it('pass unknown keys, values that are no port and a CIDR that is none; what is ignored is told', () => {
    const text = ingress('port = "80"\nx = 1\ny {\n}').replace('0.0.0.0/0', 'nonsense');
    expect(read(text).ports).toEqual([]);
    expect(readHcl(text).ingress).toEqual([
      {
        ...{ line: 3, column: 1, cidr: 'nonsense', ports: null, protocol: null },
        ignored: [
          { key: 'port', line: 5, column: 1 },
          { key: 'x', line: 6, column: 1 },
          { key: 'y', line: 7, column: 1 },
        ],
      },
    ]);
  });
  it.each(['', 'cidr_ipv4 = 1', 'cidr_ipv4 = null', 'cidr_ipv4 = "x"\nip_protocol = 1'])('want a text: %j', (inside) =>
    expect(refusals(network(`egress {\n${inside}\n}`))).toHaveLength(1),
  );
  it('may be a list of maps', () =>
    expect(read(network('egress = [{ cidr_ipv4 = "a" }, { cidr_ipv4 = "b" }]')).egress.map(({ cidr }) => cidr)).toEqual(
      ['a', 'b'],
    ));
  it('may not be null', () => expect(refusals(network('egress = null'))).toEqual(['hcl-wrong-type:3']));
});

describe('http', () => {
  it('needs a port', () => expect(refusals(network('http {\n}'))).toEqual(['hcl-missing:3']));
  it('needs a port that an ingress lets in', () => {
    expect(refusals(network(`${open(81)}http {\nport = 80\n}`))).toEqual(['hcl-http-port:8']);
    expect(
      read(network('ingress {\ncidr_ipv4 = "x"\nstart_port = 70\nend_port = 90\n}\nhttp {\nport = 80\n}')).http?.port,
    ).toBe(80);
  });
  it.each(['', 'localhost', '-a.example.com', 'a..b', `${'a'.repeat(64)}.com`])('takes no domain %j', (domain) =>
    expect(refusals(http(`domain = "${domain}"`))).toEqual(['hcl-domain:9']),
  );
  it.each(['http', 'h2c'] as const)('takes the protocol %s', (protocol) =>
    expect(read(http(`upstream_protocol = "${protocol}"`)).http?.upstreamProtocol).toBe(protocol),
  );
  it('takes no other protocol', () =>
    expect(refusals(http('upstream_protocol = "HTTP"'))).toEqual(['hcl-wrong-type:9']));
});

describe('encryption', () => {
  const steve = { mode: 'steve', keyExchange: 'x25519', corsOrigins: [], plaintextFallback: false };
  it.each([
    ['', null],
    ['enabled = false', null],
    ['enabled = true', steve],
    ['mode = "steve"', steve],
    ['mode = "steve"\nenabled = false', steve],
    ['mode = "tls"\nenabled = true', { mode: 'tls' }],
    ['enabled = true\nkey_exchange = "xwing-draft10"', { ...steve, keyExchange: 'xwing-draft10' }],
    ['mode = null\ncors_origins = null', null],
  ])('of %j', (inside, wanted) => expect(read(encryption(inside)).http?.encryption).toEqual(wanted));
  it.each([
    ['mode = "STEVE"', 10],
    ['key_exchange = "x25519"', 10],
    ['mode = "tls"\nkey_exchange = "x25519"', 11],
    ['enabled = false\nkey_exchange = "x25519"', 11],
    ['mode = "steve"\nkey_exchange = "xwing"', 11],
    ['mode = "${steve}"', 10],
  ])('refuses %j', (inside, line) => expect(refusals(encryption(inside))).toEqual([`hcl-encryption:${line}`]));
});

describe('a unit', () => {
  it('is one', () =>
    expect(refusals(enclave('unit "a" {\ncommand = "/a"\n}\nunit "b" {\ncommand = "/b"\n}'))).toEqual(['hcl-unit:5']));
  it('has a label', () => expect(refusals(enclave('unit {\ncommand = "/a"\n}'))).toEqual(['hcl-unit:2']));
  it('may have any name', () => expect(readHcl(enclave('unit "web" {\ncommand = "/a"\n}')).unit).toBe('web'));
  it('needs a command', () => expect(refusals(enclave('unit "default" {\n}'))).toEqual(['hcl-missing:2']));
  it('takes leading assignments for variables, as run does', () =>
    expect(
      read(enclave('unit "default" {\ncommand = "A=1"\nargs = ["_b=", "/x", "C=2"]\nenv = { A = "0" }\n}')),
    ).toMatchObject({
      command: ['/x', 'C=2'],
      env: { A: '1', _b: '' },
    }));
  it('starts something', () => {
    const text = enclave('unit "default" {\ncommand = "A=1"\nargs = ["B=2"]\n}');
    expect(refusals(text)).toEqual(['hcl-unit:3']);
  });
  it.each(['args = ["\\u0000"]', 'env = { A = "\\u0000" }'])('has no NUL: %s', (inside) =>
    expect(refusals(unit(inside))).toEqual(['hcl-unit:3']),
  );
});

describe('variables', () => {
  it('are texts and secrets, in a block or a map', () => {
    const wanted = { env: { A: '${x}' }, secrets: { B: 'S' } };
    expect(read(unit('env {\nA = "$${x}"\nB = env::vault("S")\n}'))).toMatchObject(wanted);
    expect(read(unit('env = { "A": "$${x}", B = env :: vault("S",) }'))).toMatchObject(wanted);
  });
  it.each(['1', 'true', 'null', '["a"]', '"${x}"', 'x', '("a")', 'upper("a")', 'env::other("a")', '<<E\na\nE'])(
    'are no %s',
    (value) => expect(refusals(unit(`env {\nA = ${value}\n}`))).toEqual(['hcl-variable:5']),
  );
  it.each(['a-b', '1a', 'a b', '', 'é'])('have no name like %j', (name) =>
    expect(refusals(unit(`env = {\n"${name}" = "x"\n}`))).toEqual(['hcl-variable:5']),
  );
  it('may be called __proto__', () =>
    expect(Object.entries(read(unit('env { __proto__ = "x" }')).env)).toEqual([['__proto__', 'x']]));
  it('take any arguments of env::vault, which is told', () => {
    const text = unit('env { A = env::vault() }');
    expect(read(text).secrets).toEqual({ A: '' });
    expect(readHcl(text).unevaluated).toMatchObject([{ key: 'unit.env.A', kind: 'call', text: '${env::vault()}' }]);
  });
});

describe('a provider', () => {
  const aws = 'type = "aws"\nregion = "us-west-2"\n';
  it('is read', () => expect(read(provider(aws)).aws?.region).toBe('us-west-2'));
  it.each([
    ['region = "x"', 'hcl-missing:2'],
    ['type = "aws"', 'hcl-missing:2'],
    ['type = "AWS"\nregion = "x"', 'hcl-provider:3'],
    ['type = "aws"\nregion = 1', 'hcl-wrong-type:4'],
    [`${aws}x = 1`, 'hcl-unknown-key:5'],
    [`${aws}vpc_id = "vpc-1234567"`, 'hcl-provider:5'],
    [`${aws}vpc_id = "vpc-1234567G"`, 'hcl-provider:5'],
    [`${aws}subnet_ids = ["subnet-12345678", "sg-12345678"]`, 'hcl-provider:5'],
    [`${aws}subnet_ids = "subnet-12345678"`, 'hcl-wrong-type:5'],
    [`${aws}security_group_id = "sg-0123456789abcdef01"`, 'hcl-provider:5'],
  ])('refuses %j', (inside, problem) => expect(refusals(provider(inside))).toEqual([problem]));
});

describe('any text', () => {
  const pieces = fc.constantFrom(
    ...[
      'enclave "a" {\n',
      'caution {\n',
      'build {\n',
      'network {\n',
      'ingress {\n',
      'http {\n',
      'unit "default" {\n',
      'env = {\n',
    ],
    ...[
      'e2e_encryption {\n',
      'provider {\n',
      'resources {\n',
      '}\n',
      'port = 80\n',
      'cidr_ipv4 = "x"\n',
      'command = "/a"\n',
    ],
    ...[
      'cache = ',
      'args = ',
      'type = ',
      'A = ',
      '1\n',
      '"x"\n',
      '["x", 1]\n',
      '{ a = 1 }\n',
      'env::vault("S")\n',
      'null\n',
      '"${x}"\n',
    ],
  );
  const text = fc.oneof(
    fc.array(pieces, { maxLength: 30 }).map((all) => all.join('')),
    fc.string({ unit: 'binary' }),
  );
  it('is read or refused, never both', () => {
    fc.assert(
      fc.property(text, (one) => {
        const { configuration, problems } = readHcl(one);
        expect(configuration === null).toBe(problems.length > 0);
      }),
      { numRuns },
    );
  }, 300_000);
  it('leaves no control characters of its own in a message', () => {
    const { problems } = readHcl('caution "\\u001b[31m\\u202e" {\n}\n');
    expect(problems[0]?.message).toMatch(/^[ -~…]*$/);
  });
});
