import type { Evidence, Finding } from '../../app.ts';
import { toolchainsOf } from '../../stagex/toolchains.ts';
import type { Detection, Project, Said } from '../language.ts';
import { isPlainPath, serviceName } from '../scan.ts';
import { type CNeed, readCNeed } from './cgo.ts';
import { buildCommands } from './commands.ts';
import { embedFindings } from './embed.ts';
import { buildFlags, type Flags } from './flags.ts';
import { generatedFindings } from './generated.ts';
import { baseName } from './gomod.ts';
import { joined, type Layout, type LocalModule, readLayout, seenFrom } from './modules.ts';
import { Packages, type Program, type Reached, reach } from './packages.ts';
import { listens } from './port.ts';
import { privateFindings } from './private.ts';
import { type Choice, chooseProgram } from './programs.ts';
import { type RunTimeFiles, runTimeFiles } from './runtime.ts';
import { type Scope, scopeOf } from './scope.ts';
import { sumFindings, vendorFindings } from './sums.ts';
import { versionFindings } from './versions.ts';
import { zoneFindings } from './zones.ts';

/** What the Containerfile needs to know of a Go service. Paths are relative to the build context. */
export interface GoFacts {
  /** The module's path; `''` in a workspace's root. */
  module: string;
  /** Where dependencies come from; `none` when there are none. */
  dependencies: 'download' | 'vendor' | 'none';
  /** True when go.work is heeded. */
  workspace: boolean;
  /** True when a C compiler is needed. */
  cgo: boolean;
  /** What `go build -tags` is given. */
  tags: string[];
  /** go.mod, go.sum and the like, which say what is downloaded. */
  manifests: string[];
  /** Folders of the modules that are compiled. */
  sources: string[];
  /** What the program reads at run time, relative to the service's folder. */
  files: RunTimeFiles[];
}

/** All that was read of a service. */
interface Read {
  project: Project;
  said: Said;
  layout: Layout;
  flags: Flags;
  packages: Packages;
  programs: Program[];
  choice: Choice | null;
  reached: Reached;
  scope: Scope;
}

/**
 * Recognises a Go module or workspace; null when there is none. Reads files, runs nothing.
 * @param said the package that was named, if one was: the port and the rest are then those of its program.
 */
export function detectGo(project: Project, said: Said = {}): Detection | null {
  const layout = readLayout(project);
  if (layout === null) return null;
  const home = project.around?.dir ?? '';
  if ('id' in layout) return seen(home, { ...nothing, findings: [layout] });
  const read = readService(project, layout, said);
  const { choice, programs, flags, scope } = read;
  const module = scope.main?.path ?? '';
  const name = scope.main === null ? null : serviceName(baseName(module));
  const files = read.reached.packages.flatMap((each) => each.files.map(({ path }) => path));
  const listening = listens(layout.tree, files, choice !== null);
  const need = readCNeed(read.reached, [...scope.needed]);
  const entry = choice === null ? null : entryOf(home, choice.program);
  const runTime =
    choice === null
      ? { files: [], evidence: [], findings: [] }
      : runTimeFiles(layout.tree, home, read.reached.packages);
  return seen(home, {
    ...nothing,
    name,
    entry,
    entries: programs.map((program) => entryOf(home, program)),
    port: listening.port,
    env: listening.env,
    ...(listening.args.length > 0 ? { args: listening.args } : {}),
    evidence: [
      { setting: 'language', value: 'go', from: scope.file },
      ...(scope.main !== null && name !== null
        ? [{ setting: 'name', value: name, from: `${joined(scope.main.dir, 'go.mod')}:${scope.main.mod.module.line}` }]
        : []),
      { setting: 'manager', value: 'go', from: scope.vendored ?? scope.file },
      ...(scope.workspace
        ? [{ setting: 'workspace', value: 'go.work', from: joined(scope.workspace.dir, 'go.work') }]
        : []),
      ...(choice ? [{ setting: 'entry', value: entry, from: choice.from }] : []),
      ...flags.evidence.map((each) => ({ ...each, from: joined(home, each.from) })),
      ...listening.evidence,
      ...runTime.evidence,
    ],
    findings: [...findingsOf(read, need), ...listening.findings, ...runTime.findings],
    build: { ...factsOf(read, need), files: runTime.files } as unknown as Record<string, unknown>,
  });
}

const nothing: Detection = {
  language: 'go',
  manager: 'go',
  name: null,
  entry: null,
  entries: [],
  port: null,
  env: {},
  evidence: [],
  findings: [],
  blocked: false,
  build: {},
};

/** A program's package as Go writes it, and as it is named with `--entry`. */
const entryOf = (home: string, { dir }: Program): string => (dir === home ? '.' : `./${seenFrom(home, dir)}`);

function readService(project: Project, layout: Layout, said: Said): Read {
  const { tree, home, main, workspace } = layout;
  const commands = buildCommands(project);
  const flags = buildFlags(commands);
  const packages = new Packages(tree, new Set(flags.tags), Number(toolchainsOf(said.release).go.split('.')[1]));
  const own = main === null ? [] : packages.programsOf(main);
  // At the root of a workspace, its members' programs are the services, unless the root is one itself.
  const asRoot = workspace?.dir === home && own.length === 0;
  const all = asRoot ? workspace.members.flatMap((member) => packages.programsOf(member)) : own;
  const programs = all.filter(({ dir }) => dir === home || isPlainPath(seenFrom(home, dir)));
  const vendored = tree.has(joined(home, 'vendor/modules.txt'));
  const modules = vendored && !asRoot ? ownOnly(main) : localModules(layout);
  const here = new Set(modules.map(({ path }) => path));
  const elsewhere = modules
    .flatMap(({ mod }) => mod.requires.map(({ path }) => path))
    .filter((path) => !here.has(path));
  const named = programs.find((program) => entryOf(home, program) === said.entry);
  const choice = named
    ? { program: named, from: named.from }
    : chooseProgram(programs, commands.image, home, { packages, modules, elsewhere });
  const candidates = choice ? [choice.program] : programs.filter(({ aside }) => !aside);
  const roots = candidates.length > 0 ? candidates.map(({ dir }) => dir) : modules.slice(0, 1).map(({ dir }) => dir);
  const reached = reach(packages, roots, modules, elsewhere);
  const scope = scopeOf(layout, asRoot, reached);
  return { project, said, layout, flags, packages, programs, choice, reached, scope };
}

const ownOnly = (main: LocalModule | null): LocalModule[] => (main === null ? [] : [main]);

/** The modules that answer imports, the service's own first; a replacement wins over a workspace's member. */
function localModules({ main, replaced, workspace }: Layout): LocalModule[] {
  const modules = new Map<string, LocalModule>();
  for (const module of [...ownOnly(main), ...replaced, ...(workspace?.members ?? [])]) {
    if (!modules.has(module.path)) modules.set(module.path, module);
  }
  return [...modules.values()];
}

function findingsOf(read: Read, need: CNeed): Finding[] {
  const { project, layout, programs, reached, scope, packages, flags } = read;
  const { tree, home } = layout;
  const needed = [...scope.needed];
  const fetched =
    scope.vendored === null
      ? [
          ...scope.findings,
          ...privateFindings(project, needed),
          ...sumFindings(tree, { modules: needed, local: scope.local, sums: scope.sums }),
        ]
      : vendorFindings(tree, needed, scope.local, scope.vendored);
  return [
    ...(programs.length === 0 ? [noProgram(layout, packages)] : namedElsewhere(read)),
    ...versionFindings(tree, scope, toolchainsOf(read.said.release).go),
    ...fetched,
    ...generatedFindings(tree, reached),
    ...embedFindings(tree, reached.packages),
    ...need.findings,
    ...zoneFindings(reached, flags.tags),
    ...flags.findings.map((finding) =>
      finding.path === undefined ? finding : { ...finding, path: joined(home, finding.path) },
    ),
  ];
}

function factsOf({ scope, flags }: Read, { compiler }: CNeed): Omit<GoFacts, 'files'> {
  return {
    module: scope.main?.path ?? '',
    dependencies: scope.vendored !== null ? 'vendor' : scope.sums.length > 0 ? 'download' : 'none',
    workspace: scope.workspace !== null,
    cgo: compiler,
    tags: flags.tags,
    manifests: scope.manifests,
    sources: scope.sources,
  };
}

function noProgram({ main, workspace, home }: Layout, packages: Packages): Finding {
  const file = joined(home, main === null ? 'go.work' : 'go.mod');
  const below = packages.modulesBelow({ dir: home }).filter((dir) => packages.programsOf({ dir }).length > 0);
  const named = below.slice(0, 5).map((dir) => seenFrom(home, dir));
  return {
    id: main === null && workspace?.members.length === 0 ? 'go-workspace' : 'go-no-program',
    level: 'error',
    path: file,
    message: 'No program was found: no package main with a func main.',
    why: 'An enclave runs a program, and this is a library.',
    mend:
      named.length > 0
        ? `Name the folder of the module that has it: ${named.join(', ')}.`
        : 'Add one, such as cmd/server/main.go, or name the folder of the module that has it.',
  };
}

/** A package that was named and is no program: `go build` would make something else of it than what can run. */
function namedElsewhere({ said: { entry }, layout: { home }, programs, scope }: Read): Finding[] {
  if (entry === undefined || programs.some((program) => entryOf(home, program) === entry)) return [];
  return [
    {
      id: 'go-entry-missing',
      level: 'error',
      path: scope.file,
      message: `${entry} is no program of this module.`,
      why: 'What runs is a package main with a func main; a module in a folder below is built from there.',
      mend: `Name another: ${programs
        .slice(0, 10)
        .map((program) => entryOf(home, program))
        .join(', ')}.`,
    },
  ];
}

/** Places as they are seen from the service's folder. */
function seen(home: string, detection: Detection): Detection {
  const from = (evidence: Evidence) => ({ ...evidence, from: seenFrom(home, evidence.from) });
  const path = (finding: Finding) =>
    finding.path === undefined ? finding : { ...finding, path: seenFrom(home, finding.path) };
  return { ...detection, evidence: detection.evidence.map(from), findings: detection.findings.map(path) };
}
