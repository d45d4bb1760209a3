import { parse } from 'smol-toml';
import type { Evidence, Finding } from '../../app.ts';
import { printableLine } from '../../output.ts';
import type { Detection, Project } from '../language.ts';
import {
  agreedPort,
  lineAt,
  lineOf,
  loopback,
  loopbackFindings,
  type Sighting,
  serviceName,
  sightings,
} from '../scan.ts';
import {
  type AppObject,
  findApps,
  findMains,
  findServerCommand,
  hasSourceFolder,
  type Interface,
  type MainModule,
  type ServerCommand,
  serviceFiles,
  withoutComments,
} from './apps.ts';
import { commandFindings, nativeFindings, type Run, serverFindings, staticFindings } from './findings.ts';
import { type Requirements, readRequirements } from './requirements.ts';
import { serverFor } from './servers.ts';
import { admits } from './versions.ts';

/** The Python of pallet-python. Source: StageX 2026.03.0, packages/core/python. */
const imagePython = [3, 13, 7] as const;

const marks = [
  'requirements.txt',
  'requirements.in',
  'Pipfile',
  'setup.py',
  'uv.lock',
  'poetry.lock',
  'pdm.lock',
  'manage.py',
];

/** Recognises a Python service by its requirements, lock file or project metadata. */
export function detectPython(project: Project): Detection | null {
  const metadata = readMetadata(project);
  if (!marks.some((file) => project.has(file)) && metadata === null) return null;

  const requirements = readRequirements(project);
  const files = serviceFiles(project);
  const apps = findApps(project, files);
  const command = findServerCommand(project);
  const run = findEntry(apps, findMains(project, files, apps, requirements.packages), command, requirements);
  const port = findPort(project, files, run);
  const readsPort = sightings(project, files, [readPort], withoutComments)[0];
  const evidence: Evidence[] = [];
  const know = (setting: string, value: unknown, from: string | null) => {
    if (value !== null && from !== null) evidence.push({ setting, value, from });
  };
  const name = serviceName(metadata?.name ?? null);
  const manager = requirements.files.length > 0 && !requirements.findings.some(isError) ? 'uv' : null;
  know('name', name, metadata?.nameFrom ?? null);
  know('manager', manager, requirements.files[0] ?? null);
  know('entry', run.entry, run.from);
  know('port', port?.port ?? null, port?.from ?? null);
  if (readsPort) know('env.PORT', true, readsPort.from);
  return {
    language: 'python',
    manager,
    name,
    entry: run.entry,
    entries: run.entries,
    port: port?.port ?? null,
    env: readsPort ? { PORT: '' } : {},
    evidence,
    findings: [
      ...(metadata?.findings ?? []),
      ...requirements.findings,
      ...serverFindings(run, requirements),
      ...commandFindings(command),
      ...(run.entry?.includes(':') ? [] : loopbackFindings('python', loopbacks(project, files))),
      ...staticFindings(project, files),
      ...nativeFindings(requirements),
    ],
    blocked: false,
    build: {
      requirements: requirements.files,
      // Of several apps the chosen one decides: see `runnable`.
      interfaces: Object.fromEntries(apps.map((app) => [app.entry, app.interface])),
      packages: [...requirements.packages.keys()],
      server: run.server,
      sourceFolder: hasSourceFolder(project),
    },
  };
}

const isError = ({ level }: Finding): boolean => level === 'error';

interface Metadata {
  name: string | null;
  nameFrom: string | null;
  findings: Finding[];
}

/** What pyproject.toml says of a project; null when it holds only settings of tools. */
function readMetadata(project: Project): Metadata | null {
  const file = 'pyproject.toml';
  const text = project.read(file);
  if (text === null) return null;
  let value: Record<string, unknown>;
  try {
    value = parse(text);
  } catch (error) {
    const line = error instanceof Error && 'line' in error && typeof error.line === 'number' ? error.line : undefined;
    if (line === undefined && !(error instanceof Error && error.name === 'TomlError')) throw error;
    const finding: Finding = {
      id: 'python-manifest-unreadable',
      level: 'error',
      path: file,
      ...(line === undefined ? {} : { line }),
      message: 'pyproject.toml is no valid TOML.',
      why: 'Nothing can be known of a service whose metadata cannot be read.',
      mend: 'Mend pyproject.toml.',
    };
    return { name: null, nameFrom: null, findings: [finding] };
  }
  const tool = tableAt(value, 'tool');
  const own = 'project' in value ? tableAt(value, 'project') : 'poetry' in tool ? tableAt(tool, 'poetry') : null;
  if (own === null) return null;
  const name = typeof own.name === 'string' ? own.name : null;
  const nameLine = lineOf(text, /^\s*name\s*=/m);
  const wanted = own['requires-python'] ?? tableAt(own, 'dependencies').python;
  return {
    name,
    nameFrom: nameLine === undefined ? file : `${file}:${nameLine}`,
    findings: typeof wanted === 'string' ? versionFindings(file, text, wanted) : [],
  };
}

function tableAt(value: Record<string, unknown>, key: string): Record<string, unknown> {
  const member = Object.hasOwn(value, key) ? value[key] : undefined;
  return typeof member === 'object' && member !== null && !Array.isArray(member)
    ? (member as Record<string, unknown>)
    : {};
}

function versionFindings(file: string, text: string, wanted: string): Finding[] {
  if (admits(wanted, imagePython) !== false) return [];
  const line = lineOf(text, /^\s*(requires-python|python)\s*=/m);
  return [
    {
      id: 'python-version',
      level: 'error',
      path: file,
      ...(line === undefined ? {} : { line }),
      message: `The service asks for Python ${printableLine(wanted, 60)}; the image has ${imagePython.join('.')}.`,
      why: 'A service runs on what it was tested with.',
      mend: `Test it with Python ${imagePython.slice(0, 2).join('.')}, and widen the range.`,
    },
  ];
}

/**
 * What runs, in the order of belief: what a Procfile or Dockerfile starts today; the one package or module that serves
 * when it is run; the one app object. Several of a kind are a question.
 */
function findEntry(
  apps: readonly AppObject[],
  mains: readonly MainModule[],
  command: ServerCommand | null,
  requirements: Requirements,
): Run {
  const entries = [
    ...new Set(
      [...(command ? [command.entry] : []), ...mains, ...apps].map((each) =>
        typeof each === 'string' ? each : each.entry,
      ),
    ),
  ];
  const interfaceOf = (entry: string): Interface | null => apps.find((app) => app.entry === entry)?.interface ?? null;
  if (command !== null) {
    const kind = interfaceOf(command.entry);
    const server = kind === null ? command.server : serverFor(kind, requirements.packages);
    const port = command.port === null ? null : { port: command.port, from: command.from };
    return { entry: command.entry, entries, from: command.from, server, port };
  }
  const [app, ...otherApps] = apps;
  const appServer = app ? serverFor(app.interface, requirements.packages) : null;
  const packages = mains.filter(({ from }) => !from.includes(':'));
  const [main, ...otherMains] = packages.length > 0 ? packages : mains;
  // A module's own way of serving is for developing when it holds the app, and a server is installed that can call it.
  const believesMain =
    main &&
    otherMains.length === 0 &&
    (packages.length > 0 || app === undefined || appServer === null) &&
    !(main.develops && app !== undefined && otherApps.length === 0);
  if (believesMain && main.develops && serverFor(null, requirements.packages) !== null) {
    // There is a server, but which object it is to call nothing says.
    return { entry: null, entries, from: null, server: null, port: null };
  }
  if (believesMain) {
    const port = main.port === null ? null : { port: main.port, from: main.from };
    return { entry: main.entry, entries, from: main.from, server: null, port, develops: main.develops };
  }
  if (app && otherApps.length === 0) {
    return { entry: app.entry, entries, from: app.from, server: appServer, port: portOfMain(app, mains) };
  }
  return { entry: null, entries, from: null, server: null, port: null };
}

/** The port that the app's own module serves on when it is run by itself. */
function portOfMain(app: AppObject, mains: readonly MainModule[]): Run['port'] {
  const own = mains.find(({ entry }) => app.entry.startsWith(`${entry}:`));
  return own?.port ? { port: own.port, from: own.from } : null;
}

const readPort = /\bos\.(?:environ(?:\.get)?|getenv)\s*[[(]\s*(['"])PORT\1/g;
const portPatterns = [
  /\bos\.(?:environ\.get|getenv)\s*\(\s*['"]PORT['"]\s*,\s*['"]?(\d{2,5})\b/g,
  /\b(?:uvicorn\.run|uvicorn\.Config|app\.run|run_app|serve)\s*\([^)]{0,300}?\bport\s*=\s*(\d{2,5})\b/g,
];

/** A call's arguments. */
const nested = '(?:[^()]|\\([^()]{0,200}\\)){0,300}?';
const namedLoopback = new RegExp(
  `\\b(?:uvicorn\\.run|uvicorn\\.Config|run_app|serve|app\\.run)\\s*\\(${nested}\\bhost\\s*=\\s*['"]${loopback}['"]`,
  'g',
);

/** Where a module that serves by itself binds to a loopback address; uvicorn does unless it is told otherwise. */
function loopbacks(project: Project, files: readonly string[]): Sighting[] {
  const unsaid = new RegExp(`\\buvicorn\\.(?:run|Config)\\s*\\((${nested})\\)`, 'g');
  const silent = files.flatMap((file) => {
    const code = withoutComments(project.read(file) ?? '');
    const calls = [...code.matchAll(unsaid)].filter((match) => !/\b(?:host|fd|uds)\s*=|\*\*/.test(match[1] ?? ''));
    return calls.map((match) => ({ value: match[0], from: `${file}:${lineAt(code, match.index)}` }));
  });
  return [...sightings(project, files, [namedLoopback], withoutComments), ...silent];
}

/** The port that start command or code name. */
function findPort(project: Project, files: readonly string[], run: Run): { port: number; from: string } | null {
  if (run.port !== null) return run.port;
  return agreedPort(sightings(project, files, portPatterns, withoutComments));
}
