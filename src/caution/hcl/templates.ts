import { expression, loopNames } from './expressions.ts';
import type { Scanner } from './scanner.ts';
import type { Literal } from './tree.ts';

/** A part of a template: text, or the source of what stands open in it (`${…}`, `%{…}`). */
type Part = { text: string } | { open: string };

const escapes: Record<string, string> = {
  ...{ n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' },
  ...{ '"': '"', '\\': '\\', '/': '/' },
};

/** A text in quotes. */
export function quoted(scanner: Scanner): Literal {
  const { at: start } = scanner;
  scanner.at += 1;
  const parts: Part[] = [];
  while (!scanner.take('"')) parts.push(opening(scanner) ?? { text: quotedText(scanner, start) });
  const { at: end } = scanner;
  return parts.every((part) => 'text' in part)
    ? { kind: 'string', value: parts.map(({ text }) => text).join(''), start, end }
    : { kind: 'template', value: unevaluated(joined(parts)), start, end };
}

/** A text in quotes that may not be a template, such as a label; null when it is one. */
export function quotedLabel(scanner: Scanner): string | null {
  const found = quoted(scanner);
  return found.kind === 'string' ? found.value : null;
}

function quotedText(scanner: Scanner, start: number): string {
  if (scanner.next === '\\') return escaped(scanner);
  return marker(scanner) ?? scanner.match(/[^"\\$%]+|[$%]/y) ?? scanner.fail('A text in quotes has no end.', start);
}

/** `$${` and `%%{` stand for `${` and `%{`. */
function marker(scanner: Scanner): string | null {
  if (!scanner.starts('$${') && !scanner.starts('%%{')) return null;
  scanner.at += 3;
  return scanner.text.slice(scanner.at - 2, scanner.at);
}

function escaped(scanner: Scanner): string {
  const { at } = scanner;
  const letter = scanner.text.charAt(at + 1);
  if (Object.hasOwn(escapes, letter)) {
    scanner.at += 2;
    return escapes[letter] ?? '';
  }
  const found = scanner.match(/\\u[\dA-Fa-f]{4}|\\U[\dA-Fa-f]{8}/y);
  const code = Number.parseInt(found?.slice(2) ?? '', 16);
  if (Number.isNaN(code))
    scanner.fail('The escapes are \\n, \\r, \\t, \\b, \\f, \\", \\\\, \\/, \\uXXXX and \\UXXXXXXXX.', at);
  if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) scanner.fail('This escape is no Unicode character.', at);
  return String.fromCodePoint(code);
}

/** An open interpolation or directive at this place; null when there is none. */
function opening(scanner: Scanner): Part | null {
  const { at } = scanner;
  if (scanner.starts('${')) scanner.nested(() => interpolation(scanner));
  else if (scanner.starts('%{')) scanner.nested(() => directive(scanner));
  else return null;
  return { open: scanner.text.slice(at, scanner.at) };
}

function interpolation(scanner: Scanner): void {
  scanner.at += 2;
  scanner.take('~');
  scanner.skip({ lines: true });
  expression(scanner, true);
  close(scanner);
}

function close(scanner: Scanner): void {
  scanner.skip({ lines: true });
  scanner.take('~');
  scanner.expect('}', 'A template ends with "}".');
}

/** `%{ if … }…%{ else }…%{ endif }` or `%{ for … in … }…%{ endfor }` */
function directive(scanner: Scanner): void {
  if (control(scanner, 'if')) {
    scanner.skip({ lines: true });
    expression(scanner);
    close(scanner);
    branch(scanner);
    if (control(scanner, 'else')) {
      close(scanner);
      branch(scanner);
    }
    if (!control(scanner, 'endif')) scanner.fail('"%{ if … }" ends with "%{ endif }".');
  } else if (control(scanner, 'for')) {
    loopNames(scanner);
    scanner.expect('in', 'After the names of "for" there is "in".');
    scanner.skip({ lines: true });
    expression(scanner);
    close(scanner);
    branch(scanner);
    if (!control(scanner, 'endfor')) scanner.fail('"%{ for … }" ends with "%{ endfor }".');
  } else {
    scanner.fail('"%{" begins "if" or "for"; for the text itself write "%%{".');
  }
  close(scanner);
}

/** Goes past `%{`, blanks and a word; nowhere when they do not stand here. */
function control(scanner: Scanner, word: string): boolean {
  const { at } = scanner;
  if (scanner.take('%{')) {
    scanner.take('~');
    scanner.skip({ lines: true });
    if (scanner.take(word)) return true;
  }
  scanner.at = at;
  return false;
}

/** What stands between directives: raw text, in quotes as well. */
function branch(scanner: Scanner): void {
  for (;;) {
    if (marker(scanner) !== null || scanner.match(/[^$%]+/y) !== null) continue;
    if (scanner.starts('%{')) {
      if (!['if', 'for'].some((word) => ahead(scanner, word))) return;
      opening(scanner);
    } else if (opening(scanner) === null && scanner.match(/[$%]/y) === null) {
      return;
    }
  }
}

function ahead(scanner: Scanner, word: string): boolean {
  const { at } = scanner;
  const found = control(scanner, word);
  scanner.at = at;
  return found;
}

/** `<<WORD`, lines, and a line of WORD; with `<<-` the lines lose the blanks that all of them begin with. */
export function heredoc(scanner: Scanner): Literal {
  const { at: start } = scanner;
  scanner.expect('<<', 'Here a value is missing.');
  const dedented = scanner.take('-');
  const word = scanner.identifier() ?? scanner.fail('After "<<" there is the word that ends the text.');
  if (!scanner.newline()) scanner.fail('The text of a heredoc begins in the next line.');
  const parts: Part[] = [];
  if (scanner.lineBegins(word)) {
    while (!endsHere(scanner, word)) parts.push(opening(scanner) ?? { text: heredocText(scanner, start) });
    parts.push({ text: scanner.starts('\r') ? '\r\n' : '\n' });
    scanner.newline();
  }
  scanner.match(/[ \t]*/y);
  if (!scanner.take(word) || scanner.isIdentifierPart()) scanner.fail(`A heredoc ends with a line of ${word}.`, start);
  const whole = joined(parts);
  return { kind: 'template', value: unevaluated(dedented ? dedent(whole) : whole), start, end: scanner.at };
}

/** Whether the line ends here, and the next one is that of the word. */
function endsHere(scanner: Scanner, word: string): boolean {
  const { at } = scanner;
  let found = false;
  if (scanner.newline()) {
    scanner.match(/[ \t]*/y);
    found = scanner.take(word) && !scanner.isIdentifierPart();
  }
  scanner.at = at;
  return found;
}

function heredocText(scanner: Scanner, start: number): string {
  return marker(scanner) ?? scanner.match(/[^$%\r\n]+|[\s\S]/y) ?? scanner.fail('A heredoc has no end.', start);
}

/** Neighbouring texts as one. */
function joined(parts: readonly Part[]): Part[] {
  const found: Part[] = [];
  let texts: string[] = [];
  const flush = () => {
    if (texts.length > 0) found.push({ text: texts.join('') });
    texts = [];
  };
  for (const part of parts) {
    if ('text' in part) texts.push(part.text);
    else {
      flush();
      found.push(part);
    }
  }
  flush();
  return found;
}

/** A template as text: what stands open as its source, and markers in text escaped, as hcl-rs writes them. */
function unevaluated(parts: readonly Part[]): string {
  return parts.map((part) => ('open' in part ? part.open : escapeMarkers(part.text))).join('');
}

function escapeMarkers(text: string): string {
  const first = /[$%]\{/.exec(text)?.index;
  if (first === undefined) return text;
  const rest = text
    .slice(first)
    .replace(/([$%])([\s\S])/gu, (_, sign, next) => sign + (next === '{' ? sign : '') + next);
  return text.slice(0, first) + rest;
}

/** Blanks that Rust takes for white space. */
const leading = /^[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*/;

/** As hcl-edit dedents: each text between open parts alone, and all by the least that one of them has. */
function dedent(parts: readonly Part[]): Part[] {
  let least = Number.POSITIVE_INFINITY;
  let inLine = false;
  for (const part of parts) {
    if ('text' in part) {
      const lines = linesOf(part.text).filter((line, index) => line !== '' && !(index === 0 && inLine));
      const indents = lines.map((line) => leading.exec(line)?.[0].length ?? 0);
      if (!indents.includes(0)) least = indents.reduce((a, b) => Math.min(a, b), least);
      inLine = !part.text.endsWith('\n');
    } else if (!inLine) {
      return [...parts];
    }
  }
  return Number.isFinite(least) ? dedentBy(parts, least) : [...parts];
}

function dedentBy(parts: readonly Part[], indent: number): Part[] {
  let inLine = false;
  return parts.map((part) => {
    const kept = inLine;
    inLine = !('text' in part) || !part.text.endsWith('\n');
    if (!('text' in part)) return part;
    const lines = linesOf(part.text).map((line, index) =>
      index === 0 && kept ? line : [...line].slice(indent).join(''),
    );
    return { text: lines.join('\n') + (part.text.endsWith('\n') ? '\n' : '') };
  });
}

/** As Rust's `lines`: without the line breaks, and none after the last one. */
function linesOf(text: string): string[] {
  return text.replace(/\r?\n$/, '').split(/\r?\n/);
}
