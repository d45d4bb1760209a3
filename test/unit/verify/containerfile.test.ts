import { describe, expect, it } from 'vitest';
import { overrides, stagexName, stagexRelease } from '../../../src/stagex/references.ts';
import { readContainerfile } from '../../../src/verify/containerfile.ts';
import { stepFinder } from '../../../src/verify/step-names.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const text = `
ARG RELEASE=2026.03.0
ARG IMAGE=stagex/pallet-go:sx\${RELEASE}@${digest}
FROM --platform=linux/amd64 $IMAGE AS Build
SHELL ["/bin/sh", "-euc"]
WORKDIR /app
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/cache --mount=from=quay.io/stagex/core-git@${digest},target=/git \\
  go mod download
RUN <<EOF
go build
RUN not an instruction
EOF
FROM other:1 AS unneeded
RUN something
FROM stagex/core-filesystem:sx2026.03.0@${digest}
COPY --from=build /app/x /app/y /
COPY --from=stagex/core-ca-certificates /etc/ssl /etc/ssl
`;

describe('reading a Containerfile', () => {
  const file = readContainerfile(text);

  it('finds the stages that the last one needs, and the images that they name', () => {
    expect(file.stages.map(({ name }) => name)).toEqual(['build', 'unneeded', 'stage-2']);
    expect(file.needed.map(({ name }) => name)).toEqual(['build', 'stage-2']);
    expect(file.images.map(({ reference }) => reference).sort()).toEqual([
      `quay.io/stagex/core-git@${digest}`,
      'stagex/core-ca-certificates',
      `stagex/core-filesystem:sx2026.03.0@${digest}`,
      `stagex/pallet-go:sx2026.03.0@${digest}`,
    ]);
    expect(file.hasCacheMounts).toBe(true);
    expect(stagexRelease(file)).toBe('2026.03.0');
  });

  it('gives each step its line, and keeps heredocs in one step', () => {
    expect(file.stages[0]?.steps.map(({ instruction, line }) => [instruction, line])).toEqual([
      ['WORKDIR', 6],
      ['COPY', 7],
      ['RUN', 8],
      ['RUN', 10],
    ]);
    expect(file.stages[2]?.steps.map(({ from, destination }) => [from, destination])).toEqual([
      ['build', '/'],
      ['stagex/core-ca-certificates', '/etc/ssl'],
    ]);
  });

  it('replaces StageX images by name, spelled as the Containerfile spells them', () => {
    expect(overrides(file, { 'pallet-go': 'local/go', 'core-rust': 'unused', 'core-git': 'local/git' })).toEqual([
      { image: 'pallet-go', reference: `stagex/pallet-go:sx2026.03.0@${digest}`, replacement: 'local/go' },
      { image: 'core-git', reference: `quay.io/stagex/core-git@${digest}`, replacement: 'local/git' },
    ]);
    expect(stagexName('mirror.example:5000/x/stagex/core-go')).toBe('core-go');
    expect(stagexName('notstagex/core-go')).toBeNull();
    expect(stagexName('stagex/core-go/more')).toBeNull();
  });

  it('matches names of BuildKit’s progress, whose numbers skip a FROM that is replaced', () => {
    const plain = stepFinder(file, []);
    expect(plain('[build 2/5] WORKDIR /app')?.step.line).toBe(6);
    expect(plain('[build 5/5] RUN <<EOF (go build...)')?.step.line).toBe(10);
    expect(plain('[build 1/5] FROM stagex/pallet-go')).toBeNull();
    expect(plain('[linux/amd64 stage-2 2/3] COPY --from=build /app/x /app/y /')?.step.line).toBe(17);
    const replaced = stepFinder(file, overrides(file, { 'pallet-go': 'local/go' }));
    expect(replaced('[build 4/5] RUN <<EOF (go build...)')?.step.line).toBe(10);
    expect(replaced('[build 1/5] WORKDIR /app')?.step.line).toBe(6);
    expect(replaced('exporting to oci image format')).toBeNull();
  });

  it('matches numbers that are padded to the width of the total, and looks at the text', () => {
    const steps = Array.from({ length: 12 }, (_, index) => `RUN step ${index + 1} && "$HOME" \\\n  # why\n  more`);
    const named = readContainerfile(`FROM scratch AS build\n${steps.join('\n')}`);
    const unnamed = readContainerfile(`FROM scratch\n${steps.join('\n')}`);
    expect(stepFinder(named, [])('[build  2/12] RUN step 2 && "/root"   more')?.step.line).toBe(5);
    expect(stepFinder(named, [])('[build 12/12] RUN step 12 && "/root"   more')?.step.line).toBe(35);
    expect(stepFinder(unnamed, [])('[ 2/12] RUN step 2 && "/root"   more')?.step.line).toBe(5);
    expect(stepFinder(named, [])('[build  2/12] RUN step 3 && "/root"   more')).toBeNull();
  });

  it('finds the destination of a COPY with heredocs on its first line', () => {
    const { stages } = readContainerfile('FROM scratch\nCOPY <<ONE <<"TWO" /etc/\none\nONE\ntwo\nTWO\n');
    expect(stages[0]?.steps.map(({ destination }) => destination)).toEqual(['/etc/']);
  });

  it('does not fail on what is no Containerfile', () => {
    expect(readContainerfile('').needed).toEqual([]);
    expect(readContainerfile('COPY a b\nFROM').stages).toHaveLength(1);
  });
});
