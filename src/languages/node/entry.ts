import { isPlainPath, lineOf } from '../scan.ts';
import { withoutComments } from './comments.ts';
import { existing, fileOf } from './files.ts';
import { recordAt, textAt } from './manifest.ts';
import type { Program } from './programs.ts';
import { type Obstacle, typeScriptObstacle } from './source.ts';
import { readStart, type Start } from './start.ts';
import { readTsconfig } from './tsconfig.ts';
import type { Member, Workspace } from './workspace.ts';

/** What runs, as far as it is known. */
export interface Entry {
  /** The member whose folder it is in. */
  member: Member;
  /** The file, relative to the member; null when it is not certain. */
  file: string | null;
  /** What could run, when it is not certain. */
  files: string[];
  /** Where it is said, relative to the member: `package.json` and a path in it, or a file and a line. */
  from: Source | null;
  start: Start | null;
  loader: Program['loader'];
  /** A TypeScript file that would be what runs, could Node run it, and what keeps it from that. */
  obstacle: Obstacle | null;
  /** The programs of a start script that runs several side by side. */
  several: Start[];
}

export type Source = { member: Member; keys: readonly string[] } | { member: Member; file: string; line?: number };

/** A file that opens a port, or hands itself to something that does. */
const serves = /\.listen\s*\(|\bserve\s*\(|\bcreateServer\s*\(|\bfastify\s*\(|\bNestFactory\.create/i;

const usualFiles = ['server', 'index', 'app', 'main', 'src/server', 'src/index', 'src/app', 'src/main'].flatMap(
  (stem) => ['.js', '.mjs', '.cjs', '.ts', '.mts'].map((extension) => stem + extension),
);

/** What runs in one member: as its start script says, else the one usual file that opens a port; several are a question. */
export function findEntry(workspace: Workspace, member: Member): Entry {
  const nothing = { member, file: null, files: [], from: null, start: null, loader: null, obstacle: null, several: [] };
  const started = readStart(workspace, member);
  if (started !== null && 'several' in started) return { ...nothing, several: started.several };
  if (started !== null && isRunnablePath(started.one.file)) {
    const { one } = started;
    return { ...nothing, member: one.member, start: one, ...runnableFile(one.member, one, one.file, scriptOf(one)) };
  }
  // A start script that says something else is not to be overruled by a guess.
  if (textAt(recordAt(member.manifest.value, 'scripts'), 'start') !== null) return guess(member, false);
  return guess(member, true);
}

function scriptOf({ from }: Start): Source {
  return { member: from.member, keys: ['scripts', from.script] };
}

/** A path that stands as it is; what Nuxt and Next.js build is the only one that may begin with a dot. */
export function isRunnablePath(file: string): boolean {
  return isPlainPath(file.replace(/(^|\/)\.(output|next)\//, '$1$2/'));
}

/**
 * The file that Node is given for the one that is named: TypeScript that Node cannot run is run as the build script
 * compiles it, else by the loader that the service has for it.
 */
function runnableFile(
  member: Member,
  program: Pick<Program, 'loader'>,
  file: string,
  from: Source,
): Pick<Entry, 'file' | 'files' | 'from' | 'loader' | 'obstacle'> {
  const obstacle = obstacleOf(member, file);
  if (obstacle === null) return { file, files: [file], from, loader: null, obstacle };
  const compiled = compiledFile(member, file);
  if (compiled !== null) return { ...compiled, files: [compiled.file], loader: null, obstacle: null };
  const loader = program.loader !== null && hasPackage(member, program.loader) ? program.loader : null;
  return { file, files: [file], from, loader, obstacle: loader === null ? obstacle : null };
}

/** What the build script makes of a source, when the compiler's settings say where it puts it. */
function compiledFile(member: Member, file: string): { file: string; from: Source } | null {
  const build = textAt(recordAt(member.manifest.value, 'scripts'), 'build');
  const config = readTsconfig(member.project);
  if (build === null || config === null || !/\b(tsc|nest build|tsc-alias|ttsc|tspc)\b/.test(build)) return null;
  const prefix = config.rootDir === '' ? '' : `${config.rootDir}/`;
  if (!file.startsWith(prefix)) return null;
  const output = file.slice(prefix.length).replace(/\.([cm]?)tsx?$/, '.$1js');
  const line = config.line === undefined ? {} : { line: config.line };
  return { file: `${config.outDir}/${output}`, from: { member, file: 'tsconfig.json', ...line } };
}

/** True when the member itself asks for a package. */
export function hasPackage({ manifest }: Member, name: string): boolean {
  return ['dependencies', 'devDependencies', 'optionalDependencies'].some((kind) =>
    Object.hasOwn(recordAt(manifest.value, kind), name),
  );
}

/** What keeps Node from running a file as it stands; null for JavaScript, and for a file that is yet to be made. */
function obstacleOf(member: Member, file: string): Obstacle | null {
  if (!/\.[cm]?tsx?$/.test(file) || !member.project.has(file)) return null;
  if (file.endsWith('x')) return { path: file, line: 1, what: 'JSX' };
  const kinds = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];
  const names = kinds.flatMap((kind) => Object.keys(recordAt(member.manifest.value, kind)));
  return typeScriptObstacle(member.project, file, new Set(names));
}

function guess(member: Member, certain: boolean): Entry {
  const { project, manifest } = member;
  const none = { member, from: null, start: null, loader: null, obstacle: null, several: [] };
  const main = textAt(manifest.value, 'main');
  const named = main === null ? null : fileOf(project, manifest, main);
  const serving = [...new Set([named, ...usualFiles, ...binFiles(member)])].filter(
    (file): file is string =>
      file !== null && isPlainPath(file) && serves.test(withoutComments(project.read(file) ?? '')),
  );
  const runnable = serving.map((file) => {
    const line = lineOf(withoutComments(project.read(file) ?? ''), serves);
    const from: Source =
      file === named ? { member, keys: ['main'] } : { member, file, ...(line === undefined ? {} : { line }) };
    return runnableFile(member, { loader: hasPackage(member, 'tsx') ? 'tsx' : null }, file, from);
  });
  const listening = runnable.filter(({ obstacle }) => obstacle === null);
  const files = listening.flatMap(({ file }) => file ?? []);
  const [only, ...others] = listening;
  if (only === undefined) return { ...none, file: null, files, obstacle: runnable[0]?.obstacle ?? null };
  return others.length > 0 || !certain ? { ...none, file: null, files } : { ...none, ...only };
}

/** The files of `bin`, which a service that is started by its own name has. */
function binFiles({ project, manifest }: Member): string[] {
  const bin = manifest.value.bin;
  const paths = typeof bin === 'string' ? [bin] : Object.values(recordAt(manifest.value, 'bin'));
  return paths.flatMap((path) => {
    const clean = typeof path === 'string' ? path.replace(/^\.\//, '') : '';
    return clean === '' ? [] : (existing(project, clean) ?? []);
  });
}
