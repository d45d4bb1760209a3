import { startsToday } from '../../surroundings/starts.ts';
import type { Project } from '../language.ts';
import { inside, isPlainPath } from '../scan.ts';
import { type Invocation, invocationOf } from './invocation.ts';

/** What starts the service today, and where that stands. */
export interface StartCommand extends Invocation {
  from: string;
}

/**
 * What is started today, as a Procfile of another platform, a Dockerfile, a compose file or a Makefile says. Commands of
 * one kind of file have to agree, and of the kinds Procfile and Dockerfile: else nothing is known.
 * @param scripts names of the project's own commands.
 */
export function findStartCommand(project: Project, scripts: ReadonlySet<string>): StartCommand | null {
  for (const started of startsToday(project)) {
    const found = started.flatMap(({ launch }): StartCommand[] => {
      const invocation = invocationOf(launch.words, scripts);
      const there = invocation !== null && (invocation.kind !== 'file' || project.has(invocation.entry));
      return there ? [{ ...invocation, ...configured(project, invocation), from: launch.from }] : [];
    });
    const [first] = found;
    if (first === undefined) continue;
    return found.every(({ entry, server }) => entry === first.entry && server === first.server) ? first : null;
  }
  return null;
}

/** gunicorn's own settings are taken over when they are a file of the service; the command line still says where. */
function configured(project: Project, { server, options, left }: Invocation): Pick<Invocation, 'options' | 'left'> {
  const at = options.indexOf('--config');
  if (at < 0) return { options, left };
  const named = options[at + 1] ?? '';
  const file = inside('', named.replace(/^(file|python):/, '')) ?? '';
  const others = [...options.slice(0, at), ...options.slice(at + 2)];
  if (server !== 'gunicorn' || !isPlainPath(file) || !project.has(file))
    return { options: others, left: [...left, '--config', named] };
  return { options: [...others, '--config', `/app/${file}`], left };
}
