import { describe, expect, it } from 'vitest';
import { detected, ids, node } from './detect.ts';

const program = 'package main\n\nfunc main() {\n\thttp.ListenAndServe(":8080", nil)\n}\n';
const go = (dockerfile: string) => ({
  'go.mod': 'module example.com/team/depot\n\ngo 1.25.0\n',
  'main.go': program,
  Dockerfile: `FROM scratch\n${dockerfile}\n`,
});

describe("arguments of today's start command", () => {
  it('are taken over where they mean the same in the enclave', async () => {
    const found = await detected('go', go('ENTRYPOINT ["/depot"]\nCMD ["serve", "--verbose"]'));
    expect(found).toMatchObject({ entry: '.', args: ['serve', '--verbose'] });
  });

  const withFile = go('ENTRYPOINT ["/depot"]\nCMD ["serve", "/etc/depot.yml"]');

  it('leave open what runs where they name a file of another image', async () => {
    const found = await detected('go', withFile);
    expect(found).toMatchObject({ entry: null, entries: ['.'] });
    expect(found.args).toBeUndefined();
    expect(ids(found)).toContain('arguments-left');
  });

  it('are a warning once somebody has said what runs, and nothing when the whole command was given', async () => {
    const named = await detected('go', withFile, { entry: true });
    expect(named.entry).toBe('.');
    expect(ids(named)).toContain('arguments-left');
    expect(ids(await detected('go', withFile, { run: true }))).not.toContain('arguments-left');
  });
});

describe('a program of several commands', () => {
  const rust = (code: string, files: Readonly<Record<string, string>> = {}) => ({
    'Cargo.toml': '[package]\nname = "depot"\nversion = "1.0.0"\nedition = "2024"\n',
    'Cargo.lock': 'version = 4\n\n[[package]]\nname = "depot"\nversion = "1.0.0"\n',
    'src/main.rs': code,
    ...files,
  });
  const field = (attribute: string, type: string) =>
    `#[derive(Debug, Parser)]\nstruct Args {\n    #[${attribute}(subcommand)]\n    command: ${type},\n}\n`;
  const needed = field('command', 'Command');

  it.each([
    needed,
    field('clap', 'cli::Command'),
    '#[derive(Parser, Debug)]\n#[command(version)]\npub enum Cli {\n    Serve,\n    Migrate,\n}\n',
    'Command::new("depot").subcommand_required(true)',
  ])('is not known to be the service without the name of one: %j', async (code) => {
    const found = await detected('rust', rust(code));
    expect(found).toMatchObject({ entry: null, entries: ['depot'] });
    expect(found.findings).toContainEqual(expect.objectContaining({ id: 'command-needed', path: 'src/main.rs' }));
  });

  it.each([
    field('command', 'Option<Command>'),
    '#[derive(Subcommand)]\nenum Command {\n    Serve,\n}\n',
    '#[derive(Parser)]\nstruct Args {\n    mode: Mode,\n}\nenum Mode {}\n',
    `#[cfg(test)]\nmod tests {\n    ${needed.replaceAll('\n', '\n    ')}\n}\n`,
  ])('is what runs where the name may be left out: %j', async (code) => {
    const found = await detected('rust', rust(code));
    expect(found.entry).toBe('depot');
    expect(ids(found)).not.toContain('command-needed');
  });

  it('is what runs where the start command of today names one', async () => {
    const started = rust(needed, { Dockerfile: 'FROM scratch\nENTRYPOINT ["/depot", "serve"]\n' });
    expect(await detected('rust', started)).toMatchObject({ entry: 'depot', args: ['serve'] });
    const bare = rust(needed, { Dockerfile: 'FROM scratch\nENTRYPOINT ["/depot"]\n' });
    expect((await detected('rust', bare)).entry).toBeNull();
  });

  it('is a warning once somebody has said what runs, and nothing when the whole command was given', async () => {
    const named = await detected('rust', rust(needed), { entry: true });
    expect(named.entry).toBe('depot');
    expect(ids(named)).toContain('command-needed');
    expect(ids(await detected('rust', rust(needed), { run: true }))).not.toContain('command-needed');
  });
});

describe('an option that the run command must give', () => {
  const loopback = 'package main\n\nfunc main() {\n\tflag.String("addr", "127.0.0.1:8080", "listen")\n}\n';

  it('follows the arguments that are taken over, unless it is one of them', async () => {
    const started = async (words: string) =>
      (await detected('go', { ...go(`CMD ${words}`), 'main.go': loopback })).args;
    expect(await started('["/depot", "--verbose"]')).toEqual(['--verbose', '--addr=0.0.0.0:{port}']);
    expect(await started('["/depot", "--addr=:8080"]')).toEqual(['--addr=:8080']);
  });
});

describe('a compose file with a published image', () => {
  const compose = (image: string) => ({
    'compose.yaml': `services:\n  a:\n    image: ${image}\n    ports: ["9000:9000"]\n    volumes: ["/var/run/docker.sock:/x.sock"]\n`,
  });

  it.each(['svc', 'team/svc:1', 'registry.example.com:5000/team/svc@sha256:ab'])(
    'of the service speaks of it: %s',
    async (image) => {
      const found = await detected('node', node('', compose(image)));
      expect(found.blocked).toBe(true);
      expect(ids(found)).toContain('needs-docker');
    },
  );

  it.each(['postgres', 'team/other:1', 'svc/db'])('of something else does not: %s', async (image) => {
    const found = await detected('node', node('', compose(image)));
    expect(found).toMatchObject({ blocked: false, port: null });
  });
});

describe('a compose file with several services of one folder', () => {
  const files = (services: string) =>
    node('app.listen(process.env.PORT || 3000)', { 'compose.yaml': `services:\n${services}` });

  it('speaks of the one that is built as Caution builds; the others are other images', async () => {
    const mail =
      '  mail:\n    build: { context: ., dockerfile: mail.Dockerfile }\n    ports: ["1080:1080", "1025:1025"]\n';
    const found = await detected('node', files(`${mail}  api:\n    build: .\n    ports: ["8080:8080"]\n`));
    expect(found.port).toBe(3000);
    expect(found.findings.map(({ message }) => message).join()).not.toContain('1080');
  });

  it('starts the one that has ports; the others run beside it', async () => {
    const worker = '  jobs:\n    build: .\n    command: node jobs.js\n';
    const found = await detected('node', files(`${worker}  api:\n    build: .\n    ports: ["8080:8080"]\n`));
    const several = found.findings.find(({ id }) => id === 'several-processes');
    expect(several?.message).toContain('jobs (node jobs.js)');
  });

  it('names the port of a debugger, which is none of the service', async () => {
    const found = await detected(
      'node',
      node('run()', {
        'compose.yaml': 'services:\n  a:\n    build: .\n    ports: ["127.0.0.1:9229:9229", "80:8080"]\n',
      }),
    );
    expect(found.port).toBe(8080);
  });
});
