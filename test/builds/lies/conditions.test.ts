import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { reportLines } from '../../../src/report/terminal.ts';
import { defaultRegistry, defaultRelease, imageReference } from '../../../src/stagex/releases.ts';
import { clockStepMs } from '../../../src/verify/proof.ts';
import { runCli } from '../../cli/harness.ts';
import { enclaveOf } from '../harness.ts';
import { busyboxContainerfile } from '../services.ts';
import { checkout, enclaveDifferences, images, naiveBuild, naiveCheckPasses, ours, repository } from './check.ts';

/** What stands for a StageX image here: a stand-in, or the image itself. */
const reference = (name: string) =>
  images[name] ?? imageReference(name, { release: defaultRelease, registry: defaultRegistry });

/** Lies about what differed between the builds, and what they were built from. */

describe('lie 7: the modes of one checkout', () => {
  const files = (mode: number) => ({
    Containerfile: busyboxContainerfile(
      'COPY hello /rootfs/app/hello',
      'RUN ls -l /rootfs/app/hello | cut -c 1-10 > /rootfs/app/list',
    ),
    hello: { text: 'hello\n', mode },
  });

  it('are the same for a check that builds one checkout twice, and another umask gives another image', async () => {
    const root = checkout(files(0o644));
    const first = await naiveBuild(root);
    expect(await naiveBuild(root)).toBe(first);
    expect(await naiveBuild(checkout(files(0o664)))).not.toBe(first);
  });

  it('are varied by ours: a mode is a difference of the image alone, and one that reaches a content is of the enclave', async () => {
    const { verification } = await ours(repository(files(0o644)));
    expect(verification).toMatchObject({ reproducible: false, imageIdentical: false });
    expect(verification.differences).toMatchObject([
      { path: '/app/hello', inEnclave: false, cause: 'umask' },
      { path: '/app/list', inEnclave: true },
    ]);
  });
});

describe('lie 10: twice on one host, in one place, in one minute', () => {
  it.each([
    ['the host name', 'RUN hostname > /rootfs/app/fact', 'hostname'],
    ['the time of a source file', 'COPY hello /in/hello\nRUN stat -c %Y /in/hello > /rootfs/app/fact', 'file-time'],
    ['the second', 'RUN date +%s > /rootfs/app/fact', 'wall-clock'],
  ])('%s', async (_, line, cause) => {
    const files = { Containerfile: busyboxContainerfile(line), hello: 'hello\n' };
    // A check that is quick enough shares the second; no check can be relied on to be.
    if (cause !== 'wall-clock') expect(await naiveCheckPasses(checkout(files))).toBe(true);
    const found = await ours(repository(files));
    expect(enclaveDifferences(found)).toMatchObject([{ path: '/app/fact', cause }]);
  });

  it('a minute or a day is not waited for, and so is held still, and the step that reads it is named', async () => {
    const files = { Containerfile: busyboxContainerfile('RUN date +%Y > /rootfs/app/year') };
    expect(await naiveCheckPasses(checkout(files))).toBe(true);
    const { verification, steps } = await ours(repository(files));
    expect(verification.findings).toContainEqual(expect.objectContaining({ id: 'reads-surroundings', line: 5 }));
    expect(verification.heldStill).toEqual(expect.arrayContaining(['calendar-day', 'kernel', 'cpu']));
    // What is said to have varied did.
    expect(verification.varied.map(({ what }) => what)).toContain('time');
    const starts = (line: number) =>
      steps.filter((step) => step.line === line).map(({ started }) => started ?? Number.NaN);
    for (const line of [4, 5]) {
      const [first = Number.NaN, second = Number.NaN] = starts(line);
      expect(second - first).toBeGreaterThanOrEqual(clockStepMs);
    }
  });
});

describe('lie 12: another base in the place of a pinned one', () => {
  const files = { Containerfile: busyboxContainerfile('RUN cp /etc/profile /rootfs/app/profile 2>/dev/null || :') };
  const [pinned = ''] = /(?<=^FROM \S+ )\S+(?= AS build$)/m.exec(files.Containerfile) ?? [];

  it('is taken without a word by a plain build', async () => {
    const other = path.join(checkout({}), 'unused');
    const contexts = ['--provenance=false', '--sbom=false', '--build-context', `${pinned}=${path.dirname(other)}`];
    // The last of two contexts of one name counts: an empty folder stands for the pinned image here.
    const replaced = {
      Containerfile: files.Containerfile.replace(/^USER 0$[\s\S]*?(?=^FROM)/m, 'WORKDIR /rootfs\n'),
    };
    await expect(naiveBuild(checkout(replaced), { arguments: contexts })).resolves.toMatch(/^[0-9a-f]{64}$/);
  });

  it('is listed by ours, in every output', async () => {
    const root = repository(files);
    const replacement = reference('core-busybox');
    const replaced = { ...images, 'core-busybox': replacement };
    const { verification } = await ours(root, { images: replaced });
    const used = `core-busybox: ${replacement}`;
    expect(verification.standIns).toContain(used);
    const lines = reportLines(verification, { color: false });
    expect(lines.join('\n')).toContain('! Built on stand-ins');
    expect(lines).toContain(`  ${used}`);
    const list = path.join(checkout({ 'images.json': JSON.stringify(replaced) }), 'images.json');
    const { stdout } = await runCli(['verify', '--images', list, '--no-start', '--json'], root);
    expect(JSON.parse(stdout).standIns).toContain(used);
  });

  it('that a source policy of the environment puts there does not reach ours', async () => {
    const [from, to] = [reference('core-filesystem'), reference('core-musl')];
    const policy = path.join(checkout({ 'policy.json': '' }), 'policy.json');
    writeFileSync(
      policy,
      JSON.stringify({
        rules: [
          {
            action: 'CONVERT',
            selector: { identifier: `docker-image://${from}` },
            updates: { identifier: `docker-image://${to}` },
          },
        ],
      }),
    );
    const environment = { EXPERIMENTAL_BUILDKIT_SOURCE_POLICY: policy };
    const root = repository(files);
    expect(await naiveBuild(root, { environment })).not.toBe(await naiveBuild(root));
    const { verification } = await ours(root, { environment });
    expect(verification.enclave?.sha256).toBe(await enclaveOf(root, checkout({})));
  });
});
