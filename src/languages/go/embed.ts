import type { Finding } from '../../app.ts';
import { filesBelow, folderOf } from '../files.ts';
import { matchesPart } from '../glob.ts';
import type { Project } from '../language.ts';
import { inside, lineAt } from '../scan.ts';
import type { Package } from './packages.ts';

/** Files that `//go:embed` names must be in the repository: https://pkg.go.dev/embed#hdr-Directives */

/** The finding for each pattern that matches nothing; the first of a package, for the same step makes them all. */
export function embedFindings(tree: Project, packages: readonly Package[]): Finding[] {
  return packages.flatMap(({ dir, files }) => {
    for (const { path, text } of files) {
      for (const match of text.matchAll(/^[ \t]*\/\/go:embed[ \t]+(.+)$/gm)) {
        const missing = patternsIn(match[1] ?? '').find((pattern) => !matchesAny(tree, dir, pattern));
        if (missing !== undefined) return [nothingThere(path, lineAt(text, match.index), missing)];
      }
    }
    return [];
  });
}

function patternsIn(words: string): string[] {
  return [...words.matchAll(/"((?:[^"\\]|\\.)*)"|`([^`]*)`|(\S+)/g)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? '',
  );
}

/** Whether a pattern names a file, or a folder with one that is embedded. */
function matchesAny(tree: Project, dir: string, written: string): boolean {
  const all = written.startsWith('all:');
  const pattern = (all ? written.slice('all:'.length) : written).replace(/^\.$/, '');
  const exact = inside(dir, pattern);
  if (exact !== null && tree.has(exact)) return true;
  const base = dir === '' ? '' : `${dir}/`;
  const plain = base + (/^[^*?[\\]*/.exec(pattern)?.[0] ?? '');
  const wanted = pattern === '' ? [] : pattern.split('/');
  return filesBelow(tree, folderOf(plain)).some((file) => {
    const parts = file.slice(base.length).split('/');
    if (parts.length < wanted.length || !wanted.every((part, at) => matchesPart(part, parts[at] ?? ''))) return false;
    // In a folder that is named, `.x` and `_x` do not count without `all:`.
    return all || !parts.slice(wanted.length).some((part) => /^[._]/.test(part));
  });
}

function nothingThere(path: string, line: number, pattern: string): Finding {
  return {
    id: 'go-embed-missing',
    level: 'error',
    path,
    line,
    message: `${pattern.slice(0, 100)} is embedded, and git has no such file.`,
    why: 'Go compiles nothing when an embedded file is missing, and only what git has reaches the build.',
    source: 'https://pkg.go.dev/embed',
    mend: 'Commit the files; those that another tool makes (a front end) as well, or drop the embedding.',
  };
}
