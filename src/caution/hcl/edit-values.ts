import { isDeepStrictEqual } from 'node:util';
import type { Changes } from './changes.ts';
import { printValue, printVariable, quote, type Value, type Variable } from './print.ts';
import type { Attribute, Block, List, MapEntry, Span } from './tree.ts';

/** Gives an attribute another value; of a list only the items that differ. */
export function editValue(changes: Changes, { value: there, start }: Attribute, from: Value | null, to: Value): void {
  if (there.kind === 'list' && isTexts(from) && isTexts(to) && editList(changes, there, from, to)) return;
  changes.replace(there, printValue(to, changes.indent(start)));
}

function isTexts(value: Value | null): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

/** @returns false when the list is not of these items, or not written in lines of one item each. */
function editList(changes: Changes, list: List, from: readonly string[], to: readonly string[]): boolean {
  if (list.items.length !== from.length || from.length === 0) return false;
  const [first, second] = common(from, to);
  const [gone, come] = [list.items.slice(first, from.length - second), to.slice(first, to.length - second)];
  const isInLines = changes.text.slice(list.start, list.end).includes('\n');
  const areAlone = list.items.every((item) => isAlone(changes, item));
  if (isInLines && !areAlone) return false;
  if (!isInLines && gone.length !== come.length) return false;
  for (const [index, item] of gone.entries()) {
    const text = come[index];
    if (text === undefined) changes.remove({ start: item.start, end: afterComma(changes, item.end) });
    else changes.replace(item, quote(text));
  }
  const more = come.slice(gone.length);
  if (more.length > 0) insertItems(changes, list, first + gone.length, more);
  return true;
}

/** How many items are the same at the beginning and at the end. */
function common(from: readonly string[], to: readonly string[]): [first: number, second: number] {
  const most = Math.min(from.length, to.length);
  let first = 0;
  while (first < most && from[first] === to[first]) first += 1;
  let second = 0;
  while (second < most - first && from.at(-1 - second) === to.at(-1 - second)) second += 1;
  return [first, second];
}

/** Whether an item has its line to itself, but for its comma and a comment. */
function isAlone(changes: Changes, { start, end }: Span): boolean {
  const { text } = changes;
  if (text.slice(changes.lineStart(start), start).trim() !== '') return false;
  return /^\s*,?\s*(?:(?:#|\/\/).*)?\s*$/.test(text.slice(end, changes.lineEnd(end)));
}

function afterComma({ text }: Changes, end: number): number {
  const comma = /^\s*,/.exec(text.slice(end));
  return comma ? end + comma[0].length : end;
}

function insertItems(changes: Changes, list: List, index: number, texts: readonly string[]): void {
  const before = list.items[index - 1];
  const indent = changes.indent((list.items[0] ?? list).start);
  const lines = texts.map((text) => `${indent}${quote(text)},`).join('\n');
  if (before === undefined) changes.insertBeforeLine((list.items[0] ?? list).start, lines);
  else {
    if (afterComma(changes, before.end) === before.end) changes.insert(before.end, ',');
    changes.insertAfterLine(before.end, lines);
  }
}

/** Where variables stand: in a map, or in a block. */
interface Entries {
  entries: Pick<MapEntry, 'start' | 'end' | 'value'>[];
  names: (string | null)[];
}

function entriesOf(item: Attribute | Block): Entries | null {
  if (item.kind === 'attribute') {
    if (item.value.kind !== 'map') return null;
    const { entries } = item.value;
    const names = entries.map(({ key }) => (key.kind === 'name' ? key.name : key.kind === 'string' ? key.value : null));
    return { entries, names };
  }
  const { items } = item.body;
  const entries = items.flatMap((one) => (one.kind === 'attribute' ? one : []));
  if (entries.length < items.length || item.labels.length > 0) return null;
  return { entries, names: entries.map(({ name }) => name) };
}

/**
 * Changes variables one by one.
 * @returns false when they are not written one a line.
 */
export function editVariables(
  changes: Changes,
  item: Attribute | Block,
  from: readonly Variable[],
  to: readonly Variable[],
): boolean {
  const found = entriesOf(item);
  if (!found?.entries.every((entry) => isAlone(changes, entry)) || found.entries.length === 0) return false;
  const [before, after] = [from, to].map((all) => new Map(all.map((one) => [one.name, one.value])));
  for (const [index, entry] of found.entries.entries()) {
    const name = found.names[index] ?? '';
    const wanted = after?.get(name);
    if (wanted === undefined) changes.remove({ start: entry.start, end: afterComma(changes, entry.end) });
    else if (!isDeepStrictEqual(before?.get(name), wanted)) changes.replace(entry.value, printValue(wanted, ''));
  }
  const there = new Set(found.names);
  const more = to.filter(({ name }) => !there.has(name));
  if (more.length > 0) insertVariables(changes, found, more);
  return true;
}

function insertVariables(changes: Changes, { entries }: Entries, variables: readonly Variable[]): void {
  const last = entries.at(-1);
  if (last === undefined) return;
  const { text } = changes;
  const indent = changes.indent(last.start);
  const comma = afterComma(changes, last.end) > last.end ? ',' : '';
  const width = text.slice(last.start, last.value.start).replace(/\s?[=:][^=:]*$/, '').length;
  const lines = variables.map(({ name, value }) => `${indent}${printVariable(name, value, width)}${comma}`);
  changes.insertAfterLine(last.end, lines.join('\n'));
}
