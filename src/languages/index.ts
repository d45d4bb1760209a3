import type { LanguageId } from '../app.ts';
import { go } from './go/index.ts';
import type { Detect, Language } from './language.ts';
import { node } from './node/index.ts';
import { python } from './python/index.ts';
import { rust } from './rust/index.ts';

/** What each language's templates need. */
export const languages: Readonly<Record<LanguageId, Language>> = { rust, node, python, go };

/** Loads what recognises one language, with the parsers that it needs: a starter goes without. */
export async function loadDetection(id: LanguageId): Promise<Detect> {
  switch (id) {
    case 'rust':
      return (await import('./rust/detect.ts')).detectRust;
    case 'node':
      return (await import('./node/detect.ts')).detectNode;
    case 'python':
      return (await import('./python/recognise.ts')).recognisePython;
    case 'go':
      return (await import('./go/detect.ts')).detectGo;
  }
}
