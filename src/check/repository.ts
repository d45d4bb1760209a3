import { printableLine } from '../output.ts';
import { naming } from '../verify/naming.ts';
import { contextUses } from '../verify/source/context.ts';
import { homeOf, publicForm, unreachable, withoutCredentials } from './addresses.ts';
import type { Rule } from './rule.ts';
import { sources } from './sources.ts';
import { largestFile, type Subject } from './subject.ts';

/** Files that decide what Caution builds and starts. */
function setupFiles({ view, procfile, build, ignore, hcl }: Subject): string[] {
  const named = [procfile?.path, hcl?.path, build?.path, ignore.path].filter((path) => path !== undefined);
  return named.filter((path) => view.stands(path));
}

const commitOnly = 'Caution builds the pushed commit: what git does not track is not there.';

/** Patterns of a .gitattributes, and what they set. */
function attributesOf({ view }: Subject): { line: number; pattern: string; attributes: string[] }[] {
  const text = view.read('.gitattributes')?.text ?? '';
  return text.split('\n').flatMap((raw, index) => {
    const [pattern, ...attributes] = raw.trim().split(/\s+/);
    return pattern && !pattern.startsWith('#') ? [{ line: index + 1, pattern, attributes }] : [];
  });
}

/** What git has of a setup, and what others can get of it. */
export const repositoryRules: readonly Rule[] = [
  {
    id: 'untracked-file',
    level: 'error',
    title: 'A file of the setup that git does not track',
    why: commitOnly,
    source: sources.caution,
    mend: 'Commit it.',
    *look(subject) {
      const { git } = subject.view;
      if (!git) return;
      for (const path of setupFiles(subject).filter((one) => !git.tracked.has(one))) {
        const shown = printableLine(path, 100);
        yield { path, message: `${shown} is not tracked by git.`, mend: `Commit it: git add --force ${shown}` };
      }
    },
  },
  {
    id: 'uncommitted-file',
    level: 'note',
    title: 'A change that is not committed',
    why: 'Caution builds the pushed commit, not what stands in the folder; checked is what stands there.',
    source: sources.caution,
    mend: 'Commit the change before you push.',
    *look(subject) {
      const changed = setupFiles(subject).filter((path) => subject.view.git?.modified.has(path));
      const [first] = changed;
      if (first !== undefined) yield { path: first, message: `Not committed: ${naming(changed)}.` };
    },
  },
  {
    id: 'no-repository',
    level: 'note',
    title: 'A folder without git',
    why: 'Caution builds a pushed commit.',
    source: sources.caution,
    mend: 'Make it a repository: git init, git add, git commit.',
    *look({ view }) {
      if (!view.git) yield { message: 'The folder is no git repository, or git is not installed.' };
    },
  },
  {
    id: 'submodule',
    level: 'warning',
    title: 'A git submodule',
    why: 'Whether Caution fetches submodules is not documented; a plain checkout has an empty folder there.',
    source: sources.submodules,
    mend: 'Vendor the files that the build needs, or fetch them in the Containerfile by commit.',
    *look({ view }) {
      for (const path of view.git?.submodules ?? [])
        yield { path, message: `${printableLine(path, 100)} is a git submodule.` };
    },
  },
  {
    id: 'lfs-pointer',
    level: 'warning',
    title: 'Files that Git LFS keeps',
    why: 'The commit has pointers to them. Whether Caution fetches the files is not documented: a plain checkout builds with the pointers.',
    source: sources.attributes,
    mend: 'Commit the files themselves, or fetch them in the Containerfile by digest.',
    *look(subject) {
      for (const { line, pattern, attributes } of attributesOf(subject)) {
        if (!attributes.includes('filter=lfs')) continue;
        yield { path: '.gitattributes', line, message: `${printableLine(pattern, 80)} is kept by Git LFS.` };
      }
    },
  },
  {
    id: 'line-endings',
    level: 'warning',
    title: 'Line endings that depend on the machine',
    why: 'core.autocrlf converts line endings where it is set: your folder has other bytes than the clone that Caution builds.',
    source: sources.attributes,
    mend: 'Settle it in .gitattributes: * text=auto eol=lf; then run git add --renormalize .',
    *look(subject) {
      const { view } = subject;
      if (view.git?.autocrlf !== 'true') return;
      const settled = attributesOf(subject).some(
        ({ pattern, attributes }) => pattern === '*' && attributes.some((one) => /^(?:eol=|-text$|binary$)/.test(one)),
      );
      if (!settled) {
        yield {
          path: '.gitattributes',
          message: 'core.autocrlf is on here, and .gitattributes does not settle the line endings of all files.',
          fix: { lines: [1, 1], change: (block) => ({ ...block, before: ['* text=auto eol=lf'] }) },
        };
      }
    },
  },
  {
    id: 'copied-modes',
    level: 'note',
    title: 'Modes of a checkout in the image',
    why: 'A checkout has the modes that its umask gives. Caution makes them equal when it measures; a bit-for-bit comparison of images does not.',
    source: `${sources.dockerfile}#copy---chown---chmod`,
    mend: 'Copy with --chmod (docker 23 and newer), or set modes in a build stage and copy from there.',
    *look({ build }) {
      if (!build) return;
      const last = build.file.stages.length - 1;
      const uses = new Set(contextUses(build.text, build.file).map(({ line }) => line));
      for (const { line, stage, flags } of build.instructions) {
        if (stage !== last || !uses.has(line) || flags.some(({ name }) => name === 'chmod')) continue;
        yield { path: build.path, line, message: 'Files of the checkout come into the image with their modes.' };
        return;
      }
    },
  },
  {
    id: 'private-remote',
    level: 'warning',
    title: 'A repository that others cannot reach',
    why: 'Without app_sources, what others would clone is the remote: they have neither your keys nor your network.',
    source: sources.caution,
    mend: 'Name the public https:// URL with app_sources.',
    *look({ view, procfile, hcl }) {
      const home = homeOf(view.git);
      const named = procfile ? procfile.parsed.sources : hcl?.parsed.configuration?.sources;
      if (!home || named === undefined || named.length > 0) return;
      const reason = unreachable(home.url);
      if (reason === null || publicForm(home.url) !== null) return;
      yield { message: `The remote ${printableLine(home.name, 40)} is ${withoutCredentials(home.url)}: ${reason}.` };
    },
  },
  {
    id: 'remote-credentials',
    level: 'error',
    title: 'A password in the address of a remote',
    why: 'Everything that reads the configuration of this folder, and many a log, has it.',
    source: 'https://git-scm.com/docs/gitcredentials',
    mend: 'Revoke it, take it out of the address (git remote set-url), and use a credential helper.',
    *look({ view }) {
      for (const { name, url } of view.git?.remotes ?? []) {
        if (/^[a-z][a-z0-9+.-]*:\/\/[^/@\s]*:[^/@\s]+@/i.test(url))
          yield { message: `The address of the remote ${printableLine(name, 40)} has a password in it.` };
      }
    },
  },
  {
    id: 'unreadable-file',
    level: 'error',
    title: 'A file of the setup that cannot be read',
    why: 'What is no UTF-8 is replaced by other characters before it is read, and a file of that size is none that a person wrote.',
    source: sources.parser,
    mend: 'Save the file as UTF-8, of at most 1 MB.',
    *look(subject) {
      const { view, procfile, hcl, build, ignore } = subject;
      for (const file of [procfile, hcl, build, ignore]) {
        if (!file) continue;
        const large = view.size(file.path) > largestFile;
        if (!large && file.intact) continue;
        const message = large ? 'The file is larger than 1 MB, and was not checked.' : 'The file is not UTF-8.';
        yield { path: file.path, message };
      }
    },
  },
];
