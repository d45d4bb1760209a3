import type { Evidence } from '../../app.ts';
import { hasFolder } from '../files.ts';
import type { Project } from '../language.ts';
import { inside, isPlainPath, lineAt } from '../scan.ts';
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

/** What opens the literal that follows. */
const opens =
  /\b(?:ParseGlob|ParseFiles|LoadHTMLGlob|LoadHTMLFiles|http\.Dir|os\.DirFS|os\.ReadFile|os\.Open|ioutil\.ReadFile|static\.LocalFile)\(\s*["`]([^"`\n]{1,200})["`]/g;

/** What the image has of its own. */
const reserved = /^(?:app|bin|dev|etc|init|lib|lib64|proc|run|sbin|sys|tmp|usr)(?:\/|$)/;

/**
 * @param tree the build context.
 * @param home the service's folder in it.
 */
export function runTimeFiles(
  tree: Project,
  home: string,
  packages: readonly Package[],
): { files: RunTimeFiles[]; evidence: Evidence[] } {
  const found = new Map<string, string>();
  for (const { path, text } of packages.flatMap(({ files }) => files)) {
    for (const match of text.matchAll(opens)) {
      const source = sourceOf(tree, home, match[1] ?? '');
      if (source !== null && !found.has(source)) found.set(source, `${path}:${lineAt(text, match.index)}`);
    }
  }
  const whole = [...found].filter(([source]) => ![...found.keys()].some((other) => source.startsWith(`${other}/`)));
  const folders = new Map<string, string[]>();
  for (const [source] of whole) {
    const folder = `/${source.slice(0, source.lastIndexOf('/') + 1)}`;
    folders.set(folder, [...(folders.get(folder) ?? []), source]);
  }
  return {
    files: [...folders].map(([folder, sources]) => ({ folder, sources })),
    evidence: whole.map(([value, from]) => ({ setting: 'files', value, from })),
  };
}

/** The file that a path names, or the folder, also the one that a pattern looks into; null when the service has none. */
function sourceOf(tree: Project, home: string, written: string): string | null {
  const path = inside('', written);
  if (path === null || path === '') return null;
  const literal = path.split(/\/?[^/]*[*?[]/, 1)[0] ?? '';
  if (!isPlainPath(literal) || reserved.test(literal)) return null;
  const at = joined(home, literal);
  const there = tree.has(at) || hasFolder(tree, at);
  return there && !/\.go$/.test(literal) ? seenFrom(home, at) : null;
}
