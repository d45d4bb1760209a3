import type { Evidence, Finding } from '../../app.ts';
import { filesBelow, folderOf, hasFolder } from '../files.ts';
import type { Project } from '../language.ts';
import { fromOf } from '../place.ts';
import { isTaken, takenFinding } from '../root.ts';
import { inside, isPlainPath, lineAt } from '../scan.ts';
import type { Package } from './manifest.ts';
import { literalsIn, once, sourcesOf } from './sources.ts';

/**
 * Files that a program reads at run time, by the literal paths that its sources open. What `include_str!` and its like
 * name is part of the binary already. The enclave starts the program in `/`: a relative path is looked up there.
 */

/** One file or folder that goes into the image. */
export interface RunTimeFile {
  /** Relative to the project. */
  source: string;
  /** Absolute path of the folder in the image that it goes into, with `/` at the end. */
  folder: string;
}

/** What a program reads, and what could not be put where it looks for it. */
export interface RunTime {
  files: RunTimeFile[];
  evidence: Evidence[];
  findings: Finding[];
}

/** More sources of a package, and more paths in one of them, are not looked at: they are generated. */
const mostFiles = 1000;
const mostOpened = 100;

/** Where the build compiles, and so what CARGO_MANIFEST_DIR begins with. */
const workdir = '/src';

/** What opens the literal that follows: a function of a framework or of the standard library. */
const opens = [
  /\b(?:ServeDir|ServeFile|FileServer|StaticFilesEndpoint|StaticFileEndpoint|StaticDir|StaticFile)::(?:new|from)\(\s*$/,
  /\bFiles::new\(\s*"[^"\n]*"\s*,\s*$/,
  /\bNamedFile::open(?:_async)?\(\s*$/,
  /\bfs::(?:dir|file|read|read_to_string|read_dir)\(\s*&?$/,
  /\bTera::(?:new|parse)\(\s*$/,
  /\bFile::(?:open|with_name)\(\s*$/,
  /\b(?:Toml|Yaml|Json)::file\(\s*$/,
  /\b(?:Path::new|PathBuf::from|path_loader)\(\s*$/,
  /\bregister_templates?_(?:directory|file)\(\s*(?:"[^"\n]*"\s*,\s*)?$/,
  /\.(?:join|serve_dir|serve_file)\(\s*$/,
  /\bdefault_value(?:_t|_os)?\s*=\s*$/,
];
/** The path of the package while it was compiled stays in the binary. */
const fromManifest = [/\brelative!\(\s*$/, /\bconcat!\(\s*env!\(\s*"CARGO_MANIFEST_DIR"\s*\)\s*,\s*$/];
const compiledIn = /\b(?:include\w*|embed\w*|migrate)!\([^;]{0,80}$/;
/** What a build needs, and no program reads. */
const buildOnly = /^(?:src|target|tests|benches|Cargo\.(?:toml|lock)|build\.rs)(?:\/|$)|\.rs$/;

/** A literal that something opens at run time. */
interface Opened {
  value: string;
  line: number;
  /** Below the package's folder as it was compiled, and not where the program is started. */
  manifest: boolean;
}

const openedIn = once((project, file): Opened[] => {
  const text = project.read(file) ?? '';
  return literalsIn(project, file).flatMap(({ value, offset }) => {
    const before = text.slice(Math.max(0, offset - 120), offset);
    const path = value.includes('..') || plain(value.replace(/^\/+/, '')) !== null;
    if (!path || !/[(,=&]\s*$/.test(before) || compiledIn.test(before)) return [];
    const manifest = fromManifest.some((pattern) => pattern.test(before));
    const opened = manifest || opens.some((pattern) => pattern.test(before));
    return opened ? [{ value, line: lineAt(text, offset), manifest }] : [];
  });
});

/** @param owner the package of the program, whose folder is where some people start it. */
export function runTimeFiles(project: Project, built: readonly Package[], owner: Package): RunTime {
  const found: RunTime = { files: [], evidence: [], findings: [] };
  for (const one of built) {
    for (const file of sourcesOf(project, [one]).slice(0, mostFiles)) {
      for (const { value, line, manifest } of openedIn(project, file).slice(0, mostOpened)) {
        const runs = manifest ? ofManifest(project, one, value) : ofRoot(project, owner, value);
        for (const run of runs) add(found, run, `${file}:${line}`);
      }
    }
  }
  noteConventions(found, project, built, owner);
  return withoutNested(found);
}

function add(found: RunTime, run: RunTimeFile, from: string): void {
  const target = `${run.folder}${run.source.split('/').at(-1)}`.slice(1);
  // The program itself lies in /app.
  if (isTaken(target) || /^app(?:\/|$)/.test(target)) {
    found.findings.push(takenFinding('rust', target, from));
    return;
  }
  if (found.files.some(({ source, folder }) => source === run.source && folder === run.folder)) return;
  found.files.push(run);
  found.evidence.push({ setting: 'files', value: run.source, from });
}

/** A relative path that is looked up in `/`: in the project's folder while it is developed, or in the package's own. */
function ofRoot(project: Project, owner: Package, written: string): RunTimeFile[] {
  const path = plain(written);
  if (path === null) return [];
  for (const dir of new Set(['', owner.dir])) {
    const names = matching(project, dir, path);
    if (names.length > 0)
      return names.map((source) => ({ source, folder: belowRoot(source.slice(dir === '' ? 0 : dir.length + 1)) }));
  }
  return [];
}

/** A path below the package's folder as it was compiled. */
function ofManifest(project: Project, one: Package, written: string): RunTimeFile[] {
  const path = inside(one.dir, written.replace(/^\/+/, ''));
  if (path === null || path === '' || !isPlainPath(path)) return [];
  return matching(project, '', path).map((source) => ({ source, folder: `${workdir}${belowRoot(source)}` }));
}

/** The folder below `/` that a path goes into. */
function belowRoot(path: string): string {
  const folder = folderOf(path);
  return folder === '' ? '/' : `/${folder}/`;
}

/** A path as files are named: without `./`, and of a glob the folder before it. Null for what is no path of ours. */
function plain(written: string): string | null {
  const parts = written
    .replace(/^(?:\.\/)+/, '')
    .replace(/\/+$/, '')
    .split('/');
  const glob = parts.findIndex((part) => /[*?{[]/.test(part));
  const path = (glob < 0 ? parts : parts.slice(0, glob)).join('/');
  return isPlainPath(path) && !buildOnly.test(path) ? path : null;
}

/** The file or folder of that name; else the files that only lack an extension, as configuration crates allow. */
function matching(project: Project, dir: string, path: string): string[] {
  const at = dir === '' ? path : `${dir}/${path}`;
  if (!isPlainPath(at)) return [];
  if (project.has(at) || hasFolder(project, at)) return [at];
  const extended = /\.(?:toml|ya?ml|json5?|ini|ron)$/;
  if (!path.includes('/')) return [];
  return filesBelow(project, folderOf(at)).filter(
    (file) => file.startsWith(`${at}.`) && extended.test(file.slice(at.length)) && isPlainPath(file),
  );
}

/** What frameworks read without being told: https://rocket.rs/guide/v0.5/configuration/ */
const conventions: Readonly<Record<string, string>> = { rocket: 'Rocket.toml', rocket_dyn_templates: 'templates' };

function noteConventions(found: RunTime, project: Project, built: readonly Package[], owner: Package): void {
  for (const { dependencies, manifest } of built) {
    for (const { name, kind, line } of dependencies) {
      const read = Object.hasOwn(conventions, name) && kind === 'normal' ? conventions[name] : undefined;
      if (read === undefined) continue;
      const from = fromOf(manifest, line);
      for (const run of ofRoot(project, owner, read)) add(found, run, from);
    }
  }
}

/** A file within a folder that goes as a whole needs no line of its own. */
function withoutNested(found: RunTime): RunTime {
  const at = ({ source, folder }: RunTimeFile) => `${folder}${source.split('/').at(-1)}`;
  const files = found.files.filter(
    (one) => !found.files.some((other) => other !== one && at(one).startsWith(`${at(other)}/`)),
  );
  return { ...found, files: files.sort((a, b) => (at(a) < at(b) ? -1 : 1)) };
}
