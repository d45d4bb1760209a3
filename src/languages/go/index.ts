import { folderOf } from '../files.ts';
import type { Language } from '../language.ts';
import { isPlainPath } from '../scan.ts';
import type { GoFacts } from './detect.ts';
import { withoutLibraries } from './flags.ts';
import { baseName } from './gomod.ts';
import { joined, seenFrom } from './modules.ts';

const starterFacts = {
  module: 'example.com/server',
  dependencies: 'download',
  workspace: false,
  cgo: false,
  tags: [],
  files: [],
};

/** Go, built with the go command. */
export const go: Language = {
  id: 'go',
  label: 'Go',
  hint: 'chi, one static binary',
  memoryMb: 512,
  images: ['pallet-go', 'core-filesystem'],
  starter: { manager: 'go', entry: '.', env: { PORT: '' }, build: starterFacts },
  runnable({ entry, dir, build, starter }) {
    const own = { manifests: [joined(dir, 'go.mod'), joined(dir, 'go.sum')], sources: [dir] };
    const facts = { ...(starter ? own : {}), ...build } as unknown as GoFacts;
    const binary = binaryOf(entry, facts.module);
    return {
      command: [`/app/${binary}`],
      env: {},
      build: {
        package: entry,
        binary,
        pallet: facts.cgo ? 'pallet-cgo' : 'pallet-go',
        files: facts.files,
        tagList: [...new Set([...(facts.cgo ? withoutLibraries : []), ...facts.tags])].join(','),
        ...copiesOf(facts, dir),
      },
    };
  },
  checkEntry(entry) {
    if (entry === '.') return null;
    if (!entry.startsWith('./')) return 'A package of this module is written ".", or "./" and its folder.';
    return isPlainPath(entry.slice(2)) ? null : 'It is one folder below this one, of letters, digits and "@+-._".';
  },
  lockRecipe: async () => (await import('./recipe.ts')).goSum,
};

/** One COPY line: what is copied, and the folder that it lands in. */
interface Copy {
  from: string;
  to: string;
}

/**
 * Where the build works, and what it copies: a module that stands by itself lies in /src; one that needs others keeps
 * its place among them.
 */
function copiesOf(
  { manifests, sources, workspace }: GoFacts,
  dir: string,
): { workdir: string; manifestCopies: Copy[]; sourceCopies: Copy[] } {
  const alone = !workspace && sources.length === 1 && sources[0] === dir;
  const placeOf = (folder: string): string => {
    if (!alone) return folder === '' ? '/src/' : `/src/${folder}/`;
    const inner = seenFrom(dir, folder);
    return inner === '' || folder === dir ? './' : `${inner}/`;
  };
  const folders = [...new Set(manifests.map(folderOf))];
  return {
    workdir: alone ? '/src' : `/src/${dir}`.replace(/\/$/, ''),
    manifestCopies: folders.map((folder) => ({
      from: manifests.filter((file) => folderOf(file) === folder).join(' '),
      to: placeOf(folder),
    })),
    sourceCopies: sources.map((folder) => ({
      from: folder === '' ? '.' : `${folder}/`,
      to: alone ? '.' : placeOf(folder),
    })),
  };
}

/** Folder names that say nothing of the program in them. */
const plainFolders = new Set(['.', 'cmd', 'main', 'src', 'app']);

/** The program's file name: its folder's, or that of a folder around it, or the module's. */
function binaryOf(entry: string, module: string): string {
  const name = entry.split('/').findLast((part) => !plainFolders.has(part)) ?? baseName(module);
  return /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) ? name : 'server';
}
