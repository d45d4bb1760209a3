import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { passed, reportLines, summaryLines } from '../../../src/report/terminal.ts';
import { columnsOf } from '../../../src/report/width.ts';
import type { Verification } from '../../../src/verify/types.ts';
import { filled, hostile } from './hostile.ts';
import * as whole from './verifications.ts';

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
    ['another enclave than the record says', { expected: { matches: false, differences: [] } }],
    [
      'an image that Caution refuses',
      { findings: [{ ...unpinned, id: 'root-link', level: 'error' }] } as Partial<Verification>,
    ],
    ['a service that does not start', { start: { ...good.start, started: false } as Verification['start'] }],
  ])('not %s', (_what, change) => expect(passed({ ...good, ...change })).toBe(false));
  it('takes a service that lacks nothing but what the enclave gives', () => {
    const start = { ...good.start, started: false, needs: ['secret TOKEN'] } as Verification['start'];
    const exited = { ...unpinned, id: 'service-exited' };
    expect(passed({ ...good, start, findings: [{ ...exited, level: 'note' }] })).toBe(true);
    expect(passed({ ...good, start, findings: [{ ...exited, level: 'error' }] })).toBe(false);
  });
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
    expect(shown).not.toContain('--fix');
    const mendable = { ...difference, patch: '--- Containerfile' };
    const offered = text({ ...good, reproducible: false, enclave: null, differences: [difference, mendable] });
    expect(offered).toContain('2 paths differ (verify --fix offers a change for one):');
  });
  it('says what stood in for StageX', () =>
    expect(text({ ...good, standIns: ['pallet-go: x'] })).toMatch(/stand-ins[\s\S]*pallet-go: x/));
});

describe('the size of the report', () => {
  it('is a screen of 24 lines for a success', () => {
    expect(reportLines(whole.good, { color: false }).length).toBeLessThanOrEqual(24);
  });
  it('stays near a screen with a hundred differences and findings, and counts what it leaves out', () => {
    const differences = whole.fiveCauses.flatMap((each) =>
      Array.from({ length: 20 }, (_, index) => ({ ...each, path: `/f${index}` })),
    );
    const findings = Array.from({ length: 100 }, () => ({
      ...unpinned,
      path: 'Containerfile',
      message: 'A base is not pinned.',
    }));
    const many = {
      ...whole.good,
      reproducible: false,
      enclave: null,
      start: null,
      memory: null,
      differences,
      findings,
    };
    const lines = reportLines(many, { color: false });
    expect(lines.length).toBeLessThanOrEqual(24);
    expect(lines.join('\n')).toMatch(/… and 9\d more: --json or --report[\s\S]*… and 9\d more findings/);
  });
  it('puts the errors first', () => {
    const note = { ...unpinned, level: 'note', message: 'A note.' } as const;
    const error = { ...unpinned, level: 'error', message: 'An error.' } as const;
    expect(text({ ...good, findings: [note, error] })).toMatch(/error: An error\.[\s\S]*note: A note\./);
  });
  it('takes 80 columns and nothing that a terminal would obey, whatever the texts', () => {
    fc.assert(
      fc.property(hostile(), fc.boolean(), (word, color) => {
        const lines = reportLines({ ...filled(`${word}\u001b[2J漢字`.repeat(20)), standIns: [] }, { color });
        for (const line of lines) {
          // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are ours, and the only escapes there may be
          const plain = line.replace(/\x1b\[\d+m/g, '');
          expect(columnsOf(plain)).toBeLessThanOrEqual(80);
          // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
          expect(plain).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202a-\u202e]/);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('the summary of several services', () => {
  it('is a line for each, with what decides, and how many are verified', () => {
    const services = [
      { dir: 'services/api', verification: good },
      { dir: 'web', verification: { ...whole.bad, standIns: [] } },
    ];
    expect(summaryLines(services, { color: false })).toEqual([
      '✔ services/api  same enclave, same image, starts',
      '✘ web           5 paths differ, does not start, not as recorded, steps not prov…',
      '1 of 2 services verified',
    ]);
  });
  it('names the folders that were not verified, and counts them', () => {
    const services = [{ dir: 'a', verification: good }];
    expect(summaryLines(services, { color: false }, false, ['api', 'c'])).toEqual([
      '✔ a    same enclave, same image, starts',
      '✘ api  stopped here: see the error',
      '✘ c    not tried',
      '1 of 3 services verified',
    ]);
  });
  it('holds what was not proved against a service when asked to', () => {
    const services = [{ dir: 'a', verification: { ...good, imageIdentical: false } }];
    expect(summaryLines(services, { color: false }).at(-1)).toBe('1 of 1 services verified');
    expect(summaryLines(services, { color: false }, true).at(-1)).toBe('0 of 1 services verified');
  });
});
