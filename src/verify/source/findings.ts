import type { Finding } from '../../app.ts';
import { naming } from '../naming.ts';

const commitOnly = 'Caution builds the pushed commit: what git does not track is not there.';
const plainClone = 'Caution builds what a plain clone of the commit holds.';
const docs = 'https://docs.caution.co';

/** `One file is`, `3 files are`. */
function count(names: readonly string[], one: string, more: string): string {
  return names.length === 1 ? `One file ${one}` : `${names.length} files ${more}`;
}

/** At most one finding, about files of which there may be many. */
function together(names: readonly string[], finding: () => Finding): Finding[] {
  return names.length === 0 ? [] : [finding()];
}

export function untracked(file: string): Finding {
  return {
    id: 'untracked-file',
    level: 'warning',
    path: file,
    message: `${file} is not tracked by git.`,
    why: commitOnly,
    source: docs,
    mend: `Commit it: git add ${file}`,
  };
}

export function untrackedFiles(names: readonly string[]): Finding[] {
  return together(names, () => ({
    id: 'untracked-files',
    level: 'warning',
    message: `${count(names, 'is', 'are')} not tracked by git, and left out: ${naming(names)}.`,
    why: commitOnly,
    source: docs,
    mend: 'Commit what the build needs (git add), and name the rest in .gitignore.',
  }));
}

export function leftOut(path: string, message: string, mend: string): Finding {
  return { id: 'source-left-out', level: 'warning', path, message, why: plainClone, mend };
}

export function notUtf8(path: string): Finding {
  return {
    id: 'name-not-utf8',
    level: 'error',
    path,
    message: 'A file name is not UTF-8; the file is left out.',
    why: 'BuildKit refuses a build context with such a name, so Caution cannot build this commit.',
    mend: 'Rename the file, or exclude it in .dockerignore.',
  };
}

export function submodule(name: string): Finding {
  return {
    id: 'submodule',
    level: 'warning',
    path: name,
    message: `${name} is a git submodule: it is built as an empty folder.`,
    why: 'Whether Caution fetches submodules is not documented; a plain checkout has an empty folder there.',
    mend: 'Vendor the files that the build needs, or fetch them in the Containerfile by commit.',
  };
}

export function lfsPointer(name: string): Finding {
  return {
    id: 'lfs-pointer',
    level: 'warning',
    path: name,
    message: `${name} is a Git LFS pointer in the commit, not the file itself.`,
    why: 'The build sees the pointer. Whether Caution fetches LFS objects is not documented.',
    mend: 'Commit the file itself, or fetch it in the Containerfile by digest.',
  };
}

/** Files that stand in the folder with other bytes than a clone has, while git says that nothing is changed. */
export function clonedOtherwise(kind: 'converted' | 'overlooked', names: readonly string[]): Finding[] {
  const because =
    kind === 'converted'
      ? 'git converts it on its way (line endings, a filter, $Id$)'
      : 'git was told not to look at changes of it';
  return together(names, () => ({
    id: `${kind}-files`,
    level: 'warning',
    message: `${count(names, 'has', 'have')} other bytes here than in a clone, since ${because}: ${naming(names)}. Built is what a clone has.`,
    why: plainClone,
    source: docs,
    mend:
      kind === 'converted'
        ? 'Try the build in a fresh clone; turn off core.autocrlf, or settle it in .gitattributes (* text eol=lf) and run: git add --renormalize .'
        : 'Make git look again: git update-index --no-assume-unchanged --no-skip-worktree FILE',
  }));
}

/** Files of which a filter alone could say whether they are changed. */
export function unfiltered(names: readonly string[]): Finding[] {
  return together(names, () => ({
    id: 'unfiltered-files',
    level: 'warning',
    message: `${count(names, 'has', 'have')} other bytes here than in the commit, and a filter that was not run: ${naming(names)}. Built is what stands here.`,
    why: `${plainClone} Filters are programs of this machine's configuration: a clone has none of them, and none is run here.`,
    mend: 'Commit the change, if it is one; else let git look at the files again: git status',
  }));
}

export function notCheckedOut(names: readonly string[]): Finding[] {
  return together(names, () => ({
    id: 'not-checked-out',
    level: 'note',
    message: `${count(names, 'is', 'are')} in the commit and not checked out here (sparse checkout): ${naming(names)}. Built is what a clone has.`,
    why: plainClone,
    mend: 'Nothing needs to be done; git sparse-checkout disable brings them here.',
  }));
}

export function linksOutside(names: readonly string[]): Finding[] {
  return together(names, () => ({
    id: 'link-outside',
    level: 'warning',
    message: `${names.length === 1 ? 'One symbolic link leads' : `${names.length} symbolic links lead`} out of the repository: ${naming(names)}.`,
    why: 'A build gets the link, not what it points to on this machine; COPY looks for the target inside the build context.',
    mend: 'Commit the file itself in place of the link, or keep the link out of what is copied.',
  }));
}

export function caseCollisions(names: readonly string[]): Finding[] {
  const byLower = new Map<string, string[]>();
  for (const name of names) byLower.set(name.toLowerCase(), [...(byLower.get(name.toLowerCase()) ?? []), name]);
  const colliding = [...byLower.values()]
    .filter((same) => same.length > 1)
    .flat()
    .sort();
  return together(colliding, () => ({
    id: 'case-collision',
    level: 'note',
    message: `Names differ in capitals alone: ${naming(colliding)}.`,
    why: 'A checkout on macOS or Windows has one of them only, and builds something else.',
    mend: 'Rename all but one.',
  }));
}
