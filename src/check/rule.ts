import type { Finding } from '../app.ts';
import type { Mend } from '../fix/block.ts';
import type { FileMend } from '../fix/files.ts';
import type { Subject } from './subject.ts';

/** A fact of the platform, or of reproducible builds, and how a setup is held against it. Pure. */
export interface Rule {
  /** Stable name, such as `port-reserved`: what suppressions and other programs refer to. */
  id: string;
  level: Finding['level'];
  /** What the rule finds, as a heading. */
  title: string;
  /** What follows for the service. */
  why: string;
  /** Where the fact is written down. */
  source: string;
  /** What to do, in general; a sighting may say it more exactly. */
  mend: string;
  /** Everything in a setup that the rule is about. */
  look(subject: Subject): Iterable<Sighting>;
}

/** One place where a rule applies. What it leaves out is the rule's own. */
export interface Sighting {
  path?: string | undefined;
  /** From 1. */
  line?: number | undefined;
  message: string;
  level?: Finding['level'];
  why?: string;
  mend?: string;
  /** The changes that mend it, where they are certain. */
  fix?: Fix | readonly Fix[] | undefined;
}

/** A change of a file: of the sighting's own, unless it names another, which may not exist yet. */
export interface Fix extends Mend {
  path?: string;
}

/** A finding of a rule, with the changes that mend it; none where only a person can. */
export interface Checked extends Finding {
  source: string;
  fixes: readonly FileMend[];
}

/** Findings of one rule. */
export function apply(rule: Rule, subject: Subject): Checked[] {
  return [...rule.look(subject)].map(({ path, line, message, level, why, mend, fix }) => ({
    id: rule.id,
    level: level ?? rule.level,
    ...(path === undefined ? {} : { path }),
    ...(path === undefined || line === undefined ? {} : { line }),
    message,
    why: why ?? rule.why,
    source: rule.source,
    mend: mend ?? rule.mend,
    fixes: [fix ?? []].flat().flatMap((mend) => placed(mend, path)),
  }));
}

function placed(mend: Fix, own: string | undefined): FileMend[] {
  const path = mend.path ?? own;
  return path === undefined ? [] : [{ path, mend }];
}
