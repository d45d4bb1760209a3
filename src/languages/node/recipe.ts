import path from 'node:path';
import type { Project } from '../language.ts';
import type { LockRecipe } from '../recipe.ts';
import { readNpmLock } from './locks/npm.ts';
import { readManifest, recordAt, textAt } from './manifest.ts';
import { packageManagerOf } from './tools.ts';
import { type Member, neededMembers, readWorkspace, type Workspace } from './workspace.ts';

const lockFile = 'package-lock.json';

/** Files by which another package manager than npm is set. */
const settingsOfOthers = ['pnpm-workspace.yaml', '.pnpmfile.cjs', '.yarnrc', '.yarnrc.yml', 'bunfig.toml'];

/**
 * npm's lock file of a package, or of the workspace that it belongs to; null where another package manager is meant, which
 * StageX does not have. npm reads package.json files, and runs no scripts.
 * Source: https://docs.npmjs.com/cli/commands/npm-install#package-lock-only
 */
export function npmLock(project: Project): LockRecipe | null {
  const manifest = readManifest(project.read('package.json') ?? '');
  if ('reason' in manifest) return null;
  const workspace = readWorkspace(project, manifest);
  const { root, base } = workspace;
  const members = membersOf(workspace);
  if (members.length === 0 || isOfAnother(root, members)) return null;
  const files = [...members.map(({ dir }) => path.posix.join(dir, 'package.json')), '.npmrc'];
  return {
    mends: ['node-no-lock'],
    image: 'pallet-nodejs',
    borrows: [],
    command: {
      file: 'npm',
      args: 'install --package-lock-only --ignore-scripts --no-audit --no-fund --no-update-notifier'.split(' '),
    },
    env: {},
    folder: base,
    inputs: Object.fromEntries(
      files.flatMap((file) => {
        const text = root.read(file);
        return text === null ? [] : [[path.posix.join(base, file), text]];
      }),
    ),
    reaches: 'the npm registry',
    makes: path.posix.join(base, lockFile),
    keeps: {},
    read: (text) => {
      const lock = readNpmLock(lockFile, text, new Map());
      return 'id' in lock ? { reason: lock.message } : { packages: lock.packages.length };
    },
  };
}

/** All members of a workspace, and the folders of the repository that they link to. */
function membersOf(workspace: Workspace): Member[] {
  const all = [...workspace.members.values()].flatMap(({ dir }) => neededMembers(workspace, dir, true));
  return [...new Map(all.map((member) => [member.dir, member])).values()];
}

function isOfAnother(root: Project, members: readonly Member[]): boolean {
  const top = members.find(({ dir }) => dir === '')?.manifest;
  const named = top === undefined ? null : packageManagerOf(top);
  if ((named !== null && named.name !== 'npm') || settingsOfOthers.some((file) => root.has(file))) return true;
  return members.some(({ manifest: { value } }) => {
    const engines = recordAt(value, 'engines');
    if (['pnpm', 'yarn', 'bun'].some((name) => textAt(engines, name) !== null && textAt(engines, 'npm') === null))
      return true;
    const ranges = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'].flatMap((kind) =>
      Object.values(recordAt(value, kind)),
    );
    // Protocols that npm does not know.
    return ranges.some((range) => typeof range === 'string' && /^(workspace|catalog|portal|patch|link):/.test(range));
  });
}
