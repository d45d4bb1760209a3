import { expression } from './expressions.ts';
import { deepest, Scanner, SyntaxProblem } from './scanner.ts';
import { quotedLabel } from './templates.ts';
import type { Attribute, Block, Body, Label } from './tree.ts';

/** A place in a file, both from 1; columns are UTF-16 code units. */
export interface Place {
  line: number;
  column: number;
}

export interface Syntax {
  text: string;
  /** Null when the text is no HCL. */
  body: Body | null;
  /** The first error, at which reading stops, as the platform's does. */
  error: (Place & { message: string }) | null;
  /** Line and column of an offset. */
  place(offset: number): Place;
}

/**
 * Reads HCL2 as the platform's parser does (hcl-edit 0.9), with the offsets of everything, for messages and for edits.
 * Takes time in proportion to the text, and never throws.
 * Source: https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md
 */
export function parseHcl(text: string): Syntax {
  const place = placesOf(text);
  const scanner = new Scanner(text);
  try {
    const body = readBody(scanner);
    if (scanner.at < text.length) scanner.fail(unexpected(scanner));
    return { text, body, error: null, place };
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    return { text, body: null, error: { ...place(error.at), message: error.message }, place };
  }
}

function placesOf(text: string): (offset: number) => Place {
  let starts: number[] | null = null;
  return (offset) => {
    starts ??= lineStarts(text);
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}

function unexpected(scanner: Scanner): string {
  if (scanner.starts('\ufeff')) return 'The file begins with a byte order mark.';
  if (scanner.starts('/*')) return 'A comment has no end.';
  if (scanner.next === '}') return 'This "}" closes nothing.';
  return 'Here a name is expected: "name = value", or "name {".';
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** Attributes and blocks, each on lines of its own. */
function readBody(scanner: Scanner): Body {
  const { at: start } = scanner;
  const items: Body['items'] = [];
  const names = new Set<string>();
  for (;;) {
    scanner.skip({ lines: true });
    const item = readItem(scanner, names);
    if (item === null) return { items, start, end: scanner.at };
    items.push(item);
    scanner.skip({ lines: false });
    scanner.lineComment();
    if (scanner.at < scanner.text.length && !scanner.newline()) scanner.fail('Here the line should end.');
  }
}

/** @param names of the attributes before it. */
function readItem(scanner: Scanner, names: Set<string>): Attribute | Block | null {
  const { at: start } = scanner;
  const name = scanner.identifier();
  if (name === null) return null;
  const nameEnd = scanner.at;
  scanner.skip({ lines: false });
  if (scanner.next === '=') {
    if (names.has(name)) scanner.fail(`${name} is said twice.`, start);
    names.add(name);
    return attribute(scanner, start, name, nameEnd);
  }
  const labels = readLabels(scanner);
  const body = scanner.nested(() => blockBody(scanner, labels.length > 0));
  return { kind: 'block', type: name, typeEnd: nameEnd, labels, body, start, end: scanner.at };
}

function attribute(scanner: Scanner, start: number, name: string, nameEnd: number): Attribute {
  scanner.expect('=', `After ${name} there is "=".`);
  scanner.skip({ lines: false });
  const value = expression(scanner);
  return { kind: 'attribute', name, nameEnd, value, start, end: scanner.at };
}

function readLabels(scanner: Scanner): Label[] {
  const labels: Label[] = [];
  for (;;) {
    const { at: start } = scanner;
    const text =
      scanner.next === '"'
        ? (quotedLabel(scanner) ?? scanner.fail('A label may not be a template.', start))
        : scanner.identifier();
    if (text === null) return labels;
    if (labels.length >= deepest) scanner.fail(`A block has at most ${deepest} labels.`, start);
    labels.push({ text, start, end: scanner.at });
    scanner.skip({ lines: false });
  }
}

/** Lines between braces, or at most one attribute on the line of the braces. */
function blockBody(scanner: Scanner, labelled: boolean): Body {
  scanner.expect(
    '{',
    labelled ? 'After the label of a block there is "{".' : 'After a name there is "=", a label or "{".',
  );
  const { at: start } = scanner;
  scanner.skip({ lines: false });
  scanner.lineComment();
  const inLines = scanner.newline();
  const body = inLines ? { ...readBody(scanner), start } : oneLine(scanner, start);
  if (!scanner.take('}'))
    scanner.fail(scanner.at < scanner.text.length && inLines ? unexpected(scanner) : 'A block ends with "}".');
  return body;
}

function oneLine(scanner: Scanner, start: number): Body {
  scanner.at = start;
  scanner.skip({ lines: false });
  const { at } = scanner;
  const name = scanner.identifier();
  if (name === null) return { items: [], start, end: scanner.at };
  const nameEnd = scanner.at;
  scanner.skip({ lines: false });
  const item = attribute(scanner, at, name, nameEnd);
  scanner.skip({ lines: false });
  return { items: [item], start, end: scanner.at };
}
