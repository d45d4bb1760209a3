import type { Finding } from '../app.ts';
import type { Outcome } from '../check/check.ts';
import type { Checked } from '../check/rule.ts';
import { type Output, printable, styled, wrap } from '../output.ts';
import { annotation } from './github/annotation.ts';

/** A screen: what every terminal has. */
const columns = 80;
const styles = { error: 'red', warning: 'yellow', note: 'dim' } as const;

/** Whether a check is a success. @param strict notes are a failure as well. */
export function clean(findings: readonly Pick<Finding, 'level'>[], strict: boolean): boolean {
  return findings.every(({ level }) => level === 'note' && !strict);
}

/** The findings of a check for a person, by file. */
export function checkLines({ findings, suppressed, files }: Outcome, output: Pick<Output, 'color'>): string[] {
  const lines: string[] = [];
  const byFile = new Map<string, Checked[]>();
  for (const finding of [...findings].sort((a, b) => placed(a) - placed(b))) {
    const place = finding.path ?? 'the repository';
    byFile.set(place, [...(byFile.get(place) ?? []), finding]);
  }
  for (const [file, own] of byFile) lines.push(styled(output, 'bold', printable(file)), ...fileLines(own, output), '');
  const ignored = suppressed.length === 0 ? '' : `, ${suppressed.length} ignored for a reason that is given`;
  if (findings.length === 0) {
    const looked = files.length === 0 ? '' : ` in ${files.map(printable).join(', ')}`;
    return [styled(output, 'green', `✔ No findings${looked}${ignored}`)];
  }
  const mendable = findings.filter(({ fixes }) => fixes.length > 0).length;
  lines.push(`${counted(findings)}${ignored}`);
  if (mendable > 0)
    lines.push(`check --fix offers a change for ${mendable === findings.length ? 'all' : mendable} of them`);
  return lines;
}

/** What has no file comes last. */
function placed({ path }: Checked): number {
  return path === undefined ? 1 : 0;
}

/** What one file's findings say: the same in several lines once, and a reason and a mend where they stand first. */
function fileLines(findings: readonly Checked[], output: Pick<Output, 'color'>): string[] {
  const width = Math.max(...findings.map(({ line }) => String(line ?? '').length), 1);
  const indent = ' '.repeat(width + 4);
  const text = (said: string) => wrap(oneLine(said), columns - indent.length, '').map((each) => `${indent}${each}`);
  const told = new Set<string>();
  const groups = new Map<string, Checked[]>();
  for (const finding of [...findings].sort((a, b) => (a.line ?? 0) - (b.line ?? 0))) {
    const { id, level, message, mend } = finding;
    const key = JSON.stringify([id, level, message, mend]);
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return [...groups.values()].flatMap(([first, ...more]) => {
    if (!first) return [];
    const { id, level, line, message, why, mend } = first;
    const head = `  ${String(line ?? '').padStart(width)}  ${styled(output, styles[level], level)}  ${id}`;
    const once = (said: string) => !told.has(`${id} ${said}`) && told.add(`${id} ${said}`);
    const reason = level !== 'note' && once(why) ? text(why).map((each) => styled(output, 'dim', each)) : [];
    return [head, ...text(`${message}${elsewhere(more)}`), ...reason, ...(once(mend) ? text(`→ ${mend}`) : [])];
  });
}

/** Where else the same holds. */
function elsewhere(others: readonly Checked[]): string {
  const lines = [...new Set(others.flatMap(({ line }) => line ?? []))];
  if (lines.length === 0) return '';
  return ` Also in line${lines.length === 1 ? '' : 's'} ${lines.slice(0, 8).join(', ')}${lines.length > 8 ? ', …' : '.'}`;
}

function oneLine(text: string): string {
  return printable(text).replace(/\s+/g, ' ').trim();
}

/** `2 errors, 1 warning`. */
function counted(findings: readonly Checked[]): string {
  return (['error', 'warning', 'note'] as const)
    .map((level) => [findings.filter((one) => one.level === level).length, level] as const)
    .filter(([count]) => count > 0)
    .map(([count, level]) => `${count} ${level}${count === 1 ? '' : 's'}`)
    .join(', ');
}

/** The findings as marks on the lines of the sources, in a workflow of GitHub. */
export function checkAnnotations({ findings }: Outcome): string[] {
  return findings.map(({ id, level, path, line, message, mend }) =>
    annotation(level === 'note' ? 'notice' : level, path, line, id, `${message} ${mend}`),
  );
}
