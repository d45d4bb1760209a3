import { filesBelow } from '../files.ts';
import type { Project } from '../language.ts';
import type { Package } from './manifest.ts';

/** The Rust sources that a build of some packages compiles: neither tests, examples and benches, nor build scripts. */
export function sourcesOf(project: Project, built: readonly Package[]): string[] {
  return built.flatMap(({ dir }) =>
    filesBelow(project, dir === '' ? 'src' : `${dir}/src`).filter(
      (file) => file.endsWith('.rs') && !/(^|\/)tests?(\/|\.rs$)/.test(file),
    ),
  );
}

/** A source without what is compiled for tests only, which stands at the end of a file. Line numbers stay. */
export function withoutTests(text: string): string {
  return text.split(/^[ \t]*#\[cfg\(test\)\]/m)[0] ?? '';
}

/** A string literal of a source: its content as written, and where its opening quote (or `r#`) stands. */
export interface Literal {
  value: string;
  offset: number;
}

/** A function of a project's file that is worked out once, however many programs are made of that file. */
export function once<T>(compute: (project: Project, file: string) => T): (project: Project, file: string) => T {
  const known = new WeakMap<Project, Map<string, T>>();
  return (project, file) => {
    const ofProject = known.get(project) ?? new Map<string, T>();
    known.set(project, ofProject);
    const result = ofProject.has(file) ? (ofProject.get(file) as T) : compute(project, file);
    ofProject.set(file, result);
    return result;
  };
}

/** The string literals of a file of the project. */
export const literalsIn = once((project, file) => literalsOf(project.read(file) ?? ''));

/**
 * The string literals of a source, those in comments and in code for tests left out, in one pass over the text.
 * Source: https://doc.rust-lang.org/reference/tokens.html
 */
export function literalsOf(source: string): Literal[] {
  const text = withoutTests(source);
  const found: Literal[] = [];
  // A string, raw or not; a character, so that '"' opens none (a lifetime has no closing quote); a comment.
  const opening = /\bb?r(#{0,8})"|"|'(?:\\[^\n]|[^'\\\n])'|\/\/|\/\*/g;
  for (let match = opening.exec(text); match; match = opening.exec(text)) {
    const [token, hashes] = match;
    const start = opening.lastIndex;
    if (token === '//') opening.lastIndex = endOf(text, '\n', start);
    else if (token === '/*') opening.lastIndex = endOf(text, '*/', start);
    else if (token.endsWith('"')) {
      const end = hashes === undefined ? closingQuote(text, start) : text.indexOf(`"${hashes}`, start);
      if (end < 0) break;
      found.push({ value: text.slice(start, end), offset: match.index });
      opening.lastIndex = end + 1;
    }
  }
  return found;
}

function endOf(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at < 0 ? text.length : at + mark.length;
}

/** Where a plain string ends; -1 when it does not. */
function closingQuote(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at;
  }
  return -1;
}
