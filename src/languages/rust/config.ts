import type { Finding } from '../../app.ts';
import { hasFolder } from '../files.ts';
import type { Project } from '../language.ts';
import { type Place, placeAt } from '../place.ts';
import { lineOf, literal } from '../scan.ts';
import { readToml, type Table, tableOf, textOf, textsOf } from './toml.ts';

/** What `.cargo/config.toml` means for the build: https://doc.rust-lang.org/cargo/reference/config.html */
export interface CargoConfig {
  path: string | null;
  /** crates.io is replaced by a folder of the project, as `cargo vendor` sets it up. */
  vendored: boolean;
  /** `--cfg` names of its rustflags, which code is written for: `tokio_unstable`. */
  cfgs: string[];
  /** Environment of the build that takes back what no build of others could use. */
  variables: Record<string, string>;
  /** Names in `[registries]`. */
  registries: string[];
  findings: Finding[];
}

const none: CargoConfig = { path: null, vendored: false, cfgs: [], variables: {}, registries: [], findings: [] };

/** The configuration beside the root manifest; Cargo would read a user's own as well, which no build has. */
export function readCargoConfig(project: Project): CargoConfig {
  const path = ['.cargo/config.toml', '.cargo/config'].find((name) => project.has(name));
  if (path === undefined) return none;
  const toml = readToml(project, path);
  if (!('table' in toml)) return { ...none, path, findings: [{ ...toml, id: 'rust-config-broken' }] };
  const { table, text } = toml;
  const place: PlaceIn = (pattern) => placeAt(path, lineOf(text, pattern));
  const flags = rustflagsOf(table);
  const vendor = vendorFolder(table);
  return {
    path,
    vendored: vendor !== null,
    cfgs: flags.cfgs,
    variables: variablesOf(table),
    registries: Object.keys(tableOf(table.registries)),
    findings: [
      ...flagFindings(flags.others, place(/^[ \t]*rustflags\b/m)),
      ...vendorFindings(project, vendor, place),
      ...linkerFindings(table, place),
      ...nightlyFindings(table, place),
    ],
  };
}

/** `[build]` and the tables of platforms that could be meant for Linux. */
function rustflagsOf(table: Table): { cfgs: string[]; others: string[] } {
  const platforms = Object.entries(tableOf(table.target));
  const linux = platforms.filter(([name]) => !/windows|darwin|macos|apple|wasm|android|ios|aarch64|arm/.test(name));
  // What links for glibc is of no use for musl.
  const linked = linux.filter(([name]) => !/gnu/.test(name));
  const all = words([tableOf(table.build), ...linux.map(([, own]) => tableOf(own))]);
  const others = words([tableOf(table.build), ...linked.map(([, own]) => tableOf(own))]);
  return { cfgs: [...new Set(all.flatMap(cfgName))], others: others.filter((word) => cfgName(word).length === 0) };
}

/** Flags with their values: `--cfg x`, `-C lto`. */
function words(tables: readonly Table[]): string[] {
  return tables.flatMap(({ rustflags }) => {
    const parts = textOf(rustflags)?.split(/\s+/) ?? textsOf(rustflags);
    return parts.flatMap((part, index) => {
      if (/^(--cfg|-C|-A|-W|-D|-Z|-l|-L)$/.test(parts[index - 1] ?? '')) return [`${parts[index - 1]} ${part}`];
      return /^(--cfg|-C|-A|-W|-D|-Z|-l|-L|)$/.test(part) ? [] : [part];
    });
  });
}

/** The name of a `--cfg` flag, when it is a plain one. */
function cfgName(flag: string): string[] {
  const name = /^--cfg[ =]([A-Za-z_][A-Za-z0-9_]*)$/.exec(flag)?.[1];
  return name === undefined ? [] : [name];
}

function flagFindings(others: readonly string[], place: Place): Finding[] {
  // Lints change no code.
  const dropped = others.filter((flag) => !/^(-[AWD]|--(allow|warn|deny|cap-lints))/.test(flag));
  if (dropped.length === 0) return [];
  return [
    {
      id: 'rust-config-rustflags',
      level: 'warning',
      ...place,
      message: `These rustflags are not used: ${dropped.slice(0, 5).join(', ')}. RUSTFLAGS in the Containerfile takes their place.`,
      why: 'Cargo takes flags from one place only, and those of the Containerfile make the build reproducible; --cfg is taken over.',
      source: 'https://doc.rust-lang.org/cargo/reference/config.html#buildrustflags',
      mend: 'Where the code needs one of them, add it to RUSTFLAGS in the Containerfile; never target-cpu=native.',
    },
  ];
}

/** The pallet has no sccache and one linker, and the fetching step must reach the network. */
function variablesOf(table: Table): Record<string, string> {
  const build = tableOf(table.build);
  return {
    ...(foreignLinker(table) === null ? {} : { CARGO_TARGET_X86_64_UNKNOWN_LINUX_MUSL_LINKER: 'cc' }),
    ...(textOf(build['rustc-wrapper']) === null ? {} : { RUSTC_WRAPPER: '' }),
    ...(textOf(build['rustc-workspace-wrapper']) === null ? {} : { RUSTC_WORKSPACE_WRAPPER: '' }),
    ...(tableOf(table.net).offline === true ? { CARGO_NET_OFFLINE: 'false' } : {}),
  };
}

/** The folder that takes crates.io's place; null when there is none. */
function vendorFolder(table: Table): string | null {
  const sources = tableOf(table.source);
  const replacement = textOf(tableOf(sources['crates-io'])['replace-with']);
  return replacement === null ? null : textOf(tableOf(sources[replacement]).directory);
}

type PlaceIn = (pattern: RegExp) => Place;

function vendorFindings(project: Project, folder: string | null, place: PlaceIn): Finding[] {
  if (folder === null) return [];
  const plain = folder.replace(/^\.\//, '').replace(/\/+$/, '');
  if (hasFolder(project, plain)) return [];
  return [
    {
      id: 'rust-vendor-missing',
      level: 'error',
      ...place(/^[ \t]*directory\b/m),
      message: `Crates are to be taken from ${JSON.stringify(folder)}, and git would commit nothing of it.`,
      why: 'The build gets what is committed, and Cargo looks nowhere else.',
      source: 'https://doc.rust-lang.org/cargo/reference/source-replacement.html',
      mend: 'Commit the folder (`cargo vendor` writes it), or take the replacement out of the configuration.',
    },
  ];
}

/** A linker for musl that the pallet does not have. */
function foreignLinker(table: Table): string | null {
  const linker = textOf(tableOf(tableOf(table.target)['x86_64-unknown-linux-musl']).linker);
  return linker === null || /^(cc|clang|rust-lld|ld\.lld)$/.test(linker) ? null : linker;
}

function linkerFindings(table: Table, place: PlaceIn): Finding[] {
  const linker = foreignLinker(table);
  if (linker === null) return [];
  return [
    {
      id: 'rust-config-linker',
      level: 'note',
      ...place(new RegExp(`^[ \\t]*linker[ \\t]*=[ \\t]*["']${literal(linker)}`, 'm')),
      message: `The linker for musl is ${JSON.stringify(linker)}; the build takes the pallet’s own.`,
      why: 'StageX’s Rust pallet is a musl system: it links with clang, and needs no other linker for it.',
      source: 'https://doc.rust-lang.org/cargo/reference/config.html#targettriplelinker',
      mend: 'No change is needed.',
    },
  ];
}

function nightlyFindings(table: Table, place: PlaceIn): Finding[] {
  if (Object.keys(tableOf(table.unstable)).length === 0) return [];
  return [
    {
      id: 'rust-config-unstable',
      level: 'warning',
      ...place(/^[ \t]*\[unstable\b/m),
      message: 'The [unstable] settings have no effect: StageX’s Cargo is a stable one.',
      why: 'What is built without them may not be what you test.',
      source: 'https://doc.rust-lang.org/cargo/reference/unstable.html',
      mend: 'Build and test with a stable toolchain.',
    },
  ];
}
