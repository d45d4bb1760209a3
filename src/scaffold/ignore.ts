import { isHidden, readDockerignore } from '../dockerignore.ts';

/** What Locksmith's files are called; the build of an app with secrets copies them. */
const locksmith = ['.caution/quorum-bundle.json', '.caution/secrets/NAME.asc'];

/** A team's own ignore file. */
export interface Theirs {
  path: string;
  text: string;
}

/**
 * What a build leaves out that has a team's own ignore file beside it: their lines, then ours, then exceptions for what
 * they hide and this build needs. One that leaves everything out but some names is for another image's build: of it
 * nothing comes along.
 * @param needed files that the build copies or the service runs, relative to the context.
 */
export function besideTheirs({ path, text }: Theirs, ours: string, needed: readonly string[]): string {
  const theirs = linesOf(text);
  const everything = theirs.some((line) => /^(\.?\/)?\*\*?(\/\*\*?)?$/.test(line));
  if (everything)
    return `# ${path} leaves out everything but some names; this build needs more, so it does not hold here.\n\n${ours}`;
  const kept = theirs.filter((line) => !namesCaution(line));
  return withExceptions(`# As in ${path}:\n${kept.join('\n').trim()}\n\n${ours}`, needed);
}

/**
 * An ignore file that stands where ours would, with what it lacks of ours added below: it is never replaced.
 * @returns the same text when it lacks nothing.
 */
export function extended(existing: string, ours: string, needed: readonly string[]): string {
  const there = new Set(linesOf(existing));
  const missing = linesOf(ours).filter((line) => line !== '' && !line.startsWith('#') && !there.has(line));
  const added =
    missing.length === 0
      ? existing
      : `${existing.trimEnd()}\n\n# Kept out of the build as well.\n${missing.join('\n')}\n`;
  return withExceptions(added, needed);
}

function linesOf(text: string): string[] {
  return text.split('\n').map((line) => line.trim());
}

/** A line whose purpose is to hide Locksmith's files. */
function namesCaution(line: string): boolean {
  return /(^|\/)\.caution(\/|$)/.test(line);
}

function withExceptions(text: string, needed: readonly string[]): string {
  const rules = readDockerignore(text);
  const hidden = needed.filter((file) => isHidden(file, rules));
  const hidesCaution = locksmith.some((file) => isHidden(file, rules));
  const exceptions = [
    ...(hidesCaution ? ['# Hidden above; Locksmith’s files are read from it.', '!.caution', '!.caution/**'] : []),
    ...(hidden.length > 0
      ? ['# Hidden above, and needed here.', ...[...new Set(hidden)].sort().map((file) => `!${file}`)]
      : []),
  ];
  return exceptions.length === 0 ? text : `${text.trimEnd()}\n${exceptions.join('\n')}\n`;
}

/**
 * What the COPY lines of a Containerfile of ours name: files of the context, as they are written there.
 * @returns no folders as a whole, and nothing that comes from another stage.
 */
export function copiedFiles(containerfile: string): string[] {
  return containerfile.split('\n').flatMap((line) => {
    const words = /^COPY\s+(?!--from)(.+)$/.exec(line)?.[1]?.trim().split(/\s+/) ?? [];
    return words.slice(0, -1).filter((word) => word !== '.' && !word.startsWith('--') && !word.endsWith('/'));
  });
}
