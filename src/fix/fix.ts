import { createTwoFilesPatch } from 'diff';
import type { Step } from '../verify/containerfile.ts';
import { applyMends, type Block, type Mend } from './block.ts';
import { changesFor } from './mends.ts';

/** What is known of one difference, so far as a mend depends on it. */
export interface Mendable {
  cause: string;
  carrier?: string;
  step: Step;
  /** Where the file is in the step's stage, with a leading `/`; null when it is not known. */
  at: string | null;
}

/**
 * The change of the Containerfile that would mend a difference.
 * @param text the Containerfile.
 * @returns null when none is known that applies to what stands there.
 */
export function mendOf(text: string, { cause, carrier, step, at }: Mendable): Mend | null {
  const lines = [step.line, step.endLine] as const;
  const rows = text.split(/\r?\n/);
  // The lines around it count as what earlier mends may have put there.
  const found: Block = {
    before: rows.slice(0, step.line - 1).slice(-1),
    text: rows.slice(step.line - 1, step.endLine).join('\n'),
    after: rows.slice(step.endLine, step.endLine + 1),
  };
  const wanted = {
    cause,
    ...(carrier === undefined ? {} : { carrier }),
    instruction: step.instruction,
    script: step.script,
    at,
  };
  const change = changesFor(wanted).find((one) => one(found) !== null);
  return change ? { lines, change } : null;
}

/** What mends change, as a unified diff; `''` when they change nothing. */
export function patchOf(name: string, text: string, mends: readonly Mend[]): string {
  const mended = applyMends(text, mends);
  return mended === text ? '' : createTwoFilesPatch(name, name, text, mended, '', '', { context: 2 });
}
