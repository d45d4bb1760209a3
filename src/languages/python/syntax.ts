import type { SyntaxNode } from '@lezer/common';
// A kept, error-tolerant grammar (CodeMirror's) in plain JavaScript: no binary to load, and no Python to run.
import { parser } from '@lezer/python';
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

export interface Assignment {
  name: string;
  value: Value;
  line: number;
  within: string;
}

export interface FunctionFacts {
  name: string;
  line: number;
  /** Parameters without a default. */
  required: number;
  /** What it says that it returns, and what its `return` statements name. */
  returns: Value[];
  isAsync: boolean;
}

/** What one source file says, without running it. */
export interface Syntax {
  assignments: Assignment[];
  functions: FunctionFacts[];
  /** Classes of the top level, with the names of their bases. */
  classes: ReadonlyMap<string, string[]>;
  calls: Call[];
  /** What is looked up by a text: `os.environ["PORT"]`. */
  lookups: { name: string; key: string; line: number }[];
  /** Local names of what is imported: `f` to `fastapi`. */
  imports: ReadonlyMap<string, string>;
  /** Line of `if __name__ == "__main__":`; null without one. */
  mainLine: number | null;
}

/** The largest source that is parsed: larger ones are data or generated. */
const largestSource = 300_000;

/** Blocks of a module's top level that are entered when it is imported, or may be. */
const transparent = new Set(['Body', 'IfStatement', 'TryStatement', 'WithStatement', 'DecoratedStatement', 'Script']);

/** Reads Python source. Broken parts are skipped, and nested ones beyond reason are not followed. */
export function readSyntax(text: string): Syntax {
  return new Reader(text.length > largestSource || nestedBeyondReason(text) ? '' : text).syntax;
}

/** Brackets in brackets cost the parser time that no source of a person asks for. */
function nestedBeyondReason(text: string): boolean {
  let open = 0;
  for (const [bracket] of text.matchAll(/[([{\])}]/g)) {
    open += '([{'.includes(bracket) ? 1 : -1;
    if (open > 1000) return true;
  }
  return false;
}

/** More nesting than a person writes: deeper trees are not walked, so that the stack holds. */
const deepest = 400;
/** Expressions are read to this depth: what says something is flat. */
const deepestValue = 12;

class Reader {
  readonly syntax: Syntax & { imports: Map<string, string>; classes: Map<string, string[]> } = {
    assignments: [],
    functions: [],
    classes: new Map(),
    calls: [],
    lookups: [],
    imports: new Map(),
    mainLine: null,
  };
  private lineStart = 0;
  private line = 1;

  private readonly text: string;

  constructor(text: string) {
    this.text = text;
    this.visit(parser.parse(text).topNode, '', 0);
  }

  private visit(node: SyntaxNode, within: string, depth: number): void {
    if (depth > deepest) return;
    const inside = this.enter(node, within);
    for (let child = node.firstChild; child !== null; child = child.nextSibling) this.visit(child, inside, depth + 1);
  }

  /** Takes down what one node says. @returns the function that its children stand in. */
  private enter(node: SyntaxNode, within: string): string {
    switch (node.name) {
      case 'ImportStatement':
        this.readImport(node);
        return within;
      case 'AssignStatement':
        this.readAssignment(node, within);
        return within;
      case 'CallExpression':
        this.syntax.calls.push(this.callOf(node, within));
        return within;
      case 'MemberExpression':
        this.readLookup(node);
        return within;
      case 'ClassDefinition':
        return this.readClass(node, within);
      case 'FunctionDefinition':
        return this.readFunction(node, within);
      case 'IfStatement':
        return within === '' && this.isMainGuard(node) ? '__main__' : within;
      default:
        return within;
    }
  }

  private readImport(node: SyntaxNode): void {
    const words = children(node).map((child) => (child.name === ',' ? ',' : this.textOf(child)));
    const from = words[0] === 'from';
    const importAt = words.indexOf('import');
    const module = from ? words.slice(1, importAt).join('') : '';
    for (const part of splitAt(words.slice(importAt + 1), ',')) {
      const name = part.filter((word) => word !== '(' && word !== ')');
      const as = name.indexOf('as');
      const imported = (as < 0 ? name : name.slice(0, as)).join('');
      if (imported === '' || imported === '*') continue;
      const separator = module.endsWith('.') ? '' : '.';
      if (from) this.syntax.imports.set(name[as + 1] ?? imported, `${module}${separator}${imported}`);
      // `import a.b` binds `a`, under which `a.b` is reached.
      else if (as >= 0) this.syntax.imports.set(name[as + 1] ?? '', imported);
    }
  }

  private readAssignment(node: SyntaxNode, within: string): void {
    const parts = children(node);
    const last = parts.at(-1);
    if (last === undefined || parts.at(-2)?.name !== 'AssignOp') return;
    const value = this.valueOf(last, within);
    for (const [index, part] of parts.entries()) {
      const target = part.name === 'VariableName' && index < parts.length - 1;
      if (target) this.syntax.assignments.push({ name: this.textOf(part), value, line: this.lineOf(part), within });
    }
  }

  private readLookup(node: SyntaxNode): void {
    const [container, bracket, key] = children(node);
    if (bracket?.name !== '[' || container === undefined || key?.name !== 'String') return;
    const name = this.nameOf(container);
    const text = stringOf(this.textOf(key), key);
    if (name !== null && text !== null) this.syntax.lookups.push({ name, key: text, line: this.lineOf(node) });
  }

  private readClass(node: SyntaxNode, within: string): string {
    const name = this.textOf(node.getChild('VariableName'));
    const bases = node.getChild('ArgList');
    if (within === '' && bases !== null) {
      const named = this.argumentsOf(bases, within, 0).positional.flatMap((each) =>
        each.kind === 'name' ? [each.name] : [],
      );
      this.syntax.classes.set(name, named);
    }
    return `${name}.`;
  }

  private readFunction(node: SyntaxNode, within: string): string {
    const name = this.textOf(node.getChild('VariableName'));
    const top = within === '' && topLevel(node);
    if (!top) return `${within}.${name}`;
    const annotation = node.getChild('TypeDef');
    const returned = annotation?.lastChild ? [this.valueOf(annotation.lastChild, name)] : [];
    const required = splitAt(children(node.getChild('ParamList')).slice(1, -1), ',', ({ name }) => name).filter(
      (parameter) =>
        parameter.length > 0 && parameter[0]?.name === 'VariableName' && !parameter.some((p) => p.name === 'AssignOp'),
    ).length;
    this.syntax.functions.push({
      name,
      line: this.lineOf(node),
      required,
      returns: [...returned, ...this.returnsOf(node.getChild('Body'), name)],
      isAsync: node.getChild('async') !== null,
    });
    return name;
  }

  private returnsOf(body: SyntaxNode | null, within: string, depth = 0): Value[] {
    if (body === null || depth > deepest) return [];
    return children(body).flatMap((child) => {
      if (child.name === 'FunctionDefinition' || child.name === 'ClassDefinition') return [];
      if (child.name !== 'ReturnStatement') return this.returnsOf(child, within, depth + 1);
      const value = child.lastChild;
      return value === null || value.name === 'return' ? [] : [this.valueOf(value, within)];
    });
  }

  private isMainGuard(node: SyntaxNode): boolean {
    const condition = node.getChild('BinaryExpression');
    if (condition === null) return false;
    const text = this.textOf(condition).replaceAll('"', "'").replace(/\s/g, '');
    const guards = text === "__name__=='__main__'" || text === "'__main__'==__name__";
    if (guards) this.syntax.mainLine ??= this.lineOf(node);
    return guards;
  }

  private callOf(node: SyntaxNode, within: string, depth = 0): Call {
    const list = node.getChild('ArgList');
    const callee = node.firstChild === null ? null : this.nameOf(node.firstChild);
    return { callee, ...this.argumentsOf(list, within, depth + 1), line: this.lineOf(node), within };
  }

  private argumentsOf(
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

  private valueOf(node: SyntaxNode, within: string, depth = 0): Value {
    if (depth > deepestValue) return { kind: 'other' };
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
  private nameOf(node: SyntaxNode): string | null {
    if (node.name !== 'VariableName' && node.name !== 'MemberExpression') return null;
    const text = this.textOf(node).replace(/\s/g, '');
    if (!/^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}_][\p{L}\p{N}_]*)*$/u.test(text)) return null;
    const [first = '', ...rest] = text.split('.');
    return [this.syntax.imports.get(first) ?? first, ...rest].join('.');
  }

  private textOf(node: SyntaxNode | null): string {
    return node === null ? '' : this.text.slice(node.from, node.to);
  }

  /** Nodes come mostly in order, so that lines are counted on from the last one. */
  private lineOf(node: SyntaxNode): number {
    if (node.from < this.lineStart) return lineAt(this.text, node.from);
    for (let at = this.text.indexOf('\n', this.lineStart); at >= 0 && at < node.from; ) {
      this.line += 1;
      this.lineStart = at + 1;
      at = this.text.indexOf('\n', this.lineStart);
    }
    return this.line;
  }
}

function children(node: SyntaxNode | null): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node?.firstChild ?? null; child !== null; child = child.nextSibling) found.push(child);
  return found;
}

function topLevel(node: SyntaxNode): boolean {
  for (let parent = node.parent; parent !== null; parent = parent.parent) {
    if (!transparent.has(parent.name)) return false;
  }
  return true;
}

function splitAt<T>(items: readonly T[], separator: string, key: (item: T) => unknown = (item) => item): T[][] {
  const parts: T[][] = [[]];
  for (const item of items) {
    if (key(item) === separator) parts.push([]);
    else parts.at(-1)?.push(item);
  }
  return parts.filter((part) => part.length > 0);
}

/** The text of plain string literals; null for byte strings. Escapes beyond `\n` and quotes are left as they are. */
function stringOf(source: string, node: SyntaxNode): string | null {
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
