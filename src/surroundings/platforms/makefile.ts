import { splitWords } from '../../caution/words.ts';
import type { Project } from '../../languages/language.ts';
import { withoutLongLines } from '../../languages/scan.ts';
import type { Command } from '../facts.ts';
import { logicalLines } from '../shell.ts';

/** Targets that start something, by their usual names. */
const starting = /^(run|start|serve|server|prod|web|up)/;

/** Recipes of the targets that start something: how a service is run on the machine of who develops it. */
export function makefileCommands(project: Project): Command[] {
  let target = '';
  return logicalLines(withoutLongLines(project.read('Makefile') ?? '')).flatMap(({ text, line }): Command[] => {
    target = /^([\w.-]+)[ \t]*:(?!=)/.exec(text)?.[1] ?? target;
    const recipe = /^\t[@-]{0,2}(.+)$/s.exec(text)?.[1];
    const words = recipe === undefined || !starting.test(target) ? null : splitWords(recipe.replaceAll('\t', ' '));
    if (words === null || words.length === 0) return [];
    return [{ words, from: `Makefile:${line}`, process: `make ${target}` }];
  });
}
