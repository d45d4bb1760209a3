import type { Finding } from '../../app.ts';
import type { Project } from '../language.ts';
import type { VersionLine } from './modfile.ts';
import { joined, type Workspace } from './modules.ts';
import type { Scope } from './scope.ts';

/** Go in StageX's pallet-go, and in its pallet-cgo, at release 2026.03.0. */
export const palletGo = '1.26.0';

/** The minor version of the pallet's Go. */
export const palletMinor = Number(palletGo.split('.')[1]);

/** Versions that are asked for, against the pallet's: in go.mod and go.work, and in what is vendored. */
export function versionFindings(
  tree: Project,
  { local, workspace, vendored }: Pick<Scope, 'local' | 'workspace' | 'vendored'>,
): Finding[] {
  const places = [
    ...local.map(({ dir, mod }) => ({ path: joined(dir, 'go.mod'), ...mod })),
    ...(workspace ? [{ path: joined(workspace.dir, 'go.work'), ...workspace.work }] : []),
  ];
  const tooNew = places.flatMap(({ path, go }) => (go && newer(go) ? [goLine(path, go)] : []));
  if (tooNew.length > 0) return tooNew;
  const behind = workspace === null ? null : workspaceBehind(workspace);
  if (behind !== null) return [behind];
  const dependency = vendored === null ? null : vendoredVersion(tree.read(vendored) ?? '');
  const [first] = places;
  return [
    ...(dependency && vendored !== null ? [vendoredLine(vendored, dependency)] : []),
    ...(first?.toolchain && newer(first.toolchain) ? [toolchainLine(first.path, first.toolchain)] : []),
  ];
}

const newer = ({ version }: VersionLine): boolean => compareVersions(version, palletGo) > 0;

function goLine(path: string, { version, line }: VersionLine): Finding {
  return {
    id: 'go-version',
    level: 'error',
    path,
    line,
    message: `The go line asks for Go ${version}, and StageX has ${palletGo}.`,
    why: 'Go refuses to compile with an older one, and fetching another toolchain would undo the pin.',
    source: 'https://go.dev/ref/mod#go-mod-file-go',
    mend: `Lower it to ${palletGo} if the code and its dependencies allow, or choose a newer StageX release.`,
  };
}

/** A go.work that is older than a member; without a go line it is 1.18. */
function workspaceBehind({ dir, work, members }: Workspace): Finding | null {
  const own = work.go?.version ?? '1.18';
  const newest = members.find(({ mod }) => mod.go !== null && compareVersions(mod.go.version, own) > 0);
  if (!newest) return null;
  return {
    id: 'go-workspace-version',
    level: 'error',
    path: joined(dir, 'go.work'),
    ...(work.go ? { line: work.go.line } : {}),
    message: `go.work ${work.go ? `is for Go ${own}` : 'has no go line'}, and ${newest.path} asks for ${newest.mod.go?.version}.`,
    why: 'Go refuses a workspace that is older than one of its modules.',
    source: 'https://go.dev/ref/mod#go-work-file-go',
    mend: 'Run `go work use` and commit go.work.',
  };
}

function toolchainLine(path: string, { version, line }: VersionLine): Finding {
  return {
    id: 'go-toolchain',
    level: 'note',
    path,
    line,
    message: `The toolchain line suggests Go ${version}; the build takes StageX’s ${palletGo}.`,
    why: 'A toolchain line is a wish, which GOTOOLCHAIN=local passes over: the pinned image decides what compiles.',
    source: 'https://go.dev/doc/toolchain',
    mend: 'Nothing needs to be done, if no fix of the newer one is needed.',
  };
}

/** The first dependency of vendor/modules.txt that asks for more than the pallet has. */
function vendoredVersion(text: string): (VersionLine & { module: string }) | null {
  let module = '';
  for (const [index, line] of text.split('\n').entries()) {
    const name = /^# (\S+) /.exec(line)?.[1];
    if (name !== undefined) module = name;
    const version = /^## (?:.*; )?go (\d+\.\d+[\w.]*)/.exec(line)?.[1];
    if (version !== undefined && newer({ version, line: index + 1 })) return { version, line: index + 1, module };
  }
  return null;
}

function vendoredLine(path: string, { version, line, module }: VersionLine & { module: string }): Finding {
  return {
    id: 'go-version',
    level: 'error',
    path,
    line,
    message: `${module} asks for Go ${version}, and StageX has ${palletGo}.`,
    why: 'Go refuses to compile a module that is written for a newer version.',
    source: 'https://go.dev/ref/mod#go-mod-file-go',
    mend: `Take a version of ${module} that does with ${palletGo}, or choose a newer StageX release.`,
  };
}

/** Below, above or at zero, as `a` is older, newer or the same. */
export function compareVersions(a: string, b: string): number {
  const numbers = (version: string) => version.split('.').map((part) => Number.parseInt(part, 10));
  const [left, right] = [numbers(a), numbers(b)];
  for (const index of [0, 1, 2]) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
