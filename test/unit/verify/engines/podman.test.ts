import { describe, expect, it } from 'vitest';
import { readContainerfile } from '../../../../src/verify/containerfile.ts';
import { doubts, podmanArguments, readInfo, setsTimesBack } from '../../../../src/verify/engines/podman.ts';

const order = {
  ...{ context: '/c', containerfile: '/c/Containerfile', output: '/o/image.tar' },
  ...{ overrides: [{ reference: 'a@sha256:1', image: 'a', replacement: 'b' }], arguments: { CACHEBUST: '1' } },
};

describe('the words of a build', () => {
  it('take no step from a cache and leave no image', () => {
    const words = podmanArguments(order, true);
    expect(words).toEqual(expect.arrayContaining(['--no-cache', '--layers=false', '--format', 'docker']));
    expect(words.join(' ')).toContain('--build-context a@sha256:1=docker-image://b --tag oci-archive:/o/image.tar /c');
    expect(words.join(' ')).toContain('--build-arg CACHEBUST=1');
    expect(words).toContain('--timestamp');
    expect(podmanArguments(order, false)).not.toContain('--timestamp');
    // A declared ARG SOURCE_DATE_EPOCH would get it.
    expect(words).not.toContain('--source-date-epoch');
  });
});

describe('times', () => {
  const sets = (...lines: string[]) => setsTimesBack(readContainerfile(lines.join('\n')));
  it('are set back where no stage is made of another one', () => {
    expect(sets('FROM a AS one', 'RUN x', 'FROM scratch', 'COPY --from=one / /')).toBe(true);
    expect(sets('FROM a AS one', 'FROM one', 'RUN x')).toBe(true);
    expect(sets('FROM a AS one', 'RUN x', 'FROM one AS two', 'FROM two', 'COPY a /')).toBe(false);
    expect(sets('FROM a AS one', 'RUN x', 'FROM one AS unneeded', 'FROM scratch', 'COPY --from=one / /')).toBe(true);
  });
});

describe('isolation chroot', () => {
  const doubtsOf = (isolation: string | undefined, ...lines: string[]) =>
    doubts('Buildah', isolation, readContainerfile(['FROM scratch', ...lines].join('\n')));

  it.each([
    'RUN --network=none make',
    'RUN --mount=type=tmpfs,target=/t --network=none make',
    'RUN \\\n --network=none \\\n make',
  ])('is refused for %j', (line) => {
    expect(() => doubtsOf('chroot', line)).toThrow(/Line 2 says --network=none/);
    expect(doubtsOf('oci', line)).toEqual([]);
    expect(doubtsOf(undefined, line)).toEqual([]);
  });

  it.each(['RUN make --network=none', 'COPY a /', 'RUN echo "RUN --network=none x"'])('is named for %j', (line) => {
    expect(doubtsOf('chroot', line)).toMatchObject([{ id: 'isolation-chroot', level: 'warning' }]);
  });
});

describe('what the engines say of themselves', () => {
  it('is read, and is no version where it is no JSON', () => {
    const info = { version: { Version: '5.8.6' }, host: { serviceIsRemote: true } };
    expect(readInfo('podman', JSON.stringify(info))).toEqual({ version: '5.8.6', remote: true });
    expect(readInfo('buildah', '{"version":"1.43.2"}')).toEqual({ version: '1.43.2', remote: false });
    expect(readInfo('buildah', 'buildah 1')).toEqual({ version: '', remote: false });
  });
});
