import type { Project } from './language.ts';

/** The files below a folder. They are sorted, so this is quick among very many. */
export function filesBelow({ files }: Pick<Project, 'files'>, folder: string): string[] {
  if (folder === '') return [...files];
  // The character after `/` ends what begins with the folder and a `/`.
  return files.slice(firstFrom(files, `${folder}/`), firstFrom(files, `${folder}0`));
}

/** True when some file lies below a folder. */
export function hasFolder({ files }: Pick<Project, 'files'>, folder: string): boolean {
  return files[firstFrom(files, `${folder}/`)]?.startsWith(`${folder}/`) ?? false;
}

function firstFrom(files: readonly string[], bound: string): number {
  let [low, high] = [0, files.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((files[middle] ?? '') < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The folder that a file or a folder lies in; `''` for one at the top. */
export function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}

/** The folders that a path lies in, the nearest first; `''` is the last. */
export function foldersAbove(path: string): string[] {
  if (path === '') return [];
  const folder = folderOf(path);
  return [folder, ...foldersAbove(folder)];
}
