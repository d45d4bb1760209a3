import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { compareImages } from '../compare/compare.ts';
import { findImage } from '../compare/open.ts';
import { type ExitCode as Code, ExitCode } from '../errors.ts';
import { type Image, readImages } from '../image/image.ts';
import { printableLine, result } from '../output.ts';
import { comparisonLines } from '../report/comparison.ts';
import type { CompareFlags } from '../settings/flags.ts';
import { makeRunFolder } from '../verify/leftovers/folder.ts';
import type { Comparison } from '../verify/types.ts';
import type { Io } from './io.ts';
import { checkPage, writePage } from './page.ts';

/** `create-caution-app compare A B`: holds two built images against each other; builds nothing. */
export async function compareCommand(flags: CompareFlags, io: Io): Promise<Code> {
  const page = await checkPage(flags.report, io.cwd);
  const comparison = await compareNamed(flags.a, flags.b, io);
  if (flags.json) result(io.output, JSON.stringify(comparison, null, 2));
  else result(io.output, comparisonLines(comparison, { color: io.output.resultColor }).join('\n'));
  const about = { version: io.version, generated: null };
  await writePage(page, async () => (await import('../report/html.ts')).comparisonPage(comparison, about), io);
  return comparison.reproducible ? ExitCode.Ok : ExitCode.NotReproducible;
}

/** Both images are read side by side; what was unpacked for it is gone at the end. */
async function compareNamed(a: string, b: string, io: Io): Promise<Comparison> {
  const folder = await makeRunFolder();
  try {
    const { signal } = io;
    const find = async (name: string, side: string) => {
      const own = path.join(folder.path, side);
      await mkdir(own);
      return findImage(name, io.cwd, own, signal);
    };
    const places = await settled([find(a, 'a'), find(b, 'b')]);
    const [first, second] = await readImages(places, { spool: folder.path, signal });
    const named = (name: string, image: Image) => ({ name: printableLine(name, 200), image });
    return await compareImages(named(a, first), named(b, second), signal);
  } finally {
    await folder.remove();
  }
}

/** Both, or the first failure, when both have ended: nothing is read any more when the folder goes. */
async function settled<T>(both: [Promise<T>, Promise<T>]): Promise<[T, T]> {
  await Promise.allSettled(both);
  return Promise.all(both);
}
