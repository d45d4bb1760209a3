import type { Evidence, Finding } from '../../app.ts';
import { toolchainsOf } from '../../stagex/toolchains.ts';
import type { Detection, Project, Said } from '../language.ts';
import { fromOf } from '../place.ts';
import { lineOf, serviceName } from '../scan.ts';
import { buildScriptFindings } from './build-script.ts';
import { type CargoConfig, readCargoConfig } from './config.ts';
import { neededPaths } from './copies.ts';
import { listens } from './listen.ts';
import { type Locked, lockFindings, readLock } from './lock.ts';
import { type Package, placeOfField, withRequired } from './manifest.ts';
import { nativeNeeds } from './native.ts';
import { originFindings } from './origins.ts';
import { type Choice, choosePrograms } from './programs.ts';
import { type RunTimeFile, runTimeFiles } from './runtime.ts';
import { loadingFindings, shapeFindings } from './shape.ts';
import { programSources } from './sources.ts';
import { sqlxNeeds } from './sqlx.ts';
import { neededCommand } from './subcommand.ts';
import { tableOf, textOf } from './toml.ts';
import { toolchainEvidence, toolchainFindings } from './toolchain.ts';
import { type Crates, cargoRoot, closure, readCrates } from './workspace.ts';

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
  /** Folder of the workspace in the build context; null when it is the service's own. */
  root: string | null;
  /** `--cfg` names. */
  cfgs: string[];
}

/** What the build is told of one program. */
export interface Program {
  entry: string;
  binary: string;
  /** Null in a project of one package. */
  package: string | null;
  features: string[];
  /** StageX images that are laid over the pallet. */
  images: string[];
  /** Environment of the build. */
  variables: Record<string, string>;
  /** What the compiling step takes of a workspace; empty for everything. */
  copies: string[];
  /** What is copied into the image, by the folder that it goes into (`/` at the end). */
  files: { folder: string; sources: string[] }[];
}

/** More programs than this are not looked into before one is chosen. */
const mostPrograms = 8;

/** Recognises a Cargo project; null when there is no Cargo.toml. Reads files, runs nothing. */
export function detectRust(folder: Project, said: Said = {}): Detection | null {
  if (!folder.has('Cargo.toml')) return null;
  const { project, dir, member } = cargoRoot(folder);
  const manifest = member === '' ? 'Cargo.toml' : `${member}/Cargo.toml`;
  const empty: Detection = {
    language: 'rust',
    manager: 'cargo',
    name: null,
    entry: null,
    entries: [],
    port: null,
    env: {},
    evidence: [{ setting: 'language', value: 'rust', from: manifest }],
    findings: [],
    blocked: false,
    build: { programs: [], fetch: 'manifest', stubs: [], root: null, cfgs: [] } satisfies RustFacts,
  };
  const crates = readCrates(project);
  if (!('packages' in crates)) return { ...empty, findings: [crates] };
  const locked = readLock(project);
  const view: View = {
    project,
    crates,
    config: readCargoConfig(project),
    locked: 'id' in locked ? [] : locked.packages,
    lockText: 'id' in locked ? '' : locked.text,
  };
  const { programs, chosen } = choosePrograms(crates, member, said.entry);
  const built = builtFor(view, chosen);
  const listening = listens(project, built.packages, chosen?.binary ?? null);
  const own = chosen ? lookInto(view, chosen) : null;
  return {
    ...empty,
    name: serviceName(built.owner?.name ?? null),
    entry: chosen?.entry ?? null,
    entries: programs.map(({ entry }) => entry),
    port: listening.port,
    env: listening.env,
    ...(listening.args.length > 0 ? { args: listening.args } : {}),
    ...commandOf(project, built.packages, chosen),
    evidence: [
      ...empty.evidence,
      ...ownerEvidence(view, built.owner, chosen),
      ...(own ? memberEvidence(crates, own) : []),
      ...listening.evidence,
      ...(own?.evidence ?? []),
    ],
    findings: [
      ...shapeFindings(project, crates, programs),
      ...loadingFindings(built.packages),
      ...toolchainFindings(project, built.packages, toolchainsOf(said.release).rust),
      ...view.config.findings,
      ...('id' in locked ? [locked] : lockedFindings(view, locked.packages)),
      ...(own ?? withoutChoice(view)).findings,
      ...listening.findings,
    ],
    build: {
      programs: programs
        .slice(0, mostPrograms)
        .map((each) => (each.entry === own?.program.entry ? own : lookInto(view, each)).program),
      ...fetching(project, crates, view.config.vendored),
      root: member === '' ? null : dir,
      cfgs: view.config.cfgs,
    } satisfies RustFacts,
  };
}

/** Name, manager, program and toolchain, with their places. */
function ownerEvidence({ project, lockText }: View, owner: Package | undefined, chosen: Choice | null): Evidence[] {
  const name = serviceName(owner?.name ?? null);
  return [
    ...(name !== null && owner ? [{ setting: 'name', value: name, from: placeOfField(owner, 'name') }] : []),
    ...(lockText !== '' ? [{ setting: 'manager', value: 'cargo', from: 'Cargo.lock' }] : []),
    ...(chosen ? [{ setting: 'entry', value: chosen.entry, from: chosen.from }] : []),
    ...(owner ? toolchainEvidence(project, owner) : []),
  ];
}

function commandOf(
  project: Project,
  built: readonly Package[],
  chosen: Choice | null,
): Pick<Detection, 'needsCommand'> {
  const from = chosen === null ? null : neededCommand(project, programSources(project, built, chosen.binary));
  return from === null ? {} : { needsCommand: from };
}

/** Everything that was read, for the functions below. */
interface View {
  project: Project;
  crates: Crates;
  config: CargoConfig;
  locked: Locked[];
  lockText: string;
}

function lockedFindings({ crates, lockText, config }: View, locked: Locked[]): Finding[] {
  return [...lockFindings(crates.packages, locked), ...originFindings(crates.packages, locked, lockText, config)];
}

/** The package of the program, and those that a build of it compiles; all packages while the program is open. */
function builtFor({ crates }: View, chosen: Choice | null): { owner: Package | undefined; packages: Package[] } {
  const single = crates.packages.length === 1 ? crates.packages[0] : undefined;
  const owner = chosen ? crates.packages.find(({ name }) => name === chosen.binary.package) : single;
  if (!owner) return { owner, packages: crates.packages };
  const packages = closure(crates, owner);
  const asBuilt = withRequired(owner, chosen?.binary.features ?? []);
  return { owner, packages: packages.map((one) => (one === owner ? asBuilt : one)) };
}

interface Look {
  program: Program;
  evidence: Evidence[];
  findings: Finding[];
}

/** What one program needs of the build, and of the image. */
function lookInto(view: View, { entry, binary }: Choice): Look {
  const { project, crates, config, locked, lockText } = view;
  const { owner, packages } = builtFor(view, { entry, binary, from: '' });
  const native = nativeNeeds(packages, locked, lockText);
  const sqlx = sqlxNeeds(project, packages, locked, crates.workspace);
  const files = owner ? runTimeFiles(project, packages, owner) : { files: [], evidence: [], findings: [] };
  const besides = [...(sqlx.saved === null ? [] : [sqlx.saved]), ...files.files.map(({ source }) => source)];
  const program: Program = {
    entry,
    binary: binary.name,
    package: crates.workspace || crates.packages.length > 1 ? binary.package : null,
    features: binary.features,
    images: [...native.supply.images],
    variables: { ...config.variables, ...native.supply.variables, ...(sqlx.offline ? { SQLX_OFFLINE: 'true' } : {}) },
    copies: config.vendored ? [] : (neededPaths(project, crates, packages, besides) ?? []),
    files: byFolder(files.files),
  };
  const findings = [...native.findings, ...sqlx.findings, ...buildScriptFindings(project, packages), ...files.findings];
  return { program, evidence: files.evidence, findings };
}

/** Which program runs is open: what its packages need is then not certain either. */
function withoutChoice({ project, crates, locked, lockText }: View): Pick<Look, 'findings'> {
  const { packages } = crates;
  const findings = [
    ...nativeNeeds(packages, locked, lockText).findings,
    ...sqlxNeeds(project, packages, locked, crates.workspace).findings,
    ...buildScriptFindings(project, packages),
  ];
  const [only] = packages;
  if (only && packages.length === 1) return { findings };
  return { findings: findings.map((each) => (each.level === 'error' ? { ...each, level: 'warning' } : each)) };
}

function byFolder(files: readonly RunTimeFile[]): Program['files'] {
  const folders = new Map<string, string[]>();
  for (const { folder, source } of files) folders.set(folder, [...(folders.get(folder) ?? []), source]);
  return [...folders].map(([folder, sources]) => ({ folder, sources }));
}

/** The members that are compiled, where a build leaves others out. */
function memberEvidence({ root }: Crates, { program }: Look): Evidence[] {
  if (program.copies.length === 0) return [];
  const line = lineOf(root.text, /^[ \t]*(?:members|\[workspace\])/m);
  return [{ setting: 'sources', value: program.copies, from: fromOf('Cargo.toml', line) }];
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
