import path from 'node:path';

/** Characters that mean something in a regular expression. */
const special = /[.+^${}()|\\/]/g;

/** What fits a pattern. */
export interface Expression {
  test(path: string): boolean;
}

/** A pattern of Go's filepath.Match, with `**` for any number of folders, as BuildKit reads it in both places. */
export function expression(pattern: string): Expression {
  const parts = pattern.split(/(\*\*\/?|\*|\?|\[[^\]]+\])/);
  // With more stars a regular expression may take for ever, and a long one does not compile.
  const plain = pattern.length <= 500 && parts.filter((part) => part.startsWith('*')).length <= 3;
  try {
    return plain ? regularExpression(parts) : stepwise(parts);
  } catch {
    // A class that no engine reads: fits nothing.
    return /(?!)/;
  }
}

function regularExpression(parts: readonly string[]): RegExp {
  const body = parts.map((part, index) => {
    if (index % 2 === 0) return part.replace(special, '\\$&');
    if (part === '**/') return '(?:.*/)?';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    return part;
  });
  return new RegExp(`^${body.join('')}$`, 's');
}

/** A place in a pattern: the character it takes, and whether it takes none, many, or ends behind a slash only. */
interface Step {
  fits: (char: string) => boolean;
  optional: boolean;
  repeats: boolean;
  slashAfter: boolean;
}

/** As `regularExpression`, in a time that is the pattern's length times the path's, whatever they are. */
function stepwise(parts: readonly string[]): Expression {
  const steps = parts.flatMap((part, index): Step[] => {
    const once = { optional: false, repeats: false, slashAfter: false };
    const many = { optional: true, repeats: true, slashAfter: false };
    if (index % 2 === 0) return part.split('').map((own) => ({ ...once, fits: (char) => char === own }));
    if (part === '**/') return [{ ...many, slashAfter: true, fits: () => true }];
    if (part === '**') return [{ ...many, fits: () => true }];
    if (part === '*') return [{ ...many, fits: (char) => char !== '/' }];
    if (part === '?') return [{ ...once, fits: (char) => char !== '/' }];
    const single = new RegExp(`^${part}$`, 's');
    return [{ ...once, fits: (char) => single.test(char) }];
  });
  return { test: (path) => reaches(steps, path) };
}

/** Whether the steps lead to the end of the path: all places that can be reached are followed at once. */
function reaches(steps: readonly Step[], path: string): boolean {
  // Places before each step; and those within one that is left behind a slash.
  let before = withOptional(steps, new Set([0]));
  let within = new Set<number>();
  for (const char of path) {
    const next = new Set<number>();
    const inside = new Set<number>();
    for (const at of [...before, ...within]) {
      const step = steps[at];
      if (!step?.fits(char)) continue;
      if (!step.slashAfter) next.add(step.repeats ? at : at + 1);
      else {
        inside.add(at);
        if (char === '/') next.add(at + 1);
      }
    }
    if (next.size + inside.size === 0) return false;
    before = withOptional(steps, next);
    within = inside;
  }
  return before.has(steps.length);
}

/** These places, and those behind steps that may take nothing. */
function withOptional(steps: readonly Step[], places: ReadonlySet<number>): Set<number> {
  const all = new Set<number>();
  for (const place of places) {
    for (let at = place; !all.has(at); at += 1) {
      all.add(at);
      if (steps[at]?.optional !== true) break;
    }
  }
  return all;
}

/** One line of a .dockerignore: a later one wins over it. */
export interface IgnoreRule {
  hides: boolean;
  matches: Expression;
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
