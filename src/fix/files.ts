import { applyMends, type Mend } from './block.ts';

/** A change of one file. */
export interface FileMend {
  path: string;
  mend: Mend;
}

/**
 * Files with all changes made; a file that is not there is made.
 * @param read gives a file's text, or null.
 * @returns those that differ.
 */
export function mendFiles(
  changes: readonly FileMend[],
  read: (path: string) => string | null,
): { path: string; content: string }[] {
  const byFile = new Map<string, Mend[]>();
  for (const { path, mend } of changes) byFile.set(path, [...(byFile.get(path) ?? []), mend]);
  return [...byFile].flatMap(([path, mends]) => {
    const text = read(path);
    const mended = applyMends(text ?? '', mends);
    const content = text === null ? `${mended.trim()}\n` : mended;
    return content === text ? [] : [{ path, content }];
  });
}
