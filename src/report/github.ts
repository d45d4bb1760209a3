import { appendFileSync } from 'node:fs';
import type { Finding } from '../app.ts';
import { duration, megabytes, note, type Output, printableLine } from '../output.ts';
import type { Difference, Verification, Verified } from '../verify/types.ts';
import { annotation } from './github/annotation.ts';
import { block, code, plain } from './github/markdown.ts';
import { meaningOf } from './html/causes.ts';
import { passed } from './terminal.ts';

export interface Service {
  /** As the user named it. */
  dir: string;
  verified: Verified;
}

/**
 * What a step may write to its summary, less a little for what else the step writes there.
 * Source: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#adding-a-job-summary (1 MiB)
 */
const maxBytes = 1_000_000;
const shownDifferences = 50;
const shownFindings = 50;
/** GitHub shows ten of each level for a step; a few more do no harm. */
const maxAnnotations = 20;

/**
 * The verifications as Markdown for $GITHUB_STEP_SUMMARY; everything from outside is escaped. At most 1 MB.
 * @param strict what could not be proved is a failure.
 */
export function githubSummary(services: readonly Service[], strict = false): string {
  const parts: string[] = [];
  let bytes = 0;
  for (const [index, service] of services.entries()) {
    const part = `${serviceLines(service, strict).join('\n')}\n\n`;
    bytes += Buffer.byteLength(part);
    if (bytes > maxBytes - 200) {
      parts.push(`and ${services.length - index} more services: --json and --report have them all\n`);
      break;
    }
    parts.push(part);
  }
  return parts.join('');
}

function serviceLines({ dir, verified: { verification } }: Service, strict: boolean): string[] {
  const good = passed(verification, strict);
  const unproved = !good && passed(verification) ? ', but not all that --strict asks for is proved' : '';
  return [
    `## ${good ? '✅' : '❌'} ${plain(dir, 200)}: ${verification.reproducible ? 'reproducible' : 'not reproducible'}${unproved}`,
    '',
    ...standInLines(verification),
    ...claimLines(verification),
    '',
    ...buildLines(verification),
    ...differenceLines(verification.differences),
    ...findingLines(verification.findings),
  ];
}

function standInLines({ standIns }: Verification): string[] {
  if (standIns.length === 0) return [];
  return [
    '> [!WARNING]',
    `> Built on stand-ins, not on the StageX images that the Containerfile names: the digests are not those that Caution will measure. ${standIns
      .slice(0, 30)
      .map((each) => code(each, 200))
      .join(', ')}`,
    '',
  ];
}

function claimLines(verification: Verification): string[] {
  const { reproducible, imageIdentical, imageConditions, enclave, builds, expected } = verification;
  const sign = (good: boolean) => (good ? '✅' : '❌');
  const proved = builds.every(({ executionProved }) => executionProved);
  const manifest = imageIdentical ? `: ${code(builds[0]?.manifest ?? '')}` : ' (this claim does not decide)';
  return [
    `- ${sign(reproducible)} **The same enclave**${enclave ? `: ${code(`sha256:${enclave.sha256}`)}, ${enclave.files} files, ${megabytes(enclave.treeBytes)}` : ''}`,
    `- ${imageIdentical ? '✅' : '⚠️'} **The same image, bit for bit**${manifest}`,
    ...(imageConditions === '' ? [] : [`  ${plain(imageConditions, 2000)}`]),
    `- ${proved ? '✅' : '⚠️'} **Every step ran in each build**${proved ? '' : ': not proved'}`,
    ...startLines(verification),
    ...(expected === null
      ? []
      : [
          `- ${sign(expected.matches)} **The enclave of the record**${expected.matches ? '' : `: ${expected.differences.length} paths differ`}`,
        ]),
  ];
}

function startLines({ start, memory }: Verification): string[] {
  const lines: string[] = [];
  if (start !== null) {
    const answer = start.http ? `, GET ${code(start.http.path, 100)} gave ${start.http.status}` : '';
    lines.push(
      start.started
        ? `- ✅ **The service starts**: listens on ${start.listening.join(', ') || 'no port'}${answer}`
        : `- ${start.needs.length > 0 ? '⚠️' : '❌'} **The service does not start**${start.needs
            .slice(0, 10)
            .map((need) => `; ${plain(need, 300)}`)
            .join('')}`,
    );
  }
  if (memory && !memory.enough)
    lines.push(`- ⚠️ **Memory**: ${memory.configuredMb} MiB configured, ${memory.suggestedMb} MiB suggested`);
  return lines;
}

function buildLines({ builds, varied, heldStill, commit, dirty }: Verification): string[] {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    row(['', ...builds.map((_, index) => `Build ${index + 1}`)]),
    row(['---', ...builds.map(() => '---')]),
    row(['Builder', ...builds.map(({ engine, builder }) => code(`${engine}, ${builder}`, 200))]),
    row(['Version', ...builds.map(({ version }) => code(version, 200))]),
    row(['Time', ...builds.map(({ seconds }) => duration(seconds))]),
    row(['Steps', ...builds.map((build) => `${build.stepsRun} run, ${build.stepsCached} from a cache`)]),
    row(['Enclave', ...builds.map(({ enclaveSha256 }) => code(`sha256:${enclaveSha256}`))]),
    row(['Manifest', ...builds.map(({ manifest }) => code(manifest))]),
    '',
    `Varied: ${varied.map(({ what }) => plain(what, 50)).join(', ') || 'nothing'}. Held still: ${heldStill.map((what) => plain(what, 50)).join(', ') || 'nothing'}.`,
    `Source: ${commit === null ? 'no commit' : `commit ${code(commit, 64)}`}${dirty ? ', **with changes that are not committed**' : ''}.`,
  ];
}

function differenceLines(differences: readonly Difference[]): string[] {
  if (differences.length === 0) return [];
  const more = differences.length - shownDifferences;
  return [
    '',
    `### ${differences.length} ${differences.length === 1 ? 'path differs' : 'paths differ'}`,
    '',
    ...differences.slice(0, shownDifferences).flatMap(differenceEntry),
    ...(more > 0 ? [`and ${more} more: --json and --report have them all`] : []),
  ];
}

function differenceEntry(difference: Difference): string[] {
  const { path, cause, certain, inEnclave, evidence, mend, line, instruction, patch } = difference;
  const sure = cause === 'unknown' ? '' : certain ? ' (certain)' : ' (likely)';
  const where =
    instruction === undefined ? '' : `, by ${line === undefined ? '' : `line ${line}: `}${code(instruction, 200)}`;
  return [
    `- ${code(path)}${inEnclave ? '' : ' (not measured)'}${where}  `,
    `  **${plain(cause, 80)}**${sure}: ${meaningOf(cause)} ${plain(evidence)}${mend === '' ? '' : `  `}`,
    ...(mend === '' ? [] : [`  Mend: ${plain(mend)}`]),
    ...(patch === undefined || patch === ''
      ? []
      : block(patch, 'diff').map((each) => (each === '' ? '' : `  ${each}`))),
  ];
}

function findingLines(findings: readonly Finding[]): string[] {
  if (findings.length === 0) return [];
  const more = findings.length - shownFindings;
  return [
    '',
    '### Findings',
    '',
    ...findings.slice(0, shownFindings).map(({ level, path, line, message, mend }) => {
      const at = path === undefined ? '' : ` ${code(`${path}${line === undefined ? '' : `:${line}`}`, 300)}`;
      return `- **${level}**${at} ${plain(message)} ${plain(mend)}`;
    }),
    ...(more > 0 ? [`- and ${more} more`] : []),
  ];
}

/**
 * Workflow commands that mark lines of the sources, one a line.
 * Source: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
 */
export function githubAnnotations(services: readonly Service[]): string[] {
  return services.flatMap(({ dir, verified: { verification, mended } }) => [
    ...verification.differences
      .filter(({ inEnclave }) => inEnclave)
      .slice(0, maxAnnotations)
      .map((difference) => {
        const { path, line, cause, evidence, mend } = difference;
        return annotation(
          'error',
          mended?.path,
          line,
          `Not reproducible (${dir})`,
          `${path}: ${cause}. ${evidence} ${mend}`,
        );
      }),
    ...verification.findings.slice(0, maxAnnotations).map(({ id, level, path, line, message, mend }) => {
      return annotation(level === 'note' ? 'notice' : level, path, line, id, `${message} ${mend}`);
    }),
  ]);
}

/**
 * In a GitHub workflow: appends the summary to the step's own, and marks lines of the sources, on stderr. Elsewhere
 * nothing. Never fails: what cannot be written is said on stderr.
 */
export function writeGithubSummary(
  env: NodeJS.ProcessEnv,
  services: readonly Service[],
  output: Output,
  strict = false,
): void {
  if (env.GITHUB_ACTIONS !== 'true') return;
  for (const line of githubAnnotations(services)) note(output, line);
  const file = env.GITHUB_STEP_SUMMARY;
  if (file === undefined || file === '') return;
  try {
    appendFileSync(file, githubSummary(services, strict));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    note(output, printableLine(`The summary of this step could not be written: ${why}`, 300));
  }
}
