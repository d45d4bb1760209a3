import type { ProgressChange } from '../engines/progress.ts';
import { clockStepMs } from '../proof.ts';
import type { FindStep } from '../step-names.ts';
import { pause } from './clock.ts';

/** How long after another build's RUN the same RUN is started: some 200 ms more than what is to be shown. */
export const staggerMs = clockStepMs + 200;

type Listener = (line: number, at: number) => void;

/** When the RUN steps of a build began, by their lines, as far as it has come. Times are milliseconds since 1970. */
export class RunStarts {
  readonly #starts = new Map<number, number>();
  readonly #listeners = new Set<Listener>();
  #ended = false;

  /** @param at by the engine's clock. */
  note(line: number, at: number): void {
    this.#starts.set(line, at);
    for (const listener of this.#listeners) listener(line, at);
  }

  /** Takes back what an attempt noted that was given up. */
  forget(lines: Iterable<number>): void {
    for (const line of lines) this.#starts.delete(line);
  }

  /** The build is over, however it went. */
  end(): void {
    this.#ended = true;
  }

  /** Tells of each step from now on. @returns what ends it. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Whether this build began a step within 3 s of a moment. */
  isNear(line: number, at: number): boolean {
    const start = this.#starts.get(line);
    return start !== undefined && Math.abs(at - start) < clockStepMs;
  }

  /** Whether this build is still to begin a step. */
  isBehind(line: number): boolean {
    return !this.#ended && !this.#starts.has(line);
  }
}

/** What keeps one build's steps apart in time from those of the builds that were started before it. */
export interface Apart {
  own: RunStarts;
  earlier: readonly RunStarts[];
}

/** What an attempt needs: its signal, and whom to tell of its progress. */
export interface Attempt {
  signal: AbortSignal;
  onChange: (change: ProgressChange) => void;
}

interface KeepApart {
  findStep: FindStep;
  signal: AbortSignal;
  /** Told of the line of the RUN that came too close. */
  onWait: (line: number) => void;
  /** Told when the next attempt begins. */
  onAgain: () => void;
}

/**
 * Builds, and begins again when a RUN comes within 3 s of an earlier build's: as where that one had to wait for the
 * network and this one had not. It is begun again once for each step at most: clocks that cannot be told apart keep no
 * build from ending.
 * @param attempt rejects when its signal fires.
 */
export async function keepApart<Result>(
  attempt: (order: Attempt) => Promise<Result>,
  apart: Apart,
  { findStep, signal, onWait, onAgain }: KeepApart,
): Promise<Result> {
  const settled = new Set<number>();
  for (;;) {
    const watch = new Watch(apart, findStep, settled);
    const either = AbortSignal.any([signal, watch.tooClose]);
    try {
      const result = await attempt({ signal: either, onChange: (change) => watch.note(change) });
      await pause(watch.openForMs(), either);
      return result;
    } catch (error) {
      if (watch.met === null || signal.aborted) throw error;
      settled.add(watch.met);
      apart.own.forget(watch.noted);
      onWait(watch.met);
    } finally {
      watch.end();
    }
    await pause(staggerMs, signal);
    onAgain();
  }
}

/** Watches one attempt. */
class Watch {
  /** The line of the first RUN that came too close. */
  met: number | null = null;
  readonly #apart: Apart;
  readonly #findStep: FindStep;
  readonly #settled: ReadonlySet<number>;
  /** When each RUN began, by this process's own clock. */
  readonly #began = new Map<number, number>();
  readonly #close = new AbortController();
  readonly #ends: (() => void)[];

  constructor(apart: Apart, findStep: FindStep, settled: ReadonlySet<number>) {
    this.#apart = apart;
    this.#findStep = findStep;
    this.#settled = settled;
    this.#ends = apart.earlier.map((one) =>
      one.listen((line, at) => {
        if (this.#began.has(line) && apart.own.isNear(line, at)) this.#meet(line);
      }),
    );
  }

  /** Fires when a step came too close to an earlier build's. */
  get tooClose(): AbortSignal {
    return this.#close.signal;
  }

  /** Lines of the RUN steps that began. */
  get noted(): Iterable<number> {
    return this.#began.keys();
  }

  note(change: ProgressChange): void {
    if (change.type !== 'start') return;
    const { step } = this.#findStep(change.vertex.name) ?? {};
    if (step?.instruction !== 'RUN') return;
    this.#began.set(step.line, performance.now());
    this.#apart.own.note(step.line, change.at);
    if (this.#apart.earlier.some((one) => one.isNear(step.line, change.at))) this.#meet(step.line);
  }

  /** How long an earlier build that is still to begin one of the steps would come too close. */
  openForMs(): number {
    const open = [...this.#began].filter(([line]) => this.#apart.earlier.some((one) => one.isBehind(line)));
    return Math.max(0, ...open.map(([, began]) => began + clockStepMs - performance.now()));
  }

  end(): void {
    for (const end of this.#ends) end();
  }

  #meet(line: number): void {
    if (this.met !== null || this.#settled.has(line)) return;
    this.met = line;
    this.#close.abort();
  }
}
