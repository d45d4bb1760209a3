import type { Detection, Project } from '../language.ts';

/** Files that say what a Python project needs. */
const marks = [
  'requirements.txt',
  'requirements.in',
  'Pipfile',
  'Pipfile.lock',
  'pyproject.toml',
  'setup.py',
  'setup.cfg',
  'uv.lock',
  'poetry.lock',
  'pdm.lock',
  'pylock.toml',
  'manage.py',
];

/** Recognises a Python service; what reads source code is loaded only for a folder that looks like one. */
export async function recognisePython(project: Project): Promise<Detection | null> {
  if (!marks.some((file) => project.has(file))) return null;
  return (await import('./detect.ts')).detectPython(project);
}
