import type { Finding } from '../../app.ts';
import { placeAt } from '../place.ts';
import type { CargoConfig } from './config.ts';
import { type Locked, placeOfLocked } from './lock.ts';
import type { Package } from './manifest.ts';

/** Where the locked crates come from, when it is not crates.io. */

/**
 * @param text of Cargo.lock, for the lines.
 * @param config what the project itself says of registries: a build has no other configuration.
 */
export function originFindings(
  packages: readonly Package[],
  locked: readonly Locked[],
  text: string,
  config: CargoConfig,
): Finding[] {
  if (config.vendored) return [];
  return [...gitFindings(locked, text), ...registryFindings(packages, locked, text, config)];
}

function gitFindings(locked: readonly Locked[], text: string): Finding[] {
  const git = locked.filter(({ source }) => source?.startsWith('git+'));
  const keyed = git.filter(({ source }) => /^git\+ssh:|^git\+[^/]*\/\/[^/]*@/.test(source ?? ''));
  const open = git.filter((entry) => !keyed.includes(entry));
  const findings: Finding[] = [];
  const [firstKeyed] = keyed;
  if (firstKeyed) {
    findings.push({
      id: 'rust-git-key',
      level: 'error',
      ...placeOfLocked(text, firstKeyed.name, firstKeyed.version),
      message: `Taken from git with a key or a name: ${names(keyed)}.`,
      why: 'The build has no credentials, and neither has who verifies.',
      mend: 'Name the repository by its public https:// address, or vendor these crates (`cargo vendor`).',
    });
  }
  const [first] = open;
  if (first) {
    findings.push({
      id: 'rust-git-dependency',
      level: 'note',
      ...placeOfLocked(text, first.name, first.version),
      message: `Taken from git, at the commit that Cargo.lock names: ${names(open)}.`,
      why: 'Who verifies must be able to fetch the same commit: from a private repository nobody can.',
      mend: 'No change is needed as long as the repository is public and stays.',
    });
  }
  return findings;
}

function registryFindings(
  packages: readonly Package[],
  locked: readonly Locked[],
  text: string,
  { registries }: CargoConfig,
): Finding[] {
  for (const { dependencies, manifest } of packages) {
    const unknown = dependencies.find(({ registry }) => registry !== null && !registries.includes(registry));
    if (!unknown) continue;
    return [
      {
        id: 'rust-registry-unknown',
        level: 'error',
        ...placeAt(manifest, unknown.line),
        message: `${unknown.name} is taken from the registry ${JSON.stringify(unknown.registry)}, and no .cargo/config.toml here says where that is.`,
        why: 'A configuration in your own home folder reaches neither the build nor who verifies.',
        source: 'https://doc.rust-lang.org/cargo/reference/registries.html#using-an-alternate-registry',
        mend: 'Commit .cargo/config.toml with its index, if anybody may read it; else vendor these crates (`cargo vendor`).',
      },
    ];
  }
  const other = locked.filter(({ source }) => source && !source.startsWith('git+') && !isCratesIo(source));
  const [first] = other;
  if (!first) return [];
  return [
    {
      id: 'rust-other-registry',
      level: 'warning',
      ...placeOfLocked(text, first.name, first.version),
      message: `Taken from a registry other than crates.io: ${names(other)}.`,
      why: 'The build has no credentials, and neither has who verifies.',
      mend: 'Vendor these crates (`cargo vendor`), or publish them.',
    },
  ];
}

function isCratesIo(source: string): boolean {
  return /^(registry\+https:\/\/github\.com\/rust-lang\/crates\.io-index|sparse\+https:\/\/index\.crates\.io\/)$/.test(
    source,
  );
}

function names(entries: readonly { name: string }[]): string {
  const shown = entries.slice(0, 5).map(({ name }) => name);
  return shown.join(', ') + (entries.length > 5 ? ` and ${entries.length - 5} more` : '');
}
