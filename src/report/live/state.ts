import { duration, printableLine } from '../../output.ts';
import type { VerifyEvent } from '../../verify/types.ts';

/** What is known of one build while it runs. Times are milliseconds since 1970. */
export interface Row {
  build: number;
  builder: string;
  startedAt: number;
  /** When it has ended. */
  seconds: number | null;
  failed: boolean;
  /** Lines of the Containerfile whose step has begun, or came from a cache. */
  begun: Set<number>;
  /** How many there are; null when nobody said. */
  steps: number | null;
  step: string;
  stepAt: number;
  /** The last line of output of the running step. */
  output: string;
}

export interface State {
  rows: Map<number, Row>;
  /** What goes on beside the builds; `''` for nothing. */
  phase: string;
  phaseAt: number;
}

/** A step this long shows what it says. */
export const longStepMs = 10_000;

export function emptyState(): State {
  return { rows: new Map(), phase: '', phaseAt: 0 };
}

/** Takes in one event. */
export function fold(state: State, event: VerifyEvent, at: number): void {
  if (event.type === 'engine') return;
  if (event.type === 'phase') {
    state.phase = printableLine(event.text, 200);
    state.phaseAt = at;
    return;
  }
  if (event.type === 'build-start') {
    state.phase = '';
    state.rows.set(event.build, newRow(event));
    return;
  }
  const row = state.rows.get(event.build);
  if (!row) return;
  if (event.type === 'output') row.output = harmless(event.text);
  else if (event.type === 'build-done') row.seconds = event.seconds;
  else foldStep(row, event, at);
}

function newRow({ build, at, builder, steps }: VerifyEvent & { type: 'build-start' }): Row {
  return {
    build,
    builder: printableLine(builder ?? '', 40),
    startedAt: at,
    seconds: null,
    failed: false,
    begun: new Set(),
    steps: steps ?? null,
    step: '',
    stepAt: at,
    output: '',
  };
}

function foldStep(row: Row, event: VerifyEvent & { type: 'step' }, at: number): void {
  if (event.line !== undefined) row.begun.add(event.line);
  if (event.state === 'error') row.failed = true;
  if (event.state !== 'start') return;
  row.step = printableLine(event.name, 300);
  row.stepAt = at;
  row.output = '';
}

/** Where a build stands: `4/9`, or nothing when it is not known. */
export function position({ begun, steps }: Row): string {
  if (steps === null || steps === 0) return begun.size === 0 ? '' : `step ${begun.size}`;
  return `${Math.min(begun.size, steps)}/${steps}`;
}

/** Time that a build took, or takes so far. */
export function elapsed({ seconds, startedAt }: Row, at: number): string {
  return duration(seconds ?? Math.max(0, at - startedAt) / 1000);
}

/** Whether builds run on several builders, so that each is to be named. */
export function severalBuilders({ rows }: State): boolean {
  return new Set([...rows.values()].map(({ builder }) => builder)).size > 1;
}

/** Output of a build on one line. A runner of GitHub takes `##[…]` for a command wherever it stands. */
function harmless(text: string): string {
  return printableLine(text, 300).replaceAll('##[', '## [');
}
