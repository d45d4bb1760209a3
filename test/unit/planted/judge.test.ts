import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultRelease, digestsOf } from '../../../src/stagex/releases.ts';
import { type Found, judge, namedWellEnough, readCases } from '../../planted/run.mjs';

const cases = readCases();
const planted = cases.filter(({ plants }) => plants !== null);
const folder = path.resolve(import.meta.dirname, '../../planted/cases');

const clock = { name: 'clock', language: 'shell', plants: 'wall-clock', path: '/app/at-*', note: '' } as const;
const found: Found = { path: '/app/at-1', inEnclave: true, cause: 'wall-clock', certain: true, evidence: '' };
const ran = (exit: number, differences: Found[]) => ({
  exit,
  stdout: JSON.stringify({
    reproducible: exit === 0,
    differences,
    builds: [{ executionProved: true }, { executionProved: true }],
  }),
  stderr: '',
  seconds: 1,
});

describe('the planted cases', () => {
  it('cover the four languages and plain shell, and hold no digest of their own', () => {
    expect(planted.length).toBeGreaterThanOrEqual(45);
    expect(cases.length - planted.length).toBeGreaterThanOrEqual(12);
    expect(new Set(planted.map(({ language }) => language))).toEqual(
      new Set(['shell', 'rust', 'node', 'python', 'go']),
    );
    for (const { name, plants, path: at, note } of cases) {
      const text = readFileSync(path.join(folder, name, 'Containerfile'), 'utf8');
      expect(text, name).not.toMatch(/sha256:/);
      for (const [, image = ''] of text.matchAll(/\{\{([^}]*)\}\}/g))
        expect(['http-port', ...digestsOf(defaultRelease).keys()]).toContain(image);
      expect(note, name).not.toBe('');
      expect(name.startsWith('control-'), name).toBe(plants === null);
      expect(at === undefined, name).toBe(plants === null);
      expect(existsSync(path.join(folder, name, 'case.json'))).toBe(true);
    }
  });
});

describe('the judgement of a planted case', () => {
  it('is right only where exit code, path and cause are as planted', () => {
    expect(judge(clock, ran(3, [found]))).toMatchObject({ verdict: 'right', problems: [] });
    expect(judge(clock, ran(0, []))).toMatchObject({
      verdict: 'missed',
      problems: expect.arrayContaining([expect.stringMatching(/exit 0/)]),
    });
    expect(judge(clock, ran(3, [{ ...found, path: '/app/at/1' }])).verdict).toBe('missed');
    expect(judge(clock, ran(3, [{ ...found, inEnclave: false }])).verdict).toBe('missed');
    expect(judge(clock, ran(3, [{ ...found, cause: 'unknown', certain: false }]))).toMatchObject({
      verdict: 'uncertain',
      problems: [],
    });
  });

  it('forgives a wrong cause, and never a wrong one that is certain, at any path', () => {
    const wrong = { ...found, cause: 'random' };
    expect(judge(clock, ran(3, [{ ...wrong, certain: false }]))).toMatchObject({ verdict: 'wrong', problems: [] });
    expect(judge(clock, ran(3, [wrong])).problems).toHaveLength(1);
    expect(judge(clock, ran(3, [found, { ...wrong, path: '/elsewhere' }])).problems).toHaveLength(1);
    expect(judge({ ...clock, accepts: ['random'] }, ran(3, [wrong]))).toMatchObject({ verdict: 'right', problems: [] });
  });

  it('lets nobody be certain of one cause where there are several', () => {
    const mixed = { ...clock, accepts: ['random'], mixed: true };
    expect(judge(mixed, ran(3, [found])).problems).toHaveLength(1);
    expect(judge(mixed, ran(3, [{ ...found, certain: false }]))).toMatchObject({ verdict: 'right', problems: [] });
  });

  it('wants both builds proved, a result, and of a control that nothing differs', () => {
    const control = { ...clock, plants: null };
    expect(judge(control, ran(0, []))).toMatchObject({ verdict: 'right', problems: [] });
    expect(judge(control, ran(3, [found])).problems).not.toEqual([]);
    expect(judge(control, { ...ran(0, []), stdout: '' }).problems).not.toEqual([]);
    const unproved = JSON.stringify({ reproducible: true, differences: [], builds: [{ executionProved: false }] });
    expect(judge(control, { ...ran(0, []), stdout: unproved }).problems).not.toEqual([]);
  });

  it('counts to nine of ten', () => {
    const of = (right: number, other: number) => [
      ...Array.from({ length: right }, () => ({ verdict: 'right' as const })),
      ...Array.from({ length: other }, () => ({ verdict: 'uncertain' as const })),
    ];
    expect(namedWellEnough(of(9, 1))).toBe(true);
    expect(namedWellEnough(of(8, 1))).toBe(false);
  });
});
