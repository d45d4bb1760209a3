import type { Detection, Project } from '../language.ts';
import { isMarked } from './marks.ts';

/** Recognises a Python service; what reads source code is loaded only for a folder that looks like one. */
export async function recognisePython(project: Project): Promise<Detection | null> {
  if (!isMarked(project) && !project.has('pyproject.toml') && !project.has('setup.cfg')) return null;
  return (await import('./detect.ts')).detectPython(project);
}
