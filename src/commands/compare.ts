import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { compareImages } from '../compare/compare.ts';
import { openImage } from '../compare/open.ts';
import { type ExitCode as Code, ExitCode } from '../errors.ts';
import { printableLine, result } from '../output.ts';
import { comparisonLines } from '../report/comparison.ts';
import type { CompareFlags } from '../settings/flags.ts';
import { makeRunFolder } from '../verify/leftovers/folder.ts';
import type { Comparison } from '../verify/types.ts';
import type { Io } from './io.ts';

/** `create-caution-app compare A B`: holds two built images against each other; builds nothing. */
export async function compareCommand(flags: CompareFlags, io: Io): Promise<Code> {
  const comparison = await compareNamed(flags.a, flags.b, io);
  if (flags.json) result(io.output, JSON.stringify(comparison, null, 2));
  else result(io.output, comparisonLines(comparison, { color: io.output.resultColor }).join('\n'));
  return comparison.reproducible ? ExitCode.Ok : ExitCode.NotReproducible;
}

/** Both images are read side by side; what was unpacked for it is gone at the end. */
async function compareNamed(a: string, b: string, io: Io): Promise<Comparison> {
  const folder = await makeRunFolder();
  try {
    const open = async (name: string, side: string) => {
      const own = path.join(folder.path, side);
      await mkdir(own);
      return { name: printableLine(name, 200), image: await openImage(name, io.cwd, own, io.signal) };
    };
    const [first, second] = await Promise.allSettled([open(a, 'a'), open(b, 'b')]);
    if (first.status === 'rejected') throw first.reason;
    if (second.status === 'rejected') throw second.reason;
    return await compareImages(first.value, second.value);
  } finally {
    await folder.remove();
  }
}
