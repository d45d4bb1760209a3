import type { Project } from '../language.ts';
import { isPlainPath, literal, type Sighting } from '../scan.ts';
import type { Call, Value } from './expressions.ts';
import { type Source, serviceFiles } from './sources.ts';

/** What opens a file by a path of its own, by the end of its name. */
const opens =
  /(^|\.)(open|Path|StaticFiles|Jinja2Templates|FileSystemLoader|FileResponse|add_static|read_csv|read_json|read_parquet|load_dotenv|fileConfig|TemplateLookup|TemplateConfig|StaticFilesConfig|create_static_files_router)$/;

/**
 * The files and folders of the service that the code names relative to the folder that it is started in: an enclave
 * starts everything in `/`.
 * @returns each once, with its first place.
 */
export function relativeFiles(project: Project, sources: readonly Source[]): Sighting[] {
  const folders = new Set(project.files.flatMap(foldersOf));
  const found = new Map<string, string>();
  for (const { file, syntax } of sources) {
    for (const call of syntax.calls.filter(({ callee }) => opens.test(callee ?? ''))) {
      for (const path of pathsIn(call)) {
        const isThere = project.has(path) || folders.has(path);
        if (isThere && !found.has(path)) found.set(path, `${file}:${call.line}`);
      }
    }
  }
  return [...found].map(([value, from]) => ({ value, from }));
}

function foldersOf(file: string): string[] {
  const parts = file.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

function pathsIn({ positional, keywords }: Call): string[] {
  const values = [...positional.slice(0, 2), keywords.get('directory'), keywords.get('path'), keywords.get('file')];
  return values.flatMap((value) => textsOf(value)).map((text) => text.replace(/^\.\//, '').replace(/\/$/, ''));
}

function textsOf(value: Value | undefined): string[] {
  if (value?.kind === 'text') return value.text === '' || value.text.startsWith('/') ? [] : [value.text];
  return value?.kind === 'list' ? value.items.flatMap(textsOf) : [];
}

/** Files and folders of a repository that no service reads while it runs. */
const neverRun =
  /^(tests?|docs?|examples?|benchmarks?|Makefile|[Jj]ustfile|tox\.ini|noxfile\.py|pytest\.ini|mypy\.ini|ruff\.toml|README(\.\w+)?|CHANGELOG(\.\w+)?|CONTRIBUTING(\.\w+)?|Dockerfile(\.(?!dockerignore$)\w+)?|Containerfile\.(?!dockerignore$)\w+|(docker-)?compose([.-]\w+)*\.ya?ml|fly\.toml|railway\.(json|toml)|app\.json|Pipfile|setup\.py|setup\.cfg|requirements[-_.](dev|test|tests|lint|docs)\w*\.(txt|in)|dev-requirements\.txt)$/;

/**
 * What lies at the top of the service's folder and is no part of what runs. What its code names stays.
 * @returns names in the order of the folder.
 */
export function notRun(project: Project): string[] {
  const tops = [...new Set(project.files.map((file) => file.split('/')[0] ?? ''))];
  const candidates = tops.filter((top) => neverRun.test(top) && isPlainPath(top));
  if (candidates.length === 0) return [];
  const texts = serviceFiles(project)
    .slice(0, 2000)
    .map((file) => project.read(file) ?? '');
  return candidates.filter((name) => {
    const stem = literal(name);
    const named = new RegExp(`['"/]${stem}['"/]|^[ \\t]*(?:from|import)[ \\t]+${stem}\\b`, 'm');
    return !texts.some((text) => named.test(text));
  });
}
