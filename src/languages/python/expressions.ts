import type { SyntaxNode } from '@lezer/common';
import { lineAt } from '../scan.ts';

/** An expression, as far as detection reads it. */
export type Value =
  | { kind: 'text'; text: string }
  | { kind: 'number'; number: number }
  /** A name with its attributes, imports resolved: `fastapi.FastAPI`, `.web.app`. */
  | { kind: 'name'; name: string }
  | { kind: 'call'; call: Call }
  | { kind: 'list'; items: Value[] }
  | { kind: 'map'; entries: [key: Value, value: Value][] }
  | { kind: 'other' };

export interface Call {
  /** What is called, imports resolved; null when it is no plain name. */
  callee: string | null;
  positional: Value[];
  keywords: ReadonlyMap<string, Value>;
  /** True when `*args` or `**kwargs` may hold more. */
  spread: boolean;
  line: number;
  /** Function that the call stands in; `''` at the top level of the module, `'__main__'` where only running it leads. */
  within: string;
}

/** Expressions are read to this depth: what says something is flat. */
const deepest = 12;

/** A longer name is none that a person wrote. */
const longestName = 500;

/** Reads the expressions of one source; names are resolved by what has been imported so far. */
export class Expressions {
  /** Local names of what is imported: `f` to `fastapi`. */
  readonly imports = new Map<string, string>();
  private readonly source: string;

  constructor(source: string) {
    this.source = source;
  }

  callOf(node: SyntaxNode, within: string, depth = 0): Call {
    const list = node.getChild('ArgList');
    const callee = node.firstChild === null ? null : this.nameOf(node.firstChild);
    return { callee, ...this.argumentsOf(list, within, depth + 1), line: this.lineOf(node), within };
  }

  argumentsOf(
    list: SyntaxNode | null,
    within: string,
    depth: number,
  ): Pick<Call, 'positional' | 'keywords' | 'spread'> {
    const positional: Value[] = [];
    const keywords = new Map<string, Value>();
    let spread = false;
    for (const part of splitAt(children(list).slice(1, -1), ',', ({ name }) => name)) {
      const [first, second, third] = part;
      if (first === undefined || first.name === 'Comment') continue;
      if (first.name === '*' || first.name === '**') spread = true;
      else if (second?.name === 'AssignOp' && third)
        keywords.set(this.textOf(first), this.valueOf(third, within, depth));
      else positional.push(this.valueOf(first, within, depth));
    }
    return { positional, keywords, spread };
  }

  valueOf(node: SyntaxNode, within: string, depth = 0): Value {
    if (depth > deepest) return { kind: 'other' };
    switch (node.name) {
      case 'String':
      case 'ContinuedString': {
        const text = stringOf(this.textOf(node), node);
        return text === null ? { kind: 'other' } : { kind: 'text', text };
      }
      case 'Number':
        return { kind: 'number', number: Number(this.textOf(node).replaceAll('_', '')) };
      case 'CallExpression':
        return { kind: 'call', call: this.callOf(node, within, depth) };
      case 'ParenthesizedExpression':
        return node.firstChild?.nextSibling
          ? this.valueOf(node.firstChild.nextSibling, within, depth + 1)
          : { kind: 'other' };
      case 'ArrayExpression':
      case 'TupleExpression': {
        const items = children(node).filter(({ name }) => !/^[[\](),]$|^Comment$/.test(name));
        return { kind: 'list', items: items.map((item) => this.valueOf(item, within, depth + 1)) };
      }
      case 'DictionaryExpression': {
        const entries = splitAt(children(node).slice(1, -1), ',', ({ name }) => name).flatMap(
          ([key, colon, value]): [Value, Value][] =>
            key && value && colon?.name === ':'
              ? [[this.valueOf(key, within, depth + 1), this.valueOf(value, within, depth + 1)]]
              : [],
        );
        return { kind: 'map', entries };
      }
      default: {
        const name = this.nameOf(node);
        return name === null ? { kind: 'other' } : { kind: 'name', name };
      }
    }
  }

  /** A dotted name with its first part resolved; null for anything else. */
  nameOf(node: SyntaxNode): string | null {
    if (node.name !== 'VariableName' && node.name !== 'MemberExpression') return null;
    if (node.to - node.from > longestName) return null;
    const text = this.textOf(node).replace(/\s/g, '');
    if (!/^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}_][\p{L}\p{N}_]*)*$/u.test(text)) return null;
    const [first = '', ...rest] = text.split('.');
    return [this.imports.get(first) ?? first, ...rest].join('.');
  }

  textOf(node: SyntaxNode | null): string {
    return node === null ? '' : this.source.slice(node.from, node.to);
  }

  lineOf(node: SyntaxNode): number {
    return lineAt(this.source, node.from);
  }
}

/** The nodes directly below one, in their order. */
export function children(node: SyntaxNode | null): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node?.firstChild ?? null; child !== null; child = child.nextSibling) found.push(child);
  return found;
}

/** The items between separators; empty parts are left out. */
export function splitAt<T>(items: readonly T[], separator: string, key: (item: T) => unknown = (item) => item): T[][] {
  const parts: T[][] = [[]];
  for (const item of items) {
    if (key(item) === separator) parts.push([]);
    else parts.at(-1)?.push(item);
  }
  return parts.filter((part) => part.length > 0);
}

/** The text of plain string literals; null for byte strings. Escapes beyond `\n` and quotes are left as they are. */
export function stringOf(source: string, node: SyntaxNode): string | null {
  if (node.name === 'ContinuedString') {
    const pieces = children(node).map((child) =>
      stringOf(source.slice(child.from - node.from, child.to - node.from), child),
    );
    return pieces.every((piece) => piece !== null) ? pieces.join('') : null;
  }
  const match = /^([A-Za-z]*)("""|'''|"|')([\s\S]*)\2$/.exec(source);
  if (!match || /[bf]/i.test(match[1] ?? '')) return null;
  return /r/i.test(match[1] ?? '') ? (match[3] ?? '') : (match[3] ?? '').replace(/\\(["'\\])/g, '$1');
}
