/** In place of the chosen HTTP port, in arguments and variables of a run command that is not put together yet. */
export const portWord = '{port}';

/** A text of a shell with `$PORT`, and `${PORT:-8000}`, as the word for the chosen port. */
export function withPortWord(text: string): string {
  return text.replace(/\$(?:\{PORT(?::?-\d{1,5})?\}|PORT\b)/g, portWord);
}
