import type { Project } from '../language.ts';

/** Requirements by their usual names, the most telling first. */
export const usualRequirements = [
  'requirements.txt',
  'requirements/production.txt',
  'requirements/prod.txt',
  'requirements/base.txt',
];

/** Files that only a Python project has; pyproject.toml and setup.cfg may hold settings of tools alone. */
const marks = [
  ...usualRequirements,
  'requirements.in',
  'Pipfile',
  'Pipfile.lock',
  'setup.py',
  'uv.lock',
  'poetry.lock',
  'pdm.lock',
  'pylock.toml',
  'manage.py',
];

/** True when a folder holds what only a Python project has. */
export function isMarked(project: Project): boolean {
  return marks.some((file) => project.has(file));
}
