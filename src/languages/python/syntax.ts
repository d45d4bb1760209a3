import type { SyntaxNode } from '@lezer/common';
// A kept, error-tolerant grammar (CodeMirror's) in plain JavaScript: no binary to load, and no Python to run.
import { parser } from '@lezer/python';
import { type Call, children, Expressions, splitAt, stringOf, type Value } from './expressions.ts';

/** A name that is given a value. */
export interface Assignment {
  name: string;
  value: Value;
  line: number;
  /** Function that it stands in, as for a call. */
  within: string;
}

/** A function of a module's top level. */
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
  /** What is imported, under the names that it has where it is from. */
  imported: ReadonlySet<string>;
  /** Names that the top level defines: variables, functions and classes. */
  own: ReadonlySet<string>;
  /** Line of `if __name__ == "__main__":`; null without one. */
  mainLine: number | null;
}

/** The largest source that is parsed: larger ones are data or generated. */
const largestSource = 300_000;

/** Blocks of a module's top level that are entered when it is imported, or may be. */
const transparent = new Set(['Body', 'IfStatement', 'TryStatement', 'WithStatement', 'DecoratedStatement', 'Script']);

/** Reads Python source. Broken parts are skipped, and nested ones beyond reason are not followed. */
export function readSyntax(text: string): Syntax {
  return new Reader(text.length > largestSource || nestedBeyondReason(text) ? '' : text).read();
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

class Reader {
  private readonly assignments: Assignment[] = [];
  private readonly functions: FunctionFacts[] = [];
  private readonly classes = new Map<string, string[]>();
  private readonly calls: Call[] = [];
  private readonly lookups: Syntax['lookups'] = [];
  private mainLine: number | null = null;
  private readonly expressions: Expressions;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
    this.expressions = new Expressions(text);
  }

  read(): Syntax {
    this.visit(parser.parse(this.text).topNode, '', 0);
    const { assignments, functions, classes, calls, lookups, mainLine } = this;
    const { imports } = this.expressions;
    const variables = assignments.flatMap(({ name, within }) => (within === '' ? [name] : []));
    const own = new Set([...variables, ...functions.map(({ name }) => name), ...classes.keys()]);
    return {
      assignments,
      functions,
      classes,
      calls,
      lookups,
      imports,
      imported: new Set(imports.values()),
      own,
      mainLine,
    };
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
        this.calls.push(this.expressions.callOf(node, within));
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
    const words = children(node).map((child) => (child.name === ',' ? ',' : this.expressions.textOf(child)));
    const from = words[0] === 'from';
    const importAt = words.indexOf('import');
    const module = from ? words.slice(1, importAt).join('') : '';
    for (const part of splitAt(words.slice(importAt + 1), ',')) {
      const name = part.filter((word) => word !== '(' && word !== ')');
      const as = name.indexOf('as');
      const imported = (as < 0 ? name : name.slice(0, as)).join('');
      if (imported === '' || imported === '*') continue;
      const separator = module.endsWith('.') ? '' : '.';
      if (from) this.expressions.imports.set(name[as + 1] ?? imported, `${module}${separator}${imported}`);
      // `import a.b` binds `a`, under which `a.b` is reached.
      else if (as >= 0) this.expressions.imports.set(name[as + 1] ?? '', imported);
    }
  }

  private readAssignment(node: SyntaxNode, within: string): void {
    const parts = children(node);
    const last = parts.at(-1);
    if (last === undefined || parts.at(-2)?.name !== 'AssignOp') return;
    const value = this.expressions.valueOf(last, within);
    for (const [index, part] of parts.entries()) {
      const target = part.name === 'VariableName' && index < parts.length - 1;
      if (target)
        this.assignments.push({
          name: this.expressions.textOf(part),
          value,
          line: this.expressions.lineOf(part),
          within,
        });
    }
  }

  private readLookup(node: SyntaxNode): void {
    const [container, bracket, key] = children(node);
    if (bracket?.name !== '[' || container === undefined || key?.name !== 'String') return;
    const name = this.expressions.nameOf(container);
    const text = stringOf(this.expressions.textOf(key), key);
    if (name !== null && text !== null) this.lookups.push({ name, key: text, line: this.expressions.lineOf(node) });
  }

  private readClass(node: SyntaxNode, within: string): string {
    const name = this.expressions.textOf(node.getChild('VariableName'));
    const bases = node.getChild('ArgList');
    if (within === '' && bases !== null) {
      const named = this.expressions
        .argumentsOf(bases, within, 0)
        .positional.flatMap((each) => (each.kind === 'name' ? [each.name] : []));
      this.classes.set(name, named);
    }
    return `${name}.`;
  }

  private readFunction(node: SyntaxNode, within: string): string {
    const name = this.expressions.textOf(node.getChild('VariableName'));
    const top = within === '' && topLevel(node);
    if (!top) return `${within}.${name}`;
    const annotation = node.getChild('TypeDef');
    const returned = annotation?.lastChild ? [this.expressions.valueOf(annotation.lastChild, name)] : [];
    const required = splitAt(children(node.getChild('ParamList')).slice(1, -1), ',', ({ name }) => name).filter(
      (parameter) =>
        parameter.length > 0 && parameter[0]?.name === 'VariableName' && !parameter.some((p) => p.name === 'AssignOp'),
    ).length;
    this.functions.push({
      name,
      line: this.expressions.lineOf(node),
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
      return value === null || value.name === 'return' ? [] : [this.expressions.valueOf(value, within)];
    });
  }

  private isMainGuard(node: SyntaxNode): boolean {
    const condition = node.getChild('BinaryExpression');
    if (condition === null) return false;
    const text = this.expressions.textOf(condition).replaceAll('"', "'").replace(/\s/g, '');
    const guards = text === "__name__=='__main__'" || text === "'__main__'==__name__";
    if (guards) this.mainLine ??= this.expressions.lineOf(node);
    return guards;
  }
}

function topLevel(node: SyntaxNode): boolean {
  for (let parent = node.parent; parent !== null; parent = parent.parent) {
    if (!transparent.has(parent.name)) return false;
  }
  return true;
}
