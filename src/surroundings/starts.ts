import type { Project } from '../languages/language.ts';
import { composeFacts } from './compose.ts';
import { containerStarts } from './container/facts.ts';
import type { Command } from './facts.ts';
import { type Started, startedBy } from './launch.ts';
import { flyFacts } from './platforms/fly.ts';
import { herokuFacts } from './platforms/heroku.ts';
import { makefileCommands } from './platforms/makefile.ts';
import { railwayFacts } from './platforms/railway.ts';

/** What names start commands, what is nearest to production first: files of one line count as much as each other. */
const places: readonly ((project: Project) => readonly Command[])[] = [
  (project) => [...(herokuFacts(project).commands ?? []), ...containerStarts(project)],
  (project) => composeFacts(project).commands ?? [],
  (project) => flyFacts(project).commands ?? [],
  (project) => railwayFacts(project).commands ?? [],
  makefileCommands,
];

/**
 * How the service is started today, as the files around its code say: for a language whose own detection begins there.
 * @returns by kind of file, what is nearest to production first; the commands of one kind have to agree.
 */
export function startsToday(project: Project): Started[][] {
  return places.map((commandsOf) => commandsOf(project).map((command) => startedBy(project, command)));
}
