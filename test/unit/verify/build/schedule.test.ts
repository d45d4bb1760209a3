import { describe, expect, it } from 'vitest';
import { stageToBuildAhead } from '../../../../src/verify/build/schedule.ts';
import { readContainerfile, withStageNames } from '../../../../src/verify/containerfile.ts';

const ahead = (...lines: string[]) => stageToBuildAhead(readContainerfile(lines.join('\n')))?.name ?? null;

describe('how far a build can run beside another one on the same engine', () => {
  it('is the stage that the last one is made of', () => {
    expect(ahead('FROM a AS build', 'RUN make', 'FROM b', 'COPY --from=build /out /')).toBe('build');
    expect(ahead('FROM a AS build', 'COPY . .', 'RUN make', 'FROM build', 'COPY x /x')).toBe('build');
    expect(
      ahead(
        'FROM a AS deps',
        'RUN get',
        'FROM a AS build',
        'RUN prepare',
        'COPY --from=deps / /',
        'RUN make',
        'FROM b',
        'COPY --from=build /out /',
      ),
    ).toBe('build');
    expect(ahead('FROM a', 'RUN make', 'FROM b', 'COPY --from=0 /out /')).toBe('stage-0');
  });

  it('is nothing when the last stage is made of several, or is the only one', () => {
    expect(
      ahead('FROM a AS x', 'RUN x', 'FROM a AS y', 'RUN y', 'FROM b', 'COPY --from=x /x /', 'COPY --from=y /y /'),
    ).toBeNull();
    expect(ahead('FROM a', 'RUN make')).toBeNull();
    expect(ahead('FROM a', 'COPY . .')).toBeNull();
    expect(ahead('')).toBeNull();
    expect(ahead('FROM a AS stage-1', 'RUN make', 'FROM b', 'COPY --from=stage-1 /out /')).toBeNull();
  });

  it.each([
    ['a COPY from an image', 'COPY --from=ca /certificates /'],
    ['content of the Containerfile', 'COPY <<EOF /x\nhello\nEOF'],
    ['an ADD', 'ADD https://example.org/x.tar /'],
    ['a COPY that stands by itself', 'COPY --link x /x'],
    ['a WORKDIR, then a COPY from an image', 'WORKDIR /x\nCOPY --from=ca /certificates /'],
  ])('is nothing when a stage begins with what looks the same in every build: %s', (_, step) => {
    expect(ahead('FROM a AS build', step, 'RUN make', 'FROM b', 'COPY --from=build /out /')).toBeNull();
  });
});

describe('a stage that begins with what another stage made', () => {
  it('keeps builds one after the other: a later RUN could see the times of the other build’s files', () => {
    const made = ['FROM a AS deps', 'RUN get', 'FROM a AS build'];
    const rest = ['RUN make', 'FROM b', 'COPY --from=build /out /'];
    expect(ahead(...made, 'COPY --from=deps / /', ...rest)).toBeNull();
    expect(ahead(...made, 'RUN prepare', 'COPY --from=deps / /', ...rest)).toBe('build');
    expect(ahead('FROM a AS deps', 'RUN get', 'FROM deps AS build', 'COPY --from=deps / /', ...rest)).toBe('build');
  });
});

describe('naming stages', () => {
  it('gives a name to those without one, and changes nothing else', () => {
    const text =
      'FROM a AS build\nRUN make\n# last\nFROM --platform=linux/amd64 \\\n  b:1@sha256:00\nCOPY --from=build / /\n';
    const named = withStageNames(text);
    expect(named).toBe(text.replace('sha256:00', 'sha256:00 AS stage-1'));
    expect(readContainerfile(named).stages.map(({ name, line }) => [name, line])).toEqual(
      readContainerfile(text).stages.map(({ name, line }) => [name, line]),
    );
    expect(withStageNames(named)).toBe(named);
    const taken = 'FROM a AS stage-1\nRUN make\nFROM b\n';
    expect(withStageNames(taken)).toBe(taken);
  });
});
