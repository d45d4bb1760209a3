import semver, { type SemVer } from 'semver';
import type { Finding } from '../../app.ts';
import type { Project } from '../language.ts';
import type { Requirement } from './gomod.ts';
import type { Replacement } from './modfile.ts';
import { joined, type LocalModule } from './modules.ts';

/** Holds go.mod against go.sum, or against vendor/modules.txt, as the go command does before it builds. */

/**
 * What go.sum lacks: the first of it, for one command mends all.
 * @param modules whose requirements the build needs.
 * @param local all modules that folders of the repository stand for.
 * @param sums the go.sum and go.work.sum files that count.
 */
export function sumFindings(
  tree: Project,
  { modules, local, sums }: { modules: readonly LocalModule[]; local: readonly LocalModule[]; sums: readonly string[] },
): Finding[] {
  const here = new Set(local.map(({ path }) => path));
  const all = modules.flatMap(({ dir, mod }) =>
    mod.requires.flatMap((requirement) => {
      const needed = here.has(requirement.path) ? null : downloaded(mod.replaces, requirement);
      return needed ? [{ ...needed, file: joined(dir, 'go.mod') }] : [];
    }),
  );
  const wanted = selected(all);
  const [first] = wanted;
  if (!first) return [];
  if (sums.length === 0) {
    const message = 'There is no go.sum that git would commit, and go.mod requires modules.';
    return [{ ...outdated(first.file, first.line, message), id: 'go-no-sum' }];
  }
  const known = new Set(sums.flatMap((file) => hashed(tree.read(file) ?? '')));
  const missing = wanted.find(({ path, version }) => !known.has(`${path} ${version}`));
  if (!missing) return [];
  const { file, line, path, version } = missing;
  return [outdated(file, line, `go.sum has no hash for ${path} ${version}.`)];
}

/**
 * Of several versions of a module, the highest is the one that is built; of the others no hash may be needed.
 * Source: https://go.dev/ref/mod#minimal-version-selection
 */
function selected<T extends { path: string; version: string }>(requirements: readonly T[]): T[] {
  const highest = new Map<string, SemVer>();
  for (const { path, version } of requirements) {
    const own = semver.parse(version);
    const other = highest.get(path);
    if (own && (!other || own.compare(other) > 0)) highest.set(path, own);
  }
  return requirements.filter(({ path, version }) => {
    const own = semver.parse(version);
    return own === null || own.compare(highest.get(path) ?? own) === 0;
  });
}

/** `module version` of each line; the hash of a go.mod alone counts for its module. */
function hashed(text: string): string[] {
  return text.split('\n').map((line) => {
    const [module = '', version = ''] = line.split(/\s+/);
    return `${module} ${version.replace(/\/go\.mod$/, '')}`;
  });
}

function outdated(path: string, line: number, message: string): Finding {
  return {
    id: 'go-sum-outdated',
    level: 'error',
    path,
    line,
    message,
    why: 'Modules are checked against the hashes in go.sum, and the build may not add any.',
    source: 'https://go.dev/ref/mod#go-sum-files',
    mend: 'Run `go mod tidy` and commit go.mod and go.sum.',
  };
}

/** The module that stands for a requirement once replacements are made; null when it is a folder. */
export function downloaded(replaces: readonly Replacement[], { path, version, line }: Requirement): Requirement | null {
  const replacement = replacementOf(replaces, path, version);
  if (!replacement) return { path, version, line };
  return 'folder' in replacement.to ? null : { ...replacement.to, line };
}

function replacementOf(replaces: readonly Replacement[], path: string, version: string): Replacement | undefined {
  const exact = replaces.find((other) => other.path === path && other.version === version);
  return exact ?? replaces.find((other) => other.path === path && other.version === null);
}

/** A vendor folder that does not say the same as go.mod: Go refuses to build. Source: https://go.dev/ref/mod#vendoring */
export function vendorFindings(
  tree: Project,
  modules: readonly LocalModule[],
  local: readonly LocalModule[],
  file: string,
): Finding[] {
  const lines = new Set((tree.read(file) ?? '').split('\n').map((line) => line.trim()));
  const here = new Set(local.map(({ path }) => path));
  for (const { dir, mod } of modules) {
    for (const { path, version, line } of mod.requires) {
      // Modules that no package is imported from are listed since Go 1.17 as well, when go.mod names them.
      const replaced = replacementOf(mod.replaces, path, version);
      if (lines.has(`# ${path} ${version}${replaced ? ` => ${written(replaced)}` : ''}`)) continue;
      if (here.has(path) && !replaced) continue;
      return [
        {
          id: 'go-vendor-outdated',
          level: 'error',
          path: joined(dir, 'go.mod'),
          line,
          message: `vendor/modules.txt does not hold ${path} ${version}${replaced ? ` as it is replaced` : ''}.`,
          why: 'Go refuses to build from a vendor folder that does not say the same as go.mod.',
          source: 'https://go.dev/ref/mod#vendoring',
          mend: 'Run `go mod vendor` and commit vendor/.',
        },
      ];
    }
  }
  return [];
}

function written({ to }: Replacement): string {
  return 'folder' in to ? to.folder : `${to.path} ${to.version}`;
}
