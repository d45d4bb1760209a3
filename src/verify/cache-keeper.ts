import { type Containerfile, commandOf } from './containerfile.ts';
import type { Engine } from './engines/engine.ts';
import type { ProgressChange } from './engines/progress.ts';

/** Removes from the engines' build caches what a run's builds add to them. */
export class CacheKeeper {
  readonly #before = new Map<Engine, ReadonlySet<string>>();
  readonly #names = new Set<string>();
  readonly #commands: string[];
  #removed: Promise<Engine[]> | null = null;

  private constructor(file: Containerfile) {
    this.#commands = file.stages.flatMap(({ steps }) => steps.map(commandOf));
  }

  /** Notes what is in the caches before anything is built. */
  static async open(engines: readonly Engine[], file: Containerfile, signal: AbortSignal): Promise<CacheKeeper> {
    const keeper = new CacheKeeper(file);
    await Promise.all(
      engines.map(async (engine) => {
        const ids = await engine.cache?.ids(signal);
        if (ids) keeper.#before.set(engine, ids);
      }),
    );
    return keeper;
  }

  /** Notes the name of a step of one of the builds. */
  note({ vertex }: ProgressChange): void {
    this.#names.add(vertex.name);
  }

  /** Removes what was added, once. Never throws. @returns the engines in whose cache something stays. */
  removeAdded(engines: readonly Engine[]): Promise<Engine[]> {
    this.#removed ??= this.#remove(engines);
    return this.#removed;
  }

  async #remove(engines: readonly Engine[]): Promise<Engine[]> {
    const kept = await Promise.all(
      engines.map(async (engine) => {
        const before = this.#before.get(engine);
        const own = { names: this.#names, commands: this.#commands };
        return before && (await engine.cache?.removeNew(before, own)) ? [] : [engine];
      }),
    );
    return kept.flat();
  }
}
