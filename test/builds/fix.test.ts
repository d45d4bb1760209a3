import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultRegistry, defaultRelease, imageReference } from '../../src/stagex/releases.ts';
import { keys, runCli, runInTerminal, scratch } from '../cli/harness.ts';

const pin = (name: string) => imageReference(name, { release: defaultRelease, registry: defaultRegistry });

/** A service whose image keeps the time twice, once in a compressed file's header. */
function service(): string {
  return scratch({
    Containerfile: `FROM --platform=linux/amd64 ${pin('core-busybox')} AS build
USER 0
SHELL ["/bin/sh", "-euc"]
RUN mkdir -p /rootfs/app
RUN date > /rootfs/app/built
RUN mkdir -p /rootfs/var/log && echo "$(date -Iseconds) compiled" > /rootfs/var/log/build.log
FROM --platform=linux/amd64 ${pin('core-filesystem')}
COPY --from=build /rootfs/ /
`,
  });
}

describe('verify --fix', () => {
  it('shows the change, makes it on consent, verifies again, and ends well', async () => {
    const folder = service();
    const run = runInTerminal(['verify', '--fix', '--no-start'], folder);
    await run.until(/Change Containerfile so, and verify again\?/);
    expect(run.text()).toContain('-RUN date > /rootfs/app/built');
    run.type('y');
    expect(await run.exit).toBe(0);
    const after = readFileSync(path.join(folder, 'Containerfile'), 'utf8');
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a shell's variable
    expect(after).toContain('RUN date -u -d "@${SOURCE_DATE_EPOCH:-0}" > /rootfs/app/built');
    expect(run.text()).toMatch(/The same enclave from both builds/);
  });

  it('changes nothing when the answer is no, or nobody can be asked; the diff is in the JSON', async () => {
    const folder = service();
    const before = readFileSync(path.join(folder, 'Containerfile'), 'utf8');
    const run = runInTerminal(['verify', '--fix', '--no-start'], folder);
    await run.until(/Change Containerfile so, and verify again\?/);
    run.type(keys.enter);
    expect(await run.exit).toBe(3);
    const { exitCode, stdout, stderr } = await runCli(['verify', '--fix', '--no-start', '--json'], folder);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('--fix asks before it changes a file');
    const [difference] = JSON.parse(stdout).differences;
    expect(difference).toMatchObject({ path: '/app/built', cause: 'wall-clock', line: 5, stage: 'build' });
    expect(difference.patch).toContain('-RUN date > /rootfs/app/built\n');
    expect(readFileSync(path.join(folder, 'Containerfile'), 'utf8')).toBe(before);
  });
});
