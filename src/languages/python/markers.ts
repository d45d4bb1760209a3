import { normalized } from './locks/lock.ts';
import { markerEnvironment } from './target.ts';
import { admits, releaseOf } from './versions.ts';

/** Locks hold markers of some hundred characters. */
const longest = 5000;

/**
 * Whether an environment marker holds for the image's Python.
 * Source: https://peps.python.org/pep-0508/#environment-markers
 * @param extras the extras that were asked for, which `extra == "…"` is held against.
 * @returns null for what is no marker.
 */
export function holds(marker: string, extras: readonly string[] = []): boolean | null {
  if (marker.length > longest) return null;
  const tokens = [...marker.matchAll(/\s*(?:("[^"]*"|'[^']*')|(\(|\)|~=|===?|!=|<=|>=|<|>|[\w.-]+))/g)];
  const read = tokens.map((token) => token[0]).join('');
  if (read.length !== marker.trimEnd().length || tokens.length > 400) return null;
  const words = tokens.map((token) => token[1] ?? token[2] ?? '');
  const state = { words, at: 0, extras };
  const result = either(state, 0);
  return state.at === words.length ? result : null;
}

interface State {
  words: readonly string[];
  at: number;
  extras: readonly string[];
}

/** Parentheses in parentheses beyond this are nobody's marker. */
const deepest = 20;

function either(state: State, depth: number): boolean | null {
  let result = both(state, depth);
  while (state.words[state.at] === 'or') {
    state.at += 1;
    const next = both(state, depth);
    result = result === null || next === null ? null : result || next;
  }
  return result;
}

function both(state: State, depth: number): boolean | null {
  let result = one(state, depth);
  while (state.words[state.at] === 'and') {
    state.at += 1;
    const next = one(state, depth);
    result = result === null || next === null ? null : result && next;
  }
  return result;
}

function one(state: State, depth: number): boolean | null {
  if (depth > deepest) return null;
  if (state.words[state.at] === '(') {
    state.at += 1;
    const inner = either(state, depth + 1);
    if (state.words[state.at] !== ')') return null;
    state.at += 1;
    return inner;
  }
  const left = state.words[state.at] ?? '';
  let operator = state.words[state.at + 1] ?? '';
  state.at += 2;
  if (operator === 'not' && state.words[state.at] === 'in') {
    operator = 'not in';
    state.at += 1;
  }
  const right = state.words[state.at] ?? '';
  state.at += 1;
  return compare(left, operator, right, state.extras);
}

const quoted = /^(["'])(.*)\1$/s;

function compare(left: string, operator: string, right: string, extras: readonly string[]): boolean | null {
  const a = valueFor(left);
  const b = valueFor(right);
  if (left === 'extra' || right === 'extra') {
    const asked = extras.includes(normalized(left === 'extra' ? b : a));
    return operator === '==' ? asked : operator === '!=' ? !asked : null;
  }
  if (operator === 'in' || operator === 'not in') {
    // Groups and extras of pylock.toml: none but the default ones are installed.
    const contained = !/^(extras|dependency_groups)$/.test(right) && b.includes(a);
    return contained === (operator === 'in');
  }
  // Turned round, so that the version stands on the left: `"3.9" <= python_version`.
  const [version, bound, turned] = quoted.test(left) ? [b, a, mirrored[operator] ?? operator] : [a, b, operator];
  const isVersion = /^(python_(full_)?version|implementation_version)$/.test(quoted.test(left) ? right : left);
  const admitted = isVersion ? admits(`${turned}${bound}`, releaseOf(version)) : null;
  return admitted ?? asText(version, turned, bound);
}

const mirrored: Readonly<Record<string, string>> = { '<': '>', '>': '<', '<=': '>=', '>=': '<=' };

function asText(a: string, operator: string, b: string): boolean | null {
  switch (operator) {
    case '==':
    case '===':
      return a === b;
    case '!=':
      return a !== b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    default:
      return null;
  }
}

function valueFor(word: string): string {
  return quoted.exec(word)?.[2] ?? markerEnvironment[word] ?? '';
}
