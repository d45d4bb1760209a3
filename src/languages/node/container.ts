import type { Finding } from '../../app.ts';
import { printableLine } from '../../output.ts';
import { readContainer } from '../../surroundings/container/read.ts';
import { simpleCommands } from '../../surroundings/shell.ts';
import type { Project } from '../language.ts';
import { callOf } from './commands.ts';

/** A script whose name says that it makes files. */
const making = /(^|[:_-])(build|compile|bundle)([:_-]|$)/;

/**
 * The finding for what a service's own Dockerfile builds with a script of package.json, where the build here runs none.
 * @param project the folder that the Dockerfile lies in, with the package.json whose scripts it calls
 */
export function leftBuildFindings(project: Project): Finding[] {
  const file = ['Dockerfile', 'Containerfile'].find((name) => project.has(name));
  const text = file === undefined ? null : project.read(file);
  if (file === undefined || text === null) return [];
  const { others, final } = readContainer(file, text);
  for (const { keyword, text: commands, line } of [...others, ...final]) {
    if (keyword !== 'RUN') continue;
    const call = simpleCommands(commands).find(({ words }) => making.test(callOf(words)?.script ?? ''));
    if (call === undefined) continue;
    return [
      {
        id: 'node-build-left',
        level: 'warning',
        path: file,
        line,
        message: `${printableLine(call.words.join(' '), 80)} is called here, and by no "build" script that the service has.`,
        why: 'The build runs the "build" scripts of the service and of what it depends on: files that another makes are missing.',
        mend: 'Call it in the "build" script, with what it needs among the devDependencies, or commit what it makes.',
      },
    ];
  }
  return [];
}
