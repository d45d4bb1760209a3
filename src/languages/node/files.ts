import type { Project } from '../language.ts';
import { inside } from '../scan.ts';
import { type Manifest, textAt } from './manifest.ts';

const extensions = ['', '.js', '.mjs', '.cjs', '.ts', '.mts', '.cts'];

/**
 * The file that node would run for a word such as `.`, `src` or `dist/server`.
 * @returns null when the word leads out of the service; the word itself, cleaned, when no such file is there (yet).
 */
export function fileOf(project: Project, manifest: Manifest, named: string): string | null {
  const path = inside('', named);
  if (path === null) return null;
  if (path !== '') return existing(project, path) ?? path;
  // Without a "main", or with one that names the folder again, it is the index.
  const main = inside('', textAt(manifest.value, 'main') ?? 'index.js');
  return main === '' ? 'index.js' : main && (existing(project, main) ?? main);
}

/** The existing file for a path without extension, or for a folder with an index. */
export function existing(project: Project, path: string): string | null {
  const candidates = [
    ...extensions.map((extension) => path + extension),
    ...extensions.slice(1).map((extension) => `${path}/index${extension}`),
  ];
  return candidates.find((candidate) => project.has(candidate)) ?? null;
}
