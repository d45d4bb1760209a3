import type { LanguageId } from '../app.ts';
import type { Project } from '../languages/language.ts';
import { lineAt, literal } from '../languages/scan.ts';

/** Source files are looked through up to here: a service with more is not read whole. */
const mostFiles = 1500;
const mostText = 12_000_000;

const endings: Record<LanguageId, RegExp> = {
  rust: /\.rs$/,
  node: /\.[cm]?[jt]sx?$/,
  python: /\.py$/,
  go: /\.go$/,
};
const anyEnding = /\.(rs|[cm]?[jt]sx?|py|go)$/;

/** What is not the service itself: tests, examples, tools, and what others wrote. */
const besides =
  /(^|\/)(tests?|__tests__|spec|e2e|examples?|fixtures?|testdata|mocks?|docs?|vendor|node_modules|third_party|scripts?|benches|bench|migrations|dist|build)\/|(_test\.go|\.(test|spec)\.[cm]?[jt]sx?|(^|\/)(test_[^/]*|conftest|setup|noxfile)\.py|\.config\.[cm]?[jt]s|\.d\.ts|\.min\.js)$/;

/** Files of a service's own code, in one language or in any. */
export function codeFiles(project: Project, language?: LanguageId): string[] {
  const ending = language === undefined ? anyEnding : endings[language];
  const found: string[] = [];
  for (const file of project.files) {
    if (!ending.test(file) || besides.test(file)) continue;
    found.push(file);
    if (found.length === mostFiles) break;
  }
  return found;
}

/** Each of the service's source files with its text, until enough has been read. */
export function* codeTexts(project: Project, language?: LanguageId): Generator<{ file: string; text: string }> {
  let read = 0;
  for (const file of codeFiles(project, language)) {
    if (read > mostText) return;
    const text = project.read(file);
    if (text === null) continue;
    read += text.length;
    yield { file, text };
  }
}

/**
 * Whether the code names one of these programs as a word of its own, in quotes.
 * @returns the first place, as `path:line`.
 */
export function mentions(project: Project, names: readonly string[]): string | null {
  const pattern = new RegExp(`(?<=['"\`]|/bin/)(?:${names.map(literal).join('|')})(?=['"\`]|\\s)`);
  for (const { file, text } of codeTexts(project)) {
    const at = text.search(pattern);
    if (at >= 0) return `${file}:${lineAt(text, at)}`;
  }
  return null;
}
