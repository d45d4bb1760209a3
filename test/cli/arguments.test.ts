import { chmodSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli, scratch, treeOf } from './harness.ts';

const starter = ['svc', '--language', 'go', '--yes', '--no-verify'];

describe('the command line', () => {
  it('refuses an unknown flag with the nearest known one, exit 2', async () => {
    const { exitCode, stderr } = await runCli(['svc', '--langauge', 'go'], scratch());
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--language');
  });

  it('prints help and version on stdout, exit 0', async () => {
    const help = await runCli(['--help'], scratch());
    expect(help.exitCode).toBe(0);
    expect(help.stdout).toContain('create-caution-app');
    const version = await runCli(['--version'], scratch());
    expect(version.stdout).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it('without a terminal names everything that is missing at once, exit 2, and writes nothing', async () => {
    const folder = scratch();
    const { exitCode, stderr } = await runCli(['svc'], folder);
    expect(exitCode).toBe(2);
    for (const flag of ['--language', '--name', '--port']) expect(stderr).toContain(flag);
    expect(treeOf(folder)).toEqual({});
  });

  it('under --json prints what is missing as JSON alone on stdout', async () => {
    const { exitCode, stdout } = await runCli(['svc', '--json', '--yes'], scratch());
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: 'ask',
      missing: ['--language'],
      error: { code: 'missing-answers' },
    });
  });

  it.each([
    ['a name that Caution refuses', ['--name', 'a b']],
    ['port 0', ['--port', '0']],
    ['port 65536', ['--port', '65536']],
    ['a port that Caution keeps', ['--port', '49550']],
    ['a port that is no number', ['--port', '80a']],
    ['a source with a password', ['--source', 'https://me:secret@example.com/x']],
    ['a run command of two lines', ['--run', '/a\n/b']],
    ['memory that no machine has', ['--memory', '999999']],
    ['an HTTP port that is not open', ['--port', '80', '--http-port', '81']],
    ['an unknown language', ['--language', 'cobol']],
    ['an unknown release', ['--release', '1999.01.0']],
  ])('refuses %s, exit 2', async (_what, flags) => {
    const folder = scratch();
    const { exitCode, stderr } = await runCli([...starter, ...flags], folder);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(flags[0]);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(treeOf(folder)).toEqual({});
  });

  it('names all refused answers at once', async () => {
    const { stderr } = await runCli([...starter, '--port', '0', '--memory', 'x'], scratch());
    expect(stderr).toContain('--port');
    expect(stderr).toContain('--memory');
  });

  it('under npm takes a second folder for a flag that npm swallowed, and prints the corrected command', async () => {
    const env = { npm_config_user_agent: 'npm/11.0.0 node/v20', npm_config_port: 'true' };
    const { exitCode, stderr } = await runCli(['svc', '9000'], scratch(), env);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('npm create caution-app svc -- --port 9000');
  });

  it.each([
    ['verfy', 'Did you mean verify?'],
    ['', 'is no name for a folder'],
    ['a\u001b[31mb', 'is no name for a folder'],
  ])('refuses %j as a folder, exit 2', async (dir, message) => {
    const { exitCode, stderr } = await runCli([dir, '--yes'], scratch());
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });

  it('names an app after a folder whose name is too short', async () => {
    const { stdout } = await runCli(['ab', '--language', 'go', '--yes', '--dry-run', '--json'], scratch());
    expect(JSON.parse(stdout).app.name).toBe('ab-service');
  });

  it('does not take a command word for a folder', async () => {
    const { exitCode, stderr } = await runCli(['update'], scratch());
    expect(exitCode).toBe(2);
    expect(stderr).toContain('./update');
  });
});

describe('the target', () => {
  it('refuses a file', async () => {
    const { exitCode, stderr } = await runCli(starter, scratch({ svc: 'a file' }));
    expect(exitCode).toBe(1);
    expect(stderr).toContain('is a file');
  });

  it('refuses a folder with files of something else', async () => {
    const folder = scratch({ 'svc/photo.jpg': '' });
    const { exitCode, stderr } = await runCli(starter, folder);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('no go service was found');
    expect(Object.keys(treeOf(folder))).toEqual(['svc/photo.jpg']);
  });

  it('keeps a README that is there, and says so', async () => {
    const folder = scratch({ 'svc/README.md': 'mine' });
    const { exitCode, stderr } = await runCli(starter, folder);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('--overwrite');
    expect(treeOf(folder)).toEqual({ 'svc/README.md': 'mine' });
  });

  it('replaces it with --overwrite', async () => {
    const folder = scratch({ 'svc/README.md': 'mine' });
    const { exitCode } = await runCli([...starter, '--overwrite', '--no-git'], folder);
    expect(exitCode).toBe(0);
    expect(treeOf(folder)['svc/README.md']).not.toBe('mine');
  });

  it('asks which of two languages in one folder is meant', async () => {
    const folder = scratch({
      'svc/go.mod': 'module x\n\ngo 1.24\n',
      'svc/main.go': 'package main\n\nfunc main() {}\n',
      'svc/package.json': '{"name":"x","main":"index.js"}',
      'svc/package-lock.json': '{"name":"x","lockfileVersion":3,"packages":{"":{"name":"x"}}}',
      'svc/index.js': 'require("http").createServer().listen(3000)\n',
    });
    const { exitCode, stdout } = await runCli(['svc', '--yes', '--json'], folder);
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout).missing).toContain('--language');
    const chosen = await runCli(['svc', '--yes', '--json', '--language', 'go', '--port', '3000', '--dry-run'], folder);
    expect(JSON.parse(chosen.stdout)).toMatchObject({ outcome: 'ready', app: { language: 'go' } });
  });

  it.each([
    ['go.mod', 'module (((', { 'main.go': 'package main\nfunc main() {}\n' }],
    ['Cargo.toml', '[package', { 'src/main.rs': 'fn main() {}' }],
    ['package.json', '{ "name": ', { 'index.js': '' }],
  ])('says that %s does not parse, writes nothing, exit 1', async (manifest, content, others) => {
    const folder = scratch({ [manifest]: content, ...others });
    const before = treeOf(folder);
    const { exitCode, stderr } = await runCli(['.', '--yes', '--port', '8080', '--no-verify'], folder);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(manifest);
    expect(treeOf(folder)).toEqual(before);
  });

  it.each([
    ['a name of 300 letters', 'x'.repeat(300)],
    ['a link to itself', 'loop'],
    ['a folder whose Procfile is a folder', 'svc'],
  ])('%s is a sentence, not a stack trace', async (_what, dir) => {
    const folder = scratch();
    symlinkSync('loop', path.join(folder, 'loop'));
    mkdirSync(path.join(folder, 'svc/Procfile'), { recursive: true });
    const { exitCode, stdout, stderr } = await runCli(
      [dir, '--language', 'go', '--name', 'svc', '--yes', '--json'],
      folder,
    );
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout).error.code).not.toBe('bug');
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('says that a folder may not be written', async () => {
    if (process.getuid?.() === 0) {
      // root may write everywhere but on a file system that is read-only
      const { exitCode, stderr } = await runCli(['/proc/svc', '--language', 'go', '--yes', '--no-verify'], scratch());
      expect(exitCode).toBe(1);
      expect(stderr).not.toMatch(/\n\s+at /);
      return;
    }
    const folder = scratch();
    chmodSync(folder, 0o500);
    const { exitCode, stderr } = await runCli(starter, folder);
    chmodSync(folder, 0o700);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('may not be written');
  });
});

describe('writing', () => {
  it('writes the same bytes every time', async () => {
    const folder = scratch();
    for (const place of ['one', 'two']) await runCli([`${place}/svc`, ...starter.slice(1)], folder);
    const tree = treeOf(folder);
    const under = (place: string) =>
      Object.entries(tree)
        .filter(([name]) => name.startsWith(place))
        .map(([name, text]) => [name.slice(4), text]);
    expect(under('one').length).toBeGreaterThan(6);
    expect(under('one')).toEqual(under('two'));
  });

  it('prints the plan and writes nothing on a dry run', async () => {
    const folder = scratch();
    const { exitCode, stdout } = await runCli(['svc', '--language', 'rust', '--yes', '--dry-run', '--json'], folder);
    expect(exitCode).toBe(0);
    const document = JSON.parse(stdout);
    expect(document.files).toContainEqual({ path: 'Containerfile', action: 'create' });
    expect(document.again).toContain(' -- ');
    expect(treeOf(folder)).toEqual({});
  });

  it('makes a repository with one commit, and no second one inside another', async () => {
    const { execa } = await import('execa');
    const { childEnv } = await import('./harness.ts');
    const folder = scratch();
    const first = await runCli(starter, folder);
    expect(first.exitCode).toBe(0);
    const log = await execa('git', ['-C', path.join(folder, 'svc'), 'log', '--oneline'], { env: childEnv() });
    expect(log.stdout.split('\n')).toHaveLength(1);
    const inside = await runCli(['svc/inner', '--language', 'go', '--yes', '--dry-run', '--json'], folder);
    const document = JSON.parse(inside.stdout);
    expect(document.app).toMatchObject({ dir: 'inner', containerfile: 'inner/Containerfile' });
    // The repository's own service keeps the Procfile that Caution deploys, and that is said.
    expect(document.files).toContainEqual({ path: 'inner/Procfile', action: 'create' });
    expect(document.files.map((file: { path: string }) => file.path)).not.toContain('Procfile');
    expect(document.findings.map((finding: { id: string }) => finding.id)).toContain('one-app');
  });

  it('does not make up an author: the repository stays without a commit', async () => {
    const folder = scratch();
    const nobody = {
      GIT_AUTHOR_NAME: undefined,
      GIT_AUTHOR_EMAIL: undefined,
      GIT_COMMITTER_NAME: undefined,
      GIT_COMMITTER_EMAIL: undefined,
      EMAIL: undefined,
    };
    const { exitCode, stderr } = await runCli(starter, folder, nobody);
    expect(exitCode).toBe(0);
    expect(stderr).toContain('git does not know who you are');
  });

  it('works where there is no git', async () => {
    const folder = scratch();
    const { exitCode, stderr } = await runCli(starter, folder, { PATH: '/nowhere' });
    expect(exitCode).toBe(0);
    expect(stderr).toContain('git could not be run');
  });

  it('commits nothing that it has not written: a folder with other files stays as it is for git', async () => {
    const folder = scratch({
      'svc/package.json': '{"name":"svc","type":"module","main":"index.js"}',
      'svc/package-lock.json': '{"name":"svc","lockfileVersion":3,"packages":{"":{"name":"svc"}}}',
      'svc/index.js': "import { createServer } from 'node:http';\ncreateServer().listen(3000);\n",
      'svc/.env': 'TOKEN=secret',
    });
    const { exitCode, stdout } = await runCli(['svc', '--yes', '--port', '3000', '--no-verify'], folder);
    expect(exitCode).toBe(0);
    expect(readdirSync(path.join(folder, 'svc'))).not.toContain('.git');
    expect(stdout).toContain('git init');
    expect(stdout).not.toContain('--all');
  });

  it('writes nothing beside a caution.hcl that Caution refuses, and verifies nothing', async () => {
    const folder = scratch({
      'svc/go.mod': 'module x\n\ngo 1.24\n',
      'svc/main.go': 'package main\n\nfunc main() {}\n',
      'svc/caution.hcl': 'enclave "svc" {\n  colour = "blue"\n}\n',
    });
    const { exitCode, stdout } = await runCli(['svc', '--yes', '--json', '--port', '80'], folder);
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'prepare', findings: [{ id: 'caution-hcl', line: 2 }] });
    const verified = await runCli(['verify', 'svc', '--json'], folder);
    expect(JSON.parse(verified.stdout).error.code).toBe('caution-hcl');
  });

  it('changes a caution.hcl that is there, and writes no Procfile beside it', async () => {
    const folder = scratch();
    const first = ['svc', '--language', 'go', '--yes', '--no-verify', '--no-git', '--format', 'hcl', '--json'];
    expect((await runCli(first, folder)).exitCode).toBe(0);
    const same = await runCli(['svc', '--yes', '--dry-run', '--json'], folder);
    const actions = JSON.parse(same.stdout).files.map(({ action }: { action: string }) => action);
    expect([...new Set(actions)]).toEqual(['identical']);
    const more = ['svc', '--yes', '--no-verify', '--overwrite', '--secret', 'TOKEN', '--json'];
    const { exitCode, stdout } = await runCli(more, folder);
    expect(exitCode).toBe(0);
    const { files, findings } = JSON.parse(stdout);
    expect(files).toContainEqual({ path: 'caution.hcl', action: 'overwrite' });
    expect(findings.map(({ id }: { id: string }) => id)).toContain('secrets-not-there');
    const tree = treeOf(folder);
    expect(tree['svc/caution.hcl']).toContain('env::vault("TOKEN")');
    expect(tree['svc/Containerfile']).toContain(
      'COPY --chmod=0644 .caution/quorum-bundle.json /etc/caution/bundle.json',
    );
    expect(tree).not.toHaveProperty('svc/Procfile');
  });

  it.each([
    ['Procfile', Buffer.alloc(6_000_000, '# much\n')],
    ['caution.hcl', Buffer.from([0x23, 0xff, 0xfe, 0x0a])],
  ])('takes a %s that nobody can read for no missing one', async (name, content) => {
    const folder = scratch({ 'go.mod': 'module x\n\ngo 1.24\n', 'main.go': 'package main\n\nfunc main() {}\n' });
    writeFileSync(path.join(folder, name), content);
    for (const args of [
      ['.', '--yes', '--port', '80', '--json'],
      ['verify', '.', '--json'],
    ]) {
      const { exitCode, stdout } = await runCli(args, folder);
      expect(exitCode).toBe(1);
      expect(JSON.parse(stdout).error).toMatchObject({
        code: 'unreadable-configuration',
        message: expect.stringContaining(name),
      });
    }
  });

  it('writes a caution.hcl beside a Procfile for what that cannot carry, and changes nothing else', async () => {
    const folder = scratch();
    const first = ['svc', '--language', 'go', '--yes', '--no-verify', '--no-git', '--json'];
    expect((await runCli(first, folder)).exitCode).toBe(0);
    const { stdout } = await runCli(['svc', '--yes', '--dry-run', '--egress', '10.1.0.0/16', '--json'], folder);
    const { files } = JSON.parse(stdout) as { files: { path: string; action: string }[] };
    expect(files.filter(({ action }) => action !== 'identical')).toEqual([{ path: 'caution.hcl', action: 'create' }]);
  });

  it('refuses, all at once, what does not go together', async () => {
    const folder = scratch();
    const args = ['svc', '--language', 'go', '--yes', '--e2e', 'tls', '--ssh-key', 'ssh-ed25519 AAAA', '--json'];
    const { exitCode, stdout } = await runCli(args, folder);
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout).error.message).toMatch(/--e2e.*\n--ssh-key/);
    expect(treeOf(folder)).toEqual({});
  });

  it('opens the HTTP port that was asked for, and forgets an old one when ports are said anew', async () => {
    const folder = scratch();
    const first = await runCli(
      ['svc', '--language', 'go', '--yes', '--http-port', '9000', '--no-verify', '--json'],
      folder,
    );
    expect(JSON.parse(first.stdout).app).toMatchObject({ ports: [9000], httpPort: 9000 });
    const again = await runCli(['svc', '--yes', '--port', '9001', '--dry-run', '--json'], folder);
    expect(JSON.parse(again.stdout).app).toMatchObject({ ports: [9001], httpPort: 9001 });
    expect(JSON.parse(again.stdout).app.run).toContain('PORT=9001');
  });

  it('prints a command that means the folder, not the command word', async () => {
    const { stdout } = await runCli(['./verify', '--language', 'go', '--yes', '--dry-run', '--json'], scratch());
    expect(JSON.parse(stdout).again).toContain('@latest ./verify -- ');
  });

  it('finds everything identical when it runs again on what it wrote', async () => {
    for (const language of ['rust', 'node', 'python', 'go']) {
      const folder = scratch();
      await runCli(['svc', '--language', language, '--yes', '--no-verify', '--port', '9090'], folder);
      const again = await runCli(['svc', '--yes', '--no-verify', '--json'], folder);
      expect(JSON.parse(again.stdout)).toMatchObject({ outcome: 'ready', app: { language, ports: [9090] } });
      const actions = JSON.parse(again.stdout).files.map(({ action }: { action: string }) => action);
      expect([language, ...new Set(actions)]).toEqual([language, 'identical']);
    }
  });

  it('says that no engine is there, exit 4, and keeps what was written', async () => {
    const folder = scratch();
    const env = { PATH: '/nowhere', DOCKER_HOST: 'unix:///nowhere.sock' };
    const { exitCode, stdout } = await runCli(['svc', '--language', 'go', '--yes', '--json'], folder, env);
    expect(exitCode).toBe(4);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'ready', verification: null, error: { code: 'no-engine' } });
    expect(treeOf(folder)).toHaveProperty('svc/Containerfile');
  });

  it('refuses an images file that is not a flat JSON object', async () => {
    const folder = scratch();
    writeFileSync(path.join(folder, 'images.json'), '["x"]');
    const { exitCode, stderr } = await runCli([...starter, '--images', 'images.json'], folder);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--images');
  });
});
