import { type LanguageId, languageIds } from '../app.ts';
import { loadDetection } from '../languages/index.ts';
import type { Project } from '../languages/language.ts';
import { below } from '../languages/project.ts';

/** A service in a folder of a repository. */
export interface ServiceBelow {
  /** Relative to the project, with `/` separators. */
  dir: string;
  language: LanguageId;
  /** What shows it: the manifest. */
  from: string;
}

/** The files by which each language's detection begins. */
const manifests: Record<LanguageId, RegExp> = {
  rust: /^Cargo\.toml$/,
  node: /^package\.json$/,
  python: /^(pyproject\.toml|requirements\.txt|setup\.py|Pipfile|uv\.lock|manage\.py)$/,
  go: /^go\.mod$/,
};

/** Folders of what is not deployed, or is somebody else's. */
const besides =
  /(^|\/)(node_modules|vendor|third_party|target|dist|build|tests?|e2e|spec|examples?|samples?|fixtures?|testdata|docs?|website|benches|bench|benchmarks?|scripts?|tools?|templates?|infra|\.[^/]+)(\/|$)/;

/** Deeper, or more than these, are not looked at: a repository of a thousand packages is asked for a folder. */
const deepest = 4;
const most = 60;

/**
 * The services in the folders of a repository whose root is none: what has something to run, not libraries.
 * @param wanted only of this language.
 */
export async function servicesBelow(project: Project, wanted: LanguageId | undefined): Promise<ServiceBelow[]> {
  const found: ServiceBelow[] = [];
  for (const { dir, language, from } of candidates(project, wanted).slice(0, most)) {
    if (found.some((each) => each.dir === dir)) continue;
    // A member of a service's own workspace is that service's.
    if (found.some((each) => each.language === language && dir.startsWith(`${each.dir}/`))) continue;
    const detection = await (await loadDetection(language))(below(project, dir));
    if (detection && (detection.entry !== null || detection.entries.length > 0)) found.push({ dir, language, from });
  }
  return found;
}

function candidates(project: Project, wanted: LanguageId | undefined): ServiceBelow[] {
  const found = new Map<string, ServiceBelow>();
  for (const file of project.files) {
    const slash = file.lastIndexOf('/');
    if (slash < 0) continue;
    const dir = file.slice(0, slash);
    if (dir.split('/').length > deepest || besides.test(dir)) continue;
    const name = file.slice(slash + 1);
    const language = languageIds.find((id) => manifests[id].test(name));
    if (language === undefined || (wanted !== undefined && wanted !== language)) continue;
    const key = `${dir} ${language}`;
    if (!found.has(key)) found.set(key, { dir, language, from: file });
  }
  return [...found.values()].sort((a, b) => (a.dir < b.dir ? -1 : 1));
}
