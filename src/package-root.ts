import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * A file or folder that is shipped beside the code. Works from `dist` (published) and from `src` (tests), which both
 * lie one or more folders below the package's root.
 * @throws Error when the package is incomplete.
 */
export function shipped(relative: string): string {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const candidate = path.join(folder, relative);
    if (existsSync(path.join(folder, 'package.json')) && existsSync(candidate)) return candidate;
    const parent = path.dirname(folder);
    if (parent === folder) throw new Error(`This package is incomplete: ${relative} is missing. Install it again.`);
    folder = parent;
  }
}
