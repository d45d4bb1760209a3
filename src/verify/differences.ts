import { throwIfCancelled } from '../errors.ts';
import { explain } from '../explain/explain.ts';
import type { BuildFacts, Experiment } from '../explain/types.ts';
import type { Mend } from '../fix/block.ts';
import { mendOf, patchOf } from '../fix/fix.ts';
import { compareTrees, type PathDifference } from '../image/compare.ts';
import { displayPath, toBytes } from '../image/tree.ts';
import { printableLine } from '../output.ts';
import { metadataDifferences } from './claims.ts';
import { experiment } from './experiments.ts';
import { Placer } from './placing/layers.ts';
import { readSources } from './placing/sources.ts';
import { type Placed, placeByText } from './placing/static.ts';
import type { Proved } from './proved.ts';
import type { Run } from './run.ts';
import type { Difference } from './types.ts';

/** More would help nobody: the rest is counted. */
export const maxDifferences = 1000;

/** Following a path through the stages takes a while: those after these are placed by the Containerfile's text alone. */
const maxPlaced = 200;

export interface Explained {
  differences: Difference[];
  /** Changes of the Containerfile that would mend what decides. */
  mends: Mend[];
  /** How many more paths differ than are listed. */
  more: number;
}

/** Holds the builds against each other, and explains what differs: of too many paths, first those that decide. */
export async function explainAll(run: Run, built: readonly Proved[]): Promise<Explained> {
  const found = compareTrees(built);
  const shown = [...found.filter((one) => one.inEnclave), ...found.filter((one) => !one.inEnclave)].slice(
    0,
    maxDifferences,
  );
  shown.sort((a, b) => (a.path < b.path ? -1 : 1));
  const teller = new Teller(run, built);
  const placer = new Placer(run, built);
  const known: { difference: PathDifference; placed: Placed | null; explained: Difference }[] = [];
  for (const [index, difference] of shown.entries()) {
    throwIfCancelled(run.request.signal);
    const placed = index < maxPlaced ? await placer.place(difference) : placeByText(run.file, difference.path);
    known.push({ difference, placed, explained: await teller.tell(difference, placed, []) });
  }
  const undecided = known.filter(({ difference, explained }) => isOpen(difference, explained));
  const [first, second] = built;
  if (first && second) {
    const experiments = await experiment(
      run,
      [first, second],
      undecided.map(({ difference }) => difference),
    );
    for (const one of undecided)
      one.explained = await teller.tell(one.difference, one.placed, experiments.get(one.difference) ?? []);
  }
  const mends = known.map(({ placed, explained }) => mendFor(run.text, placed, explained));
  const differences = known.map(({ explained }, index) => withPatch(run, explained, mends[index] ?? null));
  if (found.length === 0) differences.push(...metadataDifferences(built));
  const deciding = mends.filter((mend, index) => mend !== null && known[index]?.explained.inEnclave);
  return { differences, mends: deciding.flatMap((mend) => mend ?? []), more: found.length - shown.length };
}

function mendFor(text: string, placed: Placed | null, { cause, carrier }: Difference): Mend | null {
  if (!placed) return null;
  const shown = placed.at === null ? null : displayPath(placed.at);
  // Only a name that is text can be written into a Containerfile.
  const at = shown !== null && toBytes(shown) === placed.at ? `/${shown}` : null;
  return mendOf(text, { cause, ...(carrier === undefined ? {} : { carrier }), step: placed.step, at });
}

function withPatch({ request, text }: Run, difference: Difference, mend: Mend | null): Difference {
  const patch = mend === null ? '' : patchOf(request.containerfile, text, [mend]);
  return patch === '' ? difference : { ...difference, patch };
}

/** What decides, and whose cause is not certain: worth further builds. Of more than two builds, the first two only. */
function isOpen({ builds: [i, j] }: PathDifference, { inEnclave, certain }: Difference): boolean {
  return inEnclave && !certain && i === 0 && j === 1;
}

function factsOf({ conditions, context, began, ended }: Proved): BuildFacts {
  const { hostname, umask, time } = conditions;
  return { hostname, context, umask, fileTime: time, cacheBust: conditions.arguments.CACHEBUST ?? null, began, ended };
}

/** Explains differences with all that is known of the builds; reads each step's sources once. */
class Teller {
  readonly #run: Run;
  readonly #built: readonly Proved[];
  readonly #facts: readonly BuildFacts[];
  readonly #sources = new Map<string, Promise<string>>();

  constructor(run: Run, built: readonly Proved[]) {
    this.#run = run;
    this.#built = built;
    this.#facts = built.map(factsOf);
  }

  async tell(
    difference: PathDifference,
    placed: Placed | null,
    experiments: readonly Experiment[],
  ): Promise<Difference> {
    const [i, j] = difference.builds;
    const explanation = await explain(difference, {
      names: [`build ${i + 1}`, `build ${j + 1}`],
      facts: [this.#facts[i] ?? null, this.#facts[j] ?? null],
      script: placed?.step.script ?? null,
      sources: placed ? await this.#sourcesOf(placed.step.script) : '',
      experiments,
    });
    return {
      path: `/${printableLine(displayPath(difference.path), 1000)}`,
      ...(placed ? { stage: placed.stage.name, instruction: placed.step.text, line: placed.step.line } : {}),
      inEnclave: difference.inEnclave,
      ...explanation,
    };
  }

  #sourcesOf(script: string): Promise<string> {
    const known = this.#sources.get(script);
    if (known) return known;
    const { source } = this.#run;
    const read = readSources(this.#built[0]?.context ?? source.root, script, source.files);
    this.#sources.set(script, read);
    return read;
  }
}
