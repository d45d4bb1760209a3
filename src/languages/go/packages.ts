import type { Project } from '../language.ts';
import { lineOf } from '../scan.ts';

/** A folder that `go build` makes a program of. */
export interface Program {
  /** As Go writes it: `.`, `./cmd/api`. */
  entry: string;
  dir: string;
  /** `path:line` of its `func main`. */
  from: string;
  /** Lies where examples, tools and tests lie by convention. */
  aside: boolean;
}

/** More folders than this are not searched. */
const mostFolders = 5000;

/** Folders that the go command passes over, and those of other modules. */
function goFiles(project: Project): Map<string, string[]> {
  const modules = project.files
    .filter((file) => file.endsWith('/go.mod'))
    .map((file) => file.slice(0, -'go.mod'.length));
  const folders = new Map<string, string[]>();
  for (const file of project.files) {
    if (!file.endsWith('.go') || file.endsWith('_test.go') || /(^|\/)([_.][^/]*|testdata|vendor)\//.test(file))
      continue;
    if (/(^|\/)[_.][^/]*$/.test(file) || modules.some((dir) => file.startsWith(dir))) continue;
    const dir = file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '';
    const files = folders.get(dir);
    if (files) files.push(file);
    else if (folders.size < mostFolders) folders.set(dir, [file]);
  }
  return folders;
}

/** The module's own source files, without tests, and the programs among its packages. */
export function readPackages(project: Project): { files: string[]; programs: Program[] } {
  const folders = goFiles(project);
  const programs = [...folders].flatMap(([dir, files]) => programIn(project, dir, files) ?? []);
  return { files: [...folders.values()].flat(), programs };
}

function programIn(project: Project, dir: string, files: readonly string[]): Program | null {
  for (const file of files) {
    if (foreignName(file)) continue;
    const text = project.read(file);
    if (text === null) continue;
    const header = text.slice(0, packageClause(text)?.at ?? 0);
    if (excluded(header)) continue;
    // All files of a folder that are built belong to one package: the first one decides.
    if (packageClause(text)?.name !== 'main') return null;
    const line = lineOf(text, /^func main\(\)/m);
    if (line !== undefined) {
      return { entry: dir === '' ? '.' : `./${dir}`, dir, from: `${file}:${line}`, aside: aside.test(`${dir}/`) };
    }
  }
  return null;
}

const aside =
  /(^|\/)(_?examples?|samples?|tools?|hack|scripts?|tests?|testing|fixtures?|e2e|docs?|benchmarks?|bench|demos?|internal\/gen|gen|codegen)\//i;

/** The package clause: `package` at the start of a line that no comment holds. */
function packageClause(text: string): { name: string; at: number } | null {
  const withoutComments = text
    .slice(0, 20_000)
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '));
  const match = /^[ \t]*package[ \t]+(\w+)/m.exec(withoutComments);
  return match ? { name: match[1] ?? '', at: match.index } : null;
}

const systems = 'aix|android|darwin|dragonfly|freebsd|illumos|ios|js|netbsd|openbsd|plan9|solaris|wasip1|windows|zos';
const processors = '386|arm|arm64|loong64|mips|mipsle|mips64|mips64le|ppc64|ppc64le|riscv64|s390x|wasm';

/** `x_windows.go`, `x_arm64.go`: not built for linux/amd64. Source: https://pkg.go.dev/cmd/go#hdr-Build_constraints */
function foreignName(file: string): boolean {
  return new RegExp(`_(${systems}|${processors})\\.go$|_(${systems})_\\w+\\.go$`).test(file);
}

/** True when a build constraint keeps a file out: only the plain ones are known, the rest counts as built. */
function excluded(header: string): boolean {
  const constraint = /^\/\/go:build[ \t]+(.+)$/m.exec(header)?.[1]?.trim();
  if (constraint === undefined) return /^\/\/[ \t]*\+build[ \t]+ignore\b/m.test(header);
  return new RegExp(`^(ignore|tools?|generate|e2e|integration|cgo|!linux|!amd64|${systems}|${processors})$`).test(
    constraint,
  );
}
