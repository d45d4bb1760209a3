import type { Evidence, Finding } from '../../app.ts';
import { note, type Output, printable, printableLine, styled, wrap } from '../../output.ts';

/** What every terminal has. */
export const columns = 80;

/** What was found out about a service that exists, and the place that says so; a line each. Shown once, where it helps to answer. */
export function showEvidence(evidence: readonly Evidence[], output: Output): void {
  if (evidence.length === 0) return;
  const rows = evidence.map(({ setting, value, from }) => ({
    name: printableLine(setting, 20),
    value: printableLine(typeof value === 'string' ? value : JSON.stringify(value), 60),
    from: printableLine(from, 200),
  }));
  const width = (texts: string[]) => Math.min(30, Math.max(...texts.map((text) => text.length)));
  const [names, values] = [width(rows.map(({ name }) => name)), width(rows.map((row) => row.value))];
  note(output);
  for (const { name, value, from } of rows)
    note(output, `${name.padEnd(names)}  ${value.padEnd(values)}  ${styled(output, 'dim', from)}`);
}

/** What is noteworthy, the worst first, each with its mend, on lines of a terminal's width. */
export function showFindings(findings: readonly Finding[], output: Output): void {
  if (findings.length === 0) return;
  note(output);
  const levels = ['error', 'warning', 'note'];
  const sorted = [...findings].sort((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level));
  for (const { level, path, line, message, mend } of sorted) {
    const where = path === undefined ? '' : `${path}${line === undefined ? '' : `:${line}`}: `;
    const text = printable(`${level}: ${where}${message} ${mend}`).replace(/\s+/g, ' ').slice(0, 600);
    for (const one of wrap(text, columns, '  ')) note(output, styled(output, level === 'note' ? 'dim' : 'yellow', one));
  }
}

/** The command that the service is started with. */
export function showRun(run: string, output: Output): void {
  note(output);
  for (const line of wrap(printableLine(`run  ${run}`, 1000), columns, '     '))
    note(output, styled(output, 'dim', line));
}
