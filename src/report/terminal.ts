import type { Finding } from '../app.ts';
import { lastWords } from '../last-words.ts';
import { duration, megabytes, type Output, printable, wrap } from '../output.ts';
import type { Difference, Verification } from '../verify/types.ts';
import { expectedLines } from './expected.ts';
import { columns, type Line, shown, wrapped } from './line.ts';
import { fitted } from './width.ts';

/** A screen's lines: what every terminal has. */
const screenLines = 24;
const shownStandIns = 4;

/**
 * Whether a verification is a success: the same enclave, that of the record if there is one, an image that Caution takes,
 * and a service that starts (when it was asked to).
 * @param strict what could not be proved is a failure.
 */
export function passed(verification: Verification, strict = false): boolean {
  const { builds, start, findings, expected } = verification;
  const started = start === null || start.started || (start.needs.length > 0 && !failedAlone(findings));
  const refused = findings.some(({ id, level }) => id === 'root-link' && level === 'error');
  if (!verification.reproducible || !started || refused || expected?.matches === false) return false;
  if (!strict) return true;
  const proved = builds.every(({ executionProved }) => executionProved);
  return proved && findings.every(({ id }) => id !== 'base-not-pinned') && verification.imageIdentical;
}

/** A failed start of which some trouble is not the missing secret, or egress, of the enclave. */
function failedAlone(findings: readonly Finding[]): boolean {
  return findings.some(({ id, level }) => level === 'error' && (id === 'service-exited' || id === 'not-listening'));
}

/**
 * The outcome of a verification for a person: a screen of 80 columns, as far as it fits. What is fixed comes whole; the
 * lists of differences and findings share what is left, and say what they leave out.
 */
export function reportLines(verification: Verification, output: Pick<Output, 'color'>): string[] {
  const head = [...standInLines(verification), ...verdictLines(verification)];
  const foot = [...buildLines(verification), ...startLines(verification), ...expectedLines(verification)];
  const left = screenLines - head.length - foot.length;
  const findings = findingLines(verification, verification.differences.length > 0 ? 3 : Math.max(3, left));
  const differences = differenceLines(verification.differences, Math.max(4, left - findings.length));
  return shown([...head, ...differences, ...foot, ...findings], output);
}

/**
 * One line for each of several services.
 * @param services each with the folder as the user named it.
 * @param left folders that were not verified, the one at which the run stopped first.
 */
export function summaryLines(
  services: readonly { dir: string; verification: Verification }[],
  output: Pick<Output, 'color'>,
  strict = false,
  left: readonly string[] = [],
): string[] {
  const dirs = [...services.map(({ dir }) => dir), ...left];
  const width = Math.min(30, Math.max(0, ...dirs.map((dir) => printable(dir).length)));
  const lines = services.map(({ dir, verification }): Line => {
    const good = passed(verification, strict);
    const name = fitted(dir, width).padEnd(width);
    return { text: `${good ? '✔' : '✘'} ${name}  ${inShort(verification)}`, style: good ? 'green' : 'red' };
  });
  const without = left.map((dir, index): Line => {
    const why = index === 0 ? 'stopped here: see the error' : 'not tried';
    return { text: `✘ ${fitted(dir, width).padEnd(width)}  ${why}`, style: 'red' };
  });
  const good = services.filter(({ verification }) => passed(verification, strict)).length;
  return shown([...lines, ...without, { text: `${good} of ${dirs.length} services verified` }], output);
}

/** What decides, then what else is worth a word. */
function inShort({
  reproducible,
  imageIdentical,
  differences,
  start,
  expected,
  builds,
  standIns,
}: Verification): string {
  const parts = [
    reproducible
      ? 'same enclave'
      : `${differences.length} ${differences.length === 1 ? 'path differs' : 'paths differ'}`,
    ...(reproducible ? [imageIdentical ? 'same image' : 'not the same image'] : []),
    ...(start === null ? [] : [start.started ? 'starts' : 'does not start']),
    ...(expected === null ? [] : [expected.matches ? 'as recorded' : 'not as recorded']),
    ...(builds.every(({ executionProved }) => executionProved) ? [] : ['steps not proved']),
    ...(standIns.length === 0 ? [] : ['on stand-ins']),
  ];
  return parts.join(', ');
}

function verdictLines({ reproducible, enclave, builds, ...image }: Verification): Line[] {
  const all = builds.length === 2 ? 'both' : `all ${builds.length}`;
  const facts = enclave ? ` (${enclave.files} files, ${megabytes(enclave.treeBytes)})` : '';
  const lines: Line[] = reproducible
    ? [{ text: `✔ The same enclave from ${all} builds${facts}`, style: 'green' }]
    : [{ text: '✘ Not reproducible: the builds are not the same enclave', style: 'red' }];
  if (enclave) lines.push({ text: `  sha256:${enclave.sha256}` });
  lines.push(...imageLines(reproducible, image.imageIdentical, builds[0]?.manifest ?? ''));
  lines.push(...wrapped(image.imageConditions, 2, 'dim'));
  if (!builds.every(({ executionProved }) => executionProved)) {
    lines.push({ text: '! The engine did not prove that every step ran in each build', style: 'yellow' });
  }
  return lines;
}

/** The second claim, which does not decide. Without a manifest there was nothing to hold against each other. */
function imageLines(reproducible: boolean, identical: boolean, manifest: string): Line[] {
  if (identical) return [{ text: '✔ The same image, bit for bit', style: 'green' }, { text: `  ${manifest}` }];
  if (manifest === '') return [{ text: '– The images themselves could not be compared', style: 'dim' }];
  const why = reproducible ? ' (metadata that Caution does not measure)' : '';
  return [{ text: `! Not the same image, bit for bit${why}`, style: 'yellow' }];
}

/** @param room how many lines there are for it. */
function differenceLines(differences: readonly Difference[], room: number): Line[] {
  if (differences.length === 0) return [];
  const mendable = differences.filter(({ patch }) => patch !== undefined).length;
  const offer = mendable === 0 ? '' : ` (verify --fix offers a change for ${mendable === 1 ? 'one' : mendable})`;
  const count = `${differences.length} ${differences.length === 1 ? 'path differs' : 'paths differ'}${offer}:`;
  const lines: Line[] = [{ text: count }];
  const most = Math.max(1, Math.floor((room - 2) / 3));
  const listed = differences.slice(0, most);
  const spare = Math.max(0, Math.floor((room - 2) / listed.length) - 3);
  for (const difference of listed) lines.push(...differenceEntry(difference, Math.min(3, Math.floor(spare / 2))));
  if (differences.length > most)
    lines.push({ text: `  … and ${differences.length - most} more: --json or --report has them all` });
  return lines;
}

/** @param more lines that each of evidence and mend may take beside its first. */
function differenceEntry({ path, line, inEnclave, cause, certain, evidence, mend }: Difference, more: number): Line[] {
  const where = line === undefined ? '' : `  (Containerfile line ${line})`;
  const certainty = certain || cause === 'unknown' ? '' : ' (likely)';
  return [
    { text: `  ${fitted(path, columns - 2 - where.length)}${where}`, style: inEnclave ? 'red' : 'dim' },
    ...wrapped(`${cause}${certainty}: ${evidence}`, 1 + more, undefined, 4),
    ...wrapped(mend, 1 + more, undefined, 4),
  ];
}

function buildLines({ builds, varied, heldStill, commit, dirty }: Verification): Line[] {
  const named = new Set(builds.map(({ builder }) => builder)).size > 1;
  const lines: Line[] = builds.slice(0, 4).map((build, index) => {
    const cached = build.stepsCached === 0 ? 'none from a cache' : `${build.stepsCached} from a cache`;
    const on = named ? `${build.builder}, ${build.version}` : build.version;
    return { text: `build ${index + 1}  ${duration(build.seconds)}, ${build.stepsRun} steps run, ${cached} (${on})` };
  });
  if (builds.length > 4) lines.push({ text: `… and ${builds.length - 4} more builds: --json has them all` });
  const source = commit === null ? 'no commit' : `commit ${commit.slice(0, 12)}`;
  return [
    ...lines,
    ...listed(
      'varied: ',
      varied.map(({ what }) => what),
    ),
    ...listed('held still: ', heldStill),
    { text: `source: ${source}${dirty ? ', with changes that are not committed' : ''}` },
  ];
}

/** A list over at most two lines. */
function listed(name: string, words: readonly string[]): Line[] {
  const lines = wrap(printable(`${name}${words.join(', ') || 'nothing'}`), columns - 2, '  ');
  return lines.slice(0, 2).map((text, index) => ({ text: index === 1 && lines.length > 2 ? `${text} …` : text }));
}

function startLines({ start, memory }: Verification): Line[] {
  if (start === null) return [];
  const lines: Line[] = [];
  if (start.started) {
    const answer = start.http ? `, GET ${start.http.path} gave ${start.http.status}` : '';
    const ports = start.listening.join(', ') || 'no port';
    lines.push({
      text: `✔ Started as in the enclave, after ${start.seconds.toFixed(1)} s: listens on ${ports}${answer}`,
      style: 'green',
    });
  } else {
    lines.push({ text: '✘ Did not start as in the enclave', style: 'red' });
    lines.push(
      ...lastWords(start.log)
        .slice(-5)
        .map((line): Line => ({ text: `  │ ${line}` })),
    );
  }
  for (const need of start.needs.slice(0, 3)) lines.push({ text: `! ${need}`, style: 'yellow' });
  if (start.needs.length > 3) lines.push({ text: `! … and ${start.needs.length - 3} more: --json has them all` });
  if (memory) {
    const text = `memory: ${memory.configuredMb} MiB set, ${memory.suggestedMb} MiB suggested (image ${megabytes(memory.treeBytes)}, resident ${megabytes(memory.residentBytes)})`;
    lines.push(memory.enough ? { text } : { text: `! ${text}`, style: 'yellow' });
  }
  return lines;
}

const levels = ['error', 'warning', 'note'];

/** The worst first; what has to be mended takes lines enough to say how. @param room how many lines there are for it. */
function findingLines({ findings }: Verification, room: number): Line[] {
  const sorted = [...findings].sort((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level));
  const lines: Line[] = [];
  for (const [index, finding] of sorted.entries()) {
    const entry = findingEntry(finding);
    const last = index === sorted.length - 1;
    if (lines.length + entry.length + (last ? 0 : 1) > room && index > 0) {
      lines.push({
        text: `… and ${sorted.length - index} more findings: --json or --report has them all`,
        style: 'dim',
      });
      break;
    }
    lines.push(...entry);
  }
  return lines;
}

function findingEntry({ level, path, line, message, mend }: Finding): Line[] {
  const where = path === undefined ? '' : `${path}${line === undefined ? '' : `:${line}`}: `;
  if (level === 'note') return [{ text: `note: ${where}${message}`, style: 'dim' }];
  const text = printable(`${level}: ${where}${message} ${mend}`).replace(/\s+/g, ' ');
  const lines = wrap(text.trim(), columns - 2, '  ');
  return lines.slice(0, 3).map((part, index) => ({
    text: index === 2 && lines.length > 3 ? `${part} …` : part,
    style: 'yellow',
  }));
}

/** Said first: the digests below are then not those that Caution will measure. */
function standInLines({ standIns }: Verification): Line[] {
  if (standIns.length === 0) return [];
  const more = standIns.length - shownStandIns;
  return [
    { text: '! Built on stand-ins, not on the StageX images that the Containerfile names:', style: 'yellow' },
    // Whole, though it be wider than the screen: half a reference names nothing.
    ...standIns.slice(0, shownStandIns).map((standIn): Line => ({ text: `  ${standIn}`, width: 300 })),
    ...(more > 0 ? [{ text: `  … and ${more} more: --json or --report has them all` }] : []),
    { text: '  The digests below are not those that Caution will measure.', style: 'yellow' },
  ];
}
