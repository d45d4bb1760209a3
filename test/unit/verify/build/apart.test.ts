import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CancelledError } from '../../../../src/errors.ts';
import { type Attempt, keepApart, RunStarts } from '../../../../src/verify/build/apart.ts';
import { pause } from '../../../../src/verify/build/clock.ts';
import { readContainerfile } from '../../../../src/verify/containerfile.ts';
import { stepFinder } from '../../../../src/verify/step-names.ts';

const file = readContainerfile('FROM a AS build\nRUN fetch\nRUN make\nFROM b\nCOPY --from=build /out /\n');
const findStep = stepFinder(file, []);
const names = new Map([
  [2, '[build 2/3] RUN fetch'],
  [3, '[build 3/3] RUN make'],
]);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A build whose steps, by their lines, take some seconds each. */
function build(steps: readonly (readonly [line: number, seconds: number])[], { signal, onChange }: Attempt) {
  return (async () => {
    for (const [line, seconds] of steps) {
      const vertex = { name: names.get(line) ?? '', started: Date.now(), completed: null, cached: false, error: '' };
      onChange({ type: 'start', vertex: { ...vertex, log: [] }, at: Date.now() });
      await pause(seconds * 1000, signal);
    }
    return 'built';
  })();
}

/** A build that is started 3.2 s after another one, whose steps began so many seconds from now. */
async function beside(first: Record<number, number>, attempts: (readonly (readonly [number, number])[])[]) {
  const [other, own] = [new RunStarts(), new RunStarts()];
  for (const [line, seconds] of Object.entries(first))
    setTimeout(() => other.note(Number(line), Date.now()), seconds * 1000);
  const began: number[] = [];
  const waits: number[] = [];
  let again = 0;
  const start = Date.now();
  const built = (async () => {
    await pause(3200, new AbortController().signal);
    return keepApart(
      (order) => {
        began.push(Date.now() - start);
        return build(attempts[began.length - 1] ?? [], order);
      },
      { own, earlier: [other] },
      {
        findStep,
        signal: new AbortController().signal,
        onWait: (line) => waits.push(line),
        onAgain: () => {
          again += 1;
        },
      },
    );
  })();
  await vi.runAllTimersAsync();
  expect(await built).toBe('built');
  expect(again).toBe(waits.length);
  return { began, waits };
}

/** The steps of a build: `fetch` and `make`, and how many seconds they take. */
const taking = (fetch: number, make: number) =>
  [
    [2, fetch],
    [3, make],
  ] as const;
const even = taking(10, 5);

describe('keeping steps of builds apart', () => {
  it('lets a build be that stays behind the other one', async () => {
    expect(await beside({ 2: 0, 3: 10 }, [even])).toEqual({ began: [3200], waits: [] });
  });

  it('begins a build again when it catches up', async () => {
    const quick = taking(8, 5);
    // It comes to `make` 1.2 s after the other one, and begins again 3.2 s later.
    expect(await beside({ 2: 0, 3: 10 }, [quick, quick])).toEqual({ began: [3200, 14400], waits: [3] });
  });

  it('begins it again when the other one comes to a step shortly after it', async () => {
    const quick = taking(5, 5);
    expect(await beside({ 2: 0, 3: 10 }, [quick, quick])).toEqual({ began: [3200, 13200], waits: [3] });
  });

  it('begins it again also when it had ended by then', async () => {
    const quick = taking(5, 1);
    expect(await beside({ 2: 0, 3: 10.5 }, [quick, quick])).toEqual({ began: [3200, 13700], waits: [3] });
  });

  it('lets it be far ahead', async () => {
    const quick = taking(1, 1);
    expect(await beside({ 2: 0, 3: 60 }, [quick])).toEqual({ began: [3200], waits: [] });
  });

  it('begins again once for each step at most', async () => {
    const [other, own] = [new RunStarts(), new RunStarts()];
    let attempts = 0;
    const built = keepApart(
      (order) => {
        attempts += 1;
        other.note(2, Date.now() + 1000);
        other.note(3, Date.now() + 1000);
        return build(even, order);
      },
      { own, earlier: [other] },
      { findStep, signal: new AbortController().signal, onWait: () => undefined, onAgain: () => undefined },
    );
    await vi.runAllTimersAsync();
    expect(await built).toBe('built');
    expect(attempts).toBe(2);
  });

  it('passes on why a build failed, and that a person cancelled', async () => {
    const apart = { own: new RunStarts(), earlier: [] };
    const cancel = new AbortController();
    const order = { findStep, signal: cancel.signal, onWait: () => undefined, onAgain: () => undefined };
    await expect(keepApart(() => Promise.reject(new Error('no disk')), apart, order)).rejects.toThrow('no disk');
    const cancelled = keepApart((attempt) => build(even, attempt), apart, order);
    cancel.abort();
    await expect(cancelled).rejects.toThrow(CancelledError);
  });

  it('tells no build of steps that an attempt noted and gave up', () => {
    const own = new RunStarts();
    own.note(2, 1000);
    own.forget([2]);
    expect(own.isNear(2, 1000)).toBe(false);
    expect(own.isBehind(2)).toBe(true);
    own.end();
    expect(own.isBehind(2)).toBe(false);
  });
});
