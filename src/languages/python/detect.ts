import type { Evidence, Finding } from '../../app.ts';
import { printableLine } from '../../output.ts';
import { withoutImageFolder } from '../../surroundings/launch.ts';
import { known } from '../evidence.ts';
import type { Detection, Project } from '../language.ts';
import { placeOf } from '../place.ts';
import { inside, isPlainPath, loopbackFindings, serviceName, withoutLongLines } from '../scan.ts';
import { findApps } from './apps.ts';
import { findStartCommand } from './commands.ts';
import { notRun, relativeFiles } from './files.ts';
import { commandFindings, nativeFindings, serverFindings } from './findings.ts';
import { frontEndFindings } from './frontend.ts';
import { derivedFile } from './locks/derive.ts';
import { edgesOf } from './locks/lock.ts';
import { appNames, findMains } from './mains.ts';
import { isMarked } from './marks.ts';
import { type Metadata, readMetadata } from './metadata.ts';
import { findPort, findPortVariable, hostVariable, loopbacks, usualPort } from './ports.ts';
import { type Requirements, readRequirements } from './requirements.ts';
import { findRun, type Run } from './run.ts';
import { findManage, importRoot, readSources, type Source, serviceFiles } from './sources.ts';
import { findStaticFiles, staticFindings } from './static.ts';
import { imagePython, pythonVersion } from './target.ts';
import { admits } from './versions.ts';
import { zoneFindings } from './zones.ts';

/** Of the files that are read no more than these are named. */
const mostShown = 20;

/** Recognises a Python service by its requirements, lock file or project metadata. */
export function detectPython(project: Project): Detection | null {
  const metadata = readMetadata(project);
  if (!isMarked(project) && metadata === null) return null;

  const requirements = readRequirements(project, metadata?.toml, namedRequirements(project));
  const { lock } = requirements;
  const packages = requirements.packages.size > 0 ? requirements.packages : declaredPackages(metadata);
  const command = findStartCommand(project, new Set(metadata?.scripts.keys()));
  const root = importRoot(project, command?.folder ?? null, metadata?.toml ?? {});
  const files = serviceFiles(project);
  const sources = readSources(project, files, root);
  const { apps, callable } = findApps(sources);
  const mains = findMains(sources, apps, packages);
  const run = findRun({ apps, callable, mains, command, metadata, packages, root, djangoAsgi: djangoAsgi(sources) });
  const isApp = appNames(apps, packages);
  const port = findPort(sources, run, isApp);
  const usual = usualPort(run, apps, packages);
  const unusable = requirements.findings.some(isError);
  const manager = lock?.manager ?? (unusable ? null : 'uv');
  const env = environmentOf(sources, run, isApp);
  const name = serviceName(metadata?.name?.value ?? null);
  const manage = findManage(project);
  const opened = relativeFiles(project, sources);
  const relative = opened[0]?.from ?? null;
  const evidence: Evidence[] = [
    ...known('name', name, metadata?.name?.from),
    ...known('manager', manager, lock?.file ?? requirements.files[0] ?? metadata?.file),
    ...known('entry', run.entry, run.from),
    ...known('port', port?.port, port?.from),
    ...known('folder', relative === null ? null : '/app', relative),
    ...env.evidence,
    ...opened.slice(0, mostShown).map(({ value, from }) => ({ setting: 'file', value, from })),
  ];
  return {
    language: 'python',
    manager,
    name,
    entry: run.entry,
    entries: run.entries,
    port: port?.port ?? null,
    ...(usual === null ? {} : { usualPort: usual }),
    ...(command?.argsLeft === true ? { argumentsLeft: { words: command.args, from: command.from } } : {}),
    env: env.values,
    evidence,
    findings: [
      ...(metadata?.findings ?? []),
      ...versionFindings(metadata),
      ...requirements.findings,
      ...serverFindings(run, packages),
      ...commandFindings(command),
      ...(servesItself(run) && env.host === null ? loopbackFindings('python', loopbacks(sources, isApp)) : []),
      ...staticFindings(sources, manage, packages),
      ...nativeFindings(requirements),
      ...frontEndFindings(project, packages),
      ...zoneFindings(project, files, packages),
    ],
    blocked: false,
    build: {
      ...installation(project, requirements),
      // Of several apps the chosen one decides: see `runnable`.
      interfaces: Object.fromEntries(callable.map((app) => [app.entry, app.interface])),
      factories: [
        ...callable.filter(({ factory }) => factory).map(({ entry }) => entry),
        ...(run.factory ? [run.entry] : []),
      ],
      packages: [...packages.keys()],
      detected: { entry: run.entry, server: run.server, options: run.options, args: run.args, script: run.script },
      root,
      startsIn: startFolder(command?.folder ?? null, relative, root),
      staticFiles: packages.has('django') ? findStaticFiles(sources, manage) : null,
      notRun: notRun(project).filter((file) => !requirements.files.includes(file)),
    },
  };
}

/** Where it has to be started: in the folder that today's command names, or where its files are named from. */
function startFolder(named: string | null, relative: string | null, root: string): string | null {
  if (named !== null) return root;
  return relative === null ? null : '';
}

/** What the metadata asks for, where nothing is locked: enough to know the servers. */
function declaredPackages(metadata: Metadata | null): Map<string, string> {
  const { dependencies, file } = metadata ?? { dependencies: [], file: '' };
  const table = typeof dependencies === 'object' && dependencies !== null ? Object.keys(dependencies) : [];
  const edges = edgesOf(Array.isArray(dependencies) ? dependencies : table);
  return new Map(edges.map(({ name }) => [name, file]));
}

/** The requirements file that the service's Dockerfile installs. */
function namedRequirements(project: Project): string | null {
  const text = withoutLongLines(project.read('Dockerfile') ?? project.read('Containerfile') ?? '');
  const named = /\bpip3?\s+install\b[^\n]*?\s(?:-r|--requirement)[\s=]*(\S+)/.exec(text)?.[1];
  const path = named === undefined ? null : inside('', withoutImageFolder(named.replace(/^\/tmp\//, '')));
  return path !== null && isPlainPath(path) ? path : null;
}

/** What the dependency step copies and installs. */
function installation(project: Project, { files, lock, findings }: Requirements) {
  const dir = project.around?.dir ?? '';
  const derived = lock !== null && !findings.some(isError) ? { [derivedFile]: lock.content } : undefined;
  const below = (path: string) => (lock?.folder === '' || lock === null ? path : `${lock.folder}/${path}`);
  const context = project.around?.context ?? project;
  const hasSource = (path: string) => context.files.some((file) => file.startsWith(`${below(path)}/src/`));
  const folders = lock?.folders ?? [];
  return {
    requirements: files,
    ...(derived === undefined ? {} : { derived }),
    lock: lock === null ? null : { file: lock.file, path: below(lock.file) },
    // What lies beside the service's folder is copied on its own.
    shared: lock !== null && lock.folder !== dir ? folders : [],
    importFolders: folders.map((path) => (hasSource(path) ? `${path}/src` : path)),
  };
}

const isError = ({ level }: Finding): boolean => level === 'error';

/** True for a module that serves when it is run, without a server of ours. */
function servesItself({ entry, server, script }: Run): boolean {
  return entry !== null && (script || (server === null && !entry.includes(':')));
}

/** Variables that the run command must set: the port's, and that of the address where it is not open by itself. */
function environmentOf(sources: readonly Source[], run: Run, isApp: (name: string) => boolean) {
  const port = findPortVariable(sources);
  const host = servesItself(run) ? hostVariable(sources, isApp) : null;
  const values: Record<string, string> = {
    ...(port ? { PORT: '' } : {}),
    ...(host ? { [host.value]: '0.0.0.0' } : {}),
  };
  const evidence = [
    ...known('env.PORT', true, port),
    ...(host ? known(`env.${host.value}`, '0.0.0.0', host.from) : []),
  ];
  return { values, host, evidence };
}

/** True when Django's settings name an ASGI application and no WSGI one. */
function djangoAsgi(sources: readonly Source[]): boolean {
  const names = sources.flatMap(({ syntax }) => syntax.assignments.map(({ name }) => name));
  return names.includes('ASGI_APPLICATION') && !names.includes('WSGI_APPLICATION');
}

function versionFindings(metadata: Metadata | null): Finding[] {
  const wanted = metadata?.python;
  if (!wanted || admits(wanted.value, imagePython) !== false) return [];
  return [
    {
      id: 'python-version',
      level: 'error',
      ...placeOf(wanted.from),
      message: `The service asks for Python ${printableLine(wanted.value, 60)}; the image has ${imagePython.join('.')}.`,
      why: 'A service runs on what it was tested with.',
      mend: `Test it with Python ${pythonVersion}, and widen the range.`,
    },
  ];
}
