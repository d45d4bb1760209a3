import type { Finding } from '../../app.ts';
import type { Project } from '../language.ts';
import { lockFindings } from './dependencies.ts';
import type { Locked, Packages } from './locks/lock.ts';
import { makeNpmLock, readNpmLock } from './locks/npm.ts';
import { readPnpmLock } from './locks/pnpm.ts';
import { readYaml } from './locks/yaml.ts';
import { readYarnLock } from './locks/yarn.ts';
import { type Manifest, textAt } from './manifest.ts';
import { chooseTool, type Manager, packageManagerOf, type Tool } from './tools.ts';
import type { Member, Workspace } from './workspace.ts';

/** npm's lock files, the one that wins first. Source: https://docs.npmjs.com/cli/configuring-npm/npm-shrinkwrap-json */
const npmLocks = ['npm-shrinkwrap.json', 'package-lock.json'];

/** How the dependencies of a service are installed. */
export interface Lock {
  manager: Manager | null;
  /** The lock file's name, in the workspace's root; null when there is none to install from. */
  file: string | null;
  /** What installs, when it is not npm. */
  tool: Tool | null;
  /** A release of Yarn that the repository holds, which is taken instead. */
  ownYarn: string | null;
  packages: Locked[];
  findings: Finding[];
}

const none = { manager: null, file: null, tool: null, ownYarn: null, packages: [] } as const;

/**
 * Finds the lock file that the service is installed from, and says what would keep an install from working, or from
 * being the same twice.
 * @param needed the members of the workspace that the service needs.
 */
export function readLock({ root, members }: Workspace, needed: readonly Member[]): Lock {
  const top = members.get('')?.manifest;
  if (!top) return { ...none, packages: [], findings: [] };
  const manifests = new Map([['', top], ...needed.map(({ dir, manifest }) => [dir, manifest] as const)]);
  const files = locksIn(root);
  const named = packageManagerOf(top)?.name;
  const file = files.find((each) => managerOf(each) === named) ?? files[0];
  if (file === undefined) return { ...none, packages: [], findings: [noLock()] };
  const lock = readOne(root, file, top, manifests);
  return files.length < 2 || named !== undefined
    ? lock
    : { ...lock, findings: [severalLocks(files, file), ...lock.findings] };
}

function locksIn(root: Project): string[] {
  const npm = npmLocks.filter((name) => root.has(name)).slice(0, 1);
  return [...npm, ...['pnpm-lock.yaml', 'yarn.lock', 'bun.lock', 'bun.lockb'].filter((name) => root.has(name))];
}

function managerOf(file: string): string {
  return npmLocks.includes(file) ? 'npm' : file.replace(/[-.].*$/, '');
}

function readOne(root: Project, file: string, top: Manifest, manifests: ReadonlyMap<string, Manifest>): Lock {
  const text = root.read(file);
  if (npmLocks.includes(file)) return installed('npm', file, readNpmLock(file, text, manifests));
  if (file === 'pnpm-lock.yaml') {
    const lock = readPnpmLock(text, manifests);
    return 'id' in lock ? installed('pnpm', file, lock) : withTool('pnpm', file, lock, top);
  }
  if (file === 'yarn.lock') {
    const lock = readYarnLock(text, manifests);
    if ('id' in lock) return installed('yarn', file, lock);
    const ownYarn = lock.berry ? committedYarn(root) : null;
    if (ownYarn !== null) return { ...installed('berry', file, lock), ownYarn };
    return withTool(lock.berry ? 'berry' : 'yarn', file, lock, top);
  }
  return { ...none, manager: 'bun', packages: [], findings: [bunLock(file)] };
}

function installed(manager: Manager, file: string, lock: Packages | Finding): Lock {
  if ('id' in lock) {
    const unreadable = lock.id === 'node-lock-unreadable';
    return {
      ...none,
      manager: unreadable ? null : manager,
      file: unreadable ? null : file,
      packages: [],
      findings: [lock],
    };
  }
  const findings = [...lock.findings, ...lockFindings(file, manager, lock.packages)];
  return { manager, file, tool: null, ownYarn: null, packages: lock.packages, findings };
}

function withTool(manager: 'pnpm' | 'yarn' | 'berry', file: string, lock: Packages, top: Manifest): Lock {
  const line = top.lineOf(['packageManager']);
  const where = { path: 'package.json', ...(line === undefined ? {} : { line }) };
  const { tool, findings } = chooseTool(manager, packageManagerOf(top), { file, version: lock.version }, where);
  const base = installed(manager, file, lock);
  return { ...base, tool, findings: [...findings, ...base.findings] };
}

/** `.yarn/releases/yarn-4.5.0.cjs`, when .yarnrc.yml names it and it is there. */
function committedYarn(root: Project): string | null {
  const path = textAt(readYaml(root.read('.yarnrc.yml')) ?? {}, 'yarnPath');
  return path !== null && /^\.yarn\/releases\/yarn-[\w.-]+\.[cm]?js$/.test(path) && root.has(path) ? path : null;
}

function noLock(): Finding {
  return {
    id: 'node-no-lock',
    level: 'error',
    path: 'package.json',
    message: 'There is no lock file: no package-lock.json, pnpm-lock.yaml or yarn.lock.',
    why: 'Without it two builds may install different packages.',
    mend: `${makeNpmLock}, and commit package-lock.json (or the same with your package manager).`,
  };
}

function severalLocks(files: readonly string[], taken: string): Finding {
  return {
    id: 'node-several-locks',
    level: 'warning',
    path: taken,
    message: `There are several lock files: ${files.join(', ')}. The build installs from ${taken}.`,
    why: 'They may hold different versions, and only one was tested.',
    mend: 'Remove the others, or name the manager as "packageManager" in package.json.',
  };
}

function bunLock(file: string): Finding {
  return {
    id: 'node-bun-lock',
    level: 'error',
    path: file,
    message: 'This service is locked by Bun, whose program does not run in the Node.js image.',
    why: "Bun's program needs the library libstdc++.so.6, which StageX's Node.js image does not have.",
    mend: 'bun install --yarn writes the same versions to yarn.lock: commit that, and remove the lock of Bun.',
  };
}
