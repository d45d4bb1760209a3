import { splitWords } from '../caution/words.ts';

/** A simple command of a shell line, and what follows it: `&&`, `;`, `&`, `|`, … or nothing. */
export interface Simple {
  words: string[];
  operator: string;
}

/**
 * Splits shell text into simple commands: quotes are honoured, nothing is expanded.
 * @returns as much as can be read; text behind a quote that stays open is left out.
 */
export function simpleCommands(text: string): Simple[] {
  const commands: Simple[] = [];
  for (const { text: part, operator } of partsOf(text)) {
    const words = splitWords(part.replaceAll(/[\t\r]/g, ' '));
    if (words !== null && words.length > 0) commands.push({ words, operator });
  }
  return commands;
}

/** The lines of a script or recipe, those that end in a backslash joined with the next; each with its first number. */
export function logicalLines(text: string): { text: string; line: number }[] {
  const lines = text.split(/\r?\n/);
  const found: { text: string; line: number }[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const line = at + 1;
    const parts = [lines[at] ?? ''];
    while (parts.at(-1)?.endsWith('\\') && at + 1 < lines.length) {
      at += 1;
      parts.push(lines[at] ?? '');
    }
    const last = parts.length - 1;
    found.push({ text: parts.map((part, index) => (index < last ? part.slice(0, -1) : part)).join(' '), line });
  }
  return found;
}

const operators = /^(?:&&|\|\||;;|[;\n|]|&(?![>&\d]))/;

function partsOf(text: string): { text: string; operator: string }[] {
  const parts: { text: string; operator: string }[] = [];
  let start = 0;
  for (let at = 0; at < text.length; ) {
    const char = text.charAt(at);
    if (char === '\\') at += 2;
    else if (char === '"' || char === "'") at = afterQuote(text, at);
    else if (char === '#' && /^$|\s/.test(text.charAt(at - 1))) at = endOfLine(text, at);
    else {
      const after = text.charAt(at - 1) === '>' ? undefined : operators.exec(text.slice(at, at + 2))?.[0];
      if (after === undefined) at += 1;
      else {
        parts.push({ text: text.slice(start, at), operator: after });
        at += after.length;
        start = at;
      }
    }
  }
  parts.push({ text: text.slice(start), operator: '' });
  return parts;
}

function afterQuote(text: string, at: number): number {
  const quote = text.charAt(at);
  let end = at + 1;
  while (end < text.length && text.charAt(end) !== quote) end += quote === '"' && text.charAt(end) === '\\' ? 2 : 1;
  return end + 1;
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}
