import type { LanguageId } from '../app.ts';
import type { Language } from './language.ts';

/** Loads one language: a starter needs no more than its own. */
export async function loadLanguage(id: LanguageId): Promise<Language> {
  switch (id) {
    case 'rust':
      return (await import('./rust/index.ts')).rust;
    case 'node':
      return (await import('./node/index.ts')).node;
    case 'python':
      return (await import('./python/index.ts')).python;
    case 'go':
      return (await import('./go/index.ts')).go;
  }
}
