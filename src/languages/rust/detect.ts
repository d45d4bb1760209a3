import type { Evidence, Finding } from '../../app.ts';
import type { Detection, Project } from '../language.ts';
import { agreedPort, loopback, loopbackFindings, serviceName, sightings } from '../scan.ts';
import { lockFindings, readLock } from './lock.ts';
import { type Binary, type Package, tableOf, textOf } from './manifest.ts';
import { nativeFindings } from './native.ts';
import { cargoConfig, toolchainFindings } from './toolchain.ts';
import { type Crates, closure, readCrates } from './workspace.ts';

/** What the Containerfile needs to know of a Cargo project. */
export interface RustFacts {
  /** From the entry to what `cargo build` is told. */
  programs: Program[];
  /**
   * How dependencies are fetched before sources come in: `manifest` from one Cargo.toml with empty `stubs`, `tree` from
   * all manifests of the context with every source emptied, `vendored` not at all.
   */
  fetch: 'manifest' | 'tree' | 'vendored';
  stubs: string[];
}

export interface Program {
  entry: string;
  binary: string;
  /** Null in a project of one package. */
  package: string | null;
  features: string[];
}

/** Recognises a Cargo project; null when there is no Cargo.toml. Reads files, runs nothing. */
export function detectRust(project: Project): Detection | null {
  if (!project.has('Cargo.toml')) return null;
  const empty: Detection = {
    language: 'rust',
    manager: 'cargo',
    name: null,
    entry: null,
    entries: [],
    port: null,
    env: {},
    evidence: [{ setting: 'language', value: 'rust', from: 'Cargo.toml' }],
    findings: [],
    blocked: false,
    build: { programs: [], fetch: 'manifest', stubs: [] },
  };
  const crates = readCrates(project);
  if (!('packages' in crates)) return { ...empty, findings: [crates] };
  const { programs, chosen } = choose(crates);
  const single = crates.packages.length === 1 ? crates.packages[0] : undefined;
  const owner = chosen ? crates.packages.find(({ name }) => name === chosen.binary.package) : single;
  const built = owner ? closure(crates.packages, owner) : crates.packages;
  const locked = readLock(project);
  const config = cargoConfig(project);
  const findings = [
    ...shapeFindings(project, crates, programs),
    ...toolchainFindings(project, built),
    ...config.findings,
    ...('id' in locked
      ? [locked]
      : [...lockFindings(crates.packages, locked), ...certainOnly(nativeFindings(built, locked), owner !== undefined)]),
    ...('id' in locked ? [] : sourceFindings(locked)),
  ];
  const name = serviceName(owner?.name ?? null);
  const listening = listens(project, built, chosen?.binary ?? null);
  return {
    ...empty,
    name,
    entry: chosen?.program.entry ?? null,
    entries: programs.map(({ program }) => program.entry),
    port: listening.port,
    env: listening.env,
    evidence: [
      ...empty.evidence,
      ...(name !== null && owner ? [{ setting: 'name', value: name, from: owner.manifest }] : []),
      ...('id' in locked ? [] : [{ setting: 'manager', value: 'cargo', from: 'Cargo.lock' }]),
      ...(chosen ? [{ setting: 'entry', value: chosen.program.entry, from: chosen.from }] : []),
      ...listening.evidence,
    ],
    findings: [...findings, ...listening.findings],
    build: {
      programs: programs.map(({ program }) => program),
      ...fetching(project, crates, config.vendored),
    } satisfies RustFacts,
  };
}

interface Choice {
  program: Program;
  binary: Binary;
  from: string;
}

/** The programs that could be the service, and the one that certainly is: the only one, or `default-run`. */
function choose({ packages, workspace }: Crates): { programs: Choice[]; chosen: Choice | null } {
  // By convention (https://github.com/matklad/cargo-xtask) a package called xtask holds the project's own chores.
  const owners = packages.filter(({ name }) => name !== 'xtask');
  const binaries = owners.flatMap(({ binaries: own }) => own).filter(isPlain);
  const programs = binaries.map((binary): Choice => {
    const twice = binaries.filter(({ name }) => name === binary.name).length > 1;
    const program = {
      entry: twice ? `${binary.package}/${binary.name}` : binary.name,
      binary: binary.name,
      package: workspace || packages.length > 1 ? binary.package : null,
      features: binary.features,
    };
    return { program, binary, from: binary.from };
  });
  const [only] = programs;
  if (only && programs.length === 1) return { programs, chosen: only };
  const defaults = owners.flatMap((owner) => {
    const named = programs.find(({ binary }) => binary.package === owner.name && binary.name === owner.defaultRun);
    return named ? [{ ...named, from: owner.manifest }] : [];
  });
  return { programs, chosen: defaults.length === 1 ? (defaults[0] ?? null) : null };
}

/** Names go into the Containerfile and the run command as they are: what Cargo takes and a shell would not is left out. */
function isPlain({ name, package: owner, features }: Binary): boolean {
  const plain = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;
  return plain.test(name) && plain.test(owner) && features.every((feature) => /^[A-Za-z0-9_][\w+./:-]*$/.test(feature));
}

function shapeFindings(project: Project, crates: Crates, programs: readonly Choice[]): Finding[] {
  const findings: Finding[] = [];
  if (programs.length === 0) {
    findings.push({
      id: 'rust-no-binary',
      level: 'error',
      path: 'Cargo.toml',
      message: 'No program was found: neither src/main.rs, nor src/bin, nor a [[bin]] table.',
      why: 'An enclave runs a program, and this is a library.',
      mend: 'Add src/main.rs, or name the folder that the program is in.',
    });
  }
  for (const { dependencies, manifest } of crates.packages) {
    const lost = dependencies.find(
      ({ path, outside }) => outside || (path !== null && !project.has(`${path === '' ? '' : `${path}/`}Cargo.toml`)),
    );
    if (!lost) continue;
    findings.push({
      id: 'rust-path-outside',
      level: 'error',
      path: manifest,
      ...(lost.line === undefined ? {} : { line: lost.line }),
      message: `${lost.name} is taken from a folder that is not in this project.`,
      why: 'Only the service’s folder reaches the build.',
      mend: 'Start from the folder that holds both, such as the workspace root.',
    });
  }
  const [root] = crates.packages;
  if (!crates.workspace && root?.inherits) {
    findings.push({
      id: 'rust-workspace-member',
      level: 'error',
      path: 'Cargo.toml',
      message: 'This package takes values from a workspace that is not in this folder.',
      why: 'Cargo needs the workspace’s manifest and its Cargo.lock.',
      mend: 'Start from the workspace root, and name this package’s program with --entry.',
    });
  }
  return findings;
}

/** Which program runs is open: what its packages need is then not certain either. */
function certainOnly(findings: Finding[], certain: boolean): Finding[] {
  return certain ? findings : findings.map((finding) => ({ ...finding, level: 'warning' }));
}

function sourceFindings(locked: readonly { name: string; source: string | null }[]): Finding[] {
  const git = locked.filter(({ source }) => source?.startsWith('git+'));
  const other = locked.filter(({ source }) => source && !source.startsWith('git+') && !isCratesIo(source));
  const findings: Finding[] = [];
  if (git.length > 0) {
    findings.push({
      id: 'rust-git-dependency',
      level: 'note',
      path: 'Cargo.lock',
      message: `Taken from git, at the commit that Cargo.lock names: ${names(git)}.`,
      why: 'Who verifies must be able to fetch the same commit: from a private repository nobody can.',
      mend: 'Nothing, as long as the repository is public and stays.',
    });
  }
  if (other.length > 0) {
    findings.push({
      id: 'rust-other-registry',
      level: 'warning',
      path: 'Cargo.lock',
      message: `Taken from a registry other than crates.io: ${names(other)}.`,
      why: 'The build has no credentials, and neither has who verifies.',
      mend: 'Vendor these crates (`cargo vendor`), or publish them.',
    });
  }
  return findings;
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

function fetching(project: Project, crates: Crates, vendored: boolean): Pick<RustFacts, 'fetch' | 'stubs'> {
  if (vendored) return { fetch: 'vendored', stubs: [] };
  const stubs = ['src/main.rs', 'src/lib.rs'].filter((path) => project.has(path));
  const configured = project.files.some((path) => path.startsWith('.cargo/'));
  const simple =
    crates.packages.length === 1 && !crates.workspace && !configured && stubsSuffice(crates.root.table, stubs);
  const patched = Object.hasOwn(crates.root.table, 'patch') || Object.hasOwn(crates.root.table, 'replace');
  return simple && !patched ? { fetch: 'manifest', stubs } : { fetch: 'tree', stubs: [] };
}

/** Cargo looks for the source of each target that a manifest names without a path. */
function stubsSuffice(table: Record<string, unknown>, stubs: readonly string[]): boolean {
  const listed = ['bin', 'example', 'test', 'bench'].flatMap((kind) => (Array.isArray(table[kind]) ? table[kind] : []));
  return (
    stubs.length > 0 &&
    [...listed, ...(table.lib ? [table.lib] : [])].every((target) => textOf(tableOf(target).path) !== null)
  );
}

const ports = [
  /"(?:0\.0\.0\.0|\[::\]):(\d{2,5})"/g,
  /\bbind\(\s*&?"(?:127\.0\.0\.1|localhost|\[::1\]):(\d{2,5})"/g,
  /\bbind\(\s*\(\s*"[^"\n]*"\s*,\s*(\d{2,5})\s*\)/g,
  /\[\s*0\s*,\s*0\s*,\s*0\s*,\s*0\s*\]\s*,\s*(\d{2,5})\s*\)/g,
  /\b(?:Ipv[46]Addr::UNSPECIFIED|IpAddr::V4\(\s*Ipv4Addr::UNSPECIFIED\s*\))\s*,\s*(\d{2,5})\b/g,
  /\b(?:const|static)\s+(?:DEFAULT_)?(?:HTTP_|SERVER_|LISTEN_)?PORT\s*:\s*(?:u16|&(?:'static\s+)?str)\s*=\s*"?(\d{2,5})\b/g,
  /\bvar\(\s*"PORT"\s*\)[^;]{0,160}?unwrap_or(?:_else)?\([^;]{0,40}?\b(\d{2,5})\b/g,
  /#\[(?:arg|clap)\([^\]]{0,200}\bdefault_value(?:_t)?\s*=\s*"?(\d{2,5})"?[^\]]{0,200}\)\]\s*(?:pub(?:\([^)]*\))?\s+)?(?:http_|listen_|server_)?port\s*:/g,
];
/** Port 0 is a test's, or a client's. */
const loopbacks = [
  new RegExp(`\\bbind\\(\\s*(?:&|\\(\\s*)?"${loopback}(?::(?!0")|")`, 'g'),
  /\b(?:bind\(|SocketAddr(?:V[46])?::(?:new|from)\()[^;"]{0,60}?(\[\s*127\s*,\s*0\s*,\s*0\s*,\s*1\s*\]|Ipv[46]Addr::LOCALHOST)(?!\s*,\s*0\b)/g,
];
const portVariable = [/\bvar(?:_os)?\(\s*"(PORT)"\s*\)/g, /\benv\s*=\s*"(PORT)"/g];

/** The port, and whether `PORT` chooses it, from the sources of the packages that are built. */
function listens(
  project: Project,
  built: readonly Package[],
  binary: Binary | null,
): Pick<Detection, 'port' | 'env' | 'findings'> & { evidence: Evidence[] } {
  const others = new Set(built.flatMap(({ binaries }) => binaries.flatMap(({ path }) => path ?? [])));
  if (binary?.path) others.delete(binary.path);
  const roots = built.map(({ dir }) => (dir === '' ? 'src/' : `${dir}/src/`));
  const sources = project.files.filter(
    (file) =>
      file.endsWith('.rs') && !/(^|\/)tests?(\/|\.rs$)/.test(file) && roots.some((root) => file.startsWith(root)),
  );
  const files = sources.filter((file) => !others.has(file));
  // Addresses in tests are not the service's.
  const prepare = (text: string): string => text.split(/^[ \t]*#\[cfg\(test\)\]/m)[0] ?? '';
  const found = agreedPort(sightings(project, files, ports, prepare));
  // Which program runs may be open: PORT harms none that does not read it.
  const [variable] = sightings(project, binary === null ? sources : files, portVariable, prepare);
  return {
    port: found?.port ?? null,
    env: variable ? { PORT: found ? String(found.port) : '' } : {},
    evidence: [
      ...(found ? [{ setting: 'port', value: found.port, from: found.from }] : []),
      ...(variable ? [{ setting: 'env', value: 'PORT', from: variable.from }] : []),
    ],
    findings: loopbackFindings('rust', sightings(project, files, loopbacks, prepare)),
  };
}
