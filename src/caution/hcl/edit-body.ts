import type { PortRange } from '../configuration.ts';
import type { Changes } from './changes.ts';
import { ingressBlock } from './document.ts';
import { byPorts, inOrder, type Replacements } from './edit-repeated.ts';
import { editValue, editVariables } from './edit-values.ts';
import { isSame, nameOf } from './pieces.ts';
import {
  type AttributePiece,
  type BlockPiece,
  isLong,
  noteLines,
  type Piece,
  printPiece,
  printPieces,
  quote,
  type Variable,
} from './print.ts';
import type { Block, Body } from './tree.ts';

type Item = Body['items'][number];
type ItemPiece = AttributePiece | BlockPiece;

/** Blocks that may stay when nothing is left in them that a configuration says. */
const optional = new Set(['caution', 'build', 'debug', 'network']);

/** Blocks that may be there more than once. */
const repeatable = ['ingress', 'egress'];

/**
 * Makes a body say other things: what differs between two lists of pieces is changed, the rest stays as it is.
 * @param block that the body is of; null: the file.
 */
export function editBody(
  changes: Changes,
  body: Body,
  block: Block | null,
  from: readonly Piece[],
  to: readonly Piece[],
): void {
  if (block && isOneLine(changes, block)) {
    editOneLine(changes, block, from, to);
    return;
  }
  for (const piece of to) {
    const before = named(from, piece);
    if (piece.kind === 'note' || repeatable.includes(nameOf(piece)) || isSame(before, piece)) continue;
    const item = itemOf(body, nameOf(piece));
    if (item === null) insert(changes, body, block, to, [piece]);
    else editItem(changes, item, before, piece);
  }
  for (const type of repeatable) editRepeated(changes, body, block, type, { from, to });
  for (const piece of from) {
    if (named(to, piece) !== null) continue;
    if (piece.kind === 'note') changes.removeLines(body, noteLines(piece));
    else if (!repeatable.includes(nameOf(piece))) remove(changes, body, piece);
  }
}

function named(pieces: readonly Piece[], piece: Piece): Piece | null {
  return pieces.find((one) => one.kind === piece.kind && nameOf(one) === nameOf(piece)) ?? null;
}

/** The last one: it is the one that counts. */
function itemOf(body: Body, name: string): Item | null {
  return body.items.findLast((item) => nameOf(item) === name) ?? null;
}

function isOneLine({ text }: Changes, { body }: Block): boolean {
  return !text.slice(body.start, body.items[0]?.start ?? body.end).includes('\n');
}

function editItem(changes: Changes, item: Item, before: Piece | null, to: ItemPiece): void {
  if (to.kind === 'block' && item.kind === 'block' && item.labels.length === (to.label === undefined ? 0 : 1)) {
    const from = before?.kind === 'block' ? before : null;
    const [label] = item.labels;
    if (label && to.label !== undefined && from?.label !== to.label) changes.replace(label, quote(to.label));
    editBody(changes, item.body, item, from?.items ?? [], to.items);
    return;
  }
  if (to.kind === 'attribute') {
    const from = before?.kind === 'attribute' ? before.value : null;
    if (to.name === 'env' && editVariables(changes, item, (from ?? []) as Variable[], to.value as Variable[])) return;
    if (item.kind === 'attribute') {
      editValue(changes, item, from, to.value);
      return;
    }
  }
  const { note: _, ...bare } = to;
  changes.replace(item, printPiece(bare, changes.indent(item.start)).trimStart());
}

/** Changes, removes and adds blocks of a kind that is not there just once. */
function editRepeated(
  changes: Changes,
  body: Body,
  block: Block | null,
  type: string,
  { from, to }: { from: readonly Piece[]; to: readonly Piece[] },
): void {
  const ofType = (pieces: readonly Piece[]) => pieces.filter((one): one is BlockPiece => nameOf(one) === type);
  const [before, after] = [ofType(from), ofType(to)];
  if (before.length === after.length && before.every((one, index) => isSame(one, after[index] as Piece))) return;
  const items = body.items.filter((item) => nameOf(item) === type);
  const blocks = items.flatMap((item) => (item.kind === 'block' ? item : []));
  const found = blocks.length < items.length ? null : replacements(type, blocks, before, after);
  if (found === null) for (const item of items) changes.remove(item);
  for (const one of found?.changed ?? []) editBody(changes, one.block.body, one.block, one.from.items, one.to.items);
  for (const one of found?.removed ?? []) changes.remove(one.block, noteLines(before[0] ?? one.from));
  const added = found?.added ?? after;
  const last = found ? items.at(-1) : undefined;
  if (added.length === 0) return;
  if (last)
    insertAfter(
      changes,
      last,
      added.map(({ note: _, ...piece }) => piece),
    );
  else insert(changes, body, block, to, added);
}

function replacements(
  type: string,
  blocks: readonly Block[],
  from: readonly BlockPiece[],
  to: readonly BlockPiece[],
): Replacements | null {
  return type === 'ingress' ? byPorts(blocks, to.map(rangeOf), ingressBlock) : inOrder(blocks, from, to);
}

/** The ports that a piece says. */
function rangeOf({ items }: BlockPiece): PortRange {
  const number = (name: string) => {
    const piece = items.find((one) => nameOf(one) === name);
    return piece?.kind === 'attribute' ? Number(piece.value) : null;
  };
  const port = number('port') ?? 0;
  return { first: number('start_port') ?? port, last: number('end_port') ?? port };
}

/** Puts pieces of a kind where they belong: after what comes before them in a written file, else before what comes after. */
function insert(
  changes: Changes,
  body: Body,
  block: Block | null,
  order: readonly Piece[],
  pieces: readonly ItemPiece[],
): void {
  const kind = nameOf(pieces[0] as Piece);
  const names = order.map(nameOf);
  const there = (name: string) => (name === kind || name === '' ? null : itemOf(body, name));
  const before = names
    .slice(0, names.indexOf(kind))
    .map(there)
    .findLast((item) => item !== null);
  if (before) {
    insertAfter(changes, before, pieces);
    return;
  }
  const after = names
    .slice(names.lastIndexOf(kind) + 1)
    .map(there)
    .find((item) => item !== null);
  const first = after ?? body.items[0];
  if (first) {
    const lines = printPieces(pieces, changes.indent(first.start));
    changes.insertBeforeLine(withComments(changes, first), pieces[0]?.kind === 'block' ? `${lines}\n` : lines);
  } else if (block === null) {
    changes.insertAfterLine(changes.text.length, printPieces(pieces, ''));
  } else {
    changes.insertBeforeLine(body.end, printPieces(pieces, `${changes.indent(block.start)}  `));
  }
}

/** Behind an item, written in the same way. */
function insertAfter(changes: Changes, item: Item, pieces: readonly ItemPiece[]): void {
  const [first] = pieces as [ItemPiece];
  const indent = changes.indent(item.start);
  const lines =
    first.kind === 'attribute' ? printPiece(first, indent, widthOf(changes, item, first)) : printPieces(pieces, indent);
  const isApart = (first.kind === 'block' || item.kind === 'block') && nameOf(item) !== nameOf(first);
  changes.insertAfterLine(item.end, isApart ? `\n${lines}` : lines);
}

/** How far the name of an attribute is filled up, beside another one. */
function widthOf({ text }: Changes, item: Item, { value }: AttributePiece): number {
  if (item.kind !== 'attribute' || isLong(value)) return 0;
  return Math.max(0, text.indexOf('=', item.nameEnd) - item.start - 1);
}

/** Where the comments right above an item begin. */
function withComments(changes: Changes, item: Item): number {
  let start = changes.lineStart(item.start);
  while (start > 0) {
    const above = changes.lineStart(start - 1);
    if (!/^[ \t]*(?:#|\/\/)/.test(changes.text.slice(above, start))) break;
    start = above;
  }
  return start;
}

function remove(changes: Changes, body: Body, piece: ItemPiece): void {
  for (const item of body.items) {
    if (nameOf(item) !== nameOf(piece)) continue;
    if (item.kind === 'block' && piece.kind === 'block' && optional.has(item.type) && hasMore(changes, item, piece))
      editBody(changes, item.body, item, piece.items, []);
    else changes.remove(item, noteLines(piece));
  }
}

/** Whether a block says, or explains, what its piece does not. */
function hasMore({ text }: Changes, { body }: Block, { items }: BlockPiece): boolean {
  const known = new Set(items.map(nameOf));
  const notes = new Set(items.flatMap((piece) => noteLines(piece)));
  const isComment = (line: string) => /^(?:#|\/\/|\/\*)/.test(line) && !notes.has(line);
  const lines = text.slice(body.start, body.end).split('\n');
  return body.items.some((item) => !known.has(nameOf(item))) || lines.some((line) => isComment(line.trim()));
}

/** A block on one line becomes one of several where more than its value changes. */
function editOneLine(changes: Changes, block: Block, from: readonly Piece[], to: readonly Piece[]): void {
  const [item] = block.body.items;
  const pieces = to.filter((piece) => piece.kind !== 'note');
  const isOwn = (piece: Piece) => item !== undefined && nameOf(piece) === nameOf(item);
  const own = pieces.find(isOwn);
  const added = pieces.filter((piece) => !isOwn(piece) && !isSame(named(from, piece), piece));
  if (item && own && added.length === 0) {
    if (!isSame(named(from, own), own)) editItem(changes, item, named(from, own), own);
    return;
  }
  const isKept = item && (own ? isSame(named(from, own), own) : !from.some(isOwn));
  const indent = changes.indent(block.start);
  const kept = isKept ? [`${indent}  ${changes.text.slice(item.start, item.end)}`] : [];
  const rest = pieces.filter((piece) => added.includes(piece) || (piece === own && !isKept));
  const lines = [...kept, ...rest.map((piece) => printPiece(piece, `${indent}  `))];
  if (lines.length > 0 || item)
    changes.replace(block.body, lines.length === 0 ? '' : `\n${lines.join('\n')}\n${indent}`);
}
