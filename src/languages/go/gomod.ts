import type { Finding } from '../../app.ts';
import {
  type Directive,
  directives,
  goVersion,
  type Refusal,
  type Replacement,
  replacement,
  toolchainVersion,
  type VersionLine,
} from './modfile.ts';

/** Reads go.mod and go.work: https://go.dev/ref/mod#go-mod-file, https://go.dev/ref/mod#go-work-file */

/** A line of `require`. */
export interface Requirement {
  path: string;
  version: string;
  line: number;
}

/** What a go.mod says. */
export interface GoMod {
  module: { path: string; line: number };
  /** The `go` line, such as `1.25.0`. */
  go: VersionLine | null;
  toolchain: VersionLine | null;
  requires: Requirement[];
  replaces: Replacement[];
}

/** What a go.work says. */
export interface GoWork {
  go: VersionLine | null;
  toolchain: VersionLine | null;
  /** Folders of modules, as they are written. */
  uses: { folder: string; line: number }[];
  replaces: Replacement[];
}

/** Directives that do not matter to a build that downloads nothing but what is locked. */
const passedOver = new Set(['godebug', 'exclude', 'retract', 'tool', 'ignore']);

type Unfinished = Omit<GoMod, 'module'> & { module: GoMod['module'] | null };

/**
 * The parsed go.mod, or the finding that names the line that Go would refuse.
 * @param path where the file is, for the finding.
 */
export function parseGoMod(text: string, path: string): GoMod | Finding {
  const read = directives(text);
  if ('reason' in read) return broken(path, read);
  const found: Unfinished = { module: null, go: null, toolchain: null, requires: [], replaces: [] };
  for (const directive of read) {
    const reason = takeMod(found, directive);
    if (reason !== null) return broken(path, { reason, line: directive.line });
  }
  const { module } = found;
  return module === null ? broken(path, { reason: 'there is no module line', line: 1 }) : { ...found, module };
}

/** Adds one line to what is known; gives the reason when the line is malformed. */
function takeMod(found: Unfinished, directive: Directive): string | null {
  const { name, words, line } = directive;
  const [first = '', second = ''] = words;
  switch (name) {
    case 'module':
      if (words.length !== 1 || found.module !== null) return 'one module path is expected';
      found.module = { path: first, line };
      return null;
    case 'require':
      if (words.length !== 2 || !second.startsWith('v')) return 'a module and its version are expected';
      found.requires.push({ path: first, version: second, line });
      return null;
    default:
      return passedOver.has(name) ? null : takeCommon(found, directive);
  }
}

/** The parsed go.work, or the finding that names the line that Go would refuse. */
export function parseGoWork(text: string, path: string): GoWork | Finding {
  const read = directives(text);
  if ('reason' in read) return broken(path, read);
  const found: GoWork = { go: null, toolchain: null, uses: [], replaces: [] };
  for (const directive of read) {
    const { name, words, line } = directive;
    const [folder] = words;
    let reason: string | null = null;
    if (name === 'use' && words.length === 1 && folder !== undefined) found.uses.push({ folder, line });
    else if (name === 'use') reason = 'one folder is expected';
    else if (name !== 'godebug') reason = takeCommon(found, directive);
    if (reason !== null) return broken(path, { reason, line });
  }
  return found;
}

/** What both files may say. */
function takeCommon(found: Pick<GoWork, 'go' | 'toolchain' | 'replaces'>, directive: Directive): string | null {
  switch (directive.name) {
    case 'go':
      found.go = goVersion(directive);
      return found.go === null ? 'a Go version is expected' : null;
    case 'toolchain':
      found.toolchain = toolchainVersion(directive);
      return null;
    case 'replace': {
      const read = replacement(directive);
      if (typeof read === 'string') return read;
      found.replaces.push(read);
      return null;
    }
    default:
      return `unknown directive ${JSON.stringify(directive.name.slice(0, 40))}`;
  }
}

function broken(path: string, { reason, line }: Refusal): Finding {
  const work = path.endsWith('go.work');
  return {
    id: 'go-manifest-broken',
    level: 'error',
    path,
    line,
    message: `${work ? 'go.work' : 'go.mod'} cannot be read: ${reason}.`,
    why: 'Go refuses it, so nothing can be built.',
    mend: `Correct the line: \`go ${work ? 'work' : 'mod'} edit -json\` names the same place.`,
  };
}

/** The last part of a module's path that is not a major version: `example.com/api/v2` is `api`. */
export function baseName(module: string): string {
  const parts = module.split('/').filter((part) => !/^v\d+$/.test(part));
  return parts.at(-1) ?? module;
}
