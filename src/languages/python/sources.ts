import { withoutImageFolder } from '../../surroundings/launch.ts';
import type { Project } from '../language.ts';
import { isPlainPath } from '../scan.ts';
import { packageFolders } from './metadata.ts';
import { readSyntax, type Syntax } from './syntax.ts';

/** A source file of the service, read. */
export interface Source {
  file: string;
  /** Dotted name under which it is imported; null when a part of its path is no identifier. */
  module: string | null;
  syntax: Syntax;
}

const notService =
  /(^|\/)(tests?|testing|docs?|examples?|samples?|scripts|migrations|alembic|benchmarks?|node_modules|\.?venv|site-packages)\/|(^|\/)(test_[^/]*|[^/]*_test|tests|conftest|setup|noxfile|fabfile|tasks|dodo)\.py$/;

/** The Python files of the service itself, what lies highest first. */
export function serviceFiles(project: Project): string[] {
  const files = project.files.filter((file) => file.endsWith('.py') && !notService.test(file));
  const depth = (file: string) => file.split('/').length;
  return files.sort((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1));
}

/** What makes a file worth parsing: apps, servers, ports, files and settings are said with such words. */
const telling =
  /FastAPI|Starlette|Quart|Litestar|[Bb]lack[Ss]heep|connexion|falcon|socketio|[gs]i_application|Flask|Bottle|aiohttp|[Ss]anic|ProtocolTypeRouter|\b(?:create|make|build|get|init)_?\w*app|\bapp(?:lication)?\s*[:=]|__main__|[Ss]erver?\b|\bmount\(|environ|getenv|BaseSettings|STATIC_ROOT|open\(|StaticFiles|Jinja2Templates|FileSystemLoader|metadata|\bPath\(|uvicorn|hypercorn|granian|waitress|\.run\(|run_app|grpc/;

/** As much source is parsed, in characters: some tenths of a second's worth. */
const mostText = 1_000_000;

/**
 * Parses what may tell where the service begins, and how it serves.
 * @param root the folder that modules are imported from, as `importRoot` gives it.
 */
export function readSources(project: Project, files: readonly string[], root: string): Source[] {
  const sources: Source[] = [];
  let left = mostText;
  for (const file of files) {
    const text = project.read(file);
    if (text === null || !telling.test(text)) continue;
    left -= text.length;
    if (left < 0) break;
    sources.push({ file, module: moduleOf(root, file), syntax: readSyntax(text) });
  }
  return sources;
}

/**
 * The folder that the service's modules are imported from: the one that its start command names, where manage.py lies,
 * where the project says that its packages lie, or `src` when there are some; `''` is the service's own folder.
 * @param named as the start command has it, perhaps a path of another image.
 * @param pyproject the parsed pyproject.toml; empty without one.
 */
export function importRoot(project: Project, named: string | null, pyproject: Record<string, unknown>): string {
  const folder = withoutImageFolder(named ?? '').replace(/\/$/, '');
  const isThere = (path: string) =>
    isPlainPath(path) && project.files.some((file) => file.startsWith(`${path}/`) && file.endsWith('.py'));
  if (isThere(folder)) return folder;
  const manage = findManage(project);
  if (manage !== null) return isPlainPath(manage) ? manage.replace(/\/?manage\.py$/, '') : '';
  const [packages, another] = packageFolders(pyproject).filter(isThere);
  if (packages !== undefined && another === undefined) return packages;
  const inSrc = project.files.some((file) => /^src\/.+\.py$/.test(file)) && !project.has('src/__init__.py');
  return inSrc && !importsSrc(project) ? 'src' : '';
}

/** Django's manage.py, what lies highest first, relative to the service's folder; null without one. */
export function findManage(project: Project): string | null {
  return serviceFiles(project).find((file) => /(^|\/)manage\.py$/.test(file)) ?? null;
}

/** A service whose own modules say `from src.x import y` is imported from above `src`. */
function importsSrc(project: Project): boolean {
  const files = project.files.filter((file) => /^(src\/)?([^/]+\/)?[^/]+\.py$/.test(file)).slice(0, 200);
  return files.some((file) => /^[ \t]*(from|import)[ \t]+src\b/m.test(project.read(file) ?? ''));
}

/** The dotted name under which a file is imported; null when a part of its path is no identifier. */
export function moduleOf(root: string, file: string): string | null {
  const path = root !== '' && file.startsWith(`${root}/`) ? file.slice(root.length + 1) : file;
  const parts = path.replace(/(\/__init__)?\.py$/, '').split('/');
  return parts.every((part) => /^[A-Za-z_]\w*$/.test(part)) ? parts.join('.') : null;
}

/** A name of a source, as any other module would write it: relative imports and own names get their module. */
export function qualified({ file, module, syntax }: Source, name: string): string {
  if (name.startsWith('.')) {
    const dots = /^\.+/.exec(name)?.[0].length ?? 1;
    const parts = (module ?? '').split('.');
    const folder = parts.slice(0, parts.length - dots + (file.endsWith('__init__.py') ? 1 : 0));
    return [...folder, name.slice(dots)].join('.');
  }
  // What was imported is absolute already, though it may begin with a name that is the module's own as well.
  const first = name.split('.', 1)[0] ?? '';
  return syntax.own.has(first) && module !== null && !isImported(syntax, name) ? `${module}.${name}` : name;
}

/** No module lies deeper. */
const mostParts = 30;

/** Whether a name, or what it begins with, is what an import brought. */
function isImported({ imported }: Syntax, name: string): boolean {
  const parts = name.split('.', mostParts);
  return parts.some((_, index) => imported.has(parts.slice(0, index + 1).join('.')));
}
