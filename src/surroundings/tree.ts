import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml';

/** Longer or deeper than this is no manifest that a person wrote. */
const longest = 300_000;
const deepest = 100;

interface Source {
  file: string;
  lines: LineCounter;
  document: Document;
}

/** A value of a YAML document, with the place that it stands at. Aliases and merge keys are followed, one step deep. */
export class Branch {
  readonly #node: unknown;
  readonly #source: Source;

  constructor(node: unknown, source: Source) {
    this.#node = isAlias(node) ? node.resolve(source.document) : node;
    this.#source = source;
  }

  /** `path:line` of the value. */
  get from(): string {
    const { file, lines } = this.#source;
    const offset = (this.#node as Partial<Node> | null | undefined)?.range?.[0];
    return offset === undefined ? file : `${file}:${lines.linePos(offset).line}`;
  }

  /** The text of a scalar, numbers and booleans as they are written; null for anything else. */
  get text(): string | null {
    if (!isScalar(this.#node)) return null;
    const { value, source } = this.#node;
    if (typeof value === 'string') return value;
    return value === null || value === undefined ? null : (source ?? String(value));
  }

  get isMap(): boolean {
    return isMap(this.#node);
  }

  /** A member of a map, by a path of keys. */
  at(...keys: string[]): Branch {
    const [key, ...rest] = keys;
    if (key === undefined) return this;
    return this.#of(this.#member(key)).at(...rest);
  }

  #member(key: string): unknown {
    if (!isMap(this.#node)) return undefined;
    const own = this.#node.get(key, true);
    if (own !== undefined || key === '<<') return own;
    const merged = this.at('<<');
    return isMap(merged.#node) ? merged.#node.get(key, true) : undefined;
  }

  /** Members of a map, each with the place of its key. */
  members(): { key: string; value: Branch; from: string }[] {
    if (!isMap(this.#node)) return [];
    return this.#node.items.flatMap(({ key, value }) => {
      const name = isScalar(key) && typeof key.value === 'string' ? key.value : null;
      return name === null ? [] : [{ key: name, value: this.#of(value), from: this.#of(key).from }];
    });
  }

  /** Items of a list; a scalar counts as a list of itself. */
  items(): Branch[] {
    if (isSeq(this.#node)) return this.#node.items.map((item) => this.#of(item));
    return this.text === null ? [] : [this];
  }

  #of(node: unknown): Branch {
    return new Branch(node, this.#source);
  }
}

/**
 * The documents of a YAML file, with lines.
 * @returns none for a text that cannot be read: it is not ours to mend.
 */
export function readYaml(file: string, text: string | null): Branch[] {
  if (text === null || text.length > longest || isDeep(text)) return [];
  const lines = new LineCounter();
  try {
    const documents = parseAllDocuments(text, { lineCounter: lines, logLevel: 'silent', prettyErrors: false });
    return documents
      .filter(({ errors }) => errors.length === 0)
      .map((document) => new Branch(document.contents, { file, lines, document: document as Document }));
  } catch (error) {
    // The parser's stack ends before a hostile document does.
    if (error instanceof RangeError || error instanceof SyntaxError || error instanceof ReferenceError) return [];
    throw error;
  }
}

/** Whether brackets, dashes or indentation go deeper than any manifest. */
function isDeep(text: string): boolean {
  let depth = 0;
  for (const char of text) {
    if (char === '[' || char === '{') depth += 1;
    else if (char === ']' || char === '}') depth = Math.max(0, depth - 1);
    if (depth > deepest) return true;
  }
  return new RegExp(`^ {${deepest * 4}}|^ *(?:[-?:] +){${deepest}}`, 'm').test(text);
}
