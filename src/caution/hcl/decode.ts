import { closest } from 'fastest-levenshtein';
import { printableLine } from '../../output.ts';
import { type Entry, type MapShape, type Shape, Shapes } from './shape.ts';
import type { Place, Syntax } from './syntax.ts';
import type { Call, Expression, Span } from './tree.ts';

/** Something that the platform's parser refuses. */
export interface Problem extends Place {
  /** Stable, such as `hcl-unknown-key`. */
  rule: HclRule;
  message: string;
  mend?: string;
}

export type HclRule =
  | 'hcl-syntax'
  | 'hcl-unknown-key'
  | 'hcl-twice'
  | 'hcl-wrong-type'
  | 'hcl-missing'
  | 'hcl-enclave'
  | 'hcl-port'
  | 'hcl-http-port'
  | 'hcl-domain'
  | 'hcl-encryption'
  | 'hcl-unit'
  | 'hcl-variable'
  | 'hcl-provider';

/** A value that is taken for a text although it is none in quotes: nothing evaluates it. */
export interface Unevaluated extends Place {
  /** Of `places`. */
  key: string;
  kind: Expression['kind'];
  /** What it is read as. */
  text: string;
}

/** An entry whose key is a text. */
export type NamedEntry = Entry & { key: string };

/** What is read as a text alone: in `ingress`, `egress` and `provider` nothing else becomes one. */
export type Strictness = 'any' | 'text';

/** Reads values of a shape, and collects what is wrong with them. What is wrong reads as absent. */
export class Decoder {
  readonly problems: Problem[] = [];
  readonly places = new Map<string, Place>();
  readonly unevaluated: Unevaluated[] = [];
  readonly shapes: Shapes;
  private readonly syntax: Syntax;

  constructor(syntax: Syntax) {
    this.syntax = syntax;
    this.shapes = new Shapes(syntax.text);
  }

  place({ start }: Span): Place {
    return this.syntax.place(start);
  }

  note(key: string, at: Span): void {
    if (!this.places.has(key)) this.places.set(key, this.place(at));
  }

  problem(rule: HclRule, at: Span, message: string, mend?: string): void {
    this.problems.push({ rule, ...this.place(at), message, ...(mend !== undefined && { mend }) });
  }

  /**
   * What stands under some names.
   * @param key what the places of the values begin with, such as `build.`; no places are noted without.
   * @returns null when the shape holds no names.
   */
  fields(shape: Shape, what: string, key: string | null, names: readonly string[]): Map<string, Entry> | null {
    const entries = this.map(shape, what)?.entries;
    if (entries === undefined) return null;
    const found = new Map<string, Entry>();
    for (const entry of entries) {
      if (entry.key === null || !names.includes(entry.key)) this.unknown(entry, what, names);
      else if (found.has(entry.key)) this.problem('hcl-twice', entry.place, `${entry.key} is said twice.`);
      else {
        found.set(entry.key, entry);
        if (key !== null) this.note(key + entry.key, entry.place);
      }
    }
    return found;
  }

  private unknown({ key, place }: Entry, what: string, names: readonly string[]): void {
    const shown = printableLine(key ?? 'This key', 60);
    const near = key === null ? undefined : closest(key, [...names]);
    const known = `Known are ${names.join(', ')}.`;
    const isNear = key !== null && near !== undefined && near[0] === key[0]?.toLowerCase();
    this.problem(
      'hcl-unknown-key',
      place,
      `${shown} is no key of ${what}.`,
      isNear ? `Write ${near}, if that is meant. ${known}` : `Remove it. ${known}`,
    );
  }

  /** A shape that holds names. */
  map(shape: Shape, what: string): MapShape | null {
    if (shape.kind === 'map') return shape;
    if (shape.kind === 'list' && shape.repeated) this.problem('hcl-twice', shape, `There is more than one ${what}.`);
    else this.wrong(shape, `${what} is a block: ${what} { … }.`);
    return null;
  }

  wrong(at: Span, message: string): void {
    this.problem('hcl-wrong-type', at, message);
  }

  missing(at: Span, message: string): void {
    this.problem('hcl-missing', at, message);
  }

  /** What is there and not null. */
  given(fields: Map<string, Entry> | null, name: string): Entry | null {
    const entry = fields?.get(name) ?? null;
    return entry?.value.kind === 'value' && entry.value.expression.kind === 'null' ? null : entry;
  }

  /** A text, or what stands for one. @param key of `places`. */
  text(shape: Shape, key: string, strictness: Strictness = 'any'): string | null {
    const expression = shape.kind === 'value' ? shape.expression : null;
    if (expression?.kind === 'string') return expression.value;
    const inner = strictness === 'text' ? inside(expression) : expression;
    const isText = inner !== null && !['null', 'boolean', 'number', 'list', 'map'].includes(inner.kind);
    if (strictness === 'text' && !isText) {
      this.wrong(shape, `${lastName(key)} is a text in quotes.`);
      return null;
    }
    const text = inner === null ? `\${${this.syntax.text.slice(shape.start, shape.end)}}` : this.shapes.textOf(inner);
    const kind = inner?.kind ?? (shape.kind === 'list' ? 'list' : 'map');
    if (kind !== 'string') this.unevaluated.push({ key, kind, text, ...this.place(shape) });
    return text;
  }

  optionalText(fields: Map<string, Entry> | null, name: string, key: string, strictness?: Strictness): string | null {
    const entry = this.given(fields, name);
    return entry && this.text(entry.value, key + name, strictness);
  }

  boolean(fields: Map<string, Entry> | null, name: string): boolean | null {
    const entry = this.given(fields, name);
    if (entry === null) return null;
    if (entry.value.kind === 'value' && entry.value.expression.kind === 'boolean') return entry.value.expression.value;
    this.wrong(entry.value, `${name} is true or false, without quotes.`);
    return null;
  }

  /** A whole number without a sign; null and nothing are not one. */
  number(entry: Entry, bits: 16 | 32): number | null {
    const number = wholeNumber(entry.value, bits);
    if (number === null)
      this.wrong(entry.value, `${entry.key ?? 'This'} is a whole number from 0 to ${2 ** bits - 1}, without quotes.`);
    return number;
  }

  /** Texts of a list. @param orNull whether null counts as absent. */
  texts(
    fields: Map<string, Entry> | null,
    name: string,
    key: string,
    { orNull = false, strictness = 'any' as Strictness } = {},
  ): string[] {
    const entry = orNull ? this.given(fields, name) : fields?.get(name);
    if (!entry) return [];
    const list = strictness === 'text' ? this.inside(entry.value) : entry.value;
    if (list.kind !== 'list' || list.repeated) {
      this.wrong(entry.value, `${name} is a list of texts: ["…"].`);
      return [];
    }
    return list.items.flatMap((item, index) => {
      this.note(`${key}${name}.${index}`, item);
      return this.text(item, `${key}${name}.${index}`, strictness) ?? [];
    });
  }

  /** One of some words. */
  word<T extends string>(
    fields: Map<string, Entry> | null,
    name: string,
    words: readonly T[],
    rule: HclRule,
  ): T | null {
    const entry = this.given(fields, name);
    if (entry === null) return null;
    const { value } = entry;
    const said = value.kind === 'value' && value.expression.kind === 'string' ? value.expression.value : null;
    const found = words.find((word) => word === said) ?? null;
    if (found === null) this.problem(rule, value, `${name} is ${words.map((word) => `"${word}"`).join(' or ')}.`);
    return found;
  }

  /** What parentheses hold, where they count for nothing. */
  inside(shape: Shape): Shape {
    return shape.kind === 'value' && shape.expression.kind === 'group'
      ? this.inside(this.shapes.ofExpression(shape.expression.inner))
      : shape;
  }
}

function inside(expression: Expression | null): Expression | null {
  return expression?.kind === 'group' ? inside(expression.inner) : expression;
}

function lastName(key: string): string {
  return (
    key
      .replace(/\.\d+$/, '')
      .split('.')
      .at(-1) ?? key
  );
}

/** A whole number of so many bits, without a sign; null for anything else. */
export function wholeNumber(shape: Shape, bits: 16 | 32): number | null {
  const expression = shape.kind === 'value' ? shape.expression : null;
  if (expression?.kind !== 'number' || typeof expression.value !== 'bigint') return null;
  return expression.value >= 0n && expression.value < 1n << BigInt(bits) ? Number(expression.value) : null;
}

/** `env::vault("NAME")`, in any namespace that `env` is part of. */
export function isVault(expression: Expression): expression is Call {
  return expression.kind === 'call' && expression.name === 'vault' && expression.namespace.includes('env');
}

/** Reads what stands under each label of blocks of a kind. */
export function readNamed<T>(
  decoder: Decoder,
  entry: Entry | null,
  what: 'enclave' | 'unit',
  read: (one: NamedEntry) => T,
): T[] {
  if (entry === null) return [];
  decoder.note(what, entry.place);
  const { value, place } = entry;
  const before = decoder.problems.length;
  const entries = value.kind === 'map' ? value.entries : [];
  const found = entries.flatMap(({ key, ...rest }) => {
    if (key === null) decoder.wrong(rest.place, `The name of ${what} is a text.`);
    return key === null ? [] : read({ key, ...rest });
  });
  // What is in a block without a name is read as if it were the names of others: that says less.
  const isNameless = value.kind === 'map' && value.unlabelled === true && decoder.problems.length > before;
  if (isNameless) decoder.problems.length = before;
  if (isNameless || value.kind !== 'map')
    decoder.problem(`hcl-${what}`, place, `${what} is a block with a name: ${what} "…" { … }.`);
  else if (entries[1])
    decoder.problem(`hcl-${what}`, entries[1].place, `Caution takes one ${what}; this is another one.`);
  return found;
}
