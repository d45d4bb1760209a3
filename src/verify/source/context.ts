import { lstat, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { DockerfileParser, type Instruction } from 'dockerfile-ast';
import type { Finding } from '../../app.ts';
import { expression, type IgnoreRule, isHidden, readDockerignore } from '../../dockerignore.ts';
import { UserError } from '../../errors.ts';
import { printableLine } from '../../output.ts';
import type { Containerfile } from '../containerfile.ts';

/** A path of the build context that an instruction copies. */
export interface ContextUse {
  /** Relative to the context, as BuildKit takes it; may hold `*`, `?`, `[…]`. `''` is the whole context. */
  pattern: string;
  line: number;
}

/**
 * What COPY and ADD of the stages that the last one needs take from the build context. Sources with variables are left
 * out: only the build knows them.
 * @param text of the Containerfile, which `file` is read from.
 */
export function contextUses(text: string, file: Containerfile): ContextUse[] {
  const uses = known.get(file) ?? readUses(text, file);
  known.set(file, uses);
  return uses;
}

/** Several rules ask, and reading a long file takes a while. */
const known = new WeakMap<Containerfile, ContextUse[]>();

function readUses(text: string, file: Containerfile): ContextUse[] {
  const lines = new Set(file.needed.flatMap(({ steps }) => steps.filter(copies).map(({ line }) => line)));
  return DockerfileParser.parse(text)
    .getInstructions()
    .flatMap((instruction) => {
      const line = instruction.getRange().start.line + 1;
      if (!lines.has(line)) return [];
      return sourcesOf(instruction).flatMap((source) => {
        // ADD takes addresses as well; heredocs bring their content along.
        if (/\$|^<<|^\w+:\/\/|^git@/.test(source)) return [];
        return [{ pattern: path.posix.join('/', source).replace(/^\/+|\/+$/g, ''), line }];
      });
    });
}

function copies({ instruction, from }: Containerfile['stages'][number]['steps'][number]): boolean {
  return (instruction === 'COPY' || instruction === 'ADD') && from === null;
}

function sourcesOf(instruction: Instruction): string[] {
  const words = jsonWords(instruction.getRawArgumentsContent() ?? '');
  if (words) return words.slice(0, -1);
  const plain = instruction
    .getArguments()
    .map((word) => word.getValue())
    .filter((word) => !word.startsWith('--'));
  return plain[0]?.startsWith('<<') ? [] : plain.slice(0, -1);
}

/** The words of an instruction in the JSON form, after its flags; null when it is not in that form. */
function jsonWords(text: string): string[] | null {
  try {
    const words: unknown = JSON.parse(text.slice(text.indexOf('[')));
    return Array.isArray(words) && words.every((word) => typeof word === 'string') ? words : null;
  } catch {
    return null;
  }
}

/** What a build takes from its context, and does not find there. */
export interface Missing extends ContextUse {
  /** Hidden by the .dockerignore; or none of it is there. */
  how: 'hidden' | 'absent';
}

/**
 * What a build copies and the context does not have.
 * @param names files of the checkout.
 */
export function missingSources(
  uses: readonly ContextUse[],
  names: readonly string[],
  rules: readonly IgnoreRule[],
): Missing[] {
  const places = new Map<string, boolean>([['', false]]);
  for (const name of names) {
    const hidden = isHidden(name, rules);
    const words = name.split('/');
    for (let count = words.length; count > 0; count -= 1) {
      const place = words.slice(0, count).join('/');
      places.set(place, (places.get(place) ?? true) && hidden);
    }
  }
  return uses.flatMap((use): Missing[] => {
    const isPattern = /[*?[]/.test(use.pattern);
    const found = isPattern
      ? [...places].filter(([place]) => expression(use.pattern).test(place)).map(([, hidden]) => hidden)
      : [places.get(use.pattern)].filter((hidden) => hidden !== undefined);
    if (found.length === 0) return [{ ...use, how: 'absent' }];
    return found.every(Boolean) ? [{ ...use, how: 'hidden' }] : [];
  });
}

/**
 * Holds a build against its context before anything is built.
 * @param text of the Containerfile, which `file` is read from.
 * @param names files of the checkout.
 * @returns what may be missing.
 * @throws UserError when the build must fail, since this folder has what a clone lacks, or the .dockerignore hides it.
 */
export async function checkContext(
  root: string,
  containerfile: string,
  { text, file, names }: { text: string; file: Containerfile; names: readonly string[] },
): Promise<Finding[]> {
  const read = (name: string) => readFile(path.join(root, name), 'utf8').catch(() => null);
  const ignore = (await read(`${containerfile}.dockerignore`)) ?? (await read('.dockerignore')) ?? '';
  const missing = missingSources(contextUses(text, file), names, readDockerignore(ignore));
  const findings = await contextFindings(root, containerfile, missing);
  const fatal = findings.find(({ level }) => level === 'error');
  if (fatal) {
    throw new UserError(fatal.id, `${containerfile}:${fatal.line}: ${fatal.message} ${fatal.why}`, {
      next: fatal.mend,
    });
  }
  return findings;
}

/**
 * Findings for what the build copies, and only this folder has, or the .dockerignore hides. What is nowhere is left to
 * the engine, which says it best.
 * @param containerfile relative to `root`.
 */
export async function contextFindings(
  root: string,
  containerfile: string,
  missing: readonly Missing[],
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { pattern, line, how } of missing) {
    const shown = printableLine(pattern);
    const where = { path: containerfile, line };
    // A pattern that fits nothing copies nothing; a plain path that is not there ends the build.
    const level = /[*?[]/.test(pattern) ? 'warning' : 'error';
    if (how === 'hidden') {
      findings.push({
        ...{ id: 'needed-file-hidden', level, ...where },
        message: `${shown} is copied here, and .dockerignore hides it.`,
        why: 'The builder leaves out of the build context what .dockerignore names.',
        source: 'https://docs.docker.com/build/concepts/context/#dockerignore-files',
        mend: `Add to .dockerignore, as its last line: !${shown}`,
      });
    } else if (await standsHere(root, pattern)) {
      findings.push({
        ...{ id: 'needed-file-not-tracked', level, ...where },
        message: `${shown} is copied here; it is in this folder, and git does not track it.`,
        why: 'Caution builds the pushed commit: what git ignores or does not track is not there.',
        source: 'https://docs.caution.co',
        mend: `Commit it (git add --force ${shown}), or make it in a step of the Containerfile.`,
      });
    }
  }
  return findings;
}

async function standsHere(root: string, pattern: string): Promise<boolean> {
  if (!/[*?[]/.test(pattern)) {
    return lstat(path.join(root, pattern)).then(
      () => true,
      () => false,
    );
  }
  // Patterns in the last word alone are looked for: a whole work tree may hold anything.
  const folder = path.posix.dirname(pattern);
  if (/[*?[]/.test(folder)) return false;
  const matches = expression(path.posix.basename(pattern));
  const names = await readdir(path.join(root, folder)).catch(() => []);
  return names.some((name) => matches.test(name));
}
