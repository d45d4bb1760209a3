import { describe, expect, it } from 'vitest';
import { passed, reportLines } from '../../../src/report/terminal.ts';
import type { Verification } from '../../../src/verify/types.ts';

const build = {
  engine: 'docker',
  builder: 'default',
  version: 'Docker 28',
  seconds: 1,
  stepsRun: 2,
  stepsCached: 0,
  executionProved: true,
  manifest: 'sha256:aa',
  enclaveSha256: 'bb',
} as const;

const good: Verification = {
  reproducible: true,
  imageIdentical: true,
  imageConditions: '',
  enclave: { format: 1, sha256: 'bb', files: 1, treeBytes: 1, replaced: [] },
  builds: [build, build],
  varied: [{ what: 'path', how: '' }],
  heldStill: ['kernel'],
  differences: [],
  findings: [],
  start: { started: true, listening: [8080], http: { path: '/health', status: 200 }, needs: [], seconds: 1, log: '' },
  memory: null,
  expected: null,
  standIns: [],
  commit: null,
  dirty: false,
};

const text = (verification: Verification) => reportLines(verification, { color: false }).join('\n');
const unpinned = { id: 'base-not-pinned', level: 'warning', message: '', why: '', mend: '' } as const;

describe('whether a verification is a success', () => {
  it('takes the same enclave and a service that starts', () => expect(passed(good)).toBe(true));
  it.each([
    ['another enclave', { reproducible: false }],
    ['a service that does not start', { start: { ...good.start, started: false } as Verification['start'] }],
  ])('not %s', (_what, change) => expect(passed({ ...good, ...change })).toBe(false));
  it.each([
    ['a build that is not proved to have run', { builds: [build, { ...build, executionProved: false }] }],
    ['images that differ', { imageIdentical: false }],
    ['a base that is not pinned', { findings: [unpinned] }],
  ])('strictly, not %s either', (_what, change) => {
    expect(passed({ ...good, ...change })).toBe(true);
    expect(passed({ ...good, ...change }, true)).toBe(false);
  });
});

describe('the report', () => {
  it('keeps the two claims apart', () => {
    expect(text(good)).toMatch(/The same enclave from both builds[\s\S]*The same image, bit for bit/);
    expect(text({ ...good, imageIdentical: false })).toMatch(/The same enclave[\s\S]*Not the same image/);
  });
  it('says when images could not be compared at all', () => {
    const builds = [
      { ...build, manifest: '' },
      { ...build, manifest: '' },
    ];
    expect(text({ ...good, imageIdentical: false, builds })).toContain('could not be compared');
  });
  it('names each differing path with its cause and mend, harmless for a terminal', () => {
    const difference = {
      path: '/a\u001b[31m',
      inEnclave: true,
      cause: 'wall-clock',
      certain: true,
      evidence: 'two dates',
      mend: 'Fix it.',
    };
    const shown = text({ ...good, reproducible: false, enclave: null, differences: [difference] });
    expect(shown).toMatch(/\/a\n\s+wall-clock: two dates\n\s+Fix it\./);
    expect(shown).not.toContain('\u001b');
  });
  it('says what stood in for StageX', () =>
    expect(text({ ...good, standIns: ['pallet-go: x'] })).toMatch(/stand-ins[\s\S]*pallet-go: x/));
});
