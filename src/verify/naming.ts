import { printableLine } from '../output.ts';

/** Names from outside as a sentence takes them: the first five, made printable, and how many more there are. */
export function naming(names: readonly string[]): string {
  const more = names.length > 5 ? `, and ${names.length - 5} more` : '';
  return `${names
    .slice(0, 5)
    .map((name) => printableLine(name, 100))
    .join(', ')}${more}`;
}
