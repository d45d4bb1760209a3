/**
 * A caution.hcl as a tree. Everything has its place as offsets into the text (UTF-16 code units), `end` being the first one
 * after it.
 */
export interface Span {
  start: number;
  end: number;
}

/** What stands between braces, or in the whole file. */
export interface Body extends Span {
  items: (Attribute | Block)[];
}

/** `name = value` */
export interface Attribute extends Span {
  kind: 'attribute';
  name: string;
  nameEnd: number;
  value: Expression;
}

/** `type "label" { … }` */
export interface Block extends Span {
  kind: 'block';
  type: string;
  typeEnd: number;
  labels: Label[];
  /** Between the braces; it is on one line where it has no line break. */
  body: Body;
}

export interface Label extends Span {
  text: string;
}

export type Expression = Literal | List | MapExpression | Call | Group | Other;

/** A value that says what it is. */
export type Literal = Span &
  (
    | { kind: 'null' }
    | { kind: 'boolean'; value: boolean }
    /** A bigint is whole, as is a fraction of zero (`80.0`). */
    | { kind: 'number'; value: bigint | number }
    /** In quotes, without an open template. */
    | { kind: 'string'; value: string }
    /** In quotes with `${…}` or `%{…}`, or a heredoc: the text that is left of it where nothing evaluates it. */
    | { kind: 'template'; value: string }
  );

export interface List extends Span {
  kind: 'list';
  items: Expression[];
}

export interface MapExpression extends Span {
  kind: 'map';
  entries: MapEntry[];
}

export interface MapEntry extends Span {
  key: MapKey;
  value: Expression;
}

/** A bare word, or any expression. */
export type MapKey = (Span & { kind: 'name'; name: string }) | Expression;

/** `namespace::name(args)` */
export interface Call extends Span {
  kind: 'call';
  namespace: string[];
  name: string;
  args: Expression[];
}

/** `(inner)` */
export interface Group extends Span {
  kind: 'group';
  inner: Expression;
}

/** What only an evaluation would make a value of: variables, traversals, operators, conditions, `for`. */
export interface Other extends Span {
  kind: 'other';
}
