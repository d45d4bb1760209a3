import type { LanguageId } from '../app.ts';
import type { Project } from '../languages/language.ts';
import { isTaken } from '../languages/root.ts';
import { inside, isPlainPath, lineAt, type Sighting } from '../languages/scan.ts';
import { codeTexts } from './code.ts';

/** Calls that read a file or a folder by a literal path, which the group holds. The other languages' detections follow them themselves. */
const reading: Partial<Record<LanguageId, readonly RegExp[]>> = {
  python: [
    /\b(?:StaticFiles|Jinja2Templates|FileSystemLoader)\(\s*(?:directory\s*=\s*)?['"]([^'"\n]+)['"]/g,
    /(?<![.\w])open\(\s*['"]([^'"\n]+)['"]\s*[,)](?!\s*['"][wax])/g,
    /\bPath\(\s*['"]([^'"\n]+)['"]\s*\)\.(?:read_text|read_bytes|open|iterdir|glob)\(/g,
  ],
};

/**
 * Files and folders of the project that the service reads while it runs, by a path relative to where it is started.
 * @returns each with the place that reads it; none inside another.
 */
export function filesRead(project: Project, language: LanguageId): Sighting[] {
  const patterns = reading[language];
  const found = new Map<string, string>();
  if (patterns === undefined) return [];
  for (const { file, text } of codeTexts(project, language)) {
    for (const pattern of patterns) {
      for (const match of text.matchAll(pattern)) {
        const path = existing(project, match[1] ?? '');
        const before = text.slice(text.lastIndexOf('\n', match.index) + 1, match.index);
        if (path === null || found.has(path) || /^\s*(\/\/|#|\*)/.test(before)) continue;
        found.set(path, `${file}:${lineAt(text, match.index)}`);
      }
    }
  }
  const paths = [...found.keys()];
  return [...found]
    .filter(([path]) => !paths.some((other) => path.startsWith(`${other}/`)))
    .map(([value, from]) => ({ value, from }));
}

/** What a literal names, up to its first pattern: a file or folder of the project; null for anything else. */
function existing(project: Project, literal: string): string | null {
  const plain = literal.split('/').slice(0, firstPattern(literal)).join('/');
  const path = inside('', plain);
  if (path === null || path === '') return null;
  const isFolder = () => project.files.some((file) => file.startsWith(`${path}/`));
  return project.has(path) || isFolder() ? path : null;
}

function firstPattern(literal: string): number | undefined {
  const at = literal.split('/').findIndex((part) => /[*?[{]/.test(part));
  return at < 0 ? undefined : at;
}

/** Whether a path can stand below the root of an image as it stands below the service's folder. */
export function fitsRoot(path: string): boolean {
  return isPlainPath(path) && !isTaken(path);
}
