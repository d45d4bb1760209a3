import { check, type Outcome, plainFinding } from '../check/check.ts';
import { openView } from '../check/open.ts';
import { rules } from '../check/rules.ts';
import { type ExitCode as Code, ExitCode, UserError } from '../errors.ts';
import { mendFiles } from '../fix/files.ts';
import { note, result } from '../output.ts';
import { checkAnnotations, checkLines, clean } from '../report/check.ts';
import { isSarif, sarifLog } from '../report/sarif.ts';
import type { CheckFlags } from '../settings/flags.ts';
import { locate, type Target } from '../target.ts';
import { type Io, interactive, terminalOf } from './io.ts';
import { checkPage, writePage } from './page.ts';

/**
 * `create-caution-app check [dir]`: holds a setup against the rules. Builds nothing, asks no network.
 * @returns 1 when there are errors or warnings, and with --strict when there is anything.
 */
export async function checkCommand(flags: CheckFlags, io: Io): Promise<Code> {
  const target = await locate(flags.dir, io.cwd);
  if (target.state === 'missing') {
    throw new UserError('no-folder', `There is no folder ${flags.dir}.`, { next: 'Name the folder of a service.' });
  }
  const sarif = await checkPage(flags.sarif, io.cwd, isSarif);
  let outcome = check(await openView(target, io.signal));
  if (flags.fix && (await offerFixes(target, outcome, io))) outcome = check(await openView(target, io.signal));
  show(outcome, flags, io);
  const log = async () => `${JSON.stringify(sarifLog(outcome, rules, io.version), null, 2)}\n`;
  await writePage(sarif, log, io, isSarif);
  return clean(outcome.findings, flags.strict) ? ExitCode.Ok : ExitCode.Failed;
}

function show(outcome: Outcome, { json, format }: CheckFlags, io: Io): void {
  if (json) {
    const findings = outcome.findings.map(plainFinding);
    const suppressed = outcome.suppressed.map((one) => ({ ...plainFinding(one), reason: one.reason }));
    result(io.output, JSON.stringify({ findings, suppressed }, null, 2));
  } else if (format === 'github') {
    for (const line of checkAnnotations(outcome)) result(io.output, line);
  } else {
    result(io.output, checkLines(outcome, { color: io.output.resultColor }).join('\n'));
  }
}

/**
 * Shows each file's changes, and makes them when a person agrees. Without a terminal nobody agrees.
 * @returns whether anything was changed.
 */
async function offerFixes({ root }: Target, { findings }: Outcome, io: Io): Promise<boolean> {
  const changes = findings.flatMap(({ fixes }) => fixes);
  if (changes.length === 0) {
    note(io.output, 'No change is known that would mend what was found; see what is said of each finding.');
    return false;
  }
  const { plan } = await import('../scaffold/plan.ts');
  const { conflictDiff } = await import('../scaffold/show.ts');
  const files = mendFiles(changes, (file) => plan(root, [{ path: file, content: '' }])[0]?.existing ?? null);
  const agreed: ReturnType<typeof plan> = [];
  for (const file of plan(root, files)) {
    note(io.output, await conflictDiff(file));
    if (interactive(io) && (await agree(file.path, file.existing === null, io))) {
      agreed.push({ ...file, action: file.existing === null ? 'create' : 'overwrite' });
    }
  }
  if (!interactive(io)) {
    note(io.output, '--fix asks before it changes a file: run it in a terminal, or apply the changes above.');
  }
  if (agreed.length === 0) return false;
  await (await import('../scaffold/write.ts')).write(root, agreed, io.signal);
  return true;
}

async function agree(path: string, isNew: boolean, io: Io): Promise<boolean> {
  const { askYesNo } = await import('../settings/prompts.ts');
  return askYesNo(isNew ? `Write ${path} so?` : `Change ${path} so?`, false, terminalOf(io));
}
