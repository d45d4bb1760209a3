import type { Block, Body, Expression, MapEntry, MapKey, Span } from './tree.ts';

/**
 * A file as the platform's deserializer sees it: blocks and attributes of one name are one entry, labels are maps in
 * between, blocks that repeat are a list.
 * Source: https://github.com/hashicorp/hcl/blob/main/json/spec.md#blocks, as hcl-rs follows it
 */
export type Shape = MapShape | ListShape | ValueShape;

export interface MapShape extends Span {
  kind: 'map';
  entries: Entry[];
  /** The body of a block without labels. */
  unlabelled?: boolean;
}

export interface ListShape extends Span {
  kind: 'list';
  items: Shape[];
  /** Made of blocks, not of a list. */
  repeated: boolean;
}

/** What is neither map nor list. */
export interface ValueShape extends Span {
  kind: 'value';
  expression: Expression;
}

export interface Entry {
  /** Null where the key is no text, such as a number. */
  key: string | null;
  /** Of the key. */
  place: Span;
  value: Shape;
}

/** Reads a tree as shapes. */
export class Shapes {
  /** What a later one of the same key takes the place of, without an error. */
  readonly overridden: Span[] = [];
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  ofBody(body: Body): MapShape {
    return this.ofNodes(this.nodes(body), body);
  }

  ofExpression(expression: Expression): Shape {
    const { start, end } = expression;
    if (expression.kind === 'list')
      return {
        kind: 'list',
        items: expression.items.map((item) => this.ofExpression(item)),
        repeated: false,
        start,
        end,
      };
    if (expression.kind === 'map') return { kind: 'map', entries: this.entries(expression.entries), start, end };
    return { kind: 'value', expression, start, end };
  }

  /** What a text is made of where a text is wanted; what nothing evaluates stands there as its source. */
  textOf(expression: Expression): string {
    if (expression.kind === 'string' || expression.kind === 'template') return expression.value;
    if (expression.kind === 'number') return `\${${String(expression.value).replace('e+', 'e')}}`;
    return `\${${this.text.slice(expression.start, expression.end)}}`;
  }

  private nodes(body: Body): Map<string, Node> {
    const found = new Map<string, Node>();
    for (const item of body.items) {
      if (item.kind === 'attribute') {
        this.override(found.get(item.name));
        found.set(item.name, { kind: 'value', value: item.value, place: { start: item.start, end: item.nameEnd } });
      } else {
        this.merge(found, item.type, this.blockNode(item, { start: item.start, end: item.typeEnd }, 0));
      }
    }
    return found;
  }

  private blockNode(block: Block, place: Span, depth: number): Node {
    const label = block.labels[depth];
    if (label === undefined) return { kind: 'bodies', blocks: [block], place };
    return { kind: 'labels', nodes: new Map([[label.text, this.blockNode(block, label, depth + 1)]]), place, block };
  }

  private merge(into: Map<string, Node>, key: string, node: Node): void {
    const before = into.get(key);
    if (before?.kind === 'labels' && node.kind === 'labels') {
      for (const [label, one] of node.nodes) this.merge(before.nodes, label, one);
    } else if (before?.kind === 'bodies' && node.kind === 'bodies') {
      before.blocks.push(...node.blocks);
    } else {
      this.override(before);
      into.set(key, node);
    }
  }

  private override(node: Node | undefined): void {
    if (node) this.overridden.push(node.place);
  }

  private ofNodes(nodes: Map<string, Node>, { start, end }: Span): MapShape {
    const entries = [...nodes].map(([key, node]) => ({ key, place: node.place, value: this.ofNode(node) }));
    return { kind: 'map', entries, start, end };
  }

  private ofNode(node: Node): Shape {
    if (node.kind === 'value') return this.ofExpression(node.value);
    if (node.kind === 'labels') return this.ofNodes(node.nodes, node.block);
    const [first, ...more] = node.blocks.map((block) => ({
      ...this.ofBody(block.body),
      unlabelled: block.labels.length === 0,
      start: block.start,
      end: block.end,
    }));
    if (first === undefined || more.length > 0)
      return { kind: 'list', items: first ? [first, ...more] : [], repeated: true, ...spanOf(more[0] ?? node.place) };
    return first;
  }

  /** Of keys that are written alike the last one counts. */
  private entries(written: readonly MapEntry[]): Entry[] {
    const found = new Map<string, Entry>();
    for (const { key, value } of written) {
      const id = `${key.kind === 'name' ? 'name' : ''} ${this.text.slice(key.start, key.end)}`;
      const before = found.get(id);
      if (before) this.overridden.push(before.place);
      found.set(id, { key: this.keyOf(key), place: key, value: this.ofExpression(value) });
    }
    return [...found.values()];
  }

  private keyOf(key: MapKey): string | null {
    if (key.kind === 'name') return key.name;
    if (key.kind === 'group') return this.keyOf(key.inner);
    return ['null', 'boolean', 'number', 'list', 'map'].includes(key.kind) ? null : this.textOf(key);
  }
}

function spanOf({ start, end }: Span): Span {
  return { start, end };
}

type Node =
  | { kind: 'value'; value: Expression; place: Span }
  | { kind: 'bodies'; blocks: Block[]; place: Span }
  | { kind: 'labels'; nodes: Map<string, Node>; place: Span; block: Block };
