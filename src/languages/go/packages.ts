import { folderOf } from '../files.ts';
import type { Project } from '../language.ts';
import { lineOf } from '../scan.ts';
import { foreignName, holds } from './constraints.ts';
import { joined, type LocalModule } from './modules.ts';
import { readSource } from './source.ts';

/** One Go file that the go command would build, or would build with C. */
export interface GoFile {
  path: string;
  text: string;
  imports: { path: string; line: number }[];
}

/** A folder's package, as it is built for linux/amd64. */
export interface Package {
  dir: string;
  name: string;
  files: GoFile[];
}

/** A folder that `go build` makes a program of. */
export interface Program {
  dir: string;
  /** `path:line` of its `func main`. */
  from: string;
  /** Lies where examples, tools and tests lie by convention. */
  aside: boolean;
}

/** In more folders than this no program is looked for. */
const mostFolders = 5000;

const passedOver = /(^|\/)(?:[_.][^/]*|testdata|vendor|node_modules)\/|(^|\/)[_.][^/]*$|_test\.go$/;

/** The Go packages of a repository, read when they are asked for. */
export class Packages {
  readonly #tree: Project;
  readonly #tags: ReadonlySet<string>;
  readonly #minor: number;
  readonly #folders = new Map<string, string[]>();
  readonly #moduleDirs: ReadonlySet<string>;
  readonly #known = new Map<string, Package | null>();

  /**
   * @param tags what `go build -tags` is given.
   * @param minor of the toolchain: 26 for Go 1.26.
   */
  constructor(tree: Project, tags: ReadonlySet<string>, minor: number) {
    this.#tree = tree;
    this.#tags = tags;
    this.#minor = minor;
    this.#moduleDirs = new Set(tree.files.filter((file) => /(^|\/)go\.mod$/.test(file)).map(folderOf));
    for (const file of tree.files) {
      if (!file.endsWith('.go') || passedOver.test(file)) continue;
      const dir = folderOf(file);
      const files = this.#folders.get(dir);
      if (files) files.push(file);
      else this.#folders.set(dir, [file]);
    }
  }

  /** The package in a folder; null when it has no Go file that is built. */
  at(dir: string): Package | null {
    const known = this.#known.get(dir);
    if (known !== undefined) return known;
    const read = this.#read(dir);
    this.#known.set(dir, read);
    return read;
  }

  /** True when a folder holds Go files, built or not. */
  hasFiles(dir: string): boolean {
    return this.#folders.has(dir);
  }

  /** The folders of a module, those of modules inside of it left out. */
  foldersOf({ dir: root }: Pick<LocalModule, 'dir'>): string[] {
    return [...this.#folders.keys()].filter(
      (dir) => (root === '' || dir === root || dir.startsWith(`${root}/`)) && this.#moduleOf(dir) === root,
    );
  }

  /** Folders below a module that are modules of their own. */
  modulesBelow({ dir: root }: Pick<LocalModule, 'dir'>): string[] {
    const prefix = root === '' ? '' : `${root}/`;
    return [...this.#moduleDirs].filter(
      (dir) => dir !== root && dir.startsWith(prefix) && !passedOver.test(`${dir}/x`),
    );
  }

  /** The programs of a module. */
  programsOf(module: Pick<LocalModule, 'dir'>): Program[] {
    const folders = this.foldersOf(module).slice(0, mostFolders);
    return folders.flatMap((dir) => {
      const read = this.#isMain(dir) ? this.at(dir) : null;
      if (read === null) return [];
      for (const { path, text } of read.files) {
        const line = lineOf(text, /^func main\(\)/m);
        const relative = module.dir === '' ? dir : dir.slice(module.dir.length + 1);
        if (line !== undefined) return [{ dir, from: `${path}:${line}`, aside: aside.test(`${relative}/`) }];
      }
      return [];
    });
  }

  #moduleOf(dir: string): string {
    for (let at = dir; at !== ''; at = folderOf(at)) if (this.#moduleDirs.has(at)) return at;
    return '';
  }

  /** Whether a folder's package is `main`; reads no more than the first file that is built. */
  #isMain(dir: string): boolean {
    for (const file of this.#built(dir)) return file.name === 'main';
    return false;
  }

  #read(dir: string): Package | null {
    const [first, ...others] = this.#built(dir);
    if (!first) return null;
    // All files of a folder that are built belong to one package: the first one decides.
    return { dir, name: first.name, files: [first, ...others].filter(({ name }) => name === first.name) };
  }

  /** The files of a folder that are built for linux/amd64, one after another. */
  *#built(dir: string): Generator<GoFile & { name: string }> {
    for (const path of this.#folders.get(dir) ?? []) {
      if (foreignName(path)) continue;
      const text = this.#tree.read(path);
      const source = text === null ? null : readSource(text);
      if (text === null || source === null) continue;
      if (!source.constraints.every((expression) => holds(expression, this.#tags, this.#minor))) continue;
      yield { path, text, name: source.package, imports: source.imports };
    }
  }
}

const aside =
  /(^|\/)(_?examples?|samples?|tools?|hack|scripts?|tests?|testing|fixtures?|e2e|docs?|benchmarks?|bench|demos?|internal\/gen|gen|codegen)\//i;

/** An import of a package that the repository should hold, and does not. */
export interface MissingPackage {
  path: string;
  dir: string;
  from: string;
}

/** What a program is made of, as far as the repository holds it. */
export interface Reached {
  packages: Package[];
  /** Modules of the repository that it takes packages from. */
  modules: Set<LocalModule>;
  /** All that is imported, from here and elsewhere, with the first place. */
  imported: Map<string, string>;
  missing: MissingPackage[];
}

/**
 * The packages that some folders' packages lead to, through their imports.
 * @param modules those of the repository that answer imports.
 * @param elsewhere paths of modules that are fetched: a longer one of these wins over a shorter one of the repository.
 */
export function reach(
  packages: Packages,
  dirs: readonly string[],
  modules: readonly LocalModule[],
  elsewhere: readonly string[],
): Reached {
  const found: Reached = { packages: [], modules: new Set(), imported: new Map(), missing: [] };
  const local = new Map(modules.map((module) => [module.path, module]));
  const fetched = new Set(elsewhere);
  const seen = new Set(dirs);
  const waiting = [...dirs];
  for (let dir = waiting.pop(); dir !== undefined; dir = waiting.pop()) {
    const read = packages.at(dir);
    if (!read) continue;
    found.packages.push(read);
    for (const { path, from } of importsOf(read)) {
      if (found.imported.has(path)) continue;
      found.imported.set(path, from);
      const module = answering(path, local, fetched);
      if (!module) continue;
      found.modules.add(module);
      const at = joined(module.dir, path.slice(module.path.length + 1));
      if (!packages.hasFiles(at)) found.missing.push({ path, dir: at, from });
      else if (!seen.has(at)) waiting.push(at);
      seen.add(at);
    }
  }
  found.packages.sort((a, b) => (a.dir < b.dir ? -1 : 1));
  return found;
}

function importsOf({ files }: Package): { path: string; from: string }[] {
  return files.flatMap((file) => file.imports.map(({ path, line }) => ({ path, from: `${file.path}:${line}` })));
}

/** The module of the repository with the longest path that leads an import's; null when a fetched one has a longer. */
function answering(
  path: string,
  local: ReadonlyMap<string, LocalModule>,
  fetched: ReadonlySet<string>,
): LocalModule | null {
  for (let at = path; at !== ''; at = folderOf(at)) {
    const module = local.get(at);
    if (module) return module;
    if (fetched.has(at)) return null;
  }
  return null;
}
