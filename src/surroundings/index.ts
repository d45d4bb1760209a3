import type { LanguageId } from '../app.ts';
import type { Project } from '../languages/language.ts';
import { composeNames, type Facts, type Part, together } from './facts.ts';

/** A reader, loaded with its parser where one of its files is there. */
interface Reader {
  wants(project: Project): boolean;
  load(): Promise<(project: Project) => Part>;
}

/** The most telling first: what builds and starts it today, then what other platforms are told, then examples. */
const readers: readonly Reader[] = [
  {
    wants: (project) => project.has('Dockerfile') || project.has('Containerfile'),
    load: async () => (await import('./container/facts.ts')).containerFacts,
  },
  {
    wants: (project) => project.has('Procfile') || project.has('app.json'),
    load: async () => (await import('./platforms/heroku.ts')).herokuFacts,
  },
  {
    wants: ({ has, around }) => composeNames.some((name) => has(name) || around?.context.has(name)),
    load: async () => (await import('./compose.ts')).composeFacts,
  },
  { wants: (project) => project.has('fly.toml'), load: async () => (await import('./platforms/fly.ts')).flyFacts },
  {
    wants: (project) => project.has('railway.json') || project.has('railway.toml'),
    load: async () => (await import('./platforms/railway.ts')).railwayFacts,
  },
  {
    wants: (project) => project.files.some((file) => /\.ya?ml$/.test(file)),
    load: async () => (await import('./platforms/kubernetes.ts')).kubernetesFacts,
  },
  {
    wants: (project) => project.files.some((file) => /env/.test(file)),
    load: async () => (await import('./dotenv.ts')).dotenvFacts,
  },
];

/**
 * What the files around a service's code say, and what the code reads. Reads only through the project; runs nothing.
 * @param language the one that the service is written in, for what its code reads.
 */
export async function readSurroundings(project: Project, language: LanguageId): Promise<Facts> {
  const { codeFacts } = await import('./reads.ts');
  const parts: Part[] = [codeFacts(project, language)];
  for (const reader of readers) if (reader.wants(project)) parts.push((await reader.load())(project));
  return together(parts);
}
