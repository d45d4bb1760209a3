import { builtinModules } from 'node:module';
import type { Finding } from '../../app.ts';
import { printableLine } from '../../output.ts';
import type { Project } from '../language.ts';
import { inside, lineAt } from '../scan.ts';
import { withoutComments } from './comments.ts';
import { existing } from './files.ts';

/** More files than this are not followed from the entry. */
const mostFiles = 2000;

/** `import … from 'x'`, `import 'x'`, `export … from 'x'`, `import('x')`, `require('x')`: the quoted part. */
const imports =
  /(?:\bfrom\s{0,100}|\bimport\s{0,100}(?:\(\s{0,100})?|\brequire\s{0,100}\(\s{0,100})(['"])([^'"\n]{1,300})\1/g;

/** The files of the service that an entry imports by relative paths, itself first; imports of types count as well. */
export function reachable(project: Project, entry: string): string[] {
  const found = new Set([entry]);
  for (const file of found) {
    if (found.size > mostFiles) break;
    for (const { name } of importsOf(project, file)) {
      const next = name.startsWith('.') ? importTarget(project, file, name) : null;
      if (next !== null) found.add(next);
    }
  }
  return [...found];
}

function importsOf(project: Project, file: string): { name: string; line: number }[] {
  // A file without extension may be the entry: bin/www.
  const text = /(\.[cm]?[jt]s|(^|\/)[^./]+)$/.test(file) ? project.read(file) : null;
  if (text === null) return [];
  const code = withoutComments(text);
  return [...code.matchAll(imports)].map((match) => ({ name: match[2] ?? '', line: lineAt(code, match.index) }));
}

/** The file that a relative import means: to Node itself, or to a compiler that adds or changes the extension. */
export function importTarget(project: Project, from: string, name: string): string | null {
  const path = inside(from.split('/').slice(0, -1).join('/'), name);
  if (path === null || path === '') return null;
  return existing(project, path) ?? existing(project, path.replace(/\.([cm]?)js$/, '.$1ts'));
}

/** Syntax that leaves code behind when types are erased. Source: https://nodejs.org/docs/latest-v24.x/api/typescript.html */
const notErasable: readonly [RegExp, string][] = [
  [/^[ \t]*(?:export\s+)?(?:default\s+)?(?:const\s+)?enum\s+\w+\s*\{/m, 'an enum'],
  [/^[ \t]*(?:export\s+)?(?:namespace|module)\s+[\w.]+\s*\{/m, 'a namespace'],
  [/^[ \t]*@[A-Za-z_]\w*(?:\(|[ \t]*$)/m, 'a decorator'],
  [/\bconstructor\s{0,100}\([^)]{0,2000}\b(?:private|public|protected|readonly)\s+\w/, 'a parameter property'],
  [/^[ \t]*import\s+\w+\s*=\s*require\s*\(/m, 'import … = require(…)'],
];

/** The first thing in TypeScript that Node does not run. */
export interface Obstacle {
  path: string;
  line: number;
  what: string;
}

/**
 * What keeps Node from running a TypeScript entry itself: the first thing found in what the entry imports.
 * @returns null when nothing was found.
 */
export function typeScriptObstacle(
  project: Project,
  entry: string,
  dependencies: ReadonlySet<string>,
): Obstacle | null {
  for (const path of reachable(project, entry)) {
    if (!/\.[cm]?ts$/.test(path)) continue;
    const code = withoutComments(project.read(path) ?? '');
    for (const [pattern, what] of notErasable) {
      const at = code.search(pattern);
      if (at >= 0) return { path, line: lineAt(code, at + (/^\s*/.exec(code.slice(at))?.[0].length ?? 0)), what };
    }
    const unresolved = importsOf(project, path).find(({ name }) => !nodeResolves(project, path, name, dependencies));
    if (unresolved) {
      return { path, line: unresolved.line, what: `the import '${printableLine(unresolved.name, 80)}'` };
    }
  }
  return null;
}

/** True for an import that Node finds without a compiler's help; types that a bare name may stand for are let pass. */
function nodeResolves(project: Project, from: string, name: string, dependencies: ReadonlySet<string>): boolean {
  if (name.startsWith('.')) {
    const path = inside(from.split('/').slice(0, -1).join('/'), name);
    return path !== null && project.has(path);
  }
  if (name.startsWith('node:') || name.startsWith('#') || builtinModules.includes(name)) return true;
  const bare = name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
  return dependencies.has(bare) || dependencies.has(`@types/${bare}`);
}

/** The finding that says what must change before a TypeScript entry runs. */
export function typeScriptFinding(obstacle: Obstacle): Finding {
  return {
    id: 'node-typescript-needs-compiling',
    level: 'error',
    path: obstacle.path,
    line: obstacle.line,
    message: `Node cannot run this TypeScript itself: ${obstacle.what}.`,
    why: 'Node only erases types: it writes no code for syntax of TypeScript alone, and follows imports as they stand, extension included.',
    source: 'https://nodejs.org/docs/latest-v24.x/api/typescript.html',
    mend: 'Add a "build" script that compiles (tsc) and a "start" script that runs its output (node dist/…).',
  };
}
