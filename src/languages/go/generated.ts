import type { Finding } from '../../app.ts';
import { folderOf } from '../files.ts';
import type { Project } from '../language.ts';
import { placeOf } from '../place.ts';
import { inside, lineAt } from '../scan.ts';
import type { MissingPackage, Package, Reached } from './packages.ts';

/** Sources that a tool writes and that git does not have: the build runs no such tool. */

const why = 'The build compiles what the repository holds, and runs no generator.';
const mend = 'Run `go generate` (or what else writes it), commit the result, and check in CI that it is up to date.';

/** Packages of the repository that are imported and not there, and files that `go:generate` would write. */
export function generatedFindings(tree: Project, { packages, missing }: Reached): Finding[] {
  const templates = new Map<string, string>();
  for (const file of tree.files) {
    const dir = folderOf(file);
    if (file.endsWith('.templ') && !templates.has(dir) && !tree.has(writtenOf(file))) templates.set(dir, file);
  }
  const ofTemplates = packages.flatMap(({ dir }) => templates.get(dir) ?? []);
  return [
    ...missing.slice(0, 5).map(missingPackage),
    ...packages.flatMap((each) => missingFiles(tree, each)),
    ...ofTemplates.map((file) => missingFile('error', file, 1, writtenOf(file))),
  ];
}

/** What templ writes beside a template. Source: https://templ.guide/core-concepts/template-generation */
function writtenOf(template: string): string {
  return template.replace(/\.templ$/, '_templ.go');
}

function missingPackage({ path, from }: MissingPackage): Finding {
  return {
    id: 'go-package-missing',
    level: 'error',
    ...placeOf(from),
    message: `${path.slice(0, 200)} is imported, and git has no Go file of it.`,
    why: `${why} A generated package that git ignores is the usual reason.`,
    mend,
  };
}

/** Flags by which generators are told where to write. */
const output = /(?:^|\s)--?(?:o|out|output|destination|dest)(?:=|\s+)(["']?)([\w./-]+\.go)\1(?=\s|$)/;

/** Files of a package itself; those of another one show by its import. What only tests use is no matter, hence a warning. */
function missingFiles(tree: Project, { dir, files }: Package): Finding[] {
  const found: Finding[] = [];
  for (const { path, text } of files) {
    for (const match of text.matchAll(/^\/\/go:generate[ \t]+(.+)$/gm)) {
      const name = output.exec(match[1] ?? '')?.[2];
      const at = name === undefined ? null : inside(dir, name);
      if (name === undefined || at === null || folderOf(at) !== dir) continue;
      if (at.endsWith('_test.go') || tree.has(at)) continue;
      found.push(missingFile('warning', path, lineAt(text, match.index), name));
    }
  }
  return found;
}

function missingFile(level: Finding['level'], path: string, line: number, name: string): Finding {
  return {
    id: 'go-generated-missing',
    level,
    path,
    line,
    message: `${name.slice(0, 200)} is generated, and git has no such file.`,
    why,
    mend,
  };
}
