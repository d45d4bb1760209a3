import picomatch from 'picomatch';
import type { Project } from '../language.ts';
import { below } from '../project.ts';
import { inside, isPlainPath } from '../scan.ts';
import { readYaml } from './locks/yaml.ts';
import { type Manifest, readManifest, recordAt, textAt } from './manifest.ts';

/** More members, and more patterns for them, than this are not looked at. */
const most = 1000;

/** A folder with a package.json that is installed together with others. */
export interface Member {
  /** Relative to the workspace's root; `''` is the root. */
  dir: string;
  name: string | null;
  manifest: Manifest;
  project: Project;
}

/** What one lock file covers: a package alone, or the root of a workspace with its members. */
export interface Workspace {
  root: Project;
  /** The root's folder, relative to the build context. */
  base: string;
  /** From the folder that detection looks at up to the root: `../../`, or nothing. */
  up: string;
  /** The folder that detection looks at, relative to the root. */
  home: string;
  /** By folder, `''` among them. */
  members: ReadonlyMap<string, Member>;
  /** True when the root declares members. */
  several: boolean;
}

/** The package or workspace that a folder belongs to. Reads manifests only. */
export function readWorkspace(project: Project, manifest: Manifest): Workspace {
  const own = { root: project, up: '', home: '', base: project.around?.dir ?? '' };
  const patterns = memberPatterns(project, manifest);
  if (patterns !== null) return { ...own, ...membersOf(project, manifest, patterns), several: true };
  const around = rootAround(project);
  if (around !== null) return around;
  return { ...own, members: new Map([['', memberOf(project, '', manifest)]]), several: false };
}

function rootAround(project: Project): Workspace | null {
  if (!project.around) return null;
  const { dir, context } = project.around;
  const parts = dir.split('/');
  for (let depth = parts.length - 1; depth >= 0; depth -= 1) {
    const base = parts.slice(0, depth).join('/');
    const home = parts.slice(depth).join('/');
    const root = base === '' ? context : below(context, base);
    const manifest = manifestIn(root, 'package.json');
    const patterns = manifest === null ? null : memberPatterns(root, manifest);
    if (manifest === null || patterns === null) continue;
    const found = membersOf(root, manifest, patterns);
    if (found.members.has(home))
      return { root, base, up: '../'.repeat(parts.length - depth), home, ...found, several: true };
  }
  return null;
}

function manifestIn(project: Project, path: string): Manifest | null {
  const text = project.read(path);
  const manifest = text === null ? null : readManifest(text);
  return manifest === null || 'reason' in manifest ? null : manifest;
}

/**
 * The patterns that name a workspace's members; null for a package alone.
 * Source: https://docs.npmjs.com/cli/using-npm/workspaces and https://pnpm.io/pnpm-workspace_yaml
 */
function memberPatterns(root: Project, manifest: Manifest): string[] | null {
  const yaml = readYaml(root.read('pnpm-workspace.yaml'));
  const field = manifest.value.workspaces;
  const listed = yaml?.packages ?? (Array.isArray(field) ? field : recordAt(manifest.value, 'workspaces').packages);
  if (!Array.isArray(listed)) return null;
  return listed.filter((each): each is string => typeof each === 'string' && each.length <= 200).slice(0, most);
}

function membersOf(root: Project, manifest: Manifest, patterns: readonly string[]): Pick<Workspace, 'members'> {
  const cleaned = patterns.map((pattern) => pattern.replace(/^(!?)\.?\//, '$1').replace(/\/+$/, ''));
  const included = picomatch(cleaned.filter((pattern) => !pattern.startsWith('!') && pattern !== ''));
  const excluded = picomatch(cleaned.flatMap((pattern) => (pattern.startsWith('!') ? [pattern.slice(1)] : [])));
  const members = new Map([['', memberOf(root, '', manifest)]]);
  for (const file of root.files) {
    if (!file.endsWith('/package.json') || members.size > most) continue;
    const dir = file.slice(0, -'/package.json'.length);
    if (!isPlainPath(dir) || /(^|\/)node_modules(\/|$)/.test(dir) || !included(dir) || excluded(dir)) continue;
    const found = manifestIn(root, file);
    if (found) members.set(dir, memberOf(root, dir, found));
  }
  return { members };
}

/** What npm takes for a name, in either case: it stands in commands of the Containerfile. */
const packageName = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/i;

function memberOf(root: Project, dir: string, manifest: Manifest): Member {
  const name = textAt(manifest.value, 'name');
  return {
    dir,
    name: name !== null && packageName.test(name) ? name : null,
    manifest,
    project: dir === '' ? root : below(root, dir),
  };
}

const runs = ['dependencies', 'optionalDependencies', 'peerDependencies'];

/**
 * The folders of the repository that a member cannot do without, itself last, each after what it needs itself: members
 * by name, and folders by `file:`, `link:` or `portal:`.
 * @param building counts what is only needed to build it as well.
 */
export function neededMembers(workspace: Workspace, dir: string, building: boolean): Member[] {
  const byName = new Map([...workspace.members.values()].flatMap((each) => (each.name ? [[each.name, each]] : [])));
  const ordered: Member[] = [];
  const seen = new Set<string>();
  const visit = (member: Member): void => {
    if (seen.has(member.dir)) return;
    seen.add(member.dir);
    for (const kind of building ? [...runs, 'devDependencies'] : runs) {
      for (const [name, range] of Object.entries(recordAt(member.manifest.value, kind))) {
        const next = byName.get(name) ?? linked(workspace, member, range);
        if (next) visit(next);
      }
    }
    ordered.push(member);
  };
  const start = workspace.members.get(dir);
  if (start) visit(start);
  return ordered;
}

/** The member that `file:../lib` means; null when it is none of the repository's folders. */
function linked({ root, members }: Workspace, from: Member, range: unknown): Member | null {
  const path = typeof range === 'string' ? /^(?:file|link|portal):(.+)$/.exec(range)?.[1] : undefined;
  const dir = path === undefined ? null : inside(from.dir, path);
  if (dir === null || dir === '' || !isPlainPath(dir)) return null;
  const known = members.get(dir);
  if (known) return known;
  const manifest = manifestIn(root, `${dir}/package.json`);
  return manifest === null ? null : memberOf(root, dir, manifest);
}

/** The member that `-w api`, `--filter api` or `--filter ./apps/api` mean. */
export function memberNamed(workspace: Workspace, word: string): Member | null {
  const plain = word.replace(/\.\.\.$/, '').replace(/^\{(.*)\}$/, '$1');
  const dir = inside('', plain);
  return (
    [...workspace.members.values()].find(({ name }) => name === plain) ??
    (dir === null ? null : (workspace.members.get(dir) ?? null))
  );
}
