/** Where a comment, a text in quotes, or an escaped character may begin. */
const beginnings = /\/[/*]|["'`\\]/g;

/**
 * Drops the comments of JavaScript and TypeScript; every line keeps its number. What looks like a comment in a text stays.
 * Regular expressions are not told from divisions: a quote in one may hide a comment behind it in its line.
 */
export function withoutComments(text: string): string {
  let kept = '';
  let start = 0;
  beginnings.lastIndex = 0;
  for (let match = beginnings.exec(text); match !== null; match = beginnings.exec(text)) {
    const [begin] = match;
    if (!begin.startsWith('/')) {
      beginnings.lastIndex = begin === '\\' ? match.index + 2 : textEnd(text, match.index, begin);
      continue;
    }
    const end = commentEnd(text, match.index, begin);
    kept += text.slice(start, match.index) + text.slice(match.index, end).replace(/[^\n]/g, '');
    start = end;
    beginnings.lastIndex = end;
  }
  return kept + text.slice(start);
}

/** A line break behind a comment is no part of it. */
function commentEnd(text: string, at: number, begin: string): number {
  const end = begin === '//' ? text.indexOf('\n', at) : text.indexOf('*/', at + 2);
  if (end < 0) return text.length;
  return begin === '//' ? end : end + 2;
}

/** Only a template goes on in the next line; a quote that does not end there, as in a regular expression, opens nothing. */
function textEnd(text: string, at: number, quote: string): number {
  for (let end = at + 1; end < text.length; end += text.charAt(end) === '\\' ? 2 : 1) {
    const char = text.charAt(end);
    if (char === quote) return end + 1;
    if (char === '\n' && quote !== '`') return end;
  }
  return at + 1;
}
