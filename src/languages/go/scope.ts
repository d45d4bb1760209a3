import type { Finding } from '../../app.ts';
import { inside } from '../scan.ts';
import { joined, type Layout, type LocalModule, type Workspace } from './modules.ts';
import type { Reached } from './packages.ts';

/** What of the repository takes part in the build. Paths are relative to the build context. */
export interface Scope {
  /** The service's own module; null when the service is a workspace's root. */
  main: LocalModule | null;
  /** The file that makes it a Go service: go.mod, or go.work. */
  file: string;
  /** The go.work that the build heeds; null when the module's own go.mod is enough. */
  workspace: Workspace | null;
  /** Modules that folders stand for. */
  local: LocalModule[];
  /** Those that are compiled, the service's own first. */
  needed: Set<LocalModule>;
  /** vendor/modules.txt, when dependencies come from there. */
  vendored: string | null;
  /** The files that hold hashes. */
  sums: string[];
  /** The files that say what is downloaded. */
  manifests: string[];
  /** The folders that are compiled. */
  sources: string[];
  findings: Finding[];
}

/**
 * What one build takes. A workspace counts only where the program needs another member of it: else the module stands
 * by itself, as `go install` would build it, and nothing of its neighbours changes the image.
 * @param asRoot when the service is a program of a workspace, named from the workspace's root.
 */
export function scopeOf(layout: Layout, asRoot: boolean, reached: Reached): Scope {
  const { home, replaced } = layout;
  const main = asRoot ? null : layout.main;
  const own = main === null ? [] : [main];
  const ownVendor = main === null ? null : vendorOf(layout, home, false);
  const workspace = asRoot || (ownVendor === null && neighbours(layout, reached)) ? layout.workspace : null;
  const local = [...new Set([...own, ...replaced, ...(workspace?.members ?? [])])];
  const vendored = ownVendor ?? (workspace && vendorOf(layout, workspace.dir, true));
  const compiled =
    ownVendor === null
      ? [...local.filter((module) => reached.modules.has(module)), ...entered(reached, asRoot, local)]
      : [];
  const needed = new Set([...own, ...compiled]);
  const manifests = manifestsOf(layout, { main, workspace });
  return {
    main,
    file: joined(main?.dir ?? home, main === null ? 'go.work' : 'go.mod'),
    workspace,
    local,
    needed,
    vendored,
    sums: manifests.filter((file) => file.endsWith('.sum')),
    manifests,
    sources: sourcesOf(home, [...needed], workspace, vendored),
    findings: [...layout.findings, ...(workspace?.findings ?? [])],
  };
}

/** True when another member of the workspace is compiled, which go.mod itself does not find. */
function neighbours({ main, replaced, workspace }: Layout, { modules }: Reached): boolean {
  const found = new Set([main?.dir, ...replaced.map(({ dir }) => dir)]);
  return (workspace?.members ?? []).some((member) => modules.has(member) && !found.has(member.dir));
}

/** The members that hold the programs themselves, for a workspace's root. */
function entered({ packages }: Reached, asRoot: boolean, members: readonly LocalModule[]): LocalModule[] {
  const holds = ({ dir }: LocalModule) =>
    packages.some((each) => dir === '' || each.dir === dir || each.dir.startsWith(`${dir}/`));
  return asRoot ? members.filter(holds) : [];
}

/** vendor/modules.txt of a folder, when it is a workspace's or a module's own. */
function vendorOf({ tree }: Layout, dir: string, ofWorkspace: boolean): string | null {
  const file = joined(dir, 'vendor/modules.txt');
  const text = tree.read(file);
  return text !== null && /^## workspace\b/.test(text) === ofWorkspace ? file : null;
}

function manifestsOf({ tree, replaced }: Layout, { main, workspace }: Pick<Scope, 'main' | 'workspace'>): string[] {
  const withSum = (dir: string) => [joined(dir, 'go.mod'), joined(dir, 'go.sum')];
  const wanted = workspace
    ? [
        joined(workspace.dir, 'go.work'),
        joined(workspace.dir, 'go.work.sum'),
        ...workspace.members.flatMap(({ dir }) => withSum(dir)),
        ...foldersReplacing(workspace),
      ]
    : main
      ? withSum(main.dir)
      : [];
  const files = [...wanted, ...replaced.map(({ dir }) => joined(dir, 'go.mod'))];
  return [...new Set(files)].filter((file) => tree.has(file));
}

/** go.mod files of the folders that a workspace, or a member of it, puts in a module's place. */
function foldersReplacing({ dir, work, members }: Workspace): string[] {
  const replaces = [
    { dir, replaces: work.replaces },
    ...members.map((member) => ({ dir: member.dir, replaces: member.mod.replaces })),
  ];
  return replaces.flatMap((each) =>
    each.replaces.flatMap(({ to }) => {
      const folder = 'folder' in to ? inside(each.dir, to.folder) : null;
      return folder === null ? [] : [joined(folder, 'go.mod')];
    }),
  );
}

/** The fewest folders that hold what is compiled; one that lies in another is not named again. */
function sourcesOf(
  home: string,
  needed: readonly LocalModule[],
  workspace: Workspace | null,
  vendored: string | null,
): string[] {
  const folders = new Set([...(workspace && workspace.dir === home ? [] : [home]), ...needed.map(({ dir }) => dir)]);
  if (workspace && vendored !== null) folders.add(joined(workspace.dir, 'vendor'));
  const within = (dir: string, other: string) => dir !== other && (other === '' || dir.startsWith(`${other}/`));
  return [...folders].filter((dir) => ![...folders].some((other) => within(dir, other))).sort();
}
