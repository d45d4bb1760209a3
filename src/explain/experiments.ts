import type { Hints } from './clues/hints.ts';
import type { Condition, Experiment } from './types.ts';
import type { Verdict } from './verdict.ts';

const origins: Record<Condition, string> = {
  hostname: 'hostname',
  mtime: 'file-time',
  umask: 'umask',
  path: 'build-path',
};

const named: Record<Condition, string> = {
  hostname: 'the host name',
  mtime: 'the times of the sources',
  umask: 'the umask of the checkout',
  path: 'the path of the checkout',
};

/**
 * What further builds say of an origin.
 * @param telling whether so much differs that the same result twice is no accident.
 */
export function byExperiments(
  verdict: Verdict,
  experiments: readonly Experiment[],
  { telling, hints }: { telling: boolean; hints: Hints },
): Verdict {
  const same = experiments.find(({ held }) => held.length === Object.keys(origins).length);
  if (!same || verdict.certain) return verdict;
  const add = (text: string) => [verdict.because, text].filter(Boolean).join('; ');
  if (same.same) {
    const changed = experiments.find((one) => one !== same && !one.same);
    const condition = changed && (Object.keys(origins) as Condition[]).find((one) => !changed.held.includes(one));
    if (!changed || !condition) return verdict;
    const cause = origins[condition];
    const because = `built again under the first build's conditions it came out the same, and not with ${named[condition]} of the second`;
    return { cause, certain: telling && changed.asSecond, because: verdict.cause === cause ? add(because) : because };
  }
  const because = add("built again under the first build's conditions it came out otherwise");
  if (!Object.values(origins).includes(verdict.cause) && verdict.cause !== 'unknown') return { ...verdict, because };
  const cause = hints.random ? 'random' : hints.parallel ? 'parallel-order' : hints.clock ? 'wall-clock' : 'unknown';
  return { cause, certain: false, because };
}
