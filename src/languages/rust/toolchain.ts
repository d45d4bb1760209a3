import type { Evidence, Finding } from '../../app.ts';
import { compareVersions } from '../../stagex/toolchains.ts';
import type { Project } from '../language.ts';
import { fromOf, type Place, placeAt, placeOf } from '../place.ts';
import { lineOf } from '../scan.ts';
import { type Package, placeOfField } from './manifest.ts';
import { sourcesOf } from './sources.ts';
import { readToml, type Table, tableOf, textOf } from './toml.ts';

/** The editions that the pallet's Rust knows. */
const editions = ['2015', '2018', '2021', '2024'];

/**
 * What asks for another toolchain than the pallet's.
 * @param rust the pallet's version.
 */
export function toolchainFindings(project: Project, packages: readonly Package[], rust: string): Finding[] {
  // One of a kind is enough: the packages of a workspace mostly say the same.
  return [
    ...packages.flatMap((each) => versionFinding(each, rust)).slice(0, 1),
    ...packages.flatMap((each) => editionFinding(each, rust)).slice(0, 1),
    ...packages.flatMap(unstableFinding).slice(0, 1),
    ...channelFindings(project, packages, rust),
  ];
}

/** The edition, the version and the channel that a package names. */
export function toolchainEvidence(project: Project, owner: Package): Evidence[] {
  const channel = readChannel(project);
  const { edition, rustVersion } = owner;
  return [
    ...(edition === null ? [] : [{ setting: 'edition', value: edition, from: placeOfField(owner, 'edition') }]),
    ...(rustVersion === null
      ? []
      : [{ setting: 'rust', value: `>= ${rustVersion}`, from: placeOfField(owner, 'rust-version') }]),
    ...(channel?.name == null ? [] : [{ setting: 'toolchain', value: channel.name, from: channel.from }]),
  ];
}

function versionFinding(owner: Package, rust: string): Finding[] {
  const { rustVersion } = owner;
  if (rustVersion === null || compareVersions(rustVersion, rust) <= 0) return [];
  return [
    {
      id: 'rust-version',
      level: 'error',
      ...placeOf(placeOfField(owner, 'rust-version')),
      message: `rust-version asks for Rust ${rustVersion}, and StageX has ${rust}.`,
      why: 'Cargo refuses to compile with an older one.',
      source: 'https://doc.rust-lang.org/cargo/reference/rust-version.html',
      mend: `Lower it to ${rust} if the code allows, or choose a newer StageX release.`,
    },
  ];
}

function editionFinding(owner: Package, rust: string): Finding[] {
  if (owner.edition === null || editions.includes(owner.edition)) return [];
  return [
    {
      id: 'rust-edition',
      level: 'error',
      ...placeOf(placeOfField(owner, 'edition')),
      message: `Edition ${JSON.stringify(owner.edition)} is not known to Rust ${rust}, which StageX has.`,
      why: 'Cargo refuses the manifest.',
      source: 'https://doc.rust-lang.org/edition-guide/editions/',
      mend: `Use one of ${editions.join(', ')}.`,
    },
  ];
}

/** `cargo-features` turns on what only a nightly Cargo has. */
function unstableFinding(owner: Package): Finding[] {
  if (!Array.isArray(owner.table['cargo-features']) || owner.table['cargo-features'].length === 0) return [];
  return [
    {
      id: 'rust-cargo-features',
      level: 'error',
      ...placeOf(placeOfField(owner, 'cargo-features')),
      message: 'The manifest turns on unstable features of Cargo (cargo-features).',
      why: 'StageX’s Cargo is a stable one, and refuses such a manifest.',
      source: 'https://doc.rust-lang.org/cargo/reference/unstable.html',
      mend: 'Take them out: what has become stable needs no such line.',
    },
  ];
}

interface Channel {
  path: string;
  line: number | undefined;
  from: string;
  /** Null when the file names a folder on somebody's machine (`path`). */
  name: string | null;
}

/** What a rust-toolchain file names. Source: https://rust-lang.github.io/rustup/overrides.html#the-toolchain-file */
function readChannel(project: Project): Channel | null {
  for (const path of ['rust-toolchain.toml', 'rust-toolchain']) {
    const text = project.read(path);
    if (text === null) continue;
    const toml = text.includes('[toolchain]') ? readToml(project, path) : null;
    const table: Table = toml && 'table' in toml ? tableOf(toml.table.toolchain) : {};
    const name = toml ? textOf(table.channel) : text.trim();
    if (name === null && textOf(table.path) === null) return null;
    const line = toml ? lineOf(text, /^[ \t]*(channel|path)\b/m) : 1;
    return { path, line, name, from: fromOf(path, line) };
  }
  return null;
}

/** rust-toolchain files are rustup's; the pallet has no rustup, so they are passed over in silence. */
function channelFindings(project: Project, packages: readonly Package[], rust: string): Finding[] {
  const channel = readChannel(project);
  if (channel === null) return [];
  const { path, line } = channel;
  const name = channel.name ?? 'a folder of one machine';
  const at = placeAt(path, line);
  const unstable = channel.name === null || /^(nightly|beta)/.test(channel.name);
  if (!unstable && !/^\d+\.\d+/.test(name)) return [];
  if (!unstable && !isNewer(name, rust)) return olderFinding(name, at, rust);
  const features = name.startsWith('nightly') ? unstableFeatures(project, packages) : null;
  return [
    {
      id: 'rust-toolchain',
      level: features === null ? 'warning' : 'error',
      ...at,
      message: `${path} names ${JSON.stringify(name)}, and the build uses StageX’s Rust ${rust}, stable.`,
      why:
        features === null
          ? 'What the code needs of the other toolchain would be missing.'
          : `The code turns on unstable features (#![feature(…)], ${features}), which the stable compiler refuses.`,
      mend:
        features === null
          ? `Build and test with Rust ${rust}.`
          : `Do without these features: the build has Rust ${rust}, stable.`,
    },
  ];
}

/** By the minor version: code that needs a patch of it says so by `rust-version`. */
function isNewer(channel: string, rust: string): boolean {
  const minor = (version: string) => version.split('.').slice(0, 2).join('.');
  return compareVersions(minor(channel), minor(rust)) > 0;
}

/** A newer Rust compiles what an older one does, with few exceptions; the tests ran with the other one. */
function olderFinding(name: string, at: Place, rust: string): Finding[] {
  if (name.split('.').every((part, index) => Number(part) === Number(rust.split('.')[index]))) return [];
  return [
    {
      id: 'rust-toolchain-older',
      level: 'note',
      ...at,
      message: `${at.path} names Rust ${JSON.stringify(name)}, and the build uses StageX’s ${rust}.`,
      why: 'rustup reads that file, and StageX’s pallet has none: it holds one compiler, built from source.',
      mend: `No change is needed if the tests pass with Rust ${rust} as well.`,
    },
  ];
}

/** Where the packages turn on unstable features; null when they do not. */
function unstableFeatures(project: Project, packages: readonly Package[]): string | null {
  for (const file of sourcesOf(project, packages)) {
    if (!/(^|\/)(main|lib)\.rs$/.test(file)) continue;
    const line = lineOf(project.read(file) ?? '', /^[ \t]*#!\[feature\(/m);
    if (line !== undefined) return `${file}:${line}`;
  }
  return null;
}
