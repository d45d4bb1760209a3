import type { Finding } from '../../app.ts';
import type { Project } from '../language.ts';
import { lineOf } from '../scan.ts';
import { type Package, readToml, type Table, tableOf, textOf } from './manifest.ts';

/** Rust in StageX's pallet-rust at release 2026.03.0. */
export const palletRust = { major: 1, minor: 94 } as const;
const palletVersion = `${palletRust.major}.${palletRust.minor}`;

/** What asks for another toolchain than the pallet's. */
export function toolchainFindings(project: Project, packages: readonly Package[]): Finding[] {
  const tooNew = packages.flatMap(({ rustVersion, manifest, text }): Finding[] => {
    if (rustVersion === null || !isNewer(rustVersion)) return [];
    const line = lineOf(text, /^[ \t]*rust-version\b/m);
    return [
      {
        id: 'rust-version',
        level: 'error',
        path: manifest,
        ...(line === undefined ? {} : { line }),
        message: `rust-version asks for Rust ${rustVersion}, and StageX has ${palletVersion}.`,
        why: 'Cargo refuses to compile with an older one.',
        source: 'https://doc.rust-lang.org/cargo/reference/rust-version.html',
        mend: `Lower it to ${palletVersion} if the code allows, or choose a newer StageX release.`,
      },
    ];
  });
  // One is enough: the packages of a workspace mostly say the same.
  return [...tooNew.slice(0, 1), ...channelFindings(project)];
}

function isNewer(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > palletRust.major || (major === palletRust.major && minor > palletRust.minor);
}

/** rust-toolchain files are rustup's; the pallet has no rustup, so they are passed over in silence. */
function channelFindings(project: Project): Finding[] {
  for (const path of ['rust-toolchain.toml', 'rust-toolchain']) {
    const text = project.read(path);
    if (text === null) continue;
    const toml = text.includes('[toolchain]') ? readToml(project, path) : null;
    const table: Table = toml && 'table' in toml ? tableOf(toml.table.toolchain) : {};
    const channel = (toml ? textOf(table.channel) : text.trim()) ?? '';
    const nightly = channel.startsWith('nightly');
    if (!nightly && !(/^\d+\.\d+/.test(channel) && isNewer(channel))) continue;
    const needed = nightly && usesFeatures(project);
    const finding: Finding = {
      id: 'rust-toolchain',
      level: needed ? 'error' : 'warning',
      path,
      message: `${path} names ${JSON.stringify(channel)}, and the build uses StageX’s Rust ${palletVersion}, stable.`,
      why: needed
        ? 'The code turns on unstable features (#![feature(…)]), which the stable compiler refuses.'
        : 'What the code needs of the other toolchain would be missing.',
      mend: `Build and test with Rust ${palletVersion}.`,
    };
    return [finding];
  }
  return [];
}

function usesFeatures(project: Project): boolean {
  return project.files.some(
    (file) => /(^|\/)(main|lib)\.rs$/.test(file) && /^[ \t]*#!\[feature\(/m.test(project.read(file) ?? ''),
  );
}

/** What `.cargo/config.toml` means for the build. */
export function cargoConfig(project: Project): { vendored: boolean; findings: Finding[] } {
  const path = ['.cargo/config.toml', '.cargo/config'].find((name) => project.has(name));
  if (path === undefined) return { vendored: false, findings: [] };
  const toml = readToml(project, path);
  if (!('table' in toml)) return { vendored: false, findings: [{ ...toml, id: 'rust-config-broken' }] };
  const findings: Finding[] = [];
  const line = lineOf(toml.text, /^[ \t]*rustflags\b/m);
  if (line !== undefined) {
    findings.push({
      id: 'rust-config-rustflags',
      level: 'warning',
      path,
      line,
      message: 'These rustflags are not used: RUSTFLAGS in the Containerfile takes their place.',
      why: 'Cargo takes flags from one place only, and those of the Containerfile make the build reproducible.',
      source: 'https://doc.rust-lang.org/cargo/reference/config.html#buildrustflags',
      mend: 'Where the code needs one of them (such as --cfg tokio_unstable), add it to RUSTFLAGS in the Containerfile.',
    });
  }
  return { vendored: isVendored(toml.table), findings };
}

/** True when crates.io is replaced by a folder of the project, as `cargo vendor` sets it up. */
function isVendored(table: Table): boolean {
  const sources = tableOf(table.source);
  const replacement = textOf(tableOf(sources['crates-io'])['replace-with']);
  return replacement !== null && textOf(tableOf(sources[replacement]).directory) !== null;
}
