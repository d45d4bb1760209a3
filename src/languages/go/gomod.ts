import type { Finding } from '../../app.ts';

/** Reads go.mod: https://go.dev/ref/mod#go-mod-file */

export interface Requirement {
  path: string;
  version: string;
  line: number;
}

export interface Replacement {
  path: string;
  /** Null when every version is replaced. */
  version: string | null;
  /** A folder (`./x`, `../x`, `/x`), or another module with its version. */
  to: { folder: string } | { path: string; version: string };
  line: number;
}

export interface GoMod {
  module: { path: string; line: number };
  /** The `go` line, such as `1.25.0`. */
  go: { version: string; line: number } | null;
  requires: Requirement[];
  replaces: Replacement[];
}

/** Directives that do not matter to a build that downloads nothing but what is locked. */
const passedOver = new Set(['toolchain', 'godebug', 'exclude', 'retract', 'tool', 'ignore']);

type Unfinished = Omit<GoMod, 'module'> & { module: GoMod['module'] | null };

/** The parsed file, or the finding that names the line that Go would refuse. */
export function parseGoMod(text: string): GoMod | Finding {
  const found: Unfinished = { module: null, go: null, requires: [], replaces: [] };
  let block: string | null = null;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const words = wordsOf(raw);
    const [first = '', ...rest] = words;
    if (words.length === 0 || rest.join('') === '()') continue;
    if (block === null && rest.join('') === '(') {
      block = first;
    } else if (block !== null && first === ')') {
      block = null;
    } else {
      const wrong = take(found, block ?? first, block === null ? rest : words, index + 1);
      if (wrong !== null) return broken(wrong, index + 1);
    }
  }
  if (block !== null) return broken('its last block is not closed', text.split('\n').length);
  const { module } = found;
  return module === null ? broken('there is no module line', 1) : { ...found, module };
}

/** A line's words, its comment dropped; a word may be quoted. */
function wordsOf(raw: string): string[] {
  const plain = raw
    .replace(/(^|\s)\/\/.*$/, '')
    .replace(/[()]/g, ' $& ')
    .trim();
  return plain === '' ? [] : plain.split(/\s+/).map((word) => word.replace(/^(["`])(.*)\1$/, '$2'));
}

/** Adds one line to what is known; gives the reason when the line is malformed. */
function take(found: Unfinished, directive: string, words: string[], line: number): string | null {
  const [first = '', second = ''] = words;
  switch (directive) {
    case 'module':
      if (words.length !== 1 || found.module !== null) return 'one module path is expected';
      found.module = { path: first, line };
      return null;
    case 'go':
      if (words.length !== 1 || !/^\d+\.\d+(\.\d+)?([a-z]+\d+)?$/.test(first)) return 'a Go version is expected';
      found.go = { version: first, line };
      return null;
    case 'require':
      if (words.length !== 2 || !second.startsWith('v')) return 'a module and its version are expected';
      found.requires.push({ path: first, version: second, line });
      return null;
    case 'replace':
      return takeReplacement(found.replaces, words, line);
    default:
      return passedOver.has(directive) ? null : `unknown directive ${JSON.stringify(directive.slice(0, 40))}`;
  }
}

function takeReplacement(replaces: Replacement[], words: string[], line: number): string | null {
  const arrow = words.indexOf('=>');
  const [path, version = null] = words.slice(0, Math.max(arrow, 0));
  const [target, targetVersion] = words.slice(arrow + 1);
  if (arrow < 1 || path === undefined || target === undefined) return 'MODULE => REPLACEMENT is expected';
  const folder = /^(\.{0,2}\/|\.{1,2}$|[A-Za-z]:\\)/.test(target);
  if (folder === (targetVersion !== undefined)) return 'a replacement is a folder, or a module with its version';
  const to = targetVersion === undefined ? { folder: target } : { path: target, version: targetVersion };
  replaces.push({ path, version, to, line });
  return null;
}

function broken(reason: string, line: number): Finding {
  return {
    id: 'go-manifest-broken',
    level: 'error',
    path: 'go.mod',
    line,
    message: `go.mod cannot be read: ${reason}.`,
    why: 'Go refuses it, so nothing can be built.',
    mend: 'Correct the line: `go mod edit -json` names the same place.',
  };
}

/** The last part of a module's path that is not a major version: `example.com/api/v2` is `api`. */
export function baseName(module: string): string {
  const parts = module.split('/').filter((part) => !/^v\d+$/.test(part));
  return parts.at(-1) ?? module;
}
