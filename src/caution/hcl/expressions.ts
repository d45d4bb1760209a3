import type { Scanner } from './scanner.ts';
import { heredoc, quoted } from './templates.ts';
import type { Expression, Literal, MapEntry, MapKey } from './tree.ts';

/** How far an expression goes: after a list or a call's arguments it may go on in the next line. */
interface Reach {
  lines: boolean;
}

/**
 * Reads an expression as hcl-edit does, of which the platform's parser is made. Nothing is evaluated.
 * Source: https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md, https://docs.rs/hcl-edit
 * @param lines whether line breaks may stand between its parts, as in parentheses.
 */
export function expression(scanner: Scanner, lines = false): Expression {
  return scanner.nested(() => {
    const { at: start } = scanner;
    const reach = { lines };
    let found = term(scanner, reach);
    for (let end = scanner.at; ; end = scanner.at) {
      scanner.skip(reach);
      if (scanner.next === '?') {
        condition(scanner, reach);
        return { kind: 'other', start, end: scanner.at };
      }
      if (!isOperator(scanner)) {
        scanner.at = end;
        return found;
      }
      operator(scanner);
      scanner.skip(reach);
      term(scanner, { ...reach });
      found = { kind: 'other', start, end: scanner.at };
    }
  });
}

function condition(scanner: Scanner, reach: Reach): void {
  scanner.at += 1;
  scanner.skip(reach);
  expression(scanner, reach.lines);
  scanner.skip(reach);
  scanner.expect(':', 'A condition has a second value, after ":".');
  scanner.skip(reach);
  expression(scanner, reach.lines);
}

function isOperator(scanner: Scanner): boolean {
  if (scanner.starts('//') || scanner.starts('/*')) return false;
  return scanner.starts('==') || (scanner.next !== '' && '!<>+-*/%&|'.includes(scanner.next));
}

function operator(scanner: Scanner): void {
  if (scanner.match(/==|!=|<=|>=|&&|\|\||[<>+\-*/%]/y) === null) scanner.fail('This is no operator.');
}

/** A value, and what is taken of it with `.name` and `[index]`. */
function term(scanner: Scanner, reach: Reach): Expression {
  const { at: start } = scanner;
  const found = value(scanner, reach);
  let end = scanner.at;
  let taken = false;
  for (; ; end = scanner.at, taken = true) {
    scanner.skip(reach);
    if (scanner.starts('..') || !/[.[]/.test(scanner.next)) break;
    step(scanner);
  }
  scanner.at = end;
  return taken ? { kind: 'other', start, end } : found;
}

function step(scanner: Scanner): void {
  if (scanner.take('.')) {
    scanner.skip({ lines: true });
    if (scanner.take('*') || scanner.match(/0|[1-9]\d*/y) !== null || scanner.identifier() !== null) return;
    scanner.fail('After "." there is a name, a number or "*".');
  }
  scanner.at += 1;
  scanner.skip({ lines: true });
  if (!scanner.take('*')) expression(scanner, true);
  scanner.skip({ lines: true });
  scanner.expect(']', 'An index ends with "]".');
}

function value(scanner: Scanner, reach: Reach): Expression {
  const { at: start, next } = scanner;
  if (next === '"') return quoted(scanner);
  if (next === '[') return list(scanner, reach);
  if (next === '{') return map(scanner, reach);
  if (next === '<') return heredoc(scanner);
  if (next === '(') return group(scanner);
  if (/[0-9]/.test(next)) return number(scanner, start);
  if (next === '-' || next === '!') return signed(scanner, reach);
  return word(scanner, reach);
}

function signed(scanner: Scanner, reach: Reach): Expression {
  const { at: start, next } = scanner;
  scanner.at += 1;
  scanner.skip({ lines: false });
  if (next === '-' && /[0-9]/.test(scanner.next)) return number(scanner, start, true);
  scanner.nested(() => term(scanner, { ...reach }));
  return { kind: 'other', start, end: scanner.at };
}

const largest = 2n ** 64n;
const largestSigned = 2n ** 63n;

function number(scanner: Scanner, start: number, negative = false): Literal {
  const from = scanner.at;
  const text = scanner.match(/\d+(?:\.\d+(?:[eE][+-]?\d+)?|[eE][+-]?\d+)?/y) ?? '';
  return {
    kind: 'number',
    value: numberOf(text, negative) ?? scanner.fail('The number is too large.', from),
    start,
    end: scanner.at,
  };
}

/** 64 bits, as in the platform's parser; null when it does not fit. A fraction of zero is dropped. */
function numberOf(text: string, negative: boolean): bigint | number | null {
  if (/^\d+$/.test(text)) {
    const digits = text.replace(/^0+(?=\d)/, '');
    const whole = digits.length > 20 ? largest : BigInt(digits);
    if (whole >= largest) return null;
    return negative ? BigInt.asIntN(64, -whole) : whole;
  }
  const fraction = negative ? -Number(text) : Number(text);
  if (!Number.isFinite(fraction)) return null;
  if (!Number.isInteger(fraction)) return fraction;
  const whole = BigInt(fraction);
  return whole >= largestSigned ? largestSigned - 1n : whole < -largestSigned ? -largestSigned : whole;
}

/** A keyword, a variable or a call. */
function word(scanner: Scanner, reach: Reach): Expression {
  const { at: start } = scanner;
  const name = scanner.identifier() ?? scanner.fail('Here a value is missing.');
  const end = scanner.at;
  scanner.skip(reach);
  if (scanner.next === '(' || scanner.starts('::')) return call(scanner, reach, start, name);
  scanner.at = end;
  if (name === 'null') return { kind: 'null', start, end };
  if (name === 'true' || name === 'false') return { kind: 'boolean', value: name === 'true', start, end };
  return { kind: 'other', start, end };
}

function call(scanner: Scanner, reach: Reach, start: number, first: string): Expression {
  const names = [first];
  while (scanner.take('::')) {
    scanner.skip(reach);
    names.push(scanner.identifier() ?? scanner.fail('After "::" there is a name.'));
    scanner.skip(reach);
  }
  scanner.expect('(', 'A function is called with "(…)".');
  reach.lines = true;
  const args: Expression[] = [];
  scanner.skip(reach);
  while (!/[,.)]/.test(scanner.next)) {
    args.push(expression(scanner, true));
    scanner.skip(reach);
    if (scanner.take('...') || !scanner.take(',')) break;
    scanner.skip(reach);
  }
  scanner.skip(reach);
  scanner.expect(')', 'The arguments of a call end with ")".');
  return { kind: 'call', namespace: names.slice(0, -1), name: names.at(-1) ?? first, args, start, end: scanner.at };
}

function group(scanner: Scanner): Expression {
  const { at: start } = scanner;
  scanner.at += 1;
  scanner.skip({ lines: true });
  const inner = expression(scanner, true);
  scanner.skip({ lines: true });
  scanner.expect(')', 'A parenthesis ends with ")".');
  return { kind: 'group', inner, start, end: scanner.at };
}

function list(scanner: Scanner, reach: Reach): Expression {
  const { at: start } = scanner;
  scanner.at += 1;
  reach.lines = true;
  if (isFor(scanner)) return loop(scanner, start, ']');
  const items: Expression[] = [];
  scanner.skip(reach);
  while (scanner.next !== ']') {
    items.push(expression(scanner, true));
    scanner.skip(reach);
    if (!scanner.take(',')) break;
    scanner.skip(reach);
  }
  scanner.expect(']', 'The items of a list are separated by commas, and it ends with "]".');
  return { kind: 'list', items, start, end: scanner.at };
}

function map(scanner: Scanner, reach: Reach): Expression {
  const { at: start } = scanner;
  scanner.at += 1;
  if (isFor(scanner)) {
    reach.lines = true;
    return loop(scanner, start, '}');
  }
  const entries: MapEntry[] = [];
  for (;;) {
    scanner.skip({ lines: true });
    if (scanner.take('}')) return { kind: 'map', entries, start, end: scanner.at };
    entries.push(entry(scanner));
    if (scanner.next === '}' || scanner.take(',')) continue;
    scanner.lineComment();
    if (!scanner.newline())
      scanner.fail('The entries of a map are separated by commas or line breaks, and it ends with "}".');
  }
}

function entry(scanner: Scanner): MapEntry {
  const { at: start } = scanner;
  const key = keyOf(expression(scanner), scanner.text);
  scanner.skip({ lines: false });
  if (!scanner.take('=') && !scanner.take(':')) scanner.fail('After a key of a map there is "=".');
  scanner.skip({ lines: false });
  const found = expression(scanner);
  const { end } = found;
  scanner.skip({ lines: false });
  return { key, value: found, start, end };
}

/** A variable alone is a bare word. */
function keyOf(key: Expression, text: string): MapKey {
  const name = text.slice(key.start, key.end);
  return key.kind === 'other' && /^[\p{XID_Start}_][\p{XID_Continue}-]*$/u.test(name)
    ? { ...key, kind: 'name', name }
    : key;
}

function isFor(scanner: Scanner): boolean {
  const { at } = scanner;
  scanner.skip({ lines: true });
  const found = /^for[ \t#/\n]/.test(scanner.text.slice(scanner.at, scanner.at + 4));
  scanner.at = at;
  return found;
}

/** `for key, value in collection : key => value... if condition` */
function loop(scanner: Scanner, start: number, close: string): Expression {
  const blank = () => scanner.skip({ lines: true });
  const part = (lines = true) => {
    blank();
    expression(scanner, lines);
    blank();
  };
  blank();
  scanner.at += 'for'.length;
  loopNames(scanner);
  scanner.expect('in', 'After the names of "for" there is "in".');
  part(false);
  scanner.expect(':', 'After the collection of "for" there is ":".');
  part(close === ']');
  if (close === '}') {
    scanner.expect('=>', 'A map made by "for" has "=>" between key and value.');
    part(false);
    scanner.take('...');
    blank();
  }
  if (scanner.take('if')) part();
  scanner.expect(close, `This "for" ends with "${close}".`);
  return { kind: 'other', start, end: scanner.at };
}

/** The one or two names of a `for`, here and in templates. */
export function loopNames(scanner: Scanner): void {
  do {
    scanner.skip({ lines: true });
    if (scanner.identifier() === null) scanner.fail('After "for" there is a name.');
    scanner.skip({ lines: true });
  } while (scanner.take(','));
}
