import type { Finding } from '../../app.ts';
import type { Detection, Project } from '../language.ts';
import { inside, isPlainPath, lineOf, serviceName } from '../scan.ts';
import { baseName, type GoMod, parseGoMod } from './gomod.ts';
import { type Program, readPackages } from './packages.ts';
import { listens } from './port.ts';
import { sumFindings, vendorFindings } from './sums.ts';

/** What the Containerfile needs to know of a Go module. */
export interface GoFacts {
  /** The module's path. */
  module: string;
  /** Where dependencies come from; `none` when there are none. */
  dependencies: 'download' | 'vendor' | 'none';
  /** Folders of the project that stand in for modules (`replace`): their go.mod is needed to download the rest. */
  modules: string[];
}

/** Go in StageX's pallet-go at release 2026.03.0. */
export const palletGo = '1.26.0';

/** Recognises a Go module; null when there is no go.mod. Reads files, runs nothing. */
export function detectGo(project: Project): Detection | null {
  const empty: Detection = {
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
    build: { module: '', dependencies: 'none', modules: [] } satisfies GoFacts,
  };
  if (!project.has('go.mod')) return project.has('go.work') ? { ...empty, findings: [workspaceOnly] } : null;
  const mod = parseGoMod(project.read('go.mod') ?? '');
  if ('id' in mod) return { ...empty, findings: [mod] };
  const { files, programs } = readPackages(project);
  const usable = programs.filter(({ dir }) => dir === '' || isPlainPath(dir));
  const chosen = choose(usable);
  const replaced = replacedFolders(project, mod);
  const vendored = project.has('vendor/modules.txt');
  const name = serviceName(baseName(mod.module.path));
  const listening = listens(project, files, usable, chosen);
  return {
    ...empty,
    name,
    entry: chosen?.entry ?? null,
    entries: usable.map(({ entry }) => entry),
    port: listening.port,
    env: listening.env,
    evidence: [
      { setting: 'language', value: 'go', from: 'go.mod' },
      ...(name === null ? [] : [{ setting: 'name', value: name, from: `go.mod:${mod.module.line}` }]),
      { setting: 'manager', value: 'go', from: vendored ? 'vendor/modules.txt' : 'go.mod' },
      ...(chosen ? [{ setting: 'entry', value: chosen.entry, from: chosen.from }] : []),
      ...listening.evidence,
    ],
    findings: [
      ...(usable.length === 0 ? [noProgram] : []),
      ...versionFindings(mod),
      ...(vendored ? vendorFindings(project, mod) : [...replaced.findings, ...sumFindings(project, mod)]),
      ...sourceFindings(project, files, mod),
      ...listening.findings,
    ],
    build: {
      module: mod.module.path,
      dependencies: vendored ? 'vendor' : project.has('go.sum') ? 'download' : 'none',
      modules: replaced.folders,
    } satisfies GoFacts,
  };
}

const workspaceOnly: Finding = {
  id: 'go-workspace',
  level: 'error',
  path: 'go.work',
  message: 'This is a Go workspace (go.work) without a module of its own.',
  why: 'What is built is one module: go.work is for development, and the build turns it off.',
  mend: 'Name the folder of the module that is the service.',
};

const noProgram: Finding = {
  id: 'go-no-program',
  level: 'error',
  path: 'go.mod',
  message: 'No program was found: no package main with a func main.',
  why: 'An enclave runs a program, and this is a library.',
  mend: 'Add one, such as cmd/server/main.go, or name the folder of the module that has it.',
};

/** The only program, or the only one that does not lie among examples and tools. */
function choose(programs: readonly Program[]): Program | null {
  const services = programs.filter(({ aside }) => !aside);
  const candidates = services.length > 0 ? services : programs;
  return candidates.length === 1 ? (candidates[0] ?? null) : null;
}

function versionFindings({ go }: GoMod): Finding[] {
  if (go === null || compareVersions(go.version, palletGo) <= 0) return [];
  return [
    {
      id: 'go-version',
      level: 'error',
      path: 'go.mod',
      line: go.line,
      message: `The go line asks for Go ${go.version}, and StageX has ${palletGo}.`,
      why: 'Go refuses to compile with an older one, and fetching another toolchain would undo the pin.',
      source: 'https://go.dev/ref/mod#go-mod-file-go',
      mend: `Lower it to ${palletGo} if the code and its dependencies allow, or choose a newer StageX release.`,
    },
  ];
}

function compareVersions(a: string, b: string): number {
  const numbers = (version: string) => version.split('.').map((part) => Number.parseInt(part, 10));
  const [left, right] = [numbers(a), numbers(b)];
  for (const index of [0, 1, 2]) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function replacedFolders(project: Project, { replaces }: GoMod): { folders: string[]; findings: Finding[] } {
  const folders = new Set<string>();
  const findings: Finding[] = [];
  for (const { path, to, line } of replaces) {
    if (!('folder' in to)) continue;
    const folder = inside('', to.folder);
    if (folder !== null && isPlainPath(folder) && project.has(`${folder}/go.mod`)) {
      folders.add(folder);
      continue;
    }
    findings.push({
      id: 'go-replace-outside',
      level: 'error',
      path: 'go.mod',
      line,
      message: `${path} is replaced by ${to.folder}, which is no module of this project.`,
      why: 'Only the service’s folder reaches the build.',
      source: 'https://go.dev/ref/mod#go-mod-file-replace',
      mend: 'Drop the replacement, copy the module into the project, or commit `go mod vendor`.',
    });
  }
  return { folders: [...folders].sort(), findings };
}

/** Modules that are nothing, or do nothing, without cgo. */
const needsCgo: Readonly<Record<string, string>> = {
  'github.com/mattn/go-sqlite3': 'modernc.org/sqlite is SQLite in Go',
  'gorm.io/driver/sqlite': 'github.com/glebarez/sqlite is SQLite for gorm in Go',
  'github.com/confluentinc/confluent-kafka-go': 'github.com/twmb/franz-go is Kafka in Go',
  'github.com/confluentinc/confluent-kafka-go/v2': 'github.com/twmb/franz-go is Kafka in Go',
  'github.com/DataDog/zstd': 'github.com/klauspost/compress/zstd is zstd in Go',
  'github.com/valyala/gozstd': 'github.com/klauspost/compress/zstd is zstd in Go',
  'github.com/linxGnu/grocksdb': 'github.com/cockroachdb/pebble is a store in Go',
  'github.com/chai2010/webp': 'golang.org/x/image/webp reads WebP in Go',
  'github.com/h2non/bimg': 'github.com/disintegration/imaging is Go',
};

const cgoWhy = 'The binary is static and built without C (CGO_ENABLED=0): StageX’s pallet-go has no C compiler.';

function sourceFindings(project: Project, files: readonly string[], mod: GoMod): Finding[] {
  const findings: Finding[] = [];
  for (const { path, line } of mod.requires) {
    const instead = Object.hasOwn(needsCgo, path) ? needsCgo[path] : undefined;
    if (instead === undefined) continue;
    const message = `${path} needs cgo.`;
    findings.push({
      id: 'go-cgo-module',
      level: imports(project, files, path) ? 'error' : 'warning',
      path: 'go.mod',
      line,
      message,
      why: cgoWhy,
      mend: `Use another: ${instead}.`,
    });
  }
  const [cgo] = places(project, files, /^[ \t]*(?:import[ \t]+)?"C"[ \t]*(?:\/\/.*)?$/m);
  if (cgo) {
    findings.push({
      id: 'go-cgo',
      level: 'error',
      ...cgo,
      message: 'This file imports "C".',
      why: cgoWhy,
      mend: 'Write that part in Go, or give the file the build constraint `cgo` and a twin in Go.',
    });
  }
  const [zone] = places(project, files, /\btime\.LoadLocation\(/);
  if (zone && places(project, files, /"time\/tzdata"/).length === 0) {
    findings.push({
      id: 'go-time-zones',
      level: 'warning',
      ...zone,
      message: 'A time zone is loaded by its name, and the image has no zone files.',
      why: 'LoadLocation then fails for all but UTC and Local.',
      source: 'https://pkg.go.dev/time/tzdata',
      mend: 'Add `import _ "time/tzdata"` to package main: it puts the zones into the binary (450 KB).',
    });
  }
  return findings;
}

function imports(project: Project, files: readonly string[], module: string): boolean {
  return files.some((file) => {
    const text = project.read(file);
    return text !== null && (text.includes(`"${module}"`) || text.includes(`"${module}/`));
  });
}

/** The first file, with its line, that shows a pattern and is not held back by a `cgo` or `ignore` constraint. */
function places(project: Project, files: readonly string[], pattern: RegExp): { path: string; line: number }[] {
  for (const path of files) {
    const text = project.read(path);
    if (text === null || /^\/\/go:build[ \t].*\b(cgo|ignore)\b/m.test(text)) continue;
    const line = lineOf(text, pattern);
    if (line !== undefined) return [{ path, line }];
  }
  return [];
}
