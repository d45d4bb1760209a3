import type { Evidence, Finding } from '../../app.ts';
import type { Detection, Project } from '../language.ts';
import { isPlainPath, lineOf, loopbackFindings, portVariableFindings, serviceName, sightings } from '../scan.ts';
import { type Entry, entryFindings, manifestFindings, obstacleOf } from './findings.ts';
import { readLock } from './lock.ts';
import { at, type Manifest, readManifest, recordAt, textAt } from './manifest.ts';
import { findPort, loopbacks, otherVariables, readPort } from './port.ts';
import { reachable, withoutComments } from './source.ts';
import { fileOf, readStart } from './start.ts';

/** Recognises a Node.js service by its package.json. */
export function detectNode(project: Project): Detection | null {
  if (!project.has('package.json')) return null;
  const text = project.read('package.json');
  const manifest =
    text === null ? { reason: 'It is too large, not UTF-8, or a link.', line: undefined } : readManifest(text);
  if ('reason' in manifest) return unreadable(manifest.reason, manifest.line);

  const run = findEntry(project, manifest);
  if (isTooling(manifest, run)) return null;
  const lock = readLock(project, manifest);
  const script = textAt(recordAt(manifest.value, 'scripts'), 'build') === null ? null : 'build';
  const sources = sourcesOf(project, run.entry);
  const others = run.start !== null && 'PORT' in run.start.env ? [] : otherVariables(project, sources);
  // Another variable chooses the port: what else looks like one may be anybody's.
  const ports = others.length > 0 ? null : findPort(project, manifest, sources, run.start);
  const readsPort = sightings(project, sources, [readPort], withoutComments)[0];
  const findings = [
    ...lock.findings,
    ...manifestFindings(project, manifest),
    ...entryFindings(project, manifest, run, script),
    ...portVariableFindings('node', others),
    ...loopbackFindings('node', sightings(project, sources, loopbacks, withoutComments)),
  ];
  const name = textAt(manifest.value, 'name');
  const own = serviceName(name?.replace(/^@[^/]*\//, '') ?? null);
  const evidence: Evidence[] = [];
  const know = (setting: string, value: unknown, from: string | null) => {
    if (value !== null && from !== null) evidence.push({ setting, value, from });
  };
  know('name', own, at(manifest, ['name']));
  know('manager', lock.file === null ? null : 'npm', lock.file);
  know('entry', run.entry, run.from);
  know('port', ports?.port ?? null, ports?.from ?? null);
  const env = { ...run.start?.env };
  if (readsPort || 'PORT' in env) {
    env.PORT = '';
    know('env.PORT', true, readsPort?.from ?? run.from);
  }
  return {
    language: 'node',
    manager: lock.file === null ? null : 'npm',
    name: own,
    entry: run.entry,
    entries: run.entries,
    port: ports?.port ?? null,
    env,
    evidence,
    findings,
    blocked: false,
    build: {
      lock: lock.file ?? 'package-lock.json',
      npmrc: project.has('.npmrc'),
      script,
      options: run.start?.options ?? [],
      arguments: run.start?.args ?? [],
    },
  };
}

/** True when package.json only brings tools for developing, as in a repository of another language. */
function isTooling(manifest: Manifest, run: Entry): boolean {
  const starts = textAt(recordAt(manifest.value, 'scripts'), 'start') !== null || run.entries.length > 0;
  return !starts && run.uncompiled === null && Object.keys(recordAt(manifest.value, 'dependencies')).length === 0;
}

function unreadable(reason: string, line: number | undefined): Detection {
  const finding: Finding = {
    id: 'node-manifest-unreadable',
    level: 'error',
    path: 'package.json',
    message: reason,
    why: 'Nothing can be known of a service whose package.json cannot be read, by npm neither.',
    mend: 'Mend package.json.',
  };
  if (line !== undefined) finding.line = line;
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

/** A file that opens a port, or hands itself to something that does. */
const serves = /\.listen\s*\(|\bserve\s*\(|\bcreateServer\s*\(|\bDeno\.serve|\bfastify\s*\(/;

const usualFiles = ['server', 'index', 'app', 'main', 'src/server', 'src/index', 'src/app', 'src/main'].flatMap(
  (stem) => ['.js', '.mjs', '.cjs', '.ts', '.mts'].map((extension) => stem + extension),
);

/** What runs: as the start script says, else the one usual file that opens a port; several are a question. */
function findEntry(project: Project, manifest: Manifest): Entry {
  const start = readStart(project, manifest);
  if (start !== null && isPlainPath(start.file)) {
    return {
      entry: start.file,
      entries: [start.file],
      from: at(manifest, ['scripts', start.script]),
      start,
      uncompiled: null,
    };
  }
  const main = textAt(manifest.value, 'main');
  const named = main === null ? null : fileOf(project, manifest, main);
  const serving = [...new Set([named, ...usualFiles])].filter(
    (file): file is string =>
      file !== null && isPlainPath(file) && serves.test(withoutComments(project.read(file) ?? '')),
  );
  const listening = serving.filter((file) => obstacleOf(project, manifest, file) === null);
  const [only, ...others] = listening;
  // A start script that says something else is not to be overruled by a guess.
  if (only === undefined || others.length > 0 || textAt(recordAt(manifest.value, 'scripts'), 'start') !== null) {
    const uncompiled = only === undefined ? (serving[0] ?? null) : null;
    return { entry: null, entries: listening, from: null, start: null, uncompiled };
  }
  const line = lineOf(withoutComments(project.read(only) ?? ''), serves);
  return {
    entry: only,
    entries: [only],
    from: only === named ? at(manifest, ['main']) : `${only}:${line}`,
    start: null,
    uncompiled: null,
  };
}

const testFile =
  /(^|\/)(tests?|__tests__|e2e|examples?|docs|public|static|client|frontend|scripts|node_modules)\/|\.(test|spec|config|d)\./;

/** The files that may say which port: what the entry imports, or, when it is yet to be built, all of `src`. */
function sourcesOf(project: Project, entry: string | null): string[] {
  const own = project.files.filter((file) => /\.[cm]?[jt]s$/.test(file) && !testFile.test(file));
  if (entry === null) return own;
  return project.has(entry) ? reachable(project, entry) : own;
}
