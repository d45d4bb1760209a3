import type { Project } from '../language.ts';
import { placeOf } from '../place.ts';
import { agreedPort, literal, loopback, type Sighting, sightings } from '../scan.ts';
import { withoutComments } from './comments.ts';
import { constantNumber } from './properties.ts';
import type { Start } from './start.ts';

const readsVariable =
  /process\.env(?:\.PORT\b|\[\s*(['"])PORT\1\s*\])|\{[^{}]{0,300}?\bPORT\b[^{}]{0,300}?\}\s*=\s*process\.env\b(?!\s*[.[])/g;

/** `PORT: Joi.number().default(3000)` and the like: a schema by which the environment is checked. */
const schema = String.raw`\bPORT\b['"]?\s*:\s*[A-Za-z_$][\w$.]*\([^\n]{0,80}?(?:\.default\(|\bdefault\s*:)\s*['"]?(\d{2,5})\b`;

/** The same, a call a line; no comma, behind which the next property begins. */
const chained = String.raw`\bPORT\b['"]?\s{0,20}:\s{0,20}[A-Za-z_$][\w$.]*(?:\s{0,100}\.\w{1,40}\([^(),;]{0,60}\)){0,6}?\s{0,100}\.default\(\s{0,20}['"]?(\d{2,5})\b`;

/** A reader of the environment that is asked for PORT: Nest's ConfigService, env-var, nconf. */
const getter = String.raw`\.get(?:OrThrow)?(?:<[^<>\n]{0,40}>)?\(\s{0,40}['"]PORT['"]`;

/** convict's `{ env: 'PORT', default: 3000 }`, in either order. */
const convict = [
  /\benv\s{0,20}:\s{0,20}['"]PORT['"][^{}]{0,300}?\bdefault\s{0,20}:\s{0,20}['"]?(\d{2,5})\b/g,
  /\bdefault\s{0,20}:\s{0,20}['"]?(\d{2,5})\b[^{}]{0,300}?\benv\s{0,20}:\s{0,20}['"]PORT['"]/g,
];

/** A default behind `||` or `??`; or, as another argument of a call, behind a comma. */
const otherwise = String.raw`[^\n;]{0,60}?(?:\|\||\?\?)\s*`;

const portPatterns = [
  new RegExp(schema, 'g'),
  new RegExp(chained, 'g'),
  new RegExp(
    String.raw`${getter}\s{0,20}(?:,\s{0,20}|\)${otherwise}|\)\s{0,40}\.default\(\s{0,20})['"]?(\d{2,5})\b`,
    'g',
  ),
  ...convict,
  /process\.env\.PORT\s*\?[^;:]{0,80}:\s*['"]?(\d{2,5})\b/g,
  /process\.env(?:\.PORT\b|\[\s*['"]PORT['"]\s*\])[^\n;]{0,60}?(?:\|\||\?\?)\s*['"]?(\d{2,5})\b/g,
  /\{[^{}]{0,300}?\bPORT\b\s*(?::\s*[\w$]+\s*)?=\s*['"]?(\d{2,5})\b[^{}]{0,300}?\}\s*=\s*process\.env\b(?!\s*[.[])/g,
  /\.listen\s*\(\s*(\d{2,5})\b/g,
  /\.listen\s*\(\s*\{[^}]{0,200}?\bport\s*:\s*(\d{2,5})\b/g,
  /\bserve\s*\(\s*\{[^}]{0,300}?\bport\s*:\s*(\d{2,5})\b/g,
];

/** Where PORT is read. */
export const readPort = [
  readsVariable,
  new RegExp(schema, 'g'),
  new RegExp(chained, 'g'),
  new RegExp(getter, 'g'),
  ...convict,
];

/** What comes before the port that is listened on. */
const listening = String.raw`(?:\.listen\s*\(\s*(?:\{[^{}]{0,200}?\bport\s*:\s*)?|\bserve\s*\(\s*\{[^{}]{0,300}?\bport\s*:\s*)`;
const wrapped = String.raw`(?:(?:Number(?:\.parseInt)?|parseInt)\s*\(\s*|\+\s*)?`;
const other = String.raw`process\.env(?:\.|\[\s*['"])(?!PORT\b)([A-Za-z_]\w*)`;

/** The names that are given to `listen`, or to `serve` as its port. */
const listenedNames = [
  new RegExp(String.raw`${listening}${wrapped}([A-Za-z_$][\w$]*)\s*[,)}|?\n]`, 'g'),
  /(?:\.listen|\bserve)\s*\(\s*\{(?:[^{}]{0,300}?,)?\s*(port)\s*[,}]/g,
];

/** A name that is listened on, and a file where its value may stand: there, or where it is imported from by this name. */
function listened(project: Project, sources: readonly string[]): { name: string; files: string[] }[] {
  return sightings(project, sources, listenedNames, withoutComments).map(({ value: name, from }) => {
    const file = from.slice(0, from.lastIndexOf(':'));
    const imported = new RegExp(
      String.raw`\{[^{}]{0,300}?\b${literal(name)}\b[^{}]{0,300}?\}\s*(?:from\b|=\s*require\b)`,
    );
    const fromElsewhere = imported.test(withoutComments(project.read(file) ?? ''));
    return { name, files: fromElsewhere ? sources.filter((source) => source !== file) : [file] };
  });
}

function assignments(project: Project, sources: readonly string[], value: string): Sighting[] {
  return listened(project, sources).flatMap(({ name, files }) => {
    const pattern = String.raw`^[ \t]*(?:export\s+)?(?:const|let|var)\s+${literal(name)}\s*(?::\s*\w+\s*)?=\s*${value}`;
    return sightings(project, files, [new RegExp(pattern, 'gm')], withoutComments);
  });
}

/** Another environment variable than PORT that says where the service listens. */
export interface OtherVariables {
  /** Where each is read, straight or through a constant. */
  found: Sighting[];
  /** The only one, where its name says that it is a port's: the run command sets it. */
  port: string | null;
  /** The port without it, and where that stands. */
  otherwise: { port: number; from: string } | null;
}

/** The environment variables other than PORT that say where the service listens. */
export function otherVariables(project: Project, sources: readonly string[]): OtherVariables {
  const seen = (expression: string): Sighting[] => [
    ...sightings(project, sources, [new RegExp(listening + expression, 'g')], withoutComments),
    ...assignments(project, sources, expression),
  ];
  const found = seen(wrapped + other);
  const [name, another] = new Set(found.map(({ value }) => value));
  const port = name !== undefined && another === undefined && /port$/i.test(name) ? name : null;
  if (port === null) return { found, port, otherwise: null };
  const defaults = seen(String.raw`${wrapped}process\.env(?:\.|\[\s*['"])${port}\b${otherwise}['"]?(\d{2,5})\b`);
  return { found, port, otherwise: agreedPort(defaults) };
}

/** What is listened on is a number of an object: `listen(config.server.port)`. */
const listenedProperty = new RegExp(
  String.raw`${listening}${wrapped}([A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*){0,2}\.(?:port|PORT))\b(?!\s*[.(\[])`,
  'g',
);

function properties(project: Project, sources: readonly string[]): Sighting[] {
  return sightings(project, sources, [listenedProperty], withoutComments).flatMap(({ value, from }) => {
    const [name = '', ...keys] = value.split('.');
    return constantNumber(project, placeOf(from).path, name, keys) ?? [];
  });
}

/** `PORT || DEFAULT_PORT`: a default that has a name, in the same file. */
const namedDefault = new RegExp(
  String.raw`process\.env(?:\.PORT\b|\[\s*['"]PORT['"]\s*\])${otherwise}([A-Za-z_$][\w$]*)\s*[,);\n]`,
  'g',
);

function namedDefaults(project: Project, sources: readonly string[]): Sighting[] {
  return sightings(project, sources, [namedDefault], withoutComments).flatMap(({ value: name, from }) => {
    const pattern = String.raw`^[ \t]*(?:export\s{1,20})?(?:const|let|var)\s{1,20}${literal(name)}\s{0,20}(?::\s{0,20}\w+\s{0,20})?=\s{0,20}['"]?(\d{2,5})\b`;
    return sightings(project, [placeOf(from).path], [new RegExp(pattern, 'gm')], withoutComments);
  });
}

/** A call's arguments, without functions among them. */
const nested = String.raw`(?:[^()>]|\([^()]{0,100}\)){0,200}?`;
export const loopbacks = [
  new RegExp(String.raw`\.listen\s*\(${nested}['"\x60]${loopback}['"\x60]`, 'g'),
  new RegExp(String.raw`\bserve\s*\(\s*\{${nested}\bhost(?:name)?\s*:\s*['"\x60]${loopback}['"\x60]`, 'g'),
];

/**
 * The port that a start script sets, in a variable or by its framework's flag.
 * @param from the place of the script.
 */
export function startPort({ env, args, framework }: Start, from: string): Sighting | null {
  if (env.PORT !== undefined && /^\d{1,5}$/.test(env.PORT)) return { value: env.PORT, from };
  const flag = framework === 'next' ? args.findIndex((word) => word === '-p' || word === '--port') : -1;
  const given = flag < 0 ? undefined : args[flag + 1];
  return given !== undefined && /^\d{1,5}$/.test(given) ? { value: given, from } : null;
}

/**
 * The port that the code says.
 * @param said what the start script says of it, whatever the code has for a default.
 */
export function findPort(
  project: Project,
  sources: readonly string[],
  said: Sighting | null,
): { port: number; from: string } | null {
  if (said !== null) return agreedPort([said]);
  return agreedPort([
    ...sightings(project, sources, portPatterns, withoutComments),
    ...assignments(project, sources, String.raw`(\d{2,5})\b`),
    ...namedDefaults(project, sources),
    ...properties(project, sources),
  ]);
}
