import type { WordPair } from './differing.ts';

/** Names under which a value is written, as parts of regular expressions. */
export interface Labels {
  /** Words of many meanings: a value follows them only after `:` or `=`, as a value of JSON, or alone on its line. */
  sign: string;
  /** Words of one meaning: a blank is enough. */
  blank: string;
}

/** As much is read before a word. */
const before = 120;
const places = 8;

/** Whether both words stand under one of the names: that a name only stands somewhere in their lines says little. */
export function labelled({ a, b, context, other }: WordPair, labels: Labels): boolean {
  const all = `(?:${labels.sign}|${labels.blank})`;
  const forms = {
    inside: new RegExp(`(?:^|[^A-Za-z])${all}[=:](?=.)`, 'i'),
    signed: new RegExp(`(?:^|[^A-Za-z])${all}["']?\\s{0,8}[:=]\\s{0,8}["'(<]?$`, 'i'),
    alone: new RegExp(`^\\s{0,8}(?:key \\S{0,80}[^A-Za-z])?${all}\\s{1,8}$`, 'i'),
    blank: new RegExp(`(?:^|[^A-Za-z])(?:${labels.blank})["']?\\s{1,8}["'(<]?$`, 'i'),
    // JSON: the reader says `key name`, and then the value.
    key: new RegExp(`^key (?:\\S{0,80}[^A-Za-z])?${all} $`, 'i'),
  };
  return under(a, context, forms) && under(b, other, forms);
}

type Forms = Record<'inside' | 'signed' | 'alone' | 'blank' | 'key', RegExp>;

function under(word: string, line: string, forms: Forms): boolean {
  if (word === '') return false;
  if (forms.inside.test(word)) return true;
  for (let at = line.indexOf(word), seen = 0; at >= 0 && seen < places; at = line.indexOf(word, at + 1), seen += 1) {
    // buildHost reads as build Host.
    const lead = line.slice(Math.max(0, at - before), at).replace(/([a-z\d])([A-Z])/g, '$1 $2');
    const ends = line.slice(at + word.length).trim() === '';
    if (forms.signed.test(lead) || forms.blank.test(lead) || forms.key.test(lead)) return true;
    if (ends && forms.alone.test(lead)) return true;
  }
  return false;
}
