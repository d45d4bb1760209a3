import path from 'node:path';
import { isHidden } from '../../dockerignore.ts';
import { after } from '../../fix/block.ts';
import { printableLine } from '../../output.ts';
import { contextUses, missingSources } from '../../verify/source/context.ts';
import { fixLine } from '../procfile/entries.ts';
import type { Rule, Sighting } from '../rule.ts';
import { sources } from '../sources.ts';
import type { Subject } from '../subject.ts';

/** What a build takes from the build context. */
export const contextRules: readonly Rule[] = [
  {
    id: 'copies-git',
    level: 'warning',
    title: 'A COPY that brings .git',
    why: 'Two clones of one commit have different .git folders: what reads it, or holds it, differs from clone to clone.',
    source: sources.dockerignore,
    mend: 'Add **/.git to .dockerignore.',
    *look(subject) {
      const { build, ignore } = subject;
      if (!build || isHidden('.git/HEAD', ignore.rules)) return;
      const whole = contextUses(build.text, build.file).find(({ pattern }) => pattern === '' || pattern === '.git');
      if (!whole) return;
      yield {
        ...{ path: build.path, line: whole.line },
        message: `The whole context is copied here, and ${ignore.path} does not leave .git out.`,
        fix: { ...fixLine(lastLine(ignore.text), after('**/.git')), path: ignore.path },
      };
    },
  },
  {
    id: 'needed-file-hidden',
    level: 'error',
    title: 'A file that is copied, and that .dockerignore hides',
    why: 'The builder leaves out of the build context what .dockerignore names: the build fails, or goes on without.',
    source: sources.dockerignore,
    mend: 'Except the file at the end of .dockerignore: !FILE',
    *look(subject) {
      for (const { pattern, line, how } of missing(subject)) {
        if (how !== 'hidden') continue;
        const shown = printableLine(pattern, 100);
        const caution = /^\.caution(?:\/|$)/.test(pattern);
        yield {
          ...{ path: subject.build?.path, line },
          level: /[*?[]/.test(pattern) ? 'warning' : 'error',
          message: `${shown} is copied here, and ${subject.ignore.path} hides it.`,
          mend: `Add to ${subject.ignore.path}, as its last line: !${shown}`,
          ...(caution && { why: "Locksmith's files are read from .caution/: without them the image has no secrets." }),
        };
      }
    },
  },
  {
    id: 'needed-file-not-tracked',
    level: 'error',
    title: 'A file that is copied, and that git does not have',
    why: 'Caution builds the pushed commit: what git ignores or does not track is not there.',
    source: sources.caution,
    mend: 'Commit it, or make it in a step of the Containerfile.',
    *look(subject) {
      for (const { pattern, line, how } of missing(subject)) {
        if (how !== 'absent' || /[*?[]/.test(pattern)) continue;
        yield { path: subject.build?.path, line, ...saidOfAbsent(pattern, subject) };
      }
    },
  },
  {
    id: 'caution-hidden',
    level: 'warning',
    title: 'A .dockerignore that hides .caution/',
    why: "Locksmith's files are copied from .caution/ into the image.",
    source: sources.caution,
    mend: 'Except them at the end of .dockerignore: !.caution/',
    *look({ view, ignore }) {
      const [secret] = view.files.filter((file) => /^\.caution\/(?:secrets\/|quorum-bundle\.json$)/.test(file));
      if (secret === undefined || !isHidden(secret, ignore.rules)) return;
      yield {
        ...{ path: ignore.path, message: `${printableLine(secret, 100)} does not reach the build.` },
        fix: fixLine(lastLine(ignore.text), after('!.caution/')),
      };
    },
  },
];

/** Why a file that is copied is not there, and what to do. */
function saidOfAbsent(pattern: string, { view, build }: Subject): Omit<Sighting, 'path' | 'line'> {
  const shown = printableLine(pattern, 100);
  if (view.stands(pattern)) {
    return {
      message: `${shown} is copied here; it is in this folder, and git does not track it.`,
      mend: `Commit it (git add --force ${shown}), or make it in a step of the Containerfile.`,
    };
  }
  const folder = path.posix.dirname(build?.path ?? '');
  const own = path.posix.join(folder, pattern);
  if (folder === '.' || !view.stands(own)) return { message: `${shown} is copied here, and is not there.` };
  return {
    message: `${shown} is copied here, and is in ${printableLine(folder, 100)} alone.`,
    why: 'Caution builds in the root of the repository, whatever folder the Containerfile is in.',
    mend: `Write ${printableLine(own, 100)}, or give the service a repository of its own.`,
  };
}

/** Number of the last line that holds something. */
function lastLine(text: string): number {
  return text.trimEnd().split('\n').length;
}

const known = new WeakMap<Subject, ReturnType<typeof missingSources>>();

/** What is copied and not there: two rules ask, and a repository may have many files. */
function missing(subject: Subject): ReturnType<typeof missingSources> {
  const { build, view, ignore } = subject;
  const found =
    known.get(subject) ?? (build ? missingSources(contextUses(build.text, build.file), view.files, ignore.rules) : []);
  known.set(subject, found);
  return found;
}
