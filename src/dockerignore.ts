import path from 'node:path';

/** Characters that mean something in a regular expression. */
const special = /[.+^${}()|\\/]/g;

/** A pattern of Go's filepath.Match, with `**` for any number of folders, as BuildKit reads it in both places. */
export function expression(pattern: string): RegExp {
  const parts = pattern.split(/(\*\*\/?|\*|\?|\[[^\]]+\])/);
  const body = parts.map((part, index) => {
    if (index % 2 === 0) return part.replace(special, '\\$&');
    if (part === '**/') return '(?:.*/)?';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    return part;
  });
  try {
    return new RegExp(`^${body.join('')}$`, 's');
  } catch {
    // A class that no engine reads: fits nothing.
    return /(?!)/;
  }
}

/** One line of a .dockerignore: a later one wins over it. */
export interface IgnoreRule {
  hides: boolean;
  matches: RegExp;
}

/** The rules of a .dockerignore. Source: https://docs.docker.com/build/concepts/context/#dockerignore-files */
export function readDockerignore(text: string): IgnoreRule[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const written = line.replace(/^\uFEFF/, '').trim();
    if (written === '' || written.startsWith('#')) return [];
    const hides = !written.startsWith('!');
    const pattern = path.posix.normalize((hides ? written : written.slice(1)).trim()).replace(/^\/+|\/+$/g, '');
    return pattern === '' || pattern === '.' ? [] : [{ hides, matches: expression(pattern) }];
  });
}

/** Whether a .dockerignore hides a path: the last rule that fits it, or a folder above it, decides. */
export function isHidden(name: string, rules: readonly IgnoreRule[]): boolean {
  const words = name.split('/');
  const places = words.map((_, index) => words.slice(0, index + 1).join('/'));
  return rules.findLast(({ matches }) => places.some((place) => matches.test(place)))?.hides ?? false;
}
