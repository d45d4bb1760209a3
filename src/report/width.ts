import widthOf from 'fast-string-truncated-width';
import { printable } from '../output.ts';

let segmenter: Intl.Segmenter | null = null;

/** How many columns a text takes in a terminal: wide characters take two. */
export function columnsOf(text: string): number {
  return widthOf(text).width;
}

/** Text from outside on one line of at most `width` columns, blanks kept, with a sign where something is missing. */
export function fitted(text: string, width: number): string {
  const clean = printable(text).replace(/\s/g, ' ').slice(0, 2000);
  if (columnsOf(clean) <= width) return clean;
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  let cut = '';
  let used = 1;
  for (const { segment } of segmenter.segment(clean)) {
    used += columnsOf(segment);
    if (used > width) break;
    cut += segment;
  }
  return `${cut}…`;
}
