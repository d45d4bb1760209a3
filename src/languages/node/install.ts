import type { Entry } from './entry.ts';
import type { Lock } from './lock.ts';
import { textAt } from './manifest.ts';
import { isNext, nextVariables } from './next.ts';
import { toolFile } from './tools.ts';
import type { Member, Workspace } from './workspace.ts';

/** How the packages of a service are installed: what its package manager is given, and is told. */

/** One COPY of manifests: sources relative to the build context, and the folder that they go to. */
export interface Copy {
  from: string[];
  to: string;
}

/** A package manager that is not in the image: its name, and the manifest and lock file that bring it. */
export interface Tooling {
  command: string;
  manifest: string;
  lock: string;
}

const npmFlags = '--ignore-scripts --no-audit --no-fund --no-update-notifier';

/** Manifests of the root, then of each member, whose folder COPY makes. */
export function manifestCopies({ root }: Workspace, lock: Lock, base: string, members: readonly Member[]): Copy[] {
  const has = (name: string) => (root.has(name) ? [`${base}${name}`] : []);
  const own = ['package.json', lock.file ?? 'package-lock.json'].map((name) => `${base}${name}`);
  const copies = [{ from: [...own, ...settingsOf(lock).flatMap(has)], to: './' }];
  for (const folder of manifestFolders(root, lock)) copies.push({ from: [`${base}${folder}/`], to: `./${folder}/` });
  for (const { dir } of members) {
    if (dir !== '') copies.push({ from: [`${base}${dir}/package.json`], to: `./${dir}/` });
  }
  return copies;
}

/** The files by which a package manager is set. */
function settingsOf({ manager }: Lock): string[] {
  if (manager === 'pnpm') return ['.npmrc', 'pnpm-workspace.yaml', '.pnpmfile.cjs'];
  if (manager === 'yarn') return ['.npmrc', '.yarnrc'];
  return manager === 'berry' ? ['.yarnrc.yml'] : ['.npmrc'];
}

/** Folders that an install reads: a release of Yarn, its plugins, and patches of packages. */
function manifestFolders(root: { files: readonly string[] }, lock: Lock): string[] {
  const folders =
    lock.manager === 'berry'
      ? ['.yarn/releases', '.yarn/plugins', '.yarn/patches']
      : lock.manager === 'pnpm'
        ? ['patches']
        : [];
  return folders.filter((folder) => root.files.some((file) => file.startsWith(`${folder}/`)));
}

/** A manifest and a lock file of a single package, by which npm checks a tool's hash. */
export function toolOf({ tool }: Lock): Tooling | null {
  if (tool === null) return null;
  const dependencies = { [tool.package]: tool.version };
  const bin = { [tool.command]: toolFile(tool) };
  const packages = {
    '': { dependencies },
    [`node_modules/${tool.package}`]: { version: tool.version, integrity: tool.integrity, bin },
  };
  return {
    command: `${tool.command} ${tool.version}`,
    manifest: JSON.stringify({ dependencies }),
    lock: JSON.stringify({ lockfileVersion: 3, packages }),
  };
}

/** Variables for what installs and builds, as `NAME=value`. */
export function variablesOf({ manager, tool }: Lock, workspace: Workspace, entry: Entry): string[] {
  // The image's npm trusts the image's certificates; other programs on Node look for them only when they are told.
  const others = manager !== null && manager !== 'npm';
  const variables = others ? ['NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt'] : [];
  const named = textAt(workspace.members.get('')?.manifest.value ?? {}, 'packageManager') ?? '';
  if (manager === 'pnpm' && tool !== null && named !== '' && !named.startsWith(`pnpm@${tool.version}`)) {
    // pnpm would fetch the release that packageManager names, or refuse to run in its place.
    variables.push('npm_config_manage_package_manager_versions=false', 'npm_config_package_manager_strict=false');
  }
  if (manager === 'berry') {
    variables.push(
      'YARN_NODE_LINKER=node-modules',
      'YARN_ENABLE_GLOBAL_CACHE=true',
      'YARN_ENABLE_SCRIPTS=false',
      'YARN_ENABLE_TELEMETRY=false',
    );
    if (tool !== null) variables.push('YARN_IGNORE_PATH=true');
  }
  if (isNext(entry)) variables.push('NEXT_TELEMETRY_DISABLED=1', ...nextVariables);
  if (entry.start?.framework === 'nuxt') variables.push('NUXT_TELEMETRY_DISABLED=1');
  return variables;
}

/** The commands that install what a member needs, from the lock file alone and without running scripts. */
export function installCommands(workspace: Workspace, member: Member, lock: Lock, production: boolean): string[] {
  const inMember = workspace.several && member.dir !== '';
  switch (lock.manager) {
    case 'pnpm': {
      const filter = inMember ? ` --filter '{${member.dir}}...' --filter '{.}'` : '';
      const kind = production ? ' --prod' : '';
      return [`pnpm install --frozen-lockfile${kind} --ignore-scripts --package-import-method=copy${filter}`];
    }
    case 'yarn':
      return [
        `yarn install --frozen-lockfile ${production ? '--production' : '--production=false'} --ignore-scripts --non-interactive`,
      ];
    case 'berry':
      return berryCommands(member, lock, production, inMember);
    default: {
      const only = inMember ? ` --workspace=${member.dir} --include-workspace-root` : '';
      return [`npm ci ${production ? '--omit=dev' : '--include=dev'} ${npmFlags}${only}`];
    }
  }
}

function berryCommands(member: Member, lock: Lock, production: boolean, inMember: boolean): string[] {
  const yarn = lock.ownYarn === null ? 'yarn' : `node ${lock.ownYarn}`;
  const all = `${yarn} install --immutable --mode=skip-build`;
  const name = inMember && member.name !== null ? ` ${member.name}` : '';
  return production && focuses(lock) ? [all, `${yarn} workspaces focus --production${name}`] : [all];
}

/** `yarn workspaces focus` is part of Yarn 4, and a plugin of earlier ones. */
function focuses(lock: Lock): boolean {
  const version = lock.tool?.version ?? /yarn-(\d+)/.exec(lock.ownYarn ?? '')?.[1] ?? '';
  return Number.parseInt(version, 10) >= 4;
}

/** What an install leaves behind, some of it with the time in it, and the manifests that only it reads. */
export function leftoversOf(lock: Lock, { root }: Workspace): string[] {
  const manifests = [lock.file ?? 'package-lock.json', ...settingsOf(lock).filter((name) => root.has(name))];
  const records: Partial<Record<NonNullable<Lock['manager']>, string[]>> = {
    pnpm: ['.modules.yaml', '.pnpm-workspace-state*.json', '.pnpm/lock.yaml'],
    yarn: ['.yarn-integrity'],
    berry: ['.yarn-state.yml', '.package-map.json'],
  };
  const listed = [...(records[lock.manager ?? 'npm'] ?? ['.package-lock.json']), '.cache'];
  const found = [...manifests, ...listed.map((name) => `node_modules/${name}`)];
  return lock.manager === 'berry' ? [...found, '.yarn'] : found;
}
