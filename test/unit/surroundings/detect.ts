import type { LanguageId } from '../../../src/app.ts';
import { loadDetection } from '../../../src/languages/index.ts';
import type { Detection } from '../../../src/languages/language.ts';
import { projectOf } from '../../../src/languages/project.ts';
import { withSurroundings } from '../../../src/surroundings/combine.ts';
import type { Said } from '../../../src/surroundings/facts.ts';
import { readSurroundings } from '../../../src/surroundings/index.ts';

/** What a person has said when nobody was asked. */
const nothing: Said = { entry: false, run: false, port: false, env: [] };

/** What is known of a service of these files: by its language, and by what stands around the code. */
export async function detected(
  language: LanguageId,
  files: Readonly<Record<string, string>>,
  said: Partial<Said> = {},
): Promise<Detection> {
  const project = projectOf(files);
  const detection = await (await loadDetection(language))(project);
  if (detection === null) throw new Error(`No service of ${language}`);
  return withSurroundings(detection, await readSurroundings(project, language), project, { ...nothing, ...said });
}

/** A Node service of one file, which the start script runs. */
export function node(code: string, files: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    'package.json': '{ "name": "svc", "scripts": { "start": "node a.js" } }',
    'a.js': code,
    ...files,
  };
}

export const ids = ({ findings }: Detection): string[] => findings.map(({ id }) => id);
