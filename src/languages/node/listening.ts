import type { Evidence, Finding } from '../../app.ts';
import { known } from '../evidence.ts';
import type { Project } from '../language.ts';
import { portWord } from '../port-word.ts';
import { loopbackFindings, portVariableFindings, type Sighting, sightings } from '../scan.ts';
import { withoutComments } from './comments.ts';
import { workingFolder } from './directory.ts';
import type { Entry } from './entry.ts';
import { findPort, loopbacks, otherVariables, readPort, startPort } from './port.ts';
import { reachable } from './source.ts';

/** Where a service listens, and where that is said: places of the member's files with what leads to them. */
export interface Listening {
  port: { port: number; from: string } | null;
  /** Where PORT is read, when it is. */
  readsPort: string | null;
  /** The variable that says the port in its place, and where it is read. */
  variable: Sighting | null;
  /** Where its framework listens when nothing is said. */
  usual: { port: number; from: string } | null;
  /** Where the code depends on its working folder, when it does. */
  folder: string | null;
  findings: Finding[];
}

/**
 * Where the service listens, as its start script and the sources that its entry imports say.
 * @param script the place of the start script; null without one.
 * @param prefix leads to the member's folder.
 */
export function listeningOf({ member, start, file }: Entry, script: string | null, prefix: string): Listening {
  const { project } = member;
  const sources = sourcesOf(project, file);
  const said = start === null || script === null ? null : startPort(start, script);
  const setsPort = start !== null && 'PORT' in start.env;
  // These listen where PORT says, and at 3000 without it.
  const framework = start?.framework === 'next' || start?.framework === 'nuxt';
  const [reads] = sightings(project, sources, readPort, withoutComments);
  const folder = workingFolder(project, sources);
  const byScript = framework || said !== null || setsPort;
  const stated =
    said !== null || setsPort ? { ...nothing, port: findPort(project, sources, said) } : inCode(project, sources);
  return {
    port: said === null ? placed(stated.port, prefix) : stated.port,
    readsPort: reads ? prefix + reads.from : byScript ? script : null,
    variable: placed(stated.variable, prefix),
    usual: framework && script !== null ? { port: 3000, from: script } : null,
    folder: folder === null ? null : prefix + folder.from,
    findings: [
      ...portVariableFindings('node', stated.unclear),
      ...loopbackFindings('node', sightings(project, sources, loopbacks, withoutComments)),
    ],
  };
}

/** The variables that the run command sets for it; an empty `PORT` is filled in. */
export function listeningVariables({ readsPort, variable }: Listening): Record<string, string> {
  return { ...(readsPort === null ? {} : { PORT: '' }), ...(variable === null ? {} : { [variable.value]: portWord }) };
}

/** @param home the service's folder in the image, which it is started in where its code depends on it. */
export function listeningEvidence({ port, readsPort, variable, folder }: Listening, home: string): Evidence[] {
  return [
    ...known('port', port?.port, port?.from),
    ...known('env.PORT', true, readsPort),
    ...known('env', variable?.value, variable?.from),
    ...known('directory', home, folder),
  ];
}

function placed<Place extends { from: string }>(place: Place | null, prefix: string): Place | null {
  return place === null ? null : { ...place, from: prefix + place.from };
}

type Stated = Pick<Listening, 'port' | 'variable'> & { unclear: readonly Sighting[] };

const nothing: Stated = { port: null, variable: null, unclear: [] };

/** Where another variable chooses the port, what else looks like one may be anybody's. */
function inCode(project: Project, sources: readonly string[]): Stated {
  const { found, port, otherwise } = otherVariables(project, sources);
  const [first] = found;
  if (first === undefined) return { ...nothing, port: findPort(project, sources, null) };
  return port === null ? { ...nothing, unclear: found } : { port: otherwise, variable: first, unclear: [] };
}

/** Files that say nothing of where the service itself listens. */
const testFile =
  /(^|\/)(tests?|__tests__|e2e|examples?|docs|public|static|client|frontend|scripts|node_modules)\/|\.(test|spec|config|d)\./;

/** The files that may say which port: what the entry imports, or, when it is yet to be built, all of `src`. */
function sourcesOf(project: Project, entry: string | null): string[] {
  if (entry !== null && project.has(entry)) return reachable(project, entry);
  return project.files.filter((file) => /\.[cm]?[jt]s$/.test(file) && !testFile.test(file));
}
