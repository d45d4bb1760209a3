import { describe, expect, it } from 'vitest';
import { readContainerfile } from '../../../../src/verify/containerfile.ts';
import { doubtFrontend, frontendFindings, frontendOf } from '../../../../src/verify/frontend.ts';
import type { Proof } from '../../../../src/verify/proof.ts';

const rest = 'FROM scratch\nCOPY a /a\n';
const digest = `sha256:${'a'.repeat(64)}`;

describe('lie 12 (from the text alone): a frontend that decides what is built', () => {
  // Each form as BuildKit took it, or not, in builds by hand.
  it.each([
    ['the first line', '# syntax=x/front:1\n', 'x/front:1', 1],
    ['other directives before it', '# escape=`\n# check=skip=all\n#   SYNTAX = x/front:1\n', 'x/front:1', 3],
    ['a first line for a shell, and slashes', '#!/usr/bin/x\n//syntax=x/front:1\n', 'x/front:1', 2],
    ['a byte order mark', '\uFEFF# syntax=x/front:1\r\n', 'x/front:1', 1],
    ['arguments', '# syntax=x/front:1 --frontend\n', 'x/front:1', 1],
  ])('is found after %s', (_, text, reference, line) => {
    expect(frontendOf(text + rest)).toEqual({ reference, line });
  });

  it.each([
    ['a comment', '# a comment\n'],
    ['an empty line', '\n'],
    ['a directive that nobody knows', '# foo=bar\n'],
    ['an instruction', 'ARG BUILDKIT_SYNTAX=x/front:1\n'],
  ])('is none after %s', (_, text) => {
    expect(frontendOf(`${text}# syntax=x/front:1\n${rest}`)).toBeNull();
  });

  const proof: Proof = {
    ...{ stepsRun: 1, stepsCached: 0, executionProved: true, everyRun: true },
    ...{ steps: [], unproved: [], runStarts: new Map() },
  };
  const ids = (text: string) => frontendFindings('Containerfile', text + rest).map(({ id }) => id);

  it('is named when only a name chooses it', () => {
    expect(ids('')).toEqual([]);
    expect(ids('# syntax=docker/dockerfile:1\n')).toEqual(['base-not-pinned']);
    expect(ids(`# syntax=docker.io/docker/dockerfile:1@${digest}\n`)).toEqual([]);
  });

  it("proves nothing when it is not Docker's own, pinned or not", () => {
    for (const reference of ['docker/dockerfilex:1', 'x/docker/dockerfile:1', `x/front@${digest}`]) {
      expect(ids(`# syntax=${reference}\n`)).toContain('foreign-frontend');
      const doubted = doubtFrontend(proof, `# syntax=${reference}\n${rest}`);
      expect(doubted).toMatchObject({ executionProved: false, unproved: [{ line: 1 }] });
    }
    for (const text of ['', '# syntax=docker/dockerfile:1\n', `# syntax=docker/dockerfile-upstream@${digest}\n`])
      expect(doubtFrontend(proof, text + rest)).toBe(proof);
  });
});

describe('lie 12 (from the text alone): a stage that is named like an image', () => {
  it('is the stage, as it is for the engine: what it stands on is the image that counts', () => {
    const file = readContainerfile(
      [`FROM own@${digest} AS alpine`, 'RUN make', 'FROM scratch', 'COPY --from=alpine /x /'].join('\n'),
    );
    expect(file.images).toEqual([{ reference: `own@${digest}`, line: 1 }]);
    expect(file.needed.map(({ name }) => name)).toEqual(['alpine', 'stage-1']);
  });

  it('is the image when the stage comes later', () => {
    const file = readContainerfile(['FROM alpine AS one', 'RUN make', `FROM own@${digest} AS alpine`].join('\n'));
    expect(file.images).toEqual([{ reference: `own@${digest}`, line: 3 }]);
    const needed = readContainerfile(
      ['FROM alpine AS one', `FROM own@${digest} AS alpine`, 'COPY --from=one /x /'].join('\n'),
    );
    expect(needed.images.map(({ reference }) => reference).sort()).toEqual(['alpine', `own@${digest}`]);
  });
});
