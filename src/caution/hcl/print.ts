import { checkVariable } from '../limits.ts';

/** A value as it shall stand. */
export type Value = string | number | boolean | readonly string[] | Vault | readonly Variable[];

/** `env::vault("name")` */
export interface Vault {
  vault: string;
}

/** An entry of `env`. */
export interface Variable {
  name: string;
  value: string | Vault;
}

/** What shall stand in a file, with what explains it. */
export type Piece = AttributePiece | BlockPiece | NotePiece;

export interface AttributePiece {
  kind: 'attribute';
  name: string;
  value: Value;
  note?: readonly string[];
}

export interface BlockPiece {
  kind: 'block';
  type: string;
  label?: string;
  items: Piece[];
  note?: readonly string[];
}

/** Lines of comment alone. */
export interface NotePiece {
  kind: 'note';
  note: readonly string[];
}

/** Why a text cannot be written to a caution.hcl; null when it can. */
export function checkHclText(text: string): string | null {
  if (text.includes('\0')) return 'A NUL can stand neither in a command nor in a variable.';
  return /\p{Surrogate}/u.test(text) ? 'Half of a character (a lone surrogate) is no text.' : null;
}

/** What is not seen, or moves what is seen. */
const invisible =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is escaped
  /[\x00-\x1f\x7f-\xa0\xad\u061c\u115f\u1160\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\u3164\ufeff\uffa0\ufff0-\ufffb\u{e0000}-\u{e0fff}]/gu;

const short: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * A text in quotes, which reads back as exactly this text.
 * @throws Error for what `checkHclText` refuses.
 */
export function quote(text: string): string {
  const reason = checkHclText(text);
  if (reason !== null) throw new Error(`not to be written to a caution.hcl: ${reason}`);
  const plain = text
    .replace(/[\\"]/g, '\\$&')
    .replace(/([$%])(?=\{)/g, '$1$1')
    .replace(invisible, (char) => short[char] ?? escaped(char.codePointAt(0) ?? 0));
  return `"${plain}"`;
}

function escaped(code: number): string {
  const hex = code.toString(16);
  return code > 0xffff ? `\\U${hex.padStart(8, '0')}` : `\\u${hex.padStart(4, '0')}`;
}

/** How wide a list may become on one line. */
const widest = 100;

/** A value at some indentation, its later lines included. @throws Error as `quote` does. */
export function printValue(value: Value, indent: string): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value !== 'object') return String(value);
  if ('vault' in value) return `env::vault(${quote(value.vault)})`;
  if (isVariables(value)) return printVariables(value, indent);
  const words = value.map(quote);
  const line = `[${words.join(', ')}]`;
  if (line.length <= widest) return line;
  return ['[', ...words.map((word) => `${indent}  ${word},`), `${indent}]`].join('\n');
}

function isVariables(value: Exclude<Value, string | number | boolean | Vault>): value is readonly Variable[] {
  return typeof value[0] === 'object';
}

function printVariables(variables: readonly Variable[], indent: string): string {
  const width = Math.max(...variables.map(({ name }) => name.length));
  const lines = variables.map(({ name, value }) => `${indent}  ${printVariable(name, value, width)}`);
  return ['{', ...lines, `${indent}}`].join('\n');
}

/**
 * One entry of `env`. A secret may have any name: the platform does not look at it.
 * @throws Error for a name of a public variable that the platform refuses.
 */
export function printVariable(name: string, value: Variable['value'], width = 0): string {
  const reason = checkVariable(name);
  if (reason !== null && typeof value === 'string') throw new Error(`not to be written to a caution.hcl: ${reason}`);
  return `${(reason === null ? name : quote(name)).padEnd(width)} = ${printValue(value, '')}`;
}

/** Lines of pieces, without a line break at the end. Attributes that follow each other are aligned. */
export function printPieces(pieces: readonly Piece[], indent: string): string {
  return pieces
    .map(
      (piece, index) =>
        (isApart(pieces[index - 1], piece) ? '\n' : '') + printPiece(piece, indent, widthAt(pieces, index)),
    )
    .join('\n');
}

/** Whether a blank line stands between: around blocks, but not between those of a kind. */
function isApart(before: Piece | undefined, piece: Piece): boolean {
  if (before === undefined || (before.kind !== 'block' && piece.kind !== 'block')) return false;
  return !(before.kind === 'block' && piece.kind === 'block' && before.type === piece.type && !piece.note);
}

/** @param width that the name is filled up to. */
export function printPiece(piece: Piece, indent: string, width = 0): string {
  return [...noteLines(piece, indent), ...(piece.kind === 'note' ? [] : [printItem(piece, indent, width)])].join('\n');
}

/** The comment of a piece, as lines. */
export function noteLines({ note = [] }: Piece, indent = ''): string[] {
  return note.map((line) => `${indent}# ${line}`);
}

function printItem(piece: AttributePiece | BlockPiece, indent: string, width: number): string {
  if (piece.kind === 'attribute') return `${indent}${piece.name.padEnd(width)} = ${printValue(piece.value, indent)}`;
  const label = piece.label === undefined ? '' : ` ${quote(piece.label)}`;
  const inside = piece.items.length === 0 ? '' : `${printPieces(piece.items, `${indent}  `)}\n`;
  return `${indent}${piece.type}${label} {\n${inside}${indent}}`;
}

/** The longest name of the attributes around one that no comment parts from it; a long value ends them. */
function widthAt(pieces: readonly Piece[], index: number): number {
  const isSingle = (piece: Piece | undefined) => piece?.kind === 'attribute' && !isLong(piece.value);
  const goesOn = (at: number) => isSingle(pieces[at]) && isSingle(pieces[at - 1]) && !pieces[at]?.note;
  let first = index;
  while (goesOn(first)) first -= 1;
  let last = index;
  while (goesOn(last + 1)) last += 1;
  const names = pieces.slice(first, last + 1).map((piece) => (piece.kind === 'attribute' ? piece.name.length : 0));
  return Math.max(...names);
}

/** Whether a value takes several lines. */
export function isLong(value: Value): boolean {
  return typeof value === 'object' && printValue(value, '').includes('\n');
}
