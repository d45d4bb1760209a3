import { note } from '../output.ts';
import { plan } from '../scaffold/plan.ts';
import { conflictDiff } from '../scaffold/show.ts';
import { write } from '../scaffold/write.ts';
import type { Verified } from '../verify/types.ts';
import { type Io, interactive, terminalOf } from './io.ts';

/**
 * Shows the changes of the Containerfile that would mend what differs, and makes them when a person agrees.
 * Without a terminal nobody agrees: then the diff is shown, and nothing is written.
 * @param root the build context.
 * @returns whether the Containerfile was changed.
 */
export async function offerMends(root: string, { verification, mended }: Verified, io: Io): Promise<boolean> {
  if (verification.reproducible) return false;
  if (mended === null) {
    note(io.output, 'No change of the Containerfile is known that would mend this; see what is said of each path.');
    return false;
  }
  const [file] = plan(root, [{ path: mended.path, content: mended.after }]);
  if (!file || file.existing !== mended.before) {
    note(io.output, `${mended.path} has changed since it was built: nothing is mended. Verify again.`);
    return false;
  }
  note(io.output);
  note(io.output, await conflictDiff(file));
  if (!interactive(io)) {
    note(io.output, '--fix asks before it changes a file: run it in a terminal, or apply the diff above.');
    return false;
  }
  const { askYesNo } = await import('../settings/prompts.ts');
  if (!(await askYesNo(`Change ${mended.path} so, and verify again?`, false, terminalOf(io)))) return false;
  await write(root, [{ ...file, action: 'overwrite' }], io.signal);
  return true;
}
