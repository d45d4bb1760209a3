import type { Finding } from '../../app.ts';
import type { Project } from '../language.ts';
import type { GoMod, Requirement } from './gomod.ts';

/** Holds go.mod against go.sum, or against vendor/modules.txt, as the go command does before it builds. */

/** What go.sum lacks: the first of it, for one command mends all. */
export function sumFindings(project: Project, mod: GoMod): Finding[] {
  const wanted = mod.requires.flatMap((requirement) => downloaded(mod, requirement) ?? []);
  const [first] = wanted;
  if (!first) return [];
  const text = project.read('go.sum');
  if (text === null) {
    return [
      {
        ...outdated(first.line, 'There is no go.sum that git would commit, and go.mod requires modules.'),
        id: 'go-no-sum',
      },
    ];
  }
  const known = new Set(
    text.split('\n').map((line) =>
      line
        .split(/\s+/)
        .slice(0, 2)
        .join(' ')
        .replace(/\/go\.mod$/, ''),
    ),
  );
  const missing = wanted.find(({ path, version }) => !known.has(`${path} ${version}`));
  return missing ? [outdated(missing.line, `go.sum has no hash for ${missing.path} ${missing.version}.`)] : [];
}

function outdated(line: number, message: string): Finding {
  return {
    id: 'go-sum-outdated',
    level: 'error',
    path: 'go.mod',
    line,
    message,
    why: 'Modules are checked against the hashes in go.sum, and the build may not add any.',
    source: 'https://go.dev/ref/mod#go-sum-files',
    mend: 'Run `go mod tidy` and commit go.mod and go.sum.',
  };
}

/** The module that stands for a requirement once replacements are made; null when it is a folder of the project. */
function downloaded({ replaces }: GoMod, { path, version, line }: Requirement): Requirement | null {
  const exact = replaces.find((other) => other.path === path && other.version === version);
  const replacement = exact ?? replaces.find((other) => other.path === path && other.version === null);
  if (!replacement) return { path, version, line };
  return 'folder' in replacement.to ? null : { ...replacement.to, line };
}

/** A vendor folder that does not say the same as go.mod: Go refuses to build. */
export function vendorFindings(project: Project, { requires }: GoMod): Finding[] {
  const lines = new Set(
    (project.read('vendor/modules.txt') ?? '').split('\n').map((line) => line.replace(/ =>.*/, '').trim()),
  );
  // Modules that no package is imported from are listed since Go 1.17 as well, when go.mod names them.
  const missing = requires.find(({ path, version }) => !lines.has(`# ${path} ${version}`));
  if (!missing) return [];
  return [
    {
      id: 'go-vendor-outdated',
      level: 'error',
      path: 'go.mod',
      line: missing.line,
      message: `vendor/modules.txt does not hold ${missing.path} ${missing.version}.`,
      why: 'Go refuses to build from a vendor folder that does not say the same as go.mod.',
      source: 'https://go.dev/ref/mod#vendoring',
      mend: 'Run `go mod vendor` and commit vendor/.',
    },
  ];
}
