/** An instruction of a Containerfile while it is mended: its own lines, and whole lines to put before and after it. */
export interface Block {
  readonly before: readonly string[];
  readonly text: string;
  readonly after: readonly string[];
}

/** A change of one instruction; null when it does not apply to it, or has been made already. */
export type Change = (block: Block) => Block | null;

/** A change, and the instruction that it is for. */
export interface Mend {
  /** First and last line of the instruction, from 1. */
  lines: readonly [number, number];
  change: Change;
}

/** Puts a line before the instruction, unless it stands there already. */
export function before(line: string): Change {
  return (block) => (block.before.includes(line) ? null : { ...block, before: [...block.before, line] });
}

/** Puts a line behind the instruction, unless it stands there already. */
export function after(line: string): Change {
  return (block) => (block.after.includes(line) ? null : { ...block, after: [...block.after, line] });
}

/** Changes the instruction's own text; nothing when that leaves it as it is. */
export function rewrite(change: (text: string) => string): Change {
  return (block) => {
    const text = change(block.text);
    return text === block.text ? null : { ...block, text };
  };
}

/**
 * A Containerfile with all changes made, each instruction's in turn.
 * @returns the text; the same text when none applies.
 */
export function applyMends(text: string, mends: readonly Mend[]): string {
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const lines = text.split(/\r?\n/);
  const byStart = new Map<number, Mend[]>();
  for (const mend of mends) byStart.set(mend.lines[0], [...(byStart.get(mend.lines[0]) ?? []), mend]);
  // From the end on, so that line numbers stay true.
  for (const [start, own] of [...byStart].sort(([a], [b]) => b - a)) {
    const end = own[0]?.lines[1] ?? start;
    const found: Block = { before: [], text: lines.slice(start - 1, end).join('\n'), after: [] };
    const block = own.reduce((sum, { change }) => change(sum) ?? sum, found);
    lines.splice(start - 1, end - start + 1, ...block.before, ...block.text.split('\n'), ...block.after);
  }
  return lines.join(newline);
}
