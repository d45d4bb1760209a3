import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { childEnv, keys, runCli, runInTerminal, scratch, treeOf } from './harness.ts';

const broken = {
  Procfile: 'run: server\nprots: 8080\nmemory: 600\n',
  Containerfile: 'FROM scratch\nCOPY server /server\n',
  '.dockerignore': '**/.git\n',
  server: '',
};

/** A repository with one commit of these files. */
async function repository(files: Record<string, string>): Promise<string> {
  const folder = scratch(files);
  const git = (...args: string[]) => execa('git', args, { cwd: folder, env: childEnv(), extendEnv: false });
  await git('init', '--quiet');
  await git('add', '--all');
  await git('commit', '--quiet', '--message', 'First');
  return folder;
}

describe('check', () => {
  it.each(['rust', 'node', 'python', 'go'])('has nothing to say of the %s starter, exit 0', async (language) => {
    const folder = scratch();
    await runCli(['svc', '--language', language, '--yes', '--no-verify'], folder);
    const { exitCode, stdout } = await runCli(['check', 'svc', '--json', '--strict'], folder);
    expect(JSON.parse(stdout)).toEqual({ findings: [], suppressed: [] });
    expect(exitCode).toBe(0);
  });

  it('names file, line, rule, why and mend, exit 1', async () => {
    const folder = await repository(broken);
    const { exitCode, stdout } = await runCli(['check', '--json'], folder);
    expect(exitCode).toBe(1);
    const { findings } = JSON.parse(stdout);
    expect(findings).toContainEqual({
      id: 'unknown-key',
      level: 'error',
      path: 'Procfile',
      line: 2,
      message: 'Caution has no key prots; ports is near.',
      why: expect.stringContaining('without a word'),
      source: expect.stringMatching(/^https:/),
      mend: 'Write ports in its place.',
    });
    const shown = await runCli(['check'], folder);
    expect(shown.exitCode).toBe(1);
    expect(shown.stdout).toMatch(/^Procfile\n/m);
    expect(shown.stdout).toMatch(/2 {2}error {2}unknown-key/);
    expect(shown.stdout.split('\n').every((line) => line.length <= 80)).toBe(true);
  });

  it('fails on notes only when it is asked to be strict', async () => {
    const folder = await repository({
      ...broken,
      Procfile: 'run: /server\nports: 8080\n',
      Containerfile: 'FROM scratch\nCOPY --chmod=0755 server /server\nVOLUME /data\n',
    });
    expect((await runCli(['check'], folder)).exitCode).toBe(0);
    expect((await runCli(['check', '--strict'], folder)).exitCode).toBe(1);
  });

  it('sees what git does not track, and looks into the root of the repository', async () => {
    const folder = await repository({ 'api/server': '' });
    for (const [name, text] of Object.entries(broken)) writeFileSync(path.join(folder, name), text);
    const { stdout } = await runCli(['check', 'api', '--json'], folder);
    const untracked = JSON.parse(stdout).findings.filter(({ id }: { id: string }) => id === 'untracked-file');
    expect(untracked.map((finding: { path: string }) => finding.path).sort()).toEqual([
      '.dockerignore',
      'Containerfile',
      'Procfile',
    ]);
  });

  it('writes SARIF beside, over an older one, and never over anything else', async () => {
    const folder = await repository(broken);
    const args = ['check', '--sarif', 'out.sarif', '--json'];
    expect((await runCli(args, folder)).exitCode).toBe(1);
    const log = JSON.parse(readFileSync(path.join(folder, 'out.sarif'), 'utf8'));
    expect(log.runs[0].results.map(({ ruleId }: { ruleId: string }) => ruleId)).toContain('unknown-key');
    expect((await runCli(args, folder)).exitCode).toBe(1);
    writeFileSync(path.join(folder, 'notes.sarif'), 'mine');
    const refused = await runCli(['check', '--sarif', 'notes.sarif', '--json'], folder);
    expect([refused.exitCode, JSON.parse(refused.stdout).error.code]).toEqual([1, 'report-exists']);
  });

  it('marks lines in a workflow of GitHub', async () => {
    const { stdout } = await runCli(['check', '--format', 'github'], await repository(broken));
    expect(stdout).toMatch(/^::error file=Procfile,line=2,title=unknown-key::Caution has no key prots/m);
  });

  it('refuses a folder that is not there, and an unknown form', async () => {
    const missing = await runCli(['check', 'nowhere', '--json'], scratch());
    expect([missing.exitCode, JSON.parse(missing.stdout).error.code]).toEqual([1, 'no-folder']);
    expect((await runCli(['check', '--format', 'xml'], scratch())).exitCode).toBe(2);
  });

  it('shows what it would change without a terminal, and changes nothing', async () => {
    const folder = await repository(broken);
    const before = treeOf(folder);
    const { exitCode, stderr } = await runCli(['check', '--fix'], folder);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('+ports: 8080');
    expect(treeOf(folder)).toEqual(before);
  });

  it('changes what a person agrees to, and says what is left', async () => {
    const folder = await repository(broken);
    const run = runInTerminal(['check', '--fix'], folder);
    await run.until(/Change Procfile so\?/);
    run.type('y');
    await run.exit;
    expect(readFileSync(path.join(folder, 'Procfile'), 'utf8')).toBe('run: server\nports: 8080\nmemory: 600\n');
    expect(run.text()).not.toMatch(/error {2}unknown-key/);
    expect(run.text()).toMatch(/error {2}run-not-absolute/);
  });

  it('ends quietly when it is cancelled', async () => {
    const run = runInTerminal(['check', '--fix'], await repository(broken));
    await run.until(/Change Procfile so\?/);
    run.type(keys.ctrlC);
    expect(await run.exit).toBe(130);
  });
});
