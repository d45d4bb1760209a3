import type { Evidence, Finding } from '../../app.ts';
import { hasFolder } from '../files.ts';
import type { Project } from '../language.ts';
import { isTaken, takenFinding } from '../root.ts';
import { inside, isPlainPath, lineAt, matchesIn } from '../scan.ts';
import { joined, seenFrom } from './modules.ts';
import type { Package } from './packages.ts';

/**
 * Files that a program reads at run time, by the literal relative paths that its sources open. What `//go:embed` names is
 * part of the binary already. The enclave starts the program in `/`: a relative path is looked up there.
 */

/** Files that go into one folder of the image. */
export interface RunTimeFiles {
  /** Absolute path in the image, with `/` at the end. */
  folder: string;
  /** Relative to the service's folder. */
  sources: string[];
}

/** What opens the literal that follows; the default of a flag or a variable that reads as a path. */
const opens = [
  /\b(?:ParseGlob|ParseFiles|LoadHTMLGlob|LoadHTMLFiles|http\.Dir|os\.DirFS|os\.ReadFile|os\.Open|ioutil\.ReadFile|static\.LocalFile)\(\s*["`]([^"`\n]{1,200})["`]/g,
  /\.String(?:Var)?P?\(\s*(?:&?[\w.]{1,80},\s*)?"[\w.-]{1,60}",\s*(?:"\w?",\s*)?"(\.\/[^"\n]{1,200}|[\w-]+(?:\/[\w.-]+)+)"\s*,/g,
  /[eE]nv\w*\(\s*"\w{1,80}"\s*\)?\s*,\s*"(\.\/[^"\n]{1,200}|[\w-]+(?:\/[\w.-]+)+)"/g,
];

/** What a program reads, and what could not be put where it looks for it. */
export interface RunTime {
  files: RunTimeFiles[];
  evidence: Evidence[];
  findings: Finding[];
}

/**
 * @param tree the build context.
 * @param home the service's folder in it.
 */
export function runTimeFiles(tree: Project, home: string, packages: readonly Package[]): RunTime {
  const found = new Map<string, string>();
  for (const { path, text } of packages.flatMap(({ files }) => files)) {
    for (const { match, offset } of matchesIn(text, opens)) {
      const source = sourceOf(tree, home, match[1] ?? '');
      if (source !== null && !found.has(source)) found.set(source, `${path}:${lineAt(text, offset)}`);
    }
  }
  // The program itself lies in /app.
  const fits = ([source]: [string, string]) => !isTaken(source) && !/^app(?:\/|$)/.test(source);
  const fitting = [...found].filter(fits);
  const whole = fitting.filter(([source]) => !fitting.some(([other]) => source.startsWith(`${other}/`)));
  const folders = new Map<string, string[]>();
  for (const [source] of whole) {
    const folder = `/${source.slice(0, source.lastIndexOf('/') + 1)}`;
    folders.set(folder, [...(folders.get(folder) ?? []), source]);
  }
  return {
    files: [...folders].map(([folder, sources]) => ({ folder, sources })),
    evidence: whole.map(([value, from]) => ({ setting: 'files', value, from })),
    findings: [...found].filter((each) => !fits(each)).map(([source, from]) => takenFinding('go', source, from)),
  };
}

/** The file that a path names, or the folder, also the one that a pattern looks into; null when the service has none. */
function sourceOf(tree: Project, home: string, written: string): string | null {
  const path = inside('', written);
  if (path === null || path === '') return null;
  const plain = path.split(/\/?[^/]*[*?[]/, 1)[0] ?? '';
  if (!isPlainPath(plain)) return null;
  const at = joined(home, plain);
  const there = tree.has(at) || hasFolder(tree, at);
  return there && !/\.go$/.test(plain) ? seenFrom(home, at) : null;
}
