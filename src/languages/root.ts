import type { Finding, LanguageId } from '../app.ts';
import { placeOf } from './place.ts';

/** Names in the root of an image that are the system's, or Caution's own. */
const taken =
  /^(?:bin|boot|bootproofd|caddy|dev|etc|home|init|lib|lib64|manifest\.json|media|mnt|opt|proc|root|run|run\.sh|sbin|srv|steve|sys|tmp|usr|var)$/;

/** Whether a path relative to the root of an image lies where the image has something of its own. */
export function isTaken(path: string): boolean {
  return taken.test(path.split('/')[0] ?? '');
}

/**
 * The finding for a file or folder that a program looks up below `/`, where it cannot be put.
 * @param at the place that reads it, as `path:line`.
 */
export function takenFinding(language: LanguageId, source: string, at: string): Finding {
  return {
    id: `${language}-file-reserved`,
    level: 'warning',
    ...placeOf(at),
    message: `${source} is looked up at /${source}, where the image has something of its own: it was not copied.`,
    why: 'The program is started in /, and a relative path begins there.',
    mend: 'Give the folder another name, or its path from the outside (a variable, an argument).',
  };
}
