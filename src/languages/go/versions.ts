import type { Finding } from '../../app.ts';
import { compareVersions } from '../../stagex/toolchains.ts';
import type { Project } from '../language.ts';
import type { VersionLine } from './modfile.ts';
import { joined, type Workspace } from './modules.ts';
import type { Scope } from './scope.ts';

/**
 * Versions that are asked for, against the pallet's: in go.mod and go.work, and in what is vendored.
 * @param pallet the version of Go in pallet-go, and in pallet-cgo.
 */
export function versionFindings(
  tree: Project,
  { local, workspace, vendored }: Pick<Scope, 'local' | 'workspace' | 'vendored'>,
  pallet: string,
): Finding[] {
  const newer = ({ version }: VersionLine): boolean => compareVersions(version, pallet) > 0;
  const places = [
    ...local.map(({ dir, mod }) => ({ path: joined(dir, 'go.mod'), ...mod })),
    ...(workspace ? [{ path: joined(workspace.dir, 'go.work'), ...workspace.work }] : []),
  ];
  const tooNew = places.flatMap(({ path, go }) => (go && newer(go) ? [goLine(path, go, pallet)] : []));
  if (tooNew.length > 0) return tooNew;
  const behind = workspace === null ? null : workspaceBehind(workspace);
  if (behind !== null) return [behind];
  const dependency = vendored === null ? null : vendoredVersion(tree.read(vendored) ?? '', newer);
  const [first] = places;
  return [
    ...(dependency && vendored !== null ? [vendoredLine(vendored, dependency, pallet)] : []),
    ...(first?.toolchain && newer(first.toolchain) ? [toolchainLine(first.path, first.toolchain, pallet)] : []),
  ];
}

function goLine(path: string, { version, line }: VersionLine, pallet: string): Finding {
  return {
    id: 'go-version',
    level: 'error',
    path,
    line,
    message: `The go line asks for Go ${version}, and StageX has ${pallet}.`,
    why: 'Go refuses to compile with an older one, and fetching another toolchain would undo the pin.',
    source: 'https://go.dev/ref/mod#go-mod-file-go',
    mend: `Lower it to ${pallet} if the code and its dependencies allow, or choose a newer StageX release.`,
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

function toolchainLine(path: string, { version, line }: VersionLine, pallet: string): Finding {
  return {
    id: 'go-toolchain',
    level: 'note',
    path,
    line,
    message: `The toolchain line suggests Go ${version}; the build takes StageX’s ${pallet}.`,
    why: 'A toolchain line is a wish, which GOTOOLCHAIN=local passes over: the pinned image decides what compiles.',
    source: 'https://go.dev/doc/toolchain',
    mend: 'No change is needed if no fix of the newer one is needed.',
  };
}

type VendoredVersion = VersionLine & { module: string };

/** The first dependency of vendor/modules.txt that asks for more than the pallet has. */
function vendoredVersion(text: string, newer: (line: VersionLine) => boolean): VendoredVersion | null {
  let module = '';
  for (const [index, line] of text.split('\n').entries()) {
    const name = /^# (\S+) /.exec(line)?.[1];
    if (name !== undefined) module = name;
    const version = /^## (?:.*; )?go (\d+\.\d+[\w.]*)/.exec(line)?.[1];
    if (version !== undefined && newer({ version, line: index + 1 })) return { version, line: index + 1, module };
  }
  return null;
}

function vendoredLine(path: string, { version, line, module }: VendoredVersion, pallet: string): Finding {
  return {
    id: 'go-version',
    level: 'error',
    path,
    line,
    message: `${module} asks for Go ${version}, and StageX has ${pallet}.`,
    why: 'Go refuses to compile a module that is written for a newer version.',
    source: 'https://go.dev/ref/mod#go-mod-file-go',
    mend: `Take a version of ${module} that does with ${pallet}, or choose a newer StageX release.`,
  };
}
