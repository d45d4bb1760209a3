import type { Span } from './tree.ts';

/** Thrown and caught in this folder alone: reading stops at the first error, as the platform's does. */
export class SyntaxProblem extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

/** Deeper files are refused: no configuration needs it, and a hostile one would overflow the stack. */
export const deepest = 100;

const spaces = /[ \t]*/y;
const blanks = /[ \t\r\n]*/y;
/** A carriage return ends no line alone, and may not stand in a comment. */
const lineComment = /(?:#|\/\/)[^\r\n]*(?=\r?\n|$)/y;
const identifier = /[\p{XID_Start}_][\p{XID_Continue}-]*/uy;
const identifierPart = /[\p{XID_Continue}-]/uy;

/** A place in a text, and the small things that are read there. */
export class Scanner {
  readonly text: string;
  at = 0;
  private depth = 0;
  /** The last gap that was skipped: around operators the same one is looked at again at each level. */
  private gap: Span & { lines: boolean } = { start: -1, end: -1, lines: false };
  private lastWords: Map<string, number> | null = null;

  constructor(text: string) {
    this.text = text;
  }

  fail(message: string, at = this.at): never {
    throw new SyntaxProblem(message, at);
  }

  get next(): string {
    return this.text.charAt(this.at);
  }

  starts(word: string): boolean {
    return this.text.startsWith(word, this.at);
  }

  /** Goes past a word, when it stands here. */
  take(word: string): boolean {
    if (!this.starts(word)) return false;
    this.at += word.length;
    return true;
  }

  expect(word: string, message: string): void {
    if (!this.take(word)) this.fail(message);
  }

  /** Goes past what a pattern matches here; null when nothing. @param pattern sticky. */
  match(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? null;
    if (found !== null) this.at += found.length;
    return found;
  }

  identifier(): string | null {
    return this.match(identifier);
  }

  /** Whether the character here would go on with an identifier. */
  isIdentifierPart(): boolean {
    identifierPart.lastIndex = this.at;
    return identifierPart.test(this.text);
  }

  /** Goes past blanks and comments: of this line, or of any number of them. */
  skip({ lines }: { lines: boolean }): void {
    const start = this.at;
    if (this.gap.start === start && this.gap.lines === lines) {
      this.at = this.gap.end;
      return;
    }
    do this.match(lines ? blanks : spaces);
    while ((lines && this.lineComment()) || this.blockComment());
    this.gap = { start, end: this.at, lines };
  }

  lineComment(): boolean {
    return this.match(lineComment) !== null;
  }

  private blockComment(): boolean {
    if (!this.starts('/*')) return false;
    const end = this.text.indexOf('*/', this.at + 2);
    if (end < 0) return false;
    this.at = end + 2;
    return true;
  }

  newline(): boolean {
    return this.take('\n') || this.take('\r\n');
  }

  /** Reads something that may hold more of its kind. */
  nested<T>(read: () => T): T {
    if (this.depth >= deepest) this.fail(`This is nested deeper than ${deepest} levels.`);
    this.depth += 1;
    const found = read();
    this.depth -= 1;
    return found;
  }

  /** Whether a line after this place begins with a word: what may end a heredoc. */
  lineBegins(word: string): boolean {
    this.lastWords ??= new Map(
      [...this.text.matchAll(/\n[ \t]*([\p{XID_Start}_][\p{XID_Continue}-]*)/gu)].map(({ 1: first = '', index }) => [
        first,
        index,
      ]),
    );
    return (this.lastWords.get(word) ?? -1) >= this.at;
  }
}
