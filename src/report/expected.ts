import { type Output, printable, printableLine, styled } from '../output.ts';
import type { Verification } from '../verify/types.ts';

/** How many paths the terminal shows; `--json` has them all. */
const shownDifferences = 3;

/** What came of `--expect`, for a person; no lines when there was none. */
export function expectedLines({ expected }: Verification, output: Pick<Output, 'color'>): string[] {
  if (expected === null) return [];
  const { matches, differences } = expected;
  if (matches) return ['', styled(output, 'green', '✔ The same enclave as in the record')];
  const count = differences.length === 0 ? '' : `: ${differences.length} paths differ`;
  const lines = ['', styled(output, 'red', `✘ Not the enclave of the record${count}`)];
  for (const { path, evidence } of differences.slice(0, shownDifferences)) {
    lines.push(`  ${printableLine(path)}`, `    ${printableLine(evidence, 300)}`);
  }
  const more = differences.length - shownDifferences;
  if (more > 0) lines.push(`  … and ${more} more: --json lists them all`);
  return output.color ? lines : lines.map(printable);
}
