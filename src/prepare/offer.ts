import type { Finding } from '../app.ts';
import { printable as printableCommand } from '../command.ts';
import { languages } from '../languages/index.ts';
import type { Detection, Project } from '../languages/language.ts';
import type { LockRecipe } from '../languages/recipe.ts';
import { printableLine } from '../output.ts';

/** The recipe that makes a service ready: one for its only errors; null when there is something else to mend as well. */
export async function recipeFor(project: Project, detection: Detection): Promise<LockRecipe | null> {
  const errors = detection.findings.filter(({ level }) => level === 'error');
  if (detection.blocked || errors.length === 0) return null;
  const find = await languages[detection.language].lockRecipe?.();
  const recipe = find?.(project, detection) ?? null;
  return recipe !== null && errors.every(({ id }) => recipe.mends.includes(id)) ? recipe : null;
}

/** The findings, with the flag that has the lock file made before the mend that one does by hand. */
export function withOffer(findings: readonly Finding[], recipe: LockRecipe, replaces: boolean): Finding[] {
  const flags = replaces ? '--make-lock and --overwrite' : '--make-lock';
  return findings.map((finding) =>
    recipe.mends.includes(finding.id)
      ? { ...finding, mend: `With ${flags} it is made here, in a container; or: ${finding.mend}` }
      : finding,
  );
}

/** What somebody agrees to: what runs, where, what it sees and what it reaches. Sentences, made printable. */
export function consentTo(recipe: LockRecipe, images: readonly string[]): string[] {
  const inputs = Object.keys(recipe.inputs);
  const named = inputs.slice(0, 4).map((file) => printableLine(file, 60));
  const more = inputs.length > named.length ? ` and ${inputs.length - named.length} more files` : '';
  return [
    `${printableCommand(recipe.command)} in a container of ${images.map((image) => printableLine(image)).join(', ')}.`,
    `It uses the network: it downloads from ${recipe.reaches}, and from where these files say.`,
    `It sees ${named.join(', ')}${more}, as a copy. Nothing of the project runs, and no script of a package.`,
  ];
}

/** Why a lock file that could be made was not. */
export function notMade(recipe: LockRecipe, reason: string, mend: string): Finding {
  return {
    id: 'lock-not-made',
    level: 'note',
    path: recipe.makes,
    message: `It could not be made here: ${printableLine(reason, 400)}`,
    why: 'It is made by its own tool, in a container of a StageX image, and read as a stranger’s file.',
    mend,
  };
}
