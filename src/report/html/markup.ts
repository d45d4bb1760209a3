/** Text that is markup already: made by `html` alone, so that nothing else reaches a page unescaped. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toString(): string {
    return this.text;
  }
}

export type Content = Markup | string | number | null | undefined | false | readonly Content[];

/**
 * Markup from a template. Each value is escaped for element content and for attributes in double quotes alike, the only
 * places where a value may stand; null, undefined and false are nothing, and lists are joined.
 */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  const pieces = parts.map((part, index) => part + (index < values.length ? rendered(values[index]) : ''));
  return new Markup(pieces.join(''));
}

function rendered(value: Content): string {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Markup) return value.text;
  if (Array.isArray(value)) return value.map(rendered).join('');
  return escaped(String(value));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
  '=': '&#61;',
};

/** Text for element content or an attribute in quotes. What could hide in it, or reorder it, is made visible. */
export function escaped(text: string): string {
  return visible(text).replace(/[&<>"'`=]/g, (character) => entities[character] ?? '');
}

/** Text in which control characters, and marks that hide or reorder text, stand as `\u202e`. Newlines and tabs stay. */
export function visible(text: string): string {
  return (
    text
      .replaceAll('\r\n', '\n')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is made visible
      .replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u{fdd0}-\u{fdef}\u{fffe}\u{ffff}]/gu, codePoint)
  );
}

function codePoint(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

/** At most `length` characters, with a sign that something is missing. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text.slice(0, length - 1)}…`;
}

/** A name for an element that can be linked to, from trusted words and numbers. */
export function idOf(...words: (string | number)[]): string {
  return words
    .join('-')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 80);
}
