import { printableLine } from '../output.ts';
import type { Checked, Rule } from './rule.ts';
import type { Subject } from './subject.ts';

/** `# caution-ignore: rule-id reason`, in a comment of a Procfile, caution.hcl, Containerfile, .dockerignore or .gitattributes. */
export interface Suppression {
  path: string;
  line: number;
  rule: string;
  reason: string;
  /** The line that it speaks of: the next one that is neither blank nor a comment; null at the end of the file. */
  target: number | null;
}

/** A finding that a comment answers. */
export interface Suppressed extends Checked {
  reason: string;
}

const page = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html';

/** Suppressions are rules too, applied after all others: they look at nothing themselves. */
export const suppressionRules: readonly Rule[] = [
  {
    id: 'ignore-without-reason',
    level: 'warning',
    title: 'A suppression without a reason',
    why: 'Those who verify read why a rule does not apply here; without a reason nothing is suppressed.',
    source: `${page}#_Toc34317733`,
    mend: 'Write # caution-ignore: rule-id, and the reason behind it.',
    look: () => [],
  },
  {
    id: 'ignore-unused',
    level: 'warning',
    title: 'A suppression of nothing',
    why: 'It hides the next finding of its rule from everybody, once there is one.',
    source: `${page}#_Toc34317733`,
    mend: 'Remove the comment.',
    look: () => [],
  },
];

const comment = /^\s*#\s*caution-ignore:\s*(\S*)\s*(.*?)\s*$/;

/** Suppressions of a setup's files. */
export function suppressionsOf({ view, procfile, hcl, build, ignore }: Subject): Suppression[] {
  const attributes = view.read('.gitattributes');
  const files = [procfile, hcl, build, ignore, attributes && { path: '.gitattributes', text: attributes.text }];
  return files.flatMap((file) => (file ? read(file.path, file.text) : []));
}

function read(path: string, text: string): Suppression[] {
  if (!text.includes('caution-ignore')) return [];
  const lines = text.split('\n');
  return lines.flatMap((line, index): Suppression[] => {
    const [, rule, reason = ''] = comment.exec(line) ?? [];
    if (rule === undefined) return [];
    const next = lines.findIndex((one, at) => at > index && !/^\s*(?:#.*)?$/.test(one));
    return [{ path, line: index + 1, rule, reason, target: next < 0 ? null : next + 1 }];
  });
}

/**
 * Takes out the findings that comments answer: of the line after the comment, or, where a finding has no line, of the
 * file; where it has no file, of any file's comments.
 */
export function suppress(
  findings: readonly Checked[],
  suppressions: readonly Suppression[],
): { findings: Checked[]; suppressed: Suppressed[] } {
  const used = new Set<Suppression>();
  const suppressed: Suppressed[] = [];
  const left = findings.filter((finding) => {
    const own = suppressions.filter(
      ({ rule, reason, path, target }) =>
        rule === finding.id &&
        reason !== '' &&
        (finding.path === undefined || finding.path === path || finding.line === undefined) &&
        (finding.line === undefined || (finding.path === path && finding.line === target)),
    );
    for (const one of own) used.add(one);
    const [first] = own;
    if (first) suppressed.push({ ...finding, reason: first.reason });
    return first === undefined;
  });
  const idle = suppressions.filter((one) => !used.has(one)).map(idleFinding);
  return { findings: [...left, ...idle], suppressed };
}

function idleFinding({ path, line, rule, reason }: Suppression): Checked {
  const [without, unused] = suppressionRules as [Rule, Rule];
  const { id, level, why, source, mend } = reason === '' ? without : unused;
  const shown = printableLine(rule, 60) || 'no rule';
  const message =
    reason === '' ? `No reason is given for ignoring ${shown}.` : `There is no finding of ${shown} to ignore here.`;
  return { id, level, path, line, message, why, source, mend, fixes: [] };
}
