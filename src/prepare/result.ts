import { UserError } from '../errors.ts';
import { type TarHeader, TarReader } from '../image/tar.ts';
import { megabytes, printable, printableLine } from '../output.ts';

/** What detection itself would read of a manifest. */
export const largestLock = 5_000_000;

/** The lock file that came out of a container, or why it is not taken. */
export type LockText = { text: string } | { reason: string };

/**
 * Reads what `docker cp` gives for one path: a tar stream of one file. It is anybody's: nothing but a text of a bounded
 * size that shows as what it is on a terminal is taken.
 * @param archive as far as it was read; one that is cut off at the limit is too large.
 * @param name the file's own name.
 */
export function readLockArchive(archive: Uint8Array, name: string): LockText {
  const found: { header: TarHeader; parts: Buffer[] }[] = [];
  const reader = new TarReader({
    entry: (header) => found.push({ header, parts: [] }),
    data: (chunk) => found.at(-1)?.parts.push(Buffer.from(chunk)),
    end: () => undefined,
  });
  try {
    reader.write(archive);
    const [first] = found;
    if (first && first.header.size > largestLock) return { reason: `It is larger than ${megabytes(largestLock)}.` };
    reader.close();
  } catch (error) {
    if (error instanceof UserError) return { reason: 'It came as a broken archive.' };
    throw error;
  }
  const [file, ...others] = found;
  if (!file || others.length > 0 || file.header.type !== 'file' || file.header.name !== name)
    return { reason: `It is no file of the name ${printableLine(name, 60)}.` };
  return readLockText(Buffer.concat(file.parts));
}

function readLockText(bytes: Uint8Array): LockText {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes).replaceAll('\r\n', '\n');
  } catch (error) {
    if (error instanceof TypeError) return { reason: 'It is not UTF-8.' };
    throw error;
  }
  if (text.trim() === '') return { reason: 'It is empty.' };
  return printable(text) === text ? { text } : { reason: 'It holds control characters, or marks that hide text.' };
}
