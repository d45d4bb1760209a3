import { megabytes, type Output, printable, printableLine, styled, wrap } from '../output.ts';
import type { Difference, Verification } from '../verify/types.ts';

/** How many differing paths the terminal shows; `--json` has them all. */
const shownDifferences = 20;

/**
 * Whether a verification is a success: the same enclave, that of the record if there is one, an image that Caution takes,
 * and a service that starts (when it was asked to).
 * @param strict what could not be proved is a failure.
 */
export function passed(verification: Verification, strict = false): boolean {
  const { builds, start, findings, expected } = verification;
  const started = start === null || start.started || start.needs.length > 0;
  const refused = findings.some(({ id, level }) => id === 'root-link' && level === 'error');
  if (!verification.reproducible || !started || refused || expected?.matches === false) return false;
  if (!strict) return true;
  const proved = builds.every(({ executionProved }) => executionProved);
  return proved && findings.every(({ id }) => id !== 'base-not-pinned') && verification.imageIdentical;
}

/** The outcome of a verification for a person: at most a screen. */
export function reportLines(verification: Verification, output: Pick<Output, 'color'>): string[] {
  const paint = (style: 'green' | 'red' | 'yellow' | 'dim', text: string) => styled(output, style, text);
  const lines = [
    ...verdictLines(verification, paint),
    ...differenceLines(verification.differences, paint),
    ...buildLines(verification),
    ...startLines(verification, paint),
    ...findingLines(verification, paint),
    ...standInLines(verification, paint),
  ];
  return lines.map((line) => (output.color ? line : printable(line)));
}

type Paint = (style: 'green' | 'red' | 'yellow' | 'dim', text: string) => string;

function verdictLines(
  { reproducible, imageIdentical, imageConditions, enclave, builds }: Verification,
  paint: Paint,
): string[] {
  const lines: string[] = [];
  if (reproducible) {
    lines.push(
      paint('green', `✔ The same enclave from ${builds.length === 2 ? 'both' : `all ${builds.length}`} builds`),
    );
    if (enclave)
      lines.push(
        `  enclave  sha256:${enclave.sha256}`,
        `           ${enclave.files} files, ${megabytes(enclave.treeBytes)}`,
      );
  } else {
    lines.push(paint('red', '✘ Not reproducible: the builds are not the same enclave'));
  }
  lines.push(imageLine(reproducible, imageIdentical, builds, paint));
  if (imageConditions !== '') lines.push(...wrap(imageConditions, 94, '').map((line) => paint('dim', `  ${line}`)));
  if (!builds.every(({ executionProved }) => executionProved)) {
    lines.push(paint('yellow', '! The engine did not prove that every step ran in each build'));
  }
  return lines;
}

/** The second claim, which does not decide. Without a manifest there was nothing to hold against each other. */
function imageLine(reproducible: boolean, identical: boolean, builds: Verification['builds'], paint: Paint): string {
  const manifest = builds[0]?.manifest ?? '';
  if (identical) return paint('green', `✔ The same image, bit for bit: ${manifest}`);
  if (manifest === '') return paint('dim', '– The images themselves could not be compared');
  return paint(
    'yellow',
    `! Not the same image, bit for bit${reproducible ? ' (metadata that Caution does not measure)' : ''}`,
  );
}

function differenceLines(differences: readonly Difference[], paint: Paint): string[] {
  if (differences.length === 0) return [];
  const lines = ['', `${differences.length} ${differences.length === 1 ? 'path differs' : 'paths differ'}:`];
  for (const difference of differences.slice(0, shownDifferences)) {
    const where = difference.line === undefined ? '' : `  (Containerfile line ${difference.line})`;
    lines.push(`  ${paint(difference.inEnclave ? 'red' : 'dim', printableLine(difference.path))}${where}`);
    const certainty = difference.certain ? '' : difference.cause === 'unknown' ? '' : ' (likely)';
    lines.push(`    ${difference.cause}${certainty}: ${printableLine(difference.evidence, 300)}`);
    if (difference.mend !== '') lines.push(`    ${printableLine(difference.mend, 300)}`);
  }
  const more = differences.length - shownDifferences;
  if (more > 0) lines.push(`  … and ${more} more: --json lists them all`);
  return lines;
}

function buildLines({ builds, varied, heldStill, commit, dirty }: Verification): string[] {
  const lines = [''];
  for (const [index, build] of builds.entries()) {
    const cached = build.stepsCached === 0 ? 'none from a cache' : `${build.stepsCached} from a cache`;
    lines.push(
      `build ${index + 1}  ${build.seconds.toFixed(1)} s, ${build.stepsRun} steps run, ${cached}  (${printableLine(build.version, 60)})`,
    );
  }
  lines.push(...wrap(`varied: ${varied.map(({ what }) => what).join(', ') || 'nothing'}`));
  lines.push(...wrap(`held still: ${heldStill.join(', ')}`));
  lines.push(
    `source: ${commit === null ? 'no commit' : `commit ${commit.slice(0, 12)}`}${dirty ? ', with changes that are not committed' : ''}`,
  );
  return lines;
}

function startLines({ start, memory }: Verification, paint: Paint): string[] {
  if (start === null) return [];
  const lines: string[] = [''];
  if (start.started) {
    const answer = start.http ? `, GET ${start.http.path} gave ${start.http.status}` : '';
    lines.push(
      paint(
        'green',
        `✔ Started as in the enclave, after ${start.seconds.toFixed(1)} s: listens on ${start.listening.join(', ')}${answer}`,
      ),
    );
  } else {
    lines.push(paint('red', '✘ Did not start as in the enclave'));
    for (const line of printable(start.log).trimEnd().split('\n').slice(-15)) lines.push(`  │ ${printableLine(line)}`);
  }
  for (const need of start.needs) lines.push(paint('yellow', `! ${printableLine(need)}`));
  if (memory) {
    const text = `memory: ${memory.configuredMb} MiB configured, ${memory.suggestedMb} MiB suggested (image ${megabytes(memory.treeBytes)}, resident ${megabytes(memory.residentBytes)})`;
    lines.push(memory.enough ? text : paint('yellow', `! ${text}`));
  }
  return lines;
}

function findingLines({ findings }: Verification, paint: Paint): string[] {
  return findings.flatMap((finding) => {
    const where =
      finding.path === undefined ? '' : `${finding.path}${finding.line === undefined ? '' : `:${finding.line}`}: `;
    const text = printableLine(`${finding.level}: ${where}${finding.message} ${finding.mend}`, 400);
    return wrap(text).map((line) => paint(finding.level === 'note' ? 'dim' : 'yellow', line));
  });
}

function standInLines({ standIns }: Verification, paint: Paint): string[] {
  if (standIns.length === 0) return [];
  return [
    '',
    paint('yellow', '! Built on stand-ins, not on the StageX images that the Containerfile names:'),
    ...standIns.map((standIn) => `  ${printableLine(standIn)}`),
    '  The digests above are not those that Caution will measure.',
  ];
}
