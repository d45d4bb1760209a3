import type { Finding } from '../../app.ts';
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
  const literal = base + (/^[^*?[\\]*/.exec(pattern)?.[0] ?? '');
  const wanted = pattern === '' ? [] : pattern.split('/');
  return tree.files.some((file) => {
    if (!file.startsWith(literal)) return false;
    const parts = file.slice(base.length).split('/');
    if (parts.length < wanted.length || !wanted.every((part, at) => matches(part, parts[at] ?? ''))) return false;
    // In a folder that is named, `.x` and `_x` do not count without `all:`.
    return all || !parts.slice(wanted.length).some((part) => /^[._]/.test(part));
  });
}

/** Go's `path.Match` for one part of a path; going back to the last `*` only, it takes no longer than it must. */
function matches(pattern: string, name: string): boolean {
  const wanted = pattern.match(/\\.|\[(?:[^\]\\]|\\.)+\]|[\s\S]/g) ?? [];
  let [at, from, star, tried] = [0, 0, -1, 0];
  while (at < name.length) {
    const one = wanted[from];
    if (one === '*') {
      star = from;
      from += 1;
      tried = at;
    } else if (one !== undefined && matchesOne(one, name[at] ?? '')) {
      from += 1;
      at += 1;
    } else if (star >= 0) {
      from = star + 1;
      tried += 1;
      at = tried;
    } else return false;
  }
  return wanted.slice(from).every((one) => one === '*');
}

function matchesOne(wanted: string, character: string): boolean {
  if (wanted === '?') return true;
  if (wanted.startsWith('\\')) return wanted.slice(1) === character;
  if (!wanted.startsWith('[') || wanted.length < 3) return wanted === character;
  const inverted = wanted.startsWith('[^');
  const set = wanted.slice(inverted ? 2 : 1, -1);
  let found = false;
  for (const [, low = '', high = low] of set.matchAll(/\\?([\s\S])(?:-\\?([\s\S]))?/g)) {
    if (low <= character && character <= high) found = true;
  }
  return found !== inverted;
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
