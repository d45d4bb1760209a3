/** The syntax that go.mod and go.work share. Source: https://go.dev/ref/mod#go-mod-file-lexical */

/** One directive with its words: of a block, one for each line in it. */
export interface Directive {
  name: string;
  words: string[];
  /** From 1. */
  line: number;
}

/** Why a file is refused, and at which line. */
export interface Refusal {
  reason: string;
  line: number;
}

/** A replacement of a module, by a folder (`./x`, `../x`, `/x`) or by another module with its version. */
export interface Replacement {
  path: string;
  /** Null when every version is replaced. */
  version: string | null;
  to: { folder: string } | { path: string; version: string };
  line: number;
}

/** A version of Go with its line, from `go` or `toolchain`. */
export interface VersionLine {
  version: string;
  line: number;
}

/** The directives of a file, blocks opened out; or where its last block is left open. */
export function directives(text: string): Directive[] | Refusal {
  const found: Directive[] = [];
  let block: string | null = null;
  const lines = text.split(/\r?\n/);
  for (const [index, raw] of lines.entries()) {
    const words = wordsOf(raw);
    const [first = '', ...rest] = words;
    if (words.length === 0 || rest.join('') === '()') continue;
    if (block === null && rest.join('') === '(') block = first;
    else if (block !== null && first === ')') block = null;
    else if (block !== null) found.push({ name: block, words, line: index + 1 });
    else found.push({ name: first, words: rest, line: index + 1 });
  }
  return block === null ? found : { reason: 'its last block is not closed', line: lines.length };
}

/** A line's words, its comment dropped; a word may be quoted. */
function wordsOf(raw: string): string[] {
  const plain = raw
    .replace(/(^|\s)\/\/.*$/, '')
    .replace(/[()]/g, ' $& ')
    .trim();
  return plain === '' ? [] : plain.split(/\s+/).map((word) => word.replace(/^(["`])(.*)\1$/, '$2'));
}

/** The version in a `go` line (`1.25.0`, `1.26rc1`); null when it is none. */
export function goVersion({ words, line }: Directive): VersionLine | null {
  const [version = ''] = words;
  return words.length === 1 && /^\d+\.\d+(\.\d+)?([a-z]+\d+)?$/.test(version) ? { version, line } : null;
}

/** The version in a `toolchain` line (`go1.25.3`, `default`); null for one that names no version. */
export function toolchainVersion({ words, line }: Directive): VersionLine | null {
  const version = /^go(\d+\.\d+[\w.]*)(-\S*)?$/.exec(words[0] ?? '')?.[1];
  return version === undefined ? null : { version, line };
}

/** A `replace` line, or the reason why Go refuses it. */
export function replacement({ words, line }: Directive): Replacement | string {
  const arrow = words.indexOf('=>');
  const [path, version = null] = words.slice(0, Math.max(arrow, 0));
  const [target, targetVersion] = words.slice(arrow + 1);
  if (arrow < 1 || path === undefined || target === undefined) return 'MODULE => REPLACEMENT is expected';
  const folder = /^(\.{0,2}\/|\.{1,2}$|[A-Za-z]:\\)/.test(target);
  if (folder === (targetVersion !== undefined)) return 'a replacement is a folder, or a module with its version';
  const to = targetVersion === undefined ? { folder: target } : { path: target, version: targetVersion };
  return { path, version, to, line };
}
