import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { SourceFile } from '../source/checkout.ts';

/** Larger ones are data, and together they need not be more. */
const maxFile = 64 << 10;
const maxAll = 256 << 10;

/** Sources that a tool reads without being told. */
const implied: readonly { command: RegExp; source: RegExp }[] = [
  { command: /\bcargo\b/, source: /(?:^|\/)build\.rs$/ },
  { command: /\bgo (?:run|generate|build)\b/, source: /\.go$/ },
  { command: /\bnpm (?:run|ci|install|test)\b|\bnode\b/, source: /(?:^|\/)package\.json$/ },
  { command: /\b(?:setup\.py|pip|build)\b/, source: /(?:^|\/)(?:setup\.py|pyproject\.toml)$/ },
  { command: /\bmake\b/, source: /(?:^|\/)GNU?[Mm]akefile$|(?:^|\/)Makefile$/ },
];

/** The sources that a RUN's command names, or that its tools read. */
export function namedSources(script: string, files: readonly Pick<SourceFile, 'path' | 'type'>[]): string[] {
  const words = new Set(script.split(/[\s"'=;&|()<>]+/).map((word) => path.posix.normalize(word)));
  const wanted = implied.filter(({ command }) => command.test(script));
  return files
    .filter(({ type }) => type === 'file')
    .map((file) => file.path)
    .filter(
      (name) =>
        words.has(name) ||
        words.has(path.posix.basename(name)) ||
        (path.posix.dirname(name) !== '.' && words.has(path.posix.dirname(name))) ||
        wanted.some(({ source }) => source.test(name)),
    );
}

/**
 * What those sources say, as a hint of what the step does.
 * @param context absolute path of a checkout.
 */
export async function readSources(
  context: string,
  script: string,
  files: readonly Pick<SourceFile, 'path' | 'type'>[],
): Promise<string> {
  const parts: string[] = [];
  let size = 0;
  for (const name of namedSources(script, files)) {
    const at = path.join(context, name);
    const info = await stat(at).catch(() => null);
    if (!info || info.size > maxFile || size + info.size > maxAll) continue;
    size += info.size;
    parts.push(await readFile(at, 'utf8'));
  }
  return parts.join('\n');
}
