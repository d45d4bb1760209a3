import type { Finding } from '../app.ts';
import { apply, type Checked } from './rule.ts';
import { rules } from './rules.ts';
import { type Subject, subjectOf } from './subject.ts';
import { type Suppressed, suppress, suppressionsOf } from './suppress.ts';
import type { View } from './view.ts';

/** What was found in a setup. */
export interface Outcome {
  /** The worst first, then in the order of files and lines. */
  findings: Checked[];
  suppressed: Suppressed[];
  /** The files that were looked at. */
  files: string[];
}

const levels: readonly Finding['level'][] = ['error', 'warning', 'note'];

/** Holds a setup against every rule. Pure but for the view's reads. */
export function check(view: View): Outcome {
  const subject = subjectOf(view);
  const found = rules.flatMap((rule) => apply(rule, subject));
  const { findings, suppressed } = suppress(found, suppressionsOf(subject));
  return { findings: sorted(findings), suppressed: sorted(suppressed), files: filesOf(subject) };
}

function sorted<T extends Checked>(findings: readonly T[]): T[] {
  const key = ({ level }: T) => levels.indexOf(level);
  const text = (a = '', b = '') => (a < b ? -1 : a > b ? 1 : 0);
  return [...findings].sort(
    (a, b) => key(a) - key(b) || text(a.path, b.path) || (a.line ?? 0) - (b.line ?? 0) || text(a.id, b.id),
  );
}

function filesOf({ procfile, hcl, build, ignore, view }: Subject): string[] {
  const paths = [procfile?.path, hcl?.path, build?.path, ignore.path].filter((path) => path !== undefined);
  return paths.filter((path) => view.stands(path));
}

/** A finding as other programs read it: without the change that would mend it. */
export function plainFinding({ id, level, path, line, message, why, source, mend }: Checked): Finding {
  return {
    ...{ id, level },
    ...(path === undefined ? {} : { path }),
    ...(line === undefined ? {} : { line }),
    ...{ message, why, source, mend },
  };
}
