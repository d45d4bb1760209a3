import { describe, expect, it } from 'vitest';
import { keys, runInTerminal, scratch, treeOf } from './harness.ts';

/** Answers to every question but whether to write. */
const everything =
  'svc --language go --name svc --port 80 --memory 512 --source https://example.com/x --no-verify'.split(' ');

describe('in a terminal', () => {
  it('asks folder, language, name, port, memory, source, shows the plan, and writes on consent', async () => {
    const folder = scratch();
    const run = runInTerminal([], folder);
    await run.until(/Folder/);
    run.type(`hello${keys.enter}`);
    await run.until(/Language/);
    run.type(`${keys.down}${keys.down}${keys.down}${keys.enter}`);
    await run.until(/App name/);
    run.type(keys.enter);
    await run.until(/Port that/);
    run.type(`49555${keys.enter}`);
    await run.until(/reserved by Caution/);
    run.type(`${'\u007f'.repeat(5)}9000${keys.enter}`);
    await run.until(/Enclave memory/);
    run.type(keys.enter);
    await run.until(/Public URL/);
    run.type(keys.enter);
    await run.until(/More settings\?/);
    run.type(keys.enter);
    await run.until(/Build it twice/);
    run.type(`n`);
    await run.until(/Write \d+ files\?/);
    expect(run.text()).toMatch(/create\s+Containerfile/);
    expect(treeOf(folder)).toEqual({});
    run.type(keys.enter);
    expect(await run.exit).toBe(0);
    expect(run.text()).not.toContain('Warning');
    expect(treeOf(folder)['hello/Procfile']).toMatch(/^run: PORT=9000 /m);
    expect(run.text()).toMatch(/caution init/);
    expect(run.text()).toMatch(/npm create caution-app@latest hello -- --language go/);
  });

  it('asks for the further settings that are picked, and for no others', async () => {
    const folder = scratch();
    const run = runInTerminal(
      'svc --language go --name svc --port 80 --memory 512 --no-verify --no-git'.split(' '),
      folder,
    );
    await run.until(/Public URL/);
    run.type(keys.enter);
    await run.until(/More settings\?/);
    run.type(` ${keys.enter}`);
    await run.until(/api\.example\.com/);
    run.type(`nodot${keys.enter}`);
    await run.until(/fully qualified/);
    run.type(`.example${keys.enter}`);
    await run.until(/Write \d+ files\?/);
    run.type(keys.enter);
    expect(await run.exit).toBe(0);
    expect(treeOf(folder)['svc/Procfile']).toMatch(/^domain: nodot\.example$/m);
    expect(run.text()).toMatch(/--domain nodot\.example/);
  });

  it.each([
    ['the first question', /Folder/, []],
    ['a later question', /Port that/, ['svc', '--language', 'go', '--name', 'svc']],
    ['the last question', /Write \d+ files\?/, everything],
  ])('Ctrl-C at %s leaves nothing, exit 130', async (_what, pattern, args) => {
    const folder = scratch();
    const run = runInTerminal(args, folder);
    await run.until(pattern);
    run.type(keys.ctrlC);
    expect(await run.exit).toBe(130);
    expect(treeOf(folder)).toEqual({});
  });

  it('a no to the plan writes nothing', async () => {
    const folder = scratch();
    const run = runInTerminal(everything, folder);
    await run.until(/Write \d+ files\?/);
    run.type('n');
    expect(await run.exit).toBe(130);
    expect(treeOf(folder)).toEqual({});
  });

  it('asks about a file that exists, with its diff, and keeps it by default', async () => {
    const folder = scratch({ 'svc/README.md': 'mine\n' });
    const run = runInTerminal([...everything, '--no-git'], folder);
    await run.until(/Replace README\.md\?/);
    expect(run.text()).toContain('-mine');
    run.type(keys.enter);
    await run.until(/Write \d+ files\?/);
    run.type(keys.enter);
    expect(await run.exit).toBe(0);
    expect(treeOf(folder)['svc/README.md']).toBe('mine\n');
    expect(treeOf(folder)).toHaveProperty('svc/Containerfile');
  });

  it('shows what it found, and where, before it asks', async () => {
    const main = 'package main\n\nimport "net/http"\n\nfunc main() { _ = http.ListenAndServe(":8080", nil) }\n';
    const folder = scratch({ 'go.mod': 'module example.com/shop\n\ngo 1.22\n', 'main.go': main });
    const run = runInTerminal(['.', '--no-verify', '--no-git'], folder);
    await run.until(/App name/);
    const before = run.text().split('App name')[0] ?? '';
    expect(before).toMatch(/port +8080 .*main\.go:5/);
    run.type(keys.ctrlC);
    expect(await run.exit).toBe(130);
    expect(Object.keys(treeOf(folder))).toEqual(['go.mod', 'main.go']);
  });

  it('SIGTERM ends it with 143', async () => {
    const folder = scratch();
    const run = runInTerminal([], folder);
    await run.until(/Folder/);
    run.kill('SIGTERM');
    expect(await run.exit).toBe(143);
    expect(treeOf(folder)).toEqual({});
  });
});
