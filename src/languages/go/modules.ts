import path from 'node:path';
import type { Finding } from '../../app.ts';
import { folderOf } from '../files.ts';
import type { Project } from '../language.ts';
import { inside, isPlainPath } from '../scan.ts';
import { type GoMod, type GoWork, parseGoMod, parseGoWork } from './gomod.ts';
import type { Replacement } from './modfile.ts';

/**
 * The modules of a repository that take part in one build. All paths in here are relative to the build context: a
 * service in a folder below may need modules that lie beside it.
 */
export interface LocalModule {
  /** Prefix of the import paths that it answers. */
  path: string;
  dir: string;
  mod: GoMod;
}

/** A go.work with the modules that it names. */
export interface Workspace {
  dir: string;
  work: GoWork;
  members: LocalModule[];
  /** What is wrong with its members: no build that heeds it gets past them. */
  findings: Finding[];
}

/** A service among the modules of its repository. */
export interface Layout {
  /** The build context. */
  tree: Project;
  /** The service's folder in it. */
  home: string;
  /** The service's own module; null in a folder that has only a go.work. */
  main: LocalModule | null;
  /** What go.mod replaces by folders of the repository. */
  replaced: LocalModule[];
  /** The go.work that the go command would heed here; null when there is none, or it does not name this module. */
  workspace: Workspace | null;
  findings: Finding[];
}

/** A path below a folder; the folder itself for `''`. */
export function joined(dir: string, name: string): string {
  if (name === '') return dir;
  return dir === '' ? name : `${dir}/${name}`;
}

/** Where a finding or an evidence is, as seen from the service's folder. */
export function seenFrom(home: string, place: string): string {
  return home === '' ? place : path.posix.relative(home, place);
}

/**
 * Reads go.mod, go.work and the go.mod files that they lead to.
 * @returns null when this is no Go service; a finding when a file that decides cannot be read.
 */
export function readLayout(project: Project): Layout | Finding | null {
  const tree = project.around?.context ?? project;
  const home = project.around?.dir ?? '';
  const own = joined(home, 'go.mod');
  const main = tree.has(own) ? moduleAt(tree, home) : null;
  if (main !== null && 'id' in main) return main;
  const workspace = readWorkspace(tree, home);
  if (workspace !== null && 'id' in workspace) return workspace;
  if (main === null) {
    if (workspace?.dir !== home) return null;
    return { tree, home, main, replaced: [], workspace, findings: [] };
  }
  const heeded = workspace?.members.some(({ dir }) => dir === home) ? workspace : null;
  const { modules, findings } = replacedModules(tree, main);
  return { tree, home, main, replaced: modules, workspace: heeded, findings };
}

function moduleAt(tree: Project, dir: string): LocalModule | Finding {
  const file = joined(dir, 'go.mod');
  const mod = parseGoMod(tree.read(file) ?? '', file);
  return 'id' in mod ? mod : { path: mod.module.path, dir, mod };
}

/** The nearest go.work, from the service's folder up to the context's root. */
function readWorkspace(tree: Project, home: string): Workspace | Finding | null {
  for (let dir = home; ; dir = folderOf(dir)) {
    const file = joined(dir, 'go.work');
    if (tree.has(file)) {
      const work = parseGoWork(tree.read(file) ?? '', file);
      return 'id' in work ? work : { dir, work, ...membersOf(tree, dir, work) };
    }
    if (dir === '') return null;
  }
}

function membersOf(tree: Project, dir: string, work: GoWork): Pick<Workspace, 'members' | 'findings'> {
  const members = new Map<string, LocalModule>();
  const findings: Finding[] = [];
  for (const { folder, line } of work.uses) {
    const at = inside(dir, folder);
    if (at === null || (at !== '' && !isPlainPath(at)) || !tree.has(joined(at, 'go.mod'))) {
      findings.push(missingMember(joined(dir, 'go.work'), folder, line));
      continue;
    }
    const read = moduleAt(tree, at);
    if ('id' in read) findings.push(read);
    else members.set(at, read);
  }
  return { members: [...members.values()], findings };
}

function missingMember(file: string, folder: string, line: number): Finding {
  return {
    id: 'go-workspace-member',
    level: 'error',
    path: file,
    line,
    message: `go.work uses ${folder}, which is no module of this repository.`,
    why: 'Go refuses a workspace with a missing module, and only the repository reaches the build.',
    source: 'https://go.dev/ref/mod#go-work-file-use',
    mend: 'Drop the line, or bring the module into the repository.',
  };
}

/** What go.mod replaces by folders: those of the repository, and a finding for each other. */
function replacedModules(tree: Project, main: LocalModule): { modules: LocalModule[]; findings: Finding[] } {
  const modules: LocalModule[] = [];
  const findings: Finding[] = [];
  for (const replace of main.mod.replaces) {
    if (!('folder' in replace.to)) continue;
    const dir = inside(main.dir, replace.to.folder);
    if (dir === null || (dir !== '' && !isPlainPath(dir)) || !tree.has(joined(dir, 'go.mod'))) {
      findings.push(replacedOutside(main, replace, replace.to.folder));
      continue;
    }
    const read = moduleAt(tree, dir);
    if ('id' in read) findings.push(read);
    else modules.push({ ...read, path: replace.path });
  }
  return { modules, findings };
}

function replacedOutside(main: LocalModule, { path: module, line }: Replacement, folder: string): Finding {
  return {
    id: 'go-replace-outside',
    level: 'error',
    path: joined(main.dir, 'go.mod'),
    line,
    message: `${module} is replaced by ${folder}, which is no module of this repository.`,
    why: 'Only what the repository holds reaches the build.',
    source: 'https://go.dev/ref/mod#go-mod-file-replace',
    mend: 'Drop the replacement, copy the module into the repository, or commit `go mod vendor`.',
  };
}
