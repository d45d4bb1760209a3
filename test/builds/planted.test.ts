import { describe, expect, it } from 'vitest';
import { defaultRegistry, defaultRelease, imageReference } from '../../src/stagex/releases.ts';
import { namedWellEnough, type Outcome, readCases, runCase } from '../planted/run.mjs';

const reference = (image: string) => imageReference(image, { release: defaultRelease, registry: defaultRegistry });
const sample = readCases().filter((one) => one.sample);
const planted = sample.filter(({ plants }) => plants !== null);
const controls = sample.filter(({ plants }) => plants === null);
const outcomes: Outcome[] = [];

/** The representative part of the planted cases; `npm run test:planted` builds all of them. */
describe('a verification of planted nondeterminism', () => {
  it('has a case of every language, and controls', () => {
    expect(new Set(planted.map(({ language }) => language)).size).toBe(5);
    expect(planted.length).toBeGreaterThanOrEqual(12);
    expect(controls.length).toBeGreaterThanOrEqual(4);
  });

  it.each(planted)('finds $plants in $name', async (one) => {
    const outcome = await runCase(one, { reference, env: process.env });
    outcomes.push(outcome);
    expect(outcome).toMatchObject({ exit: 3, problems: [], found: expect.objectContaining({ inEnclave: true }) });
  });

  it('names the cause right in nine of ten', () => {
    const others = outcomes.filter(({ verdict }) => verdict !== 'right').map(({ planted: { name } }) => name);
    expect(outcomes).toHaveLength(planted.length);
    expect(namedWellEnough(outcomes), others.join(', ')).toBe(true);
  });

  it.each(controls)('lets $name pass', async (one) => {
    expect(await runCase(one, { reference, env: process.env })).toMatchObject({ exit: 0, problems: [] });
  });
});
