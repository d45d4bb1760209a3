import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { originUrl } from '../git.ts';
import { readContainerfile } from '../verify/containerfile.ts';
import type { About } from './statement.ts';

/**
 * What a record says of the source, read from the context's root. Reads only.
 * @param sources what the Procfile calls the app's public sources; the first wins over git's origin.
 * @throws the file system's error when the Containerfile cannot be read.
 */
export async function readAbout(
  root: string,
  containerfile: string,
  { version, sources }: { version: string; sources: readonly string[] },
): Promise<About> {
  const bytes = await readFile(path.join(root, containerfile));
  const named = sources.map(publicUrl).find((url) => url !== null);
  return {
    tool: { name: 'create-caution-app', version },
    sourceUrl: named ?? publicUrl((await originUrl(root)) ?? ''),
    containerfile: {
      path: containerfile.split(path.sep).join('/'),
      sha256: createHash('sha256').update(bytes).digest('hex'),
    },
    pins: readContainerfile(bytes.toString('utf8')).images.map(({ reference, line }) => ({ reference, line })),
  };
}

/**
 * A URL that says where and not who: user names, passwords and tokens go, `git@host:path` becomes `ssh://host/path`.
 * @returns null for what is no URL to elsewhere, such as a path on this machine.
 */
export function publicUrl(text: string): string | null {
  const short = /^(?:[^@\s/]+@)?([\w.-]+\.[\w-]+):(?!\/)(\S+)$/.exec(text);
  const whole = short ? `ssh://${short[1]}/${short[2]}` : text;
  if (!/^(https?|ssh|git):\/\//i.test(whole) || !URL.canParse(whole)) return null;
  const url = new URL(whole);
  url.username = '';
  url.password = '';
  url.search = '';
  url.hash = '';
  return url.hostname === '' ? null : url.href;
}
