import { readFileSync } from 'node:fs';
import path from 'node:path';
import Handlebars from 'handlebars';
import { shipped } from '../package-root.ts';

/** Functions that templates may call. */
export type Helpers = Record<string, Handlebars.HelperDelegate>;

export type Render = (context: Record<string, unknown>) => string;

/**
 * Compiles one template. In the published program this module is replaced by one that holds all templates compiled
 * already (see `scripts/build.mjs`), since reading Handlebars' grammar takes longer than everything else.
 * Nothing is escaped for HTML: each value was validated, or is quoted by a helper for the place where it lands. A value
 * that is missing throws.
 * @param file relative to `templates`, with `/` separators.
 */
export function compileTemplate(file: string, helpers: Helpers): Render {
  const handlebars = Handlebars.create();
  handlebars.registerHelper(helpers);
  const source = readFileSync(path.join(shipped('templates'), file), 'utf8');
  return handlebars.compile(source, { noEscape: true, strict: true, preventIndent: true });
}
