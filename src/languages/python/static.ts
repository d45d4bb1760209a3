import type { Finding } from '../../app.ts';
import { printableLine } from '../../output.ts';
import { isPlainPath } from '../scan.ts';
import type { Call, Value } from './expressions.ts';
import { readsEnvironment } from './mains.ts';
import { looksLikeName } from './names.ts';
import { qualified, type Source } from './sources.ts';

/** How a Django project's static files are collected in the build. */
export interface StaticFiles {
  /** manage.py, relative to the service's folder. */
  manage: string;
  /** Variables that the settings cannot do without, with values that hold for this command alone. */
  env: Record<string, string>;
}

/**
 * Django's static files: collected by the build where the settings say where to, within the service's folder.
 * @returns null when there is nothing to collect.
 */
export function findStaticFiles(sources: readonly Source[], manage: string | null): StaticFiles | null {
  const root = staticRoot(sources);
  if (manage === null || !isPlainPath(manage) || root === null || isAbsolute(root.value)) return null;
  return { manage, env: neededBySettings(sources) };
}

function staticRoot(sources: readonly Source[]): { value: Value; file: string; line: number } | null {
  for (const { file, syntax } of sources) {
    const found = syntax.assignments.find(({ name, within }) => name === 'STATIC_ROOT' && within === '');
    if (found && isSettings(file)) return { value: found.value, file, line: found.line };
  }
  return null;
}

const isSettings = (file: string) => /settings/.test(file);

const isAbsolute = (value: Value) => value.kind === 'text' && value.text.startsWith('/');

/** What settings look up and have no default for. */
function neededBySettings(sources: readonly Source[]): Record<string, string> {
  const needed: Record<string, string> = {};
  for (const source of sources.filter(({ file }) => isSettings(file))) {
    const { lookups, calls, assignments } = source.syntax;
    const defaults = new Set(assignments.flatMap(({ value }) => (value.kind === 'call' ? schemeOf(value.call) : [])));
    for (const { name, key } of lookups) if (/(^|\.)environ$/.test(name)) needed[key] = placeholder(key, '');
    for (const call of calls) {
      const key = requiredBy(source, call);
      if (key !== null && !defaults.has(key)) needed[key] = placeholder(key, castOf(call));
    }
  }
  return Object.fromEntries(
    Object.entries(needed)
      .filter(([name]) => looksLikeName(name))
      .sort(),
  );
}

/** The variable that a reader without a default fails without; `os.environ.get` never does. */
function requiredBy(source: Source, call: Call): string | null {
  const { callee, positional, keywords } = call;
  const reads = callee !== null && readsEnvironment(qualified(source, callee)) && !/environ\.get$|getenv$/.test(callee);
  const [name, otherwise] = positional;
  if (!reads || otherwise !== undefined || keywords.has('default')) return null;
  if (name === undefined) return /\.(db|db_url)$/.test(callee ?? '') ? 'DATABASE_URL' : null;
  return name.kind === 'text' ? name.text : null;
}

/** `environ.Env(DEBUG=(bool, False))` names defaults. */
function schemeOf({ callee, keywords }: Call): string[] {
  return /(^|\.)Env$/.test(callee ?? '') ? [...keywords.keys()] : [];
}

function castOf({ callee, keywords }: Call): string {
  const cast = keywords.get('cast');
  return cast?.kind === 'name' ? cast.name : (callee ?? '').replace(/^.*\./, '');
}

/** A value that a settings file can read, of something that collecting files does not need. */
function placeholder(name: string, cast: string): string {
  if (/^bool$/.test(cast)) return 'False';
  if (/^(int|float)$/.test(cast)) return '1';
  if (/^db(_url)?$/.test(cast) || /DATABASE_URL|DB_URL/.test(name)) return 'sqlite:////tmp/build.db';
  if (/_URL$|_URI$/.test(name)) return 'http://localhost';
  return /PORT$/.test(name) ? '1' : 'not-used';
}

/** What a person should know of static files, and of the folder of what collects them. */
export function staticFindings(
  sources: readonly Source[],
  manage: string | null,
  packages: { has(name: string): boolean },
): Finding[] {
  const root = staticRoot(sources);
  if (manage !== null && !isPlainPath(manage)) return [folderFinding(manage)];
  if (manage === null || root === null) return [];
  const where = { path: root.file, line: root.line };
  if (isAbsolute(root.value)) {
    return [
      {
        id: 'python-static-files',
        level: 'warning',
        ...where,
        message: 'Static files are collected into a folder outside of the service, which the build does not do.',
        why: 'The image holds Python and the service; what is collected elsewhere is not in it.',
        mend: 'Let STATIC_ROOT be a folder below BASE_DIR: the build then collects them.',
      },
    ];
  }
  if (['whitenoise', 'servestatic', 'django-storages', 'dj-static'].some((name) => packages.has(name))) return [];
  return [
    {
      id: 'python-static-unserved',
      level: 'warning',
      ...where,
      message: 'Static files are collected, and nothing among the requirements serves them.',
      why: 'Django serves them itself only with DEBUG, and an enclave has no web server in front that could.',
      source: 'https://docs.djangoproject.com/en/stable/howto/static-files/deployment/',
      mend: 'Add whitenoise, or serve them from elsewhere.',
    },
  ];
}

function folderFinding(file: string): Finding {
  return {
    id: 'python-folder-name',
    level: 'error',
    path: file,
    message: `${printableLine(file, 80)} lies in a folder whose name a shell would not read as one word.`,
    why: 'The folder stands in commands of the build, and in the run command.',
    mend: 'Name the folder with letters, digits, "-", "_" and "." alone.',
  };
}
