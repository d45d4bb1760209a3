// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates of HCL
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readHcl } from '../../../../src/caution/hcl/read.ts';
import { checkHclText, writeHcl } from '../../../../src/caution/hcl/write.ts';
import { configurations } from './configurations.ts';
import { plain } from './plain.ts';

const numRuns = Number(process.env.SETTINGS_RUNS ?? 2000);

describe('a written caution.hcl', () => {
  it('says what is usual, and explains it', () =>
    expect(
      writeHcl(plain),
    ).toBe(`# How Caution builds and runs this service. Keys: https://docs.caution.co/reference/caution-hcl
enclave "app" {
  build {
    # What is built and measured; the context is the repository's root.
    containerfile = "Containerfile"
    # Without app_sources nobody else can verify: add the public URL of this repository.
    # app_sources = ["https://…"]
  }

  resources {
    cpu = 2
    # MiB. The image lives in this memory: four times its size, and what the service uses.
    memory_mb = 512
  }

  network {
    # What reaches the enclave from outside.
    ingress {
      cidr_ipv4   = "0.0.0.0/0"
      port        = 8080
      ip_protocol = "tcp"
    }

    # Caution's HTTP front: TLS on port 443, for one of the ports.
    http {
      port = 8080
    }
  }

  # Started as root in /, with none of the image's ENV, WORKDIR or ENTRYPOINT:
  # absolute paths, and every variable that the service needs.
  unit "default" {
    command = "/app/server"
    args    = ["--port", "8080"]
  }
}
`));

  it('escapes what HCL or an eye would read otherwise', () => {
    const text = writeHcl({ ...plain, env: { A: '${x} $${y} %{z}"\\\n\u202e' } });
    expect(text).toContain('A = "$${x} $$${y} %%{z}\\"\\\\\\n\\u202e"');
  });
  it('takes secrets from Locksmith', () =>
    expect(writeHcl({ ...plain, env: { LEVEL: 'x' }, secrets: { KEY: 'api' } })).toContain(
      '    # Locksmith gives what env::vault names.\n    env = {\n      LEVEL = "x"\n      KEY   = env::vault("api")\n    }\n',
    ));
  it('calls an enclave without a name default', () =>
    expect(readHcl(writeHcl({ ...plain, name: null })).configuration?.name).toBe('default'));

  it.each([
    ['a NUL', { command: ['/a\0'] }],
    ['half a character', { env: { A: '\ud800' } }],
    ['a name that no shell takes', { env: { 'a b': 'x' } }],
    ['a variable that is public and secret', { env: { A: 'x' }, secrets: { A: 'x' } }],
    ['a program that looks like an assignment', { command: ['A=1', '/x'] }],
    ['variables of nothing', { command: [], env: { A: 'x' } }],
  ])('never has %s', (_, wrong) => expect(() => writeHcl({ ...plain, ...wrong })).toThrow('not to be written'));

  it('reads back as what was written', () => {
    fc.assert(
      fc.property(configurations, (configuration) => {
        const text = writeHcl(configuration);
        const { configuration: read, problems, unevaluated, overridden } = readHcl(text);
        expect({ read, problems, unevaluated, overridden }).toEqual({
          ...{ read: configuration, problems: [], unevaluated: [], overridden: [] },
        });
        expect(writeHcl(configuration)).toBe(text);
      }),
      { numRuns },
    );
  }, 300_000);
  it('has nothing invisible in it', () => {
    fc.assert(
      fc.property(configurations, (configuration) => {
        expect(writeHcl(configuration)).not.toMatch(/[^\n\P{Cc}]|[\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u);
      }),
      { numRuns: Math.ceil(numRuns / 4) },
    );
  }, 300_000);
});

describe('what can be written', () => {
  it('is any text', () => expect(checkHclText('${x}"\\\n\u0001😀')).toBeNull());
  it.each(['a\0', '\ud83d', '\ude00x'])('is not %j', (text) => expect(checkHclText(text)).toMatch(/^(A NUL|Half)/));
});
