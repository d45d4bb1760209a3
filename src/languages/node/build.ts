import { isPlainPath } from '../scan.ts';
import type { Entry } from './entry.ts';
import {
  type Copy,
  installCommands,
  leftoversOf,
  manifestCopies,
  type Tooling,
  toolOf,
  variablesOf,
} from './install.ts';
import type { Lock } from './lock.ts';
import { recordAt, textAt } from './manifest.ts';
import { isNext, nextSteps } from './next.ts';
import { buildScript, stepsOf } from './steps.ts';
import { readTsconfig } from './tsconfig.ts';
import { type Member, neededMembers, type Workspace } from './workspace.ts';

/** What the Containerfile does with a service: its template's data. */
export interface Build {
  manifests: Copy[];
  tool: Tooling | null;
  /** Variables that the package manager and the framework take. */
  variables: string[];
  /** What installs for the enclave; nothing where what is built holds its packages itself. */
  install: string[];
  /** What installs all that the build needs, apart from the above; null where nothing is built, or both are the same. */
  installAll: string[] | null;
  /** Folders of packages to remove between the two. */
  packageFolders: string[];
  /** The commands of the build. */
  steps: string[];
  /** Sources that are not run once they are compiled, as words of `rm -rf` and `find`. */
  sources: string[];
  mixed: string[];
  /** The folders that the service needs, relative to the workspace's root; `['']` for all. */
  folders: string[];
  /** A folder that is built and is all that runs. */
  output: string | null;
  /** Files that are no part of what runs: the package manager's, and folders that only the build needs. */
  leftovers: string[];
  /** The build runs tests, so they are not kept out of it. */
  tests: boolean;
  /** The service's folder in the image, below /app: `apps/api/`, or nothing. */
  home: string;
  /** A folder of the context that the workspace's root is: `backend/`, or nothing. */
  base: string;
}

/** How one entry is installed and built. Names and paths that a Containerfile cannot hold were left out before. */
export function planBuild(workspace: Workspace, entry: Entry, lock: Lock): Build {
  const { member } = entry;
  const running = neededMembers(workspace, member.dir, false);
  const building = neededMembers(workspace, member.dir, true);
  const own = stepsOf(workspace, entry, building, lock);
  const built = own.length > 0;
  const output = built ? selfContained(entry) : null;
  const base = workspace.base === '' ? '' : `${workspace.base}/`;
  const home = member.dir === '' ? '' : `${member.dir}/`;
  const installed = built ? building : running;
  const copied = lock.manager === 'berry' ? [...new Set([...workspace.members.values(), ...installed])] : installed;
  // Where the loader is a tool of development, what runs is what a developer has.
  const loaded = entry.loader !== null && !Object.hasOwn(recordAt(member.manifest.value, 'dependencies'), entry.loader);
  const compiled = built ? running.map((each) => compiledSources(each, entry)) : [];
  const folders = member.dir === '' ? [''] : running.map(({ dir }) => dir);
  return {
    manifests: manifestCopies(workspace, lock, base, copied),
    tool: toolOf(lock),
    variables: variablesOf(lock, workspace, entry),
    install: output === null ? installCommands(workspace, member, lock, !loaded) : [],
    installAll: built && !loaded ? installCommands(workspace, member, lock, false) : null,
    packageFolders: ['', ...installed.map(({ dir }) => dir).filter(Boolean)].map((dir) => within(dir, 'node_modules')),
    steps: built && isNext(entry) ? nextSteps(entry, home, own) : own,
    sources: compiled.flatMap(({ folder, mixed }) => (folder !== null && !mixed ? folder : [])),
    mixed: compiled.flatMap(({ folder, mixed }) => (folder !== null && mixed ? folder : [])),
    folders,
    output,
    leftovers: [...leftoversOf(lock, workspace), ...unneeded(copied, running), ...frameworkLeftovers(entry)],
    tests: runsTests(building),
    home,
    base,
  };
}

function within(dir: string, name: string): string {
  return dir === '' ? name : `${dir}/${name}`;
}

/** The folder that Nuxt and Next.js build with all the packages that it needs. */
function selfContained({ member, file }: Entry): string | null {
  const folder = /^(\.output|\.next\/standalone)\//.exec(file ?? '')?.[1];
  return folder === undefined ? null : within(member.dir, folder);
}

/** Folders of members that are only built with, and hold nothing that runs. */
function unneeded(copied: readonly Member[], running: readonly Member[]): string[] {
  return copied
    .filter((each) => each.dir !== '' && !running.some(({ dir }) => dir === each.dir || dir.startsWith(`${each.dir}/`)))
    .map(({ dir }) => dir);
}

/** What Next.js keeps for the next build on the same machine: times and traces of this one. */
function frameworkLeftovers(entry: Entry): string[] {
  const { member } = entry;
  if (!isNext(entry)) return [];
  return ['.next/cache', '.next/trace*', '.next/diagnostics'].map((each) => within(member.dir, each));
}

function runsTests(members: readonly Member[]): boolean {
  return members.some(({ manifest }) =>
    /\b(test|jest|vitest|mocha)\b/.test(textAt(recordAt(manifest.value, 'scripts'), 'build') ?? ''),
  );
}

/** The folder of sources that a member's build made something else of, and whether there is more than code in it. */
function compiledSources(member: Member, entry: Entry): { folder: string | null; mixed: boolean } {
  const made = member === entry.member ? entry.file : libraryFile(member);
  const none = { folder: null, mixed: false };
  if (made === null || member.project.has(made) || buildScript(member, member === entry.member) === null) return none;
  const root = readTsconfig(member.project)?.rootDir || 'src';
  const within = member.project.files.filter((file) => file.startsWith(`${root}/`));
  if (
    within.length === 0 ||
    !isPlainPath(root) ||
    made.startsWith(`${root}/`) ||
    !within.some((file) => /\.[cm]?tsx?$/.test(file))
  ) {
    return none;
  }
  const folder = member.dir === '' ? root : `${member.dir}/${root}`;
  return { folder, mixed: within.some((file) => !/\.[cm]?tsx?$/.test(file)) };
}

/** The file by which others load a member. */
function libraryFile({ manifest }: Member): string | null {
  const exports = manifest.value.exports;
  const fromExports = typeof exports === 'string' ? exports : firstText(recordAt(manifest.value, 'exports'), 0);
  const file = fromExports ?? textAt(manifest.value, 'main');
  return file === null ? null : file.replace(/^\.\//, '');
}

/** The first file of `exports` that is no declaration of types. */
function firstText(value: Record<string, unknown>, depth: number): string | null {
  for (const [key, each] of Object.entries(value)) {
    if (key === 'types' || depth > 4) continue;
    const inner = typeof each === 'string' ? each : firstText(recordAt(value, key), depth + 1);
    if (inner !== null) return inner;
  }
  return null;
}
