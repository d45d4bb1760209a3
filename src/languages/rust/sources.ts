import { filesBelow } from '../files.ts';
import type { Project } from '../language.ts';
import type { Binary, Package } from './manifest.ts';

/** The Rust sources that a build of some packages compiles: neither tests, examples and benches, nor build scripts. */
export function sourcesOf(project: Project, built: readonly Package[]): string[] {
  return built.flatMap(({ dir }) =>
    filesBelow(project, dir === '' ? 'src' : `${dir}/src`).filter(
      (file) => file.endsWith('.rs') && !/(^|\/)tests?(\/|\.rs$)/.test(file),
    ),
  );
}

/** Those of them that belong to one program: without the other programs' own files. Null stands for all programs. */
export function programSources(project: Project, built: readonly Package[], binary: Binary | null): string[] {
  const others = new Set(built.flatMap(({ binaries }) => binaries.flatMap(({ path }) => path ?? [])));
  if (binary?.path) others.delete(binary.path);
  return sourcesOf(project, built).filter((file) => !others.has(file));
}

/** A source with blanks in place of what is compiled for tests only: all else stays where it is. */
export function withoutTests(text: string): string {
  const attribute = /^([ \t]*)#\[cfg\((?:test|all\(test\b[^\]\n]*\))\)\]/gm;
  const parts: string[] = [];
  let from = 0;
  for (let match = attribute.exec(text); match; match = attribute.exec(text)) {
    const end = endOfItem(text, attribute.lastIndex, match[1] ?? '');
    parts.push(text.slice(from, match.index), blank(text.slice(match.index, end)));
    from = end;
    attribute.lastIndex = end;
  }
  return [...parts, text.slice(from)].join('');
}

function blank(text: string): string {
  return text.replace(/[^\n]+/g, (line) => ' '.repeat(line.length));
}

/**
 * Where the item ends that an attribute before `from` is of, as rustfmt lays it out: at its semicolon, or at the brace
 * that closes it, which stands as deep as the attribute.
 */
function endOfItem(text: string, from: number, indent: string): number {
  const opening = /[;{]/g;
  opening.lastIndex = from;
  const match = opening.exec(text);
  if (!match) return text.length;
  // A `use` of several names has braces as well.
  const statement = text
    .slice(from, match.index)
    .trimStart()
    .replace(/^(?:#\[[^\]\n]*\]\s*)+/, '');
  if (match[0] === ';' || /^(?:pub\s+)?use\b/.test(statement)) return endOf(text, ';', match.index);
  const line = text.slice(match.index, endOf(text, '\n', match.index));
  if (line.split('{').length === line.split('}').length) return match.index + line.length;
  const closing = text.indexOf(`\n${indent}}`, match.index);
  return closing < 0 ? text.length : closing + indent.length + 2;
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

/** Where a plain string ends whose content begins at `from`; -1 when it does not. */
export function closingQuote(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at;
  }
  return -1;
}
