/**
 * Whether a `[target.….dependencies]` table is for the platform that we build for: a triple, or a `cfg(…)`.
 * Source: https://doc.rust-lang.org/reference/conditional-compilation.html
 */

const target = 'x86_64-unknown-linux-musl';

/** What is known of that platform; of all other names nothing is. */
const facts: Readonly<Record<string, string>> = {
  target_arch: 'x86_64',
  target_endian: 'little',
  target_env: 'musl',
  target_family: 'unix',
  target_os: 'linux',
  target_pointer_width: '64',
  target_vendor: 'unknown',
};
const flags: Readonly<Record<string, boolean>> = { unix: true, windows: false, true: true, false: false };

/** Deeper expressions are not read. */
const deepest = 50;

/** True for a platform that is certainly another one than ours. */
export function isForeign(platform: string): boolean {
  const written = platform.trim();
  if (!written.startsWith('cfg(')) return written !== target;
  const tokens = written.slice(3, 2000).match(/"[^"]*"|\w+|[(),=]/g) ?? [];
  let at = 1;
  const next = (): string => tokens[at++] ?? '';
  /** Null where it cannot be told. */
  const predicate = (depth: number): boolean | null => {
    const name = next();
    if (tokens[at] === '=') {
      at += 1;
      const value = next().slice(1, -1);
      return Object.hasOwn(facts, name) ? facts[name] === value : null;
    }
    if (tokens[at] !== '(') return Object.hasOwn(flags, name) ? (flags[name] ?? null) : null;
    if (depth > deepest) return null;
    at += 1;
    const parts: (boolean | null)[] = [];
    while (at < tokens.length && tokens[at] !== ')') {
      parts.push(predicate(depth + 1));
      if (tokens[at] === ',') at += 1;
    }
    at += 1;
    return combined(name, parts);
  };
  return predicate(0) === false;
}

function combined(name: string, parts: readonly (boolean | null)[]): boolean | null {
  const unknown = parts.includes(null);
  if (name === 'all') return parts.includes(false) ? false : unknown ? null : true;
  if (name === 'any') return parts.includes(true) ? true : unknown ? null : false;
  const [only] = parts;
  return name === 'not' && typeof only === 'boolean' ? !only : null;
}
