import { megabytes, type Output, printable, printableLine, styled, wrap } from '../output.ts';
import type { Comparison, Difference } from '../verify/types.ts';

/** How many differing paths the terminal shows; `--json` has them all. */
const shownDifferences = 20;

/** What came of holding two images against each other, for a person. */
export function comparisonLines(comparison: Comparison, output: Pick<Output, 'color'>): string[] {
  const { reproducible, imageIdentical, imageConditions, enclave, images, differences, findings } = comparison;
  const paint = (style: 'green' | 'red' | 'yellow' | 'dim', text: string) => styled(output, style, text);
  const lines: string[] = [];
  lines.push(reproducible ? paint('green', '✔ The same enclave') : paint('red', '✘ Not the same enclave'));
  if (enclave)
    lines.push(
      `  enclave  sha256:${enclave.sha256}`,
      `           ${enclave.files} files, ${megabytes(enclave.treeBytes)}`,
    );
  else
    for (const { name, enclaveSha256 } of images) lines.push(`  sha256:${enclaveSha256}  ${printableLine(name, 100)}`);
  lines.push(
    imageIdentical
      ? paint('green', '✔ The same image, bit for bit')
      : paint('yellow', '! Not the same image, bit for bit'),
  );
  for (const { name, manifest } of images)
    if (manifest !== '') lines.push(`  ${manifest}  ${printableLine(name, 100)}`);
  lines.push(...wrap(imageConditions, 94, '').map((line) => paint('dim', `  ${line}`)));
  lines.push(...differenceLines(differences, paint));
  for (const { level, message, mend } of findings)
    lines.push(...wrap(printableLine(`${level}: ${message} ${mend}`, 400)).map((line) => paint('yellow', line)));
  return output.color ? lines : lines.map(printable);
}

function differenceLines(
  differences: readonly Difference[],
  paint: (style: 'red' | 'dim', text: string) => string,
): string[] {
  if (differences.length === 0) return [];
  const lines = ['', `${differences.length} ${differences.length === 1 ? 'difference' : 'differences'}:`];
  for (const { path, inEnclave, cause, certain, evidence, instruction } of differences.slice(0, shownDifferences)) {
    lines.push(`  ${paint(inEnclave ? 'red' : 'dim', printableLine(path))}${inEnclave ? '' : '  (not measured)'}`);
    lines.push(`    ${cause}${certain || cause === 'unknown' ? '' : ' (likely)'}: ${printableLine(evidence, 300)}`);
    if (instruction !== undefined) lines.push(`    made by: ${printableLine(instruction, 160)}`);
  }
  const more = differences.length - shownDifferences;
  if (more > 0) lines.push(`  … and ${more} more: --json lists them all`);
  return lines;
}
