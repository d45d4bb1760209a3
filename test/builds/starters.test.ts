import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { quoteWord } from '../../src/caution/words.ts';
import { runCli } from '../cli/harness.ts';
import { buildContexts, docker, enclaveOf, shell } from './harness.ts';

/** Where each starter's answer is written, and a byte of it that can be another. */
const sources = {
  rust: 'src/app.rs',
  node: 'src/app.ts',
  python: 'app/routes.py',
  go: 'app.go',
} as const;

/** Largest tree that the enclave should have to hold in memory, in MB. */
const largest = { rust: 15, node: 200, python: 100, go: 15 } as const;

const folder = mkdtempSync(path.join(tmpdir(), 'caution-starters-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(Object.keys(sources) as (keyof typeof sources)[])('the %s starter', (language) => {
  const name = `x-${language}`;
  const service = path.join(folder, name);
  let enclave = '';

  it('is built twice, is the same enclave and the same image, and starts', async () => {
    const { exitCode, stdout, stderr } = await runCli(
      [name, '--language', language, '--name', name, '--port', '8080', '--yes', '--json'],
      folder,
    );
    expect([exitCode, exitCode === 0 ? '' : stderr]).toEqual([0, '']);
    const document = JSON.parse(stdout);
    const { verification } = document;
    expect(document).toMatchObject({
      outcome: 'ready',
      app: { name, language, ports: [8080], httpPort: 8080 },
      missing: [],
    });
    expect(verification).toMatchObject({ reproducible: true, imageIdentical: true, differences: [], dirty: false });
    expect(verification.commit).toMatch(/^[0-9a-f]{40}$/);
    for (const build of verification.builds) {
      expect(build).toMatchObject({
        engine: 'docker',
        stepsCached: 0,
        executionProved: true,
        enclaveSha256: verification.enclave.sha256,
      });
      expect(build.stepsRun).toBeGreaterThan(2);
    }
    expect(verification.varied.map(({ what }: { what: string }) => what)).toEqual(
      expect.arrayContaining(['path', 'mtime', 'umask', 'hostname', 'time']),
    );
    expect(verification.start).toMatchObject({
      started: true,
      listening: [8080],
      http: { path: '/health', status: 200 },
    });
    expect(verification.memory).toMatchObject({ enough: true });
    expect(verification.enclave.treeBytes).toBeLessThan(largest[language] * 1e6);
    enclave = verification.enclave.sha256;
  });

  it('builds with plain docker build', async () => {
    const built = await docker(['build', '-q', ...buildContexts(service), '-f', 'Containerfile', '.'], service);
    expect([built.exitCode, built.exitCode === 0 ? '' : built.stderr]).toEqual([0, '']);
    await docker(['image', 'rm', '-f', built.stdout.trim()], service);
  });

  it('passes its own tests inside the image that builds it, by the command of its README', async () => {
    const readme = readFileSync(path.join(service, 'README.md'), 'utf8');
    const [command] = /^docker (?:.*\\\n)*.*$/m.exec(readme) ?? [];
    if (command === undefined) throw new Error('The README gives no command for the tests');
    // The same command, with the stand-ins added where there are some.
    const contexts = buildContexts(service).map(quoteWord).join(' ');
    const tested = await shell(command.replace('docker build', `docker build ${contexts}`), service);
    expect([tested.exitCode, tested.exitCode === 0 ? '' : tested.stdout + tested.stderr]).toEqual([0, '']);
  });

  it('is another enclave when a byte of its source is another', async () => {
    const source = path.join(service, sources[language]);
    const before = readFileSync(source, 'utf8');
    expect(await enclaveOf(service, folder)).toBe(enclave);
    expect(before).toContain(name);
    writeFileSync(source, before.replace(name, `X${name.slice(1)}`));
    expect(await enclaveOf(service, folder)).not.toBe(enclave);
    writeFileSync(source, before);
  });

  it('is found out when a step writes the clock into a file', async () => {
    const containerfile = path.join(service, 'Containerfile');
    const lines = readFileSync(containerfile, 'utf8').split('\n');
    const copy = lines.findIndex((line) => line.startsWith('COPY --from=build /rootfs/'));
    const stage = lines.findLastIndex((line, index) => index < copy && line.startsWith('FROM '));
    const planted = ['FROM build AS clock', 'RUN date > /rootfs/built-at', ''];
    lines.splice(copy, 1, (lines[copy] ?? '').replace('--from=build', '--from=clock'));
    lines.splice(stage, 0, ...planted);
    writeFileSync(containerfile, lines.join('\n'));
    const { exitCode, stdout } = await runCli(['verify', name, '--json', '--no-start'], folder);
    expect(exitCode).toBe(3);
    const verification = JSON.parse(stdout);
    expect(verification).toMatchObject({ reproducible: false, enclave: null, dirty: true });
    expect(verification.differences.map(({ path: at }: { path: string }) => at)).toEqual([
      expect.stringMatching(/^\/?built-at$/),
    ]);
    expect(verification.differences[0]).toMatchObject({ inEnclave: true, cause: 'wall-clock' });
  });
});
