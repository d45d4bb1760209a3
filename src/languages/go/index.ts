import type { Language } from '../language.ts';
import { isPlainPath } from '../scan.ts';
import type { GoFacts } from './detect.ts';
import { baseName } from './gomod.ts';

const starterFacts: GoFacts = { module: 'example.com/server', dependencies: 'download', modules: [] };

export const go: Language = {
  id: 'go',
  label: 'Go',
  hint: 'chi, one static binary',
  memoryMb: 512,
  images: ['pallet-go', 'core-filesystem'],
  starter: { manager: 'go', entry: '.', env: { PORT: '' }, build: { ...starterFacts } },
  runnable({ entry, build }) {
    const binary = binaryOf(entry, (build as unknown as GoFacts).module);
    return { command: [`/app/${binary}`], env: {}, build: { package: entry, binary } };
  },
  checkEntry(entry) {
    if (entry === '.') return null;
    if (!entry.startsWith('./')) return 'A package of this module is written ".", or "./" and its folder.';
    return isPlainPath(entry.slice(2)) ? null : 'It is one folder below this one, of letters, digits and "@+-._".';
  },
};

/** Folder names that say nothing of the program in them. */
const plainFolders = new Set(['cmd', 'main', 'src', 'app']);

/** The program's file name: its folder's, or the module's. */
function binaryOf(entry: string, module: string): string {
  const folder = entry.split('/').at(-1) ?? '.';
  const name = folder === '.' || plainFolders.has(folder) ? baseName(module) : folder;
  return /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) ? name : 'server';
}
