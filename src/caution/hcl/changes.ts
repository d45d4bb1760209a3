import type { Span } from './tree.ts';

/** Changes of a text by offsets of the text as it was. */
export class Changes {
  readonly text: string;
  private readonly newline: string;
  private readonly changes: (Span & { text: string })[] = [];

  constructor(text: string) {
    this.text = text;
    this.newline = text.includes('\r\n') ? '\r\n' : '\n';
  }

  /** @param text with plain line breaks; they become the file's own. */
  replace({ start, end }: Span, text: string): void {
    this.changes.push({ start, end, text: text.replaceAll('\n', this.newline) });
  }

  insert(at: number, text: string): void {
    this.replace({ start: at, end: at }, text);
  }

  /** Puts lines after the line that an offset is in. */
  insertAfterLine(offset: number, lines: string): void {
    const at = this.lineEnd(offset);
    const isOpen = at === this.text.length && !this.text.endsWith('\n') && this.text !== '';
    this.insert(at, isOpen ? `\n${lines}` : `${lines}\n`);
  }

  /** Puts lines before the line that an offset is in. */
  insertBeforeLine(offset: number, lines: string): void {
    this.insert(this.lineStart(offset), `${lines}\n`);
  }

  /** Takes something away, with its lines where nothing else stands on them. @param notes comments above that go with it. */
  remove({ start, end }: Span, notes: readonly string[] = []): void {
    const after = this.lineEnd(end);
    const isAlone = this.text.slice(this.lineStart(start), start).trim() === '' && this.isRest(end, after);
    if (!isAlone) this.replace({ start, end }, '');
    else this.replace({ start: this.withNotes(this.lineStart(start), after, notes), end: after }, '');
  }

  /** Whether nothing but a comment stands from an offset to the end of its line. */
  private isRest(from: number, to: number): boolean {
    return /^\s*(?:(?:#|\/\/).*)?\s*$/.test(this.text.slice(from, to));
  }

  /** Where the comments of what is removed begin, and the blank line above when another one follows. */
  private withNotes(lineStart: number, after: number, notes: readonly string[]): number {
    let start = lineStart;
    for (const note of notes.toReversed()) {
      const above = this.lineStart(start - 1);
      if (start === 0 || this.text.slice(above, start).trim() !== note) break;
      start = above;
    }
    const above = start === 0 ? 0 : this.lineStart(start - 1);
    const isBlank = start > 0 && this.text.slice(above, start).trim() === '';
    return isBlank && /^[ \t]*(?:\r?\n|\}|$)/.test(this.text.slice(after)) ? above : start;
  }

  /** The lines of a span that say exactly this, such as a comment. */
  removeLines({ start, end }: Span, lines: readonly string[]): void {
    for (let at = this.lineStart(start); at < end; at = this.lineEnd(at)) {
      const line = { start: at, end: this.lineEnd(at) };
      if (lines.includes(this.text.slice(line.start, line.end).trim())) this.replace(line, '');
    }
  }

  lineStart(offset: number): number {
    return offset <= 0 ? 0 : this.text.lastIndexOf('\n', offset - 1) + 1;
  }

  /** After the line break, or the end of the text. */
  lineEnd(offset: number): number {
    const at = this.text.indexOf('\n', offset);
    return at < 0 ? this.text.length : at + 1;
  }

  /** The blanks that a line begins with. */
  indent(offset: number): string {
    return /^[ \t]*/.exec(this.text.slice(this.lineStart(offset), offset))?.[0] ?? '';
  }

  apply(): string {
    const { text } = this;
    const ordered = [...this.changes].sort((a, b) => a.start - b.start || a.end - b.end);
    let result = '';
    let at = 0;
    for (const change of ordered) {
      result += text.slice(at, Math.max(at, change.start)) + change.text;
      at = Math.max(at, change.end);
    }
    return result + text.slice(at);
  }
}
