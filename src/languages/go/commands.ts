import { parse } from 'yaml';
import type { Project } from '../language.ts';
import { lineAt } from '../scan.ts';

/** A `go build` or `go install` that the repository's own files run. */
export interface BuildCommand {
  /** `path:line`. */
  from: string;
  /** Packages as they are named: `./cmd/api`, `.`, `cmd/api/main.go`. */
  packages: string[];
  /** What `-tags` says; null when it says nothing, or something that only a shell knows. */
  tags: string[] | null;
  /** True when `-tags` holds a variable. */
  openTags: boolean;
  /** Variables that `-ldflags -X` sets. */
  stamps: string[];
}

/** Files that build programs, those of the image before the rest. */
const images = /^(?:[\w.-]*\.)?(?:Dockerfile|Containerfile)(?:\.[\w-]+)?$/i;
const scripts = /^(?:(?:GNU)?makefile|taskfile\.ya?ml|justfile|build\.sh)$/i;

/** The commands of a folder's Dockerfiles, and those of its other build files. */
export function buildCommands(project: Project): { image: BuildCommand[]; other: BuildCommand[] } {
  const top = project.files.filter((file) => !file.includes('/'));
  const commandsIn = (file: string) => readCommands(file, project.read(file) ?? '');
  return {
    image: top.filter((file) => images.test(file)).flatMap(commandsIn),
    other: [
      ...top.filter((file) => scripts.test(file)).flatMap(commandsIn),
      ...top.filter((file) => /^\.?goreleaser\.ya?ml$/.test(file)).flatMap((file) => goreleaser(project, file)),
    ],
  };
}

/** A command with its continuation lines, up to what ends it in a shell. */
const command =
  /\bgo[ \t]+(?:-C[ \t=]\S+[ \t]+)?(?:build|install)\b((?:\\\r?\n|"(?:[^"\\]|\\[\s\S])*"|'[^']*'|[^\n;&|"'])*)/g;

function readCommands(file: string, text: string): BuildCommand[] {
  return [...text.slice(0, 200_000).matchAll(command)].flatMap((match) => {
    const before = text.slice(text.lastIndexOf('\n', match.index) + 1, match.index);
    // A comment, or the name of a module that is installed from elsewhere.
    if (/^\s*#/.test(before) || /@\S/.test(match[1] ?? '')) return [];
    return [readCommand(wordsOf(match[1] ?? ''), `${file}:${lineAt(text, match.index)}`)];
  });
}

/** A command's words as a shell would split them; quotes are dropped, variables stay as they are written. */
function wordsOf(text: string): string[] {
  const words = text.replace(/\\\r?\n/g, ' ').matchAll(/(?:"(?:[^"\\]|\\[\s\S])*"|'[^']*'|\$\([^)]*\)|[^\s"'])+/g);
  return [...words].map(([word]) => word.replace(/"((?:[^"\\]|\\[\s\S])*)"|'([^']*)'/g, (_, a, b) => a ?? b ?? ''));
}

/** Flags of `go build` that take their value in the next word when there is no `=`. */
const valued =
  /^--?(?:o|p|C|tags|ldflags|gcflags|asmflags|gccgoflags|mod|modfile|overlay|pgo|buildmode|compiler|installsuffix|pkgdir|toolexec|covermode|coverpkg)$/;

function readCommand(words: readonly string[], from: string): BuildCommand {
  const found: BuildCommand = { from, packages: [], tags: null, openTags: false, stamps: [] };
  const left = [...words];
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (!word.startsWith('-')) {
      if (/^(?:\.|\.?\.?\/?[\w@+-][\w@+./-]*)$/.test(word)) found.packages.push(word);
      continue;
    }
    const [, name = '', value = null] = /^([^=]*)(?:=([\s\S]*))?$/.exec(word) ?? [];
    takeFlag(found, name, value ?? (valued.test(name) ? (left.shift() ?? '') : ''));
  }
  return found;
}

function takeFlag(found: BuildCommand, name: string, value: string): void {
  if (/^--?tags$/.test(name)) takeTags(found, value);
  if (/^--?ldflags$/.test(name)) found.stamps.push(...stampsIn(value));
}

function takeTags(found: BuildCommand, value: string): void {
  const tags = value.split(/[\s,]+/).filter(Boolean);
  if (tags.every((tag) => /^[\w.]+$/.test(tag))) found.tags = tags;
  else found.openTags = true;
}

function stampsIn(flags: string): string[] {
  return [...flags.matchAll(/-X[ \t=]+['"]?([\w./-]+)=/g)].map((match) => match[1] ?? '');
}

/** `builds` of GoReleaser, of which each names its package, tags and flags. */
function goreleaser(project: Project, file: string): BuildCommand[] {
  const text = project.read(file) ?? '';
  if (text.length > 100_000) return [];
  let builds: unknown;
  try {
    builds = (parse(text, { maxAliasCount: 20, prettyErrors: false }) as { builds?: unknown } | null)?.builds;
  } catch {
    return []; // It is no manifest of ours: what it would have said is asked for, or left out.
  }
  if (!Array.isArray(builds)) return [];
  const line = lineAt(text, Math.max(text.search(/^builds:/m), 0));
  return builds.map((build: Record<string, unknown> | null) => {
    const list = (value: unknown) => [value ?? []].flat().filter((each): each is string => typeof each === 'string');
    const tags = list(build?.tags)
      .flatMap((tag) => ['-tags', tag])
      .slice(0, 40);
    const flags = list(build?.flags).flatMap(wordsOf);
    const ldflags = list(build?.ldflags).map((flag) => `-ldflags=${flag}`);
    return readCommand([...flags, ...joinTags(tags), ...ldflags, ...list(build?.main)], `${file}:${line}`);
  });
}

function joinTags(tags: readonly string[]): string[] {
  const names = tags.filter((tag) => tag !== '-tags');
  return names.length === 0 ? [] : ['-tags', names.join(',')];
}
