import { lineAt } from '../scan.ts';
import { oldExpression } from './constraints.ts';

/** What the head of a Go file says. */
export interface GoSource {
  /** Expressions that must all hold for the file to be built. */
  constraints: string[];
  package: string;
  imports: { path: string; line: number }[];
}

/** Heads longer than this are not read to their end: no import block is as long. */
const longestHead = 60_000;

const token =
  /[ \t\r\n]+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|[A-Za-z_][A-Za-z_0-9]*|"(?:[^"\\\n]|\\.)*"|`[^`]*`|[();.]|[\s\S]/y;

/**
 * Reads build constraints, package clause and imports, up to the first declaration.
 * Source: https://go.dev/ref/spec#Source_file_organization
 * @returns null when there is no package clause.
 */
export function readSource(text: string): GoSource | null {
  const words = headOf(text);
  const start = words.findIndex(({ word }) => !isSpace(word));
  if (words[start]?.word !== 'package') return null;
  const code = words.slice(start).filter(({ word }) => !isSpace(word) && word !== ';');
  const name = code[1]?.word ?? '';
  if (!/^\w+$/.test(name)) return null;
  const comments = words.slice(0, start).map(({ word }) => word.trimEnd());
  return { constraints: constraintsIn(comments), package: name, imports: importsIn(code.slice(2), text) };
}

/** What begins a declaration that is no import, and so ends the head. */
const declarations = new Set(['func', 'var', 'const', 'type']);

function headOf(text: string): Word[] {
  const words: Word[] = [];
  for (const each of tokens(text.slice(0, longestHead))) {
    if (declarations.has(each.word)) break;
    words.push(each);
  }
  return words;
}

/** White space and comments. */
const isSpace = (word: string): boolean => /^(?:\s|\/\/|\/\*)/.test(word);

function constraintsIn(comments: readonly string[]): string[] {
  const matched = (pattern: RegExp) => comments.flatMap((comment) => pattern.exec(comment)?.[1] ?? []);
  const build = matched(/^\/\/go:build[ \t]+(.*)$/);
  return build.length > 0 ? build : matched(/^\/\/[ \t]*\+build[ \t]+(.*)$/).map(oldExpression);
}

/** The paths of `import` declarations, single or in brackets; a name before a path may be anything. */
function importsIn(code: readonly Word[], text: string): GoSource['imports'] {
  const found: GoSource['imports'] = [];
  let inside: 'file' | 'import' | 'block' = 'file';
  for (const { word, at } of code) {
    if (inside === 'file') {
      if (word !== 'import') break;
      inside = 'import';
    } else if (word === '(') inside = 'block';
    else if (word === ')') inside = 'file';
    else if (/^["`]/.test(word)) {
      found.push({ path: word.slice(1, -1), line: lineAt(text, at) });
      if (inside === 'import') inside = 'file';
    } else if (!/^[\w.]/.test(word)) break;
  }
  return found;
}

interface Word {
  word: string;
  at: number;
}

function* tokens(text: string): Generator<Word> {
  for (let at = 0; at < text.length; ) {
    token.lastIndex = at;
    const word = token.exec(text)?.[0] ?? '';
    if (word === '') return;
    yield { word, at };
    at += word.length;
  }
}
