import { type Output, printable, styled, wrap } from '../output.ts';
import { fitted } from './width.ts';

/** What every terminal has. */
export const columns = 80;

/** A line of a report, not yet made harmless. */
export interface Line {
  text: string;
  style?: 'green' | 'red' | 'yellow' | 'dim';
  /** In columns, where it may be more than the screen's. */
  width?: number;
}

/** Each line made harmless and cut to the screen, then painted. */
export function shown(lines: readonly Line[], output: Pick<Output, 'color'>): string[] {
  return lines.map(({ text, style, width }) => {
    const cut = fitted(text, width ?? columns);
    return style === undefined ? cut : styled(output, style, cut);
  });
}

/** Text over at most so many lines; the last one shows when something is missing. */
export function wrapped(text: string, most: number, style?: Line['style'], indent = 2): Line[] {
  const blanks = ' '.repeat(indent);
  const lines = wrap(printable(text).replace(/\s+/g, ' ').trim(), columns - indent, '').filter((line) => line !== '');
  const kept = lines.slice(0, most);
  if (lines.length > most) kept[most - 1] = lines.slice(most - 1).join(' ');
  return kept.map((line) => ({ text: `${blanks}${line}`, ...(style && { style }) }));
}
