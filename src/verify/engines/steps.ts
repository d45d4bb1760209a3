import { printableLine } from '../../output.ts';
import type { Containerfile, Step } from '../containerfile.ts';
import type { FindStep } from '../step-names.ts';
import { emptyProgress, type Progress, type ProgressChange, type Vertex } from './progress.ts';

/**
 * The words by which Buildah, and Podman with it, says that it begins an instruction. Output that does not end its line
 * stands before it.
 * Source: https://github.com/containers/buildah/blob/main/imagebuildah/stage_executor.go
 */
const stepLine = /^(.*?)(?:\[(\d+)\/\d+\] )?STEP (\d+)\/(\d+): ([A-Za-z]+)\b(.*)$/;
const keywords = new Set(['RUN', 'COPY', 'ADD', 'WORKDIR']);
const keptLines = 40;

/**
 * Reads what Podman or Buildah prints while it builds as the progress that BuildKit reports, steps named as BuildKit does.
 *
 * What it proves: the engine prints a step's line when it begins it, in the order of the file, and `--> Using cache` after
 * one that it does not run. With `--no-cache` and `--layers=false` it has no layer to take instead, and it merges nothing
 * with other builds: it has no daemon. A RUN can print such lines itself, but never keeps the engine from printing its
 * own: so a line that comes out of turn is output, and a step whose line comes twice counts as not proved.
 * Times are those at which a line arrives here.
 */
export class StepReader {
  readonly progress: Progress = emptyProgress();
  readonly #file: Containerfile;
  readonly #findStep: FindStep;
  /** How many instructions of each stage, by its index, have begun. */
  readonly #begun = new Map<number, number>();
  readonly #seen = new Map<string, Vertex | null>();
  /** Steps whose lines came twice: nobody knows which line was the engine's, so they have no end. */
  readonly #twice = new Set<Vertex>();
  #stage = -1;
  #steps = 0;
  #current: Vertex | null = null;

  /** @param began milliseconds since 1970. */
  constructor(file: Containerfile, findStep: FindStep, began: number) {
    this.#file = file;
    this.#findStep = findStep;
    const name = '[internal] load build definition';
    this.progress.vertices.set(name, { ...newVertex(name, began), completed: began });
  }

  /** Takes in one line. @param at when it arrived, milliseconds since 1970. */
  line(text: string, at: number): ProgressChange[] {
    const [, before = '', stage, number, total, keyword = '', rest = ''] = stepLine.exec(text) ?? [];
    if (number === undefined || total === undefined) return this.#other(text, at);
    const index = Number(stage ?? 1) - 1;
    const key = `${index} ${number}`;
    if (this.#seen.has(key)) {
      const vertex = this.#seen.get(key);
      if (vertex) this.#twice.add(vertex);
      if (vertex) vertex.completed = null;
      return this.#other(text, at);
    }
    const next = index === this.#stage ? (this.#begun.get(index) ?? 0) + 1 : 1;
    if (Number(number) !== next || (next === 1 ? keyword.toUpperCase() !== 'FROM' : index !== this.#stage))
      return this.#other(text, at);
    const output = before === '' ? [] : this.#other(before, at);
    return [...output, ...this.#finish(at), ...this.#begin(index, next, `${keyword.toUpperCase()}${rest}`, key, at)];
  }

  /** The build has ended. */
  end(ok: boolean, at: number): ProgressChange[] {
    if (ok) return this.#finish(at);
    const vertex = this.#current;
    if (!vertex) return [];
    vertex.error = this.progress.words.findLast((line) => /^error/i.test(line)) ?? 'the step failed';
    vertex.completed = at;
    return [{ type: 'error', vertex, at }];
  }

  #begin(index: number, number: number, text: string, key: string, at: number): ProgressChange[] {
    if (index !== this.#stage) this.#steps = 0;
    this.#stage = index;
    this.#begun.set(index, number);
    this.#seen.set(key, null);
    if (!keywords.has(text.split(/\s/, 1)[0] ?? '')) return [];
    const step = this.#file.stages[index]?.steps[this.#steps];
    this.#steps += 1;
    const vertex = newVertex(this.#name(index, step, text), at);
    this.progress.vertices.set(`${at} ${key}`, vertex);
    this.#seen.set(key, vertex);
    this.#current = vertex;
    return [{ type: 'start', vertex, at }];
  }

  /** As BuildKit calls a step: whether its number counts the FROM depends on the base, and `FindStep` knows the rule. */
  #name(index: number, step: Step | undefined, text: string): string {
    const stage = this.#file.stages[index];
    const place = `${stage?.name ?? 'stage'}`;
    const steps = stage?.steps.length ?? 0;
    for (const base of [0, 1]) {
      for (const counted of [0, base]) {
        const name = `[${place} ${this.#steps + counted}/${steps + base}] ${text}`;
        if (step && this.#findStep(name)?.step === step) return printableLine(name, 400);
      }
    }
    return printableLine(`[${place} ${this.#steps}/${steps}] ${text}`, 400);
  }

  #finish(at: number): ProgressChange[] {
    const vertex = this.#current;
    this.#current = null;
    if (!vertex) return [];
    if (!this.#twice.has(vertex)) vertex.completed = at;
    return [{ type: vertex.cached ? 'cached' : 'done', vertex, at }];
  }

  #other(text: string, at: number): ProgressChange[] {
    if (/(?:^|\] )COMMIT\b/.test(text) && this.#isLast()) return this.#finish(at);
    const shown = printableLine(text, 400);
    keep(this.progress.words, shown);
    const vertex = this.#current;
    if (!vertex) return [];
    if (/^--> Using cache\b/.test(text)) vertex.cached = true;
    keep(vertex.log, shown);
    return [{ type: 'output', vertex, text: shown }];
  }

  #isLast(): boolean {
    const stage = this.#file.stages[this.#stage];
    return this.#stage === this.#file.stages.length - 1 && this.#steps === stage?.steps.length;
  }
}

function newVertex(name: string, started: number): Vertex {
  return { name, started, completed: null, cached: false, error: '', log: [] };
}

function keep(lines: string[], line: string): void {
  if (line.trim() === '') return;
  lines.push(line);
  if (lines.length > keptLines) lines.shift();
}
