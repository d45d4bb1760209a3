/**
 * Patterns of paths, matched without a regular expression: going back to the last star only, a pattern with very many
 * stars takes no longer than it must.
 */

/** A pattern longer than this is none that a person wrote: it matches nothing. */
const longestPattern = 4096;

/**
 * Whether a pattern matches a whole path: `*`, `?` and `[a-z]` within one part, `**` any number of parts.
 * Source: https://docs.rs/glob/latest/glob/struct.Pattern.html
 */
export function matchesPath(pattern: string, path: string): boolean {
  if (pattern.length > longestPattern) return false;
  return matchesAll(pattern.split('/'), path.split('/'), (part) => /^\*\*+$/.test(part), matchesPart);
}

/**
 * Whether a pattern matches one part of a path. `\` takes the meaning from what follows; `[!…]` and `[^…]` are any
 * character but these. Source: https://pkg.go.dev/path#Match
 */
export function matchesPart(pattern: string, name: string): boolean {
  if (pattern.length > longestPattern) return false;
  const wanted = pattern.match(/\\.|\[(?:[^\]\\]|\\.)+\]|\*+|[\s\S]/g) ?? [];
  return matchesAll(wanted, name.split(''), (one) => one.startsWith('*'), matchesCharacter);
}

/** @param isAny whether something of a pattern stands for any number of items. */
function matchesAll(
  pattern: readonly string[],
  items: readonly string[],
  isAny: (one: string) => boolean,
  matches: (one: string, item: string) => boolean,
): boolean {
  let [at, from, star, tried] = [0, 0, -1, 0];
  while (at < items.length) {
    const one = pattern[from];
    if (one !== undefined && isAny(one)) {
      star = from;
      from += 1;
      tried = at;
    } else if (one !== undefined && matches(one, items[at] ?? '')) {
      from += 1;
      at += 1;
    } else if (star >= 0) {
      from = star + 1;
      tried += 1;
      at = tried;
    } else return false;
  }
  return pattern.slice(from).every(isAny);
}

function matchesCharacter(wanted: string, character: string): boolean {
  if (wanted === '?') return true;
  if (wanted.startsWith('\\')) return wanted.slice(1) === character;
  if (!wanted.startsWith('[') || wanted.length < 3) return wanted === character;
  const inverted = /^\[[!^]./.test(wanted) && wanted.length > 3;
  const set = wanted.slice(inverted ? 2 : 1, -1);
  let found = false;
  for (const [, low = '', high = low] of set.matchAll(/\\?([\s\S])(?:-\\?([\s\S]))?/g)) {
    if (low <= character && character <= high) found = true;
  }
  return found !== inverted;
}
