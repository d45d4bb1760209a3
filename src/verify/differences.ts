import { throwIfCancelled } from '../errors.ts';
import { explain } from '../explain/explain.ts';
import type { BuildFacts, Experiment } from '../explain/types.ts';
import { compareTrees, type PathDifference } from '../image/compare.ts';
import { displayPath } from '../image/tree.ts';
import { printableLine } from '../output.ts';
import { metadataDifferences } from './claims.ts';
import { type Placed, placeByText } from './placing/static.ts';
import type { Proved } from './proved.ts';
import type { Run } from './run.ts';
import type { Difference } from './types.ts';

/** More would help nobody: the rest is counted. */
export const maxDifferences = 1000;

export interface Explained {
  differences: Difference[];
  /** How many more paths differ than are listed. */
  more: number;
}

/** Holds the builds against each other, and explains what differs: of too many paths, first those that decide. */
export async function explainAll(run: Run, built: readonly Proved[]): Promise<Explained> {
  const found = compareTrees(built);
  const shown = [...found.filter((one) => one.inEnclave), ...found.filter((one) => !one.inEnclave)].slice(
    0,
    maxDifferences,
  );
  shown.sort((a, b) => (a.path < b.path ? -1 : 1));
  const facts = built.map(factsOf);
  const differences: Difference[] = [];
  for (const difference of shown) {
    throwIfCancelled(run.request.signal);
    differences.push(await describe(difference, placeByText(run.file, difference.path), facts, []));
  }
  if (found.length === 0) differences.push(...metadataDifferences(built));
  return { differences, more: found.length - shown.length };
}

function factsOf({ conditions, context, began, ended }: Proved): BuildFacts {
  const { hostname, umask, time } = conditions;
  return { hostname, context, umask, fileTime: time, cacheBust: conditions.arguments.CACHEBUST ?? null, began, ended };
}

async function describe(
  difference: PathDifference,
  placed: Placed | null,
  facts: readonly BuildFacts[],
  experiments: readonly Experiment[],
): Promise<Difference> {
  const [i, j] = difference.builds;
  const explanation = await explain(difference, {
    names: [`build ${i + 1}`, `build ${j + 1}`],
    facts: [facts[i] ?? null, facts[j] ?? null],
    script: placed?.step.script ?? null,
    experiments,
  });
  return {
    path: `/${printableLine(displayPath(difference.path), 1000)}`,
    ...(placed ? { stage: placed.stage.name, instruction: placed.step.text, line: placed.step.line } : {}),
    inEnclave: difference.inEnclave,
    ...explanation,
  };
}
