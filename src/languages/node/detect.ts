import type { Finding } from '../../app.ts';
import { known } from '../evidence.ts';
import type { Detection, Project } from '../language.ts';
import { serviceName } from '../scan.ts';
import { type Build, planBuild } from './build.ts';
import { leftBuildFindings } from './container.ts';
import { type Entry, findEntry, type Source } from './entry.ts';
import { entryFindings, manifestFindings } from './findings.ts';

import { listeningEvidence, listeningOf, listeningVariables } from './listening.ts';
import { type Lock, readLock } from './lock.ts';
import { readManifest, recordAt, textAt } from './manifest.ts';
import { isNext, nextFindings, nextFolder, nextScript } from './next.ts';
import { prismaFindings } from './prisma.ts';
import { buildFindings } from './steps.ts';
import { type Member, neededMembers, readWorkspace, type Workspace } from './workspace.ts';

/** Recognises a Node.js service by its package.json. */
export function detectNode(project: Project): Detection | null {
  if (!project.has('package.json')) return null;
  const text = project.read('package.json');
  const manifest =
    text === null ? { reason: 'It is too large, not UTF-8, or a link.', line: undefined } : readManifest(text);
  if ('reason' in manifest) return unreadable(manifest.reason, manifest.line);
  const workspace = readWorkspace(project, manifest);
  const home = workspace.members.get(workspace.home);
  if (!home) return null;
  const entries = entriesOf(workspace, home);
  if (entries.every((entry) => isTooling(entry))) return null;
  const services = entries.filter((entry) => entry.file !== null);
  const [only, ...others] = services;
  if (only !== undefined && others.length === 0) return serviceOf(workspace, only);
  if (only !== undefined) return choiceOf(workspace, home, services);
  return serviceOf(workspace, entries[0] ?? findEntry(workspace, home));
}

/** What the folder itself runs; at the root of a workspace that runs nothing itself, what its members do. */
function entriesOf(workspace: Workspace, home: Member): Entry[] {
  const own = findEntry(workspace, home);
  const undecided = own.files.length > 0 || own.several.length > 0;
  if (own.file !== null || undecided || !workspace.several || workspace.home !== '') return [own];
  const others = [...workspace.members.values()].filter((member) => member.dir !== '');
  const found = others.map((member) => findEntry(workspace, member)).filter((entry) => !isTooling(entry));
  const started = found.filter(({ file, start }) => file !== null && start !== null);
  const serving = started.length > 0 ? started : found.filter(({ file, files }) => file !== null || files.length > 0);
  return serving.length > 0 ? serving : [own];
}

/** True when package.json only brings tools for developing, as in a repository of another language. */
function isTooling({ member, file, files, obstacle, several }: Entry): boolean {
  const { value } = member.manifest;
  const starts = textAt(recordAt(value, 'scripts'), 'start') !== null || file !== null || files.length > 0;
  const runs = starts || several.length > 0 || obstacle !== null;
  return !runs && Object.keys(recordAt(value, 'dependencies')).length === 0;
}

/** From the folder that detection looks at to a member's, as findings and evidence name its files. */
function prefixOf({ home, up }: Workspace, { dir }: Member): string {
  if (dir === home) return '';
  return dir === '' ? up : `${up}${dir}/`;
}

function placed(workspace: Workspace, member: Member, findings: readonly Finding[]): Finding[] {
  const prefix = prefixOf(workspace, member);
  return findings.map((finding) =>
    finding.path === undefined ? finding : { ...finding, path: prefix + finding.path },
  );
}

function placeOf(workspace: Workspace, source: Source): string {
  const prefix = prefixOf(workspace, source.member);
  const line = 'keys' in source ? source.member.manifest.lineOf(source.keys) : source.line;
  const file = 'keys' in source ? 'package.json' : source.file;
  return line === undefined ? `${prefix}${file}` : `${prefix}${file}:${line}`;
}

/** One service, whose entry is known, or asked for. */
function serviceOf(workspace: Workspace, entry: Entry): Detection {
  const { member, start } = entry;
  const root = workspace.members.get('') ?? member;
  const building = neededMembers(workspace, member.dir, true);
  const lock = readLock(workspace, building);
  const build = planBuild(workspace, entry, lock);
  const missing = entry.file !== null && !member.project.has(entry.file);
  const script =
    start === null ? null : placeOf(workspace, { member: start.from.member, keys: ['scripts', start.from.script] });
  const listening = listeningOf(entry, script, prefixOf(workspace, member));
  const findings = [
    ...placed(workspace, root, lock.findings),
    ...(root === member ? [] : placed(workspace, root, manifestFindings(root))),
    ...placed(workspace, member, [
      ...manifestFindings(member),
      ...entryFindings(entry, build.steps.length > 0),
      ...(isNext(entry) ? nextFindings(member) : []),
      ...prismaFindings(member, lock),
      ...listening.findings,
    ]),
    ...(build.steps.length > 0 ? [] : placed(workspace, root, leftBuildFindings(root.project))),
    ...buildFindings(building, (each) => `${prefixOf(workspace, each)}package.json`, missing),
  ];
  const name = nameOf(root, member);
  const prefix = entry.member.dir === workspace.home ? '' : `${member.dir}/`;
  const file = entry.file === null ? null : prefix + entry.file;
  return {
    language: 'node',
    manager: managerName(lock),
    name,
    entry: file,
    entries: file === null ? entry.files.map((each) => prefix + each) : [file],
    port: listening.port?.port ?? null,
    ...(listening.usual === null ? {} : { usualPort: listening.usual }),
    env: { ...start?.env, ...listeningVariables(listening) },
    evidence: [
      ...known('name', name, placeOf(workspace, { member, keys: ['name'] })),
      ...known('manager', managerName(lock), lock.file === null ? null : prefixOf(workspace, root) + lock.file),
      ...known('entry', file, entry.from === null ? null : placeOf(workspace, entry.from)),
      ...listeningEvidence(listening, `/app/${member.dir}`.replace(/\/$/, '')),
    ],
    findings,
    blocked: entry.several.length > 1,
    build: facts(build, workspace, entry, lock, listening.folder !== null),
  };
}

/** A member that is called by its role, as in `api`, is the root's: `shop-api`. */
function nameOf(root: Member, member: Member): string | null {
  const [own, above] = [member, root].map(
    ({ manifest }) => textAt(manifest.value, 'name')?.replace(/^@[^/]*\//, '') ?? null,
  );
  const said = serviceName(own ?? null);
  const whole = serviceName(above ?? null);
  return said ?? (own && whole && root !== member ? `${whole}-${own}` : null);
}

function managerName({ manager, file }: Lock): string | null {
  return file === null ? null : manager === 'berry' ? 'yarn' : manager;
}

/** What the template and the run command need. */
function facts(
  build: Build,
  workspace: Workspace,
  entry: Entry,
  { manager }: Lock,
  moves: boolean,
): Record<string, unknown> {
  const { member, start, loader } = entry;
  // An entry is named from the folder that detection looks at.
  const seen = member.dir === workspace.home && member.dir !== '' ? `${member.dir}/` : '';
  const inRepository = start?.framework === 'next' || loader === 'tsx';
  return {
    ...build,
    seen,
    directory: moves || inRepository ? `/app/${member.dir}`.replace(/\/$/, '') : null,
    options: start?.options ?? [],
    arguments: start?.args ?? [],
    loader,
    manager,
    framework: start?.framework ?? null,
    // Where our script is written, as detection sees it; and where it lies in the image.
    next: isNext(entry)
      ? { file: `${prefixOf(workspace, member)}${nextScript}`, runs: `${build.home}${nextFolder(entry)}${nextScript}` }
      : null,
  };
}

/** Several services in one workspace: each is a choice, with what its own build needs. */
function choiceOf(workspace: Workspace, home: Member, services: readonly Entry[]): Detection {
  const found = services.map((entry) => serviceOf(workspace, entry));
  const [first] = found;
  const choices = Object.fromEntries(
    found.flatMap(({ entry, build, env }) => (entry === null ? [] : [[entry, { ...build, env }]])),
  );
  const shared = (first?.findings ?? []).filter((finding) =>
    found.every(({ findings }) =>
      findings.some(({ id, path, line }) => id === finding.id && path === finding.path && line === finding.line),
    ),
  );
  const name = serviceName(textAt(home.manifest.value, 'name')?.replace(/^@[^/]*\//, '') ?? null);
  return {
    language: 'node',
    manager: first?.manager ?? null,
    name,
    entry: null,
    entries: found.flatMap(({ entry }) => entry ?? []),
    port: null,
    env: {},
    evidence: (first?.evidence ?? []).filter(({ setting }) => setting === 'manager'),
    findings: [...shared, severalServices(found)],
    blocked: false,
    build: { ...first?.build, choices },
  };
}

function severalServices(found: readonly Detection[]): Finding {
  return {
    id: 'node-several-services',
    level: 'note',
    path: 'package.json',
    message: `The workspace has ${found.length} services; an enclave runs one of them.`,
    why: 'Caution builds one Containerfile and starts one program.',
    mend: 'Name the folder of the one that is meant, or its file with --entry.',
  };
}

function unreadable(reason: string, line: number | undefined): Detection {
  const finding: Finding = {
    id: 'node-manifest-unreadable',
    level: 'error',
    path: 'package.json',
    ...(line === undefined ? {} : { line }),
    message: reason,
    why: 'Nothing can be known of a service whose package.json cannot be read, by npm neither.',
    mend: 'Mend package.json.',
  };
  return {
    language: 'node',
    manager: null,
    name: null,
    entry: null,
    entries: [],
    port: null,
    env: {},
    evidence: [],
    findings: [finding],
    blocked: false,
    build: {},
  };
}
