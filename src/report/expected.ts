import type { Verification } from '../verify/types.ts';
import { type Line, wrapped } from './line.ts';

/** How many paths the terminal shows; `--json` has them all. */
const shownDifferences = 3;

/** What came of `--expect`, for a person; no lines when there was none. */
export function expectedLines({ expected }: Pick<Verification, 'expected'>): Line[] {
  if (expected === null) return [];
  const { matches, differences } = expected;
  if (matches) return [{ text: '✔ The same enclave as in the record', style: 'green' }];
  const count = differences.length === 0 ? '' : `: ${differences.length} paths differ`;
  const lines: Line[] = [{ text: `✘ Not the enclave of the record${count}`, style: 'red' }];
  for (const { path, evidence } of differences.slice(0, shownDifferences))
    lines.push({ text: `  ${path}` }, ...wrapped(evidence, 2, undefined, 4));
  const more = differences.length - shownDifferences;
  if (more > 0) lines.push({ text: `  … and ${more} more: --json lists them all` });
  return lines;
}
