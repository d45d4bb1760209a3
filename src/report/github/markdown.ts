import { cut, visible } from '../html/markup.ts';

/** Text from outside, on one line, as GitHub's Markdown shows it letter by letter: no markup, no link, no mention of it is its own. */
export function plain(text: string, length = 1000): string {
  // Every ASCII punctuation character may be escaped. Source: https://spec.commonmark.org/0.31.2/#backslash-escapes
  return oneLine(text, length).replace(/[!-/:-@[-`{-~]/g, '\\$&');
}

/** Text from outside as code, also in a cell of a table. */
export function code(text: string, length = 500): string {
  const line = oneLine(text, length);
  if (line === '') return '';
  // A bar ends a cell even in a code span, and a backslash before it may stand there as it is.
  if (line.includes('|'))
    return `<code>${line.replace(/[!-/:-@[-`{-~]/g, (each) => `&#${each.charCodeAt(0)};`)}</code>`;
  const runs = [...line.matchAll(/`+/g)].map(([run]) => run.length);
  const fence = '`'.repeat(Math.max(0, ...runs) + 1);
  // The blanks are stripped again: a span may begin and end with a backtick.
  return `${fence} ${line} ${fence}`;
}

/** Text from outside as a block of code, each line kept. @param language of trusted text. */
export function block(text: string, language: string, length = 6000): string[] {
  const lines = visible(cut(text, length)).replaceAll('\r', '').trimEnd().split('\n');
  const runs = [...lines.join('\n').matchAll(/`+/g)].map(([run]) => run.length);
  const fence = '`'.repeat(Math.max(2, ...runs) + 1);
  return ['', `${fence}${language}`, ...lines, fence, ''];
}

function oneLine(text: string, length: number): string {
  return cut(visible(text).replace(/\s+/g, ' ').trim(), length);
}
