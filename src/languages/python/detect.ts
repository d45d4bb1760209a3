import type { Evidence, Finding } from '../../app.ts';
import { printableLine } from '../../output.ts';
import type { Detection, Project } from '../language.ts';
import { loopbackFindings, serviceName } from '../scan.ts';
import { findApps } from './apps.ts';
import { findStartCommand } from './commands.ts';
import { commandFindings, nativeFindings, serverFindings, staticFindings } from './findings.ts';
import { appNames, findMains } from './mains.ts';
import { type Metadata, readMetadata } from './metadata.ts';
import { findPort, findPortVariable, hostVariable, loopbacks, usualPort } from './ports.ts';
import { readRequirements } from './requirements.ts';
import { findRun, type Run } from './run.ts';
import { importRoot, readSources, type Source, serviceFiles } from './sources.ts';
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
  const { packages } = requirements;
  const command = findStartCommand(project, new Set(metadata?.scripts.keys()));
  const root = importRoot(project, command?.folder ?? null);
  const files = serviceFiles(project);
  const sources = readSources(project, files, root);
  const apps = findApps(sources);
  const mains = findMains(sources, apps, packages);
  const run = findRun({ apps, mains, command, metadata, packages, root, djangoAsgi: djangoAsgi(sources) });
  const isApp = appNames(apps, packages);
  const port = findPort(sources, run, isApp);
  const usual = usualPort(run);
  const manager = requirements.files.length > 0 && !requirements.findings.some(isError) ? 'uv' : null;
  const env = environmentOf(sources, run, isApp);
  const name = serviceName(metadata?.name?.value ?? null);
  const evidence: Evidence[] = [
    ...known('name', name, metadata?.name?.from),
    ...known('manager', manager, requirements.files[0]),
    ...known('entry', run.entry, run.from),
    ...known('port', port?.port, port?.from),
    ...env.evidence,
  ];
  return {
    language: 'python',
    manager,
    name,
    entry: run.entry,
    entries: run.entries,
    port: port?.port ?? null,
    ...(usual === null ? {} : { usualPort: usual }),
    env: env.values,
    evidence,
    findings: [
      ...(metadata?.findings ?? []),
      ...versionFindings(metadata),
      ...requirements.findings,
      ...serverFindings(run, requirements),
      ...commandFindings(command),
      ...(servesItself(run) && env.host === null ? loopbackFindings('python', loopbacks(sources, isApp)) : []),
      ...staticFindings(project, sources),
      ...nativeFindings(requirements),
    ],
    blocked: false,
    build: {
      requirements: requirements.files,
      // Of several apps the chosen one decides: see `runnable`.
      interfaces: Object.fromEntries(apps.map((app) => [app.entry, app.interface])),
      factories: [
        ...apps.filter(({ factory }) => factory).map(({ entry }) => entry),
        ...(run.factory ? [run.entry] : []),
      ],
      packages: [...packages.keys()],
      detected: { entry: run.entry, server: run.server, options: run.options, args: run.args, script: run.script },
      root,
    },
  };
}

const isError = ({ level }: Finding): boolean => level === 'error';

function known(setting: string, value: unknown, from: string | null | undefined): Evidence[] {
  return value === null || value === undefined || !from ? [] : [{ setting, value, from }];
}

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
  const [path = '', line] = wanted.from.split(':');
  return [
    {
      id: 'python-version',
      level: 'error',
      path,
      ...(line === undefined ? {} : { line: Number(line) }),
      message: `The service asks for Python ${printableLine(wanted.value, 60)}; the image has ${imagePython.join('.')}.`,
      why: 'A service runs on what it was tested with.',
      mend: `Test it with Python ${imagePython.slice(0, 2).join('.')}, and widen the range.`,
    },
  ];
}
