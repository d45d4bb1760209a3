import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { defaultRegistry, defaultRelease, imageReference } from '../../../src/stagex/releases.ts';
import { busyboxContainerfile } from '../services.ts';
import {
  dockerOrThrow,
  enclaveDifferences,
  images,
  naiveBuild,
  naiveCheckPasses,
  ours,
  plainBuild,
  repository,
} from './check.ts';

const stagex = { release: defaultRelease, registry: defaultRegistry };

/** Lies about what was built at all. Each number is the lie's in docs/verification.md. */

describe('lie 1: two builds at once that the engine merged', () => {
  const random = {
    Containerfile: busyboxContainerfile('RUN head -c 16 /dev/urandom > /rootfs/app/random && sleep 2'),
  };

  it('fools a check that builds twice at once: random bytes agree', async () => {
    const [one, other] = [repository(random, 'one'), repository(random, 'other')];
    const [first, second] = await Promise.all([naiveBuild(one), naiveBuild(other)]);
    expect(second).toBe(first);
  });

  it('does not fool ours: the builds differ, and each is proved to have run', async () => {
    const found = await ours(repository(random));
    expect(found.verification).toMatchObject({ reproducible: false, enclave: null });
    expect(enclaveDifferences(found)).toMatchObject([{ path: '/app/random' }]);
    for (const build of found.verification.builds)
      expect(build).toMatchObject({ stepsRun: 3, stepsCached: 0, executionProved: true });
  });
});

describe('lie 1, by content: a COPY that the engine merged because what it copies is the same, file times aside', () => {
  const base = busyboxContainerfile().split('\n').slice(0, 3);
  const times = {
    Containerfile: [
      ...base,
      'RUN mkdir /out && echo same > /out/file',
      ...base.map((line) => line.replace(' AS build', ' AS two')),
      'COPY --from=build /out /in',
      'RUN mkdir -p /rootfs/app && stat -c %y /in/file > /rootfs/app/time && sleep 2',
      'FROM scratch',
      'COPY --from=two /rootfs/ /',
      '',
    ].join('\n'),
  };
  const host = () => ['--build-arg', `BUILDKIT_SANDBOX_HOSTNAME=${randomBytes(4).toString('hex')}`];

  it('fools a check that builds twice at once under different host names', async () => {
    const build = () => naiveBuild(repository(times), { arguments: ['--provenance=false', ...host()] });
    const [first, second] = await Promise.all([build(), build()]);
    expect(second).toBe(first);
  });

  it('does not fool ours', async () => {
    const found = await ours(repository(times));
    expect(enclaveDifferences(found)).toMatchObject([{ path: '/app/time' }]);
    for (const build of found.verification.builds) expect(build).toMatchObject({ executionProved: true });
  });
});

describe('lie 1, by cache: a WORKDIR that --no-cache does not reach', () => {
  const files = {
    Containerfile: busyboxContainerfile('RUN stat -c %y /lies-work > /rootfs/app/time').replace(
      'USER 0',
      'USER 0\nWORKDIR /lies-work',
    ),
  };

  it('fools a check one after the other; no engine makes it anew, so ours says that it held still', async () => {
    expect(await naiveCheckPasses(repository(files))).toBe(true);
    const { verification } = await ours(repository(files));
    expect(verification.heldStill).toContain('workdir-time');
  });
});

describe('lie 2: a context of which the engine keeps old bytes', () => {
  const files = (text: string) => ({
    Containerfile: busyboxContainerfile('COPY --chmod=644 answer /rootfs/app/answer'),
    answer: text,
  });

  it('fools a check whose checkouts share name, size and time: another source gives the same image', async () => {
    const name = `service-${randomBytes(4).toString('hex')}`;
    const [one, other] = [repository(files('one\n'), name), repository(files('two\n'), name)];
    expect(await naiveBuild(other)).toBe(await naiveBuild(one));
  });

  it('does not fool ours: another source is another enclave', async () => {
    const name = `service-${randomBytes(4).toString('hex')}`;
    const [one, other] = [await ours(repository(files('one\n'), name)), await ours(repository(files('two\n'), name))];
    expect([one, other].map(({ verification }) => verification.reproducible)).toEqual([true, true]);
    expect(other.verification.enclave?.sha256).not.toBe(one.verification.enclave?.sha256);
  });
});

describe('lie 3: cache mounts', () => {
  const id = `lies-${randomBytes(4).toString('hex')}`;
  const mount = `--mount=type=cache,id=${id},target=/kept`;
  const files = {
    Containerfile: busyboxContainerfile(`RUN ${mount} ls /kept > /rootfs/app/seen; echo built > /kept/ours`),
  };
  const write = repository({ Containerfile: busyboxContainerfile('ARG N', `RUN ${mount} echo $N > /kept/mine`) });
  const show = repository({
    Containerfile: busyboxContainerfile('ARG N', `RUN ${mount} echo "kept: $(ls /kept | tr '\\n' ' ') for $N"`),
  });
  const nonce = () => ['--build-arg', `N=${randomBytes(4).toString('hex')}`];
  const kept = async () => /kept: (.*) for [0-9a-f]{8}$/m.exec(await plainBuild(show, {}, nonce()))?.[1]?.trim();

  it('are neither used nor emptied by ours, where a plain --no-cache build empties them', async () => {
    await plainBuild(write, {}, nonce());
    expect(await kept()).toBe('mine');
    const { verification } = await ours(repository(files));
    expect(verification).toMatchObject({ reproducible: true });
    expect(await kept()).toBe('mine');
    await naiveBuild(repository(files));
    expect(await kept()).not.toContain('mine');
  });
});

describe('lie 4: the legacy builder drops the body of a heredoc', () => {
  const legacy = { DOCKER_BUILDKIT: '0' };
  const body = ['RUN <<END', 'head -c 16 /dev/urandom > /rootfs/app/random', 'END'];
  const files = { Containerfile: busyboxContainerfile(...body) };

  it('fools a check with DOCKER_BUILDKIT=0: it succeeds, and the file is not there', async () => {
    // The legacy builder knows no other contexts: a stand-in is named in the FROM itself.
    const base = images['core-busybox'] ?? imageReference('core-busybox', stagex);
    const folder = repository({
      Containerfile: [`FROM ${base}`, 'USER 0', 'SHELL ["/bin/sh", "-euc"]', 'RUN mkdir -p /rootfs/app', ...body].join(
        '\n',
      ),
    });
    const tag = `lies-${randomBytes(4).toString('hex')}`;
    try {
      await dockerOrThrow(['build', '--no-cache', '-t', tag, '-f', `${folder}/Containerfile`, folder], legacy);
      const listed = await dockerOrThrow(['run', '--rm', '--entrypoint', '/bin/ls', tag, '-A', '/rootfs/app']);
      expect(listed.trim()).toBe('');
    } finally {
      await dockerOrThrow(['image', 'rm', '-f', tag]);
    }
  });

  it('does not reach ours: the variable is not handed on, and the body runs twice', async () => {
    const found = await ours(repository(files), { environment: legacy });
    expect(enclaveDifferences(found)).toMatchObject([{ path: '/app/random' }]);
    expect(found.verification.builds).toMatchObject([{ executionProved: true }, { executionProved: true }]);
  });
});
