import type { Finding } from '../../app.ts';
import { matchesPart } from '../glob.ts';
import type { Project } from '../language.ts';
import { lineAt } from '../scan.ts';
import { joined, type LocalModule } from './modules.ts';
import { downloaded } from './sums.ts';

/** Modules that a stranger cannot fetch: https://go.dev/ref/mod#private-modules */

const settings = /^(?:[^/]+|\.github\/workflows\/[^/]+|\.circleci\/config\.yml)$/;
const readable =
  /(?:^|\/)(?:[\w.-]*(?:Dockerfile|Containerfile)[\w.-]*|(?:GNU)?makefile|taskfile\.ya?ml|justfile|go\.env|[\w.-]*\.(?:ya?ml|sh|env|envrc)|\.env[\w.]*|\.envrc)$/i;
const declared = /\b(?:GOPRIVATE|GONOSUMDB|GONOPROXY|GONOSUMCHECK)\b["']?\s*[:=]\s*["']?([\w.*?/,[\]-]+)/g;

/** What covers everybody's modules says nothing of one. */
const tooWide = /^(?:\*?|(?:github\.com|gitlab\.com|bitbucket\.org|codeberg\.org|golang\.org)(?:\/\*?)?)$/;

/** Names that no public resolver knows. */
const inHouse =
  /^(?:[^./]+|.*\.(?:internal|intranet|local|localdomain|lan|corp|home|private|home\.arpa|test|invalid|example))$/i;

interface Pattern {
  pattern: string;
  from: string;
}

/** The first module that no public proxy can give; nothing for a build from vendor/, which fetches none. */
export function privateFindings(project: Project, modules: readonly LocalModule[]): Finding[] {
  const patterns = patternsOf(project);
  for (const module of modules) {
    for (const requirement of module.mod.requires) {
      const wanted = downloaded(module.mod.replaces, requirement);
      if (!wanted || modules.some(({ path }) => path === wanted.path)) continue;
      const [host = ''] = wanted.path.split('/');
      const named = patterns.find(({ pattern }) => covers(pattern, wanted.path));
      if (!named && !inHouse.test(host)) continue;
      return [finding(wanted.path, joined(module.dir, 'go.mod'), wanted.line, named)];
    }
  }
  return [];
}

function patternsOf(project: Project): Pattern[] {
  return project.files
    .filter((file) => settings.test(file) && readable.test(file))
    .slice(0, 100)
    .flatMap((file) => {
      const text = (project.read(file) ?? '').slice(0, 200_000);
      return [...text.matchAll(declared)].flatMap((match) =>
        (match[1] ?? '')
          .split(',')
          .filter((pattern) => !tooWide.test(pattern))
          .map((pattern) => ({ pattern, from: `${file}:${lineAt(text, match.index)}` })),
      );
    });
}

/** GOPRIVATE's globs are held against as many leading parts of a path as they have themselves. */
function covers(pattern: string, path: string): boolean {
  const wanted = pattern.replace(/\/+$/, '').split('/');
  const parts = path.split('/');
  return parts.length >= wanted.length && wanted.every((part, at) => matchesPart(part, parts[at] ?? ''));
}

function finding(module: string, path: string, line: number, named: Pattern | undefined): Finding {
  return {
    id: 'go-private-module',
    level: 'error',
    path,
    line,
    message: named ? `${module} is private, says ${named.from}.` : `${module} lies on a host that is not public.`,
    why: 'The build has no credentials, and nobody who rebuilds it has them either.',
    source: 'https://go.dev/ref/mod#private-modules',
    mend: 'Run `go mod vendor` and commit vendor/: the build then fetches nothing.',
  };
}
