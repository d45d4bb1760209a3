import { duration, note, type Output, printableLine, styled } from '../../output.ts';
import type { Live } from '../live.ts';
import { columnsOf, fitted } from '../width.ts';
import { elapsed, emptyState, fold, longStepMs, position, type Row, type State, severalBuilders } from './state.ts';

const frames = ['◒', '◐', '◓', '◑'];
const frameMs = 120;
/** From this width on two builds stand next to each other. */
const wideColumns = 120;
const showCursor = '\u001b[?25h';
const hideCursor = '\u001b[?25l';

/** A line to draw: its text, and whether it is of less weight. */
interface Line {
  text: string;
  dim: boolean;
}

/** A few lines that are kept up to date: a build, its step, and what a long step said last. */
export function redrawnDisplay(output: Output, service: string, now: () => number): Live {
  const state = emptyState();
  const screen = new Screen(output);
  let frame = 0;
  const draw = (final = false) => {
    const { columns, rows } = sizeOf(output);
    screen.draw(
      linesOf(state, { columns, service, at: now(), sign: frames[frame % frames.length] ?? '', final }).slice(
        0,
        rows - 2,
      ),
    );
    frame += 1;
  };
  const timer = setInterval(draw, frameMs);
  timer.unref();
  return {
    onEvent(event) {
      fold(state, event, now());
      if (event.type !== 'engine') return;
      screen.clear();
      note(
        output,
        styled(output, 'dim', fitted(printableLine(`Engine: ${event.description}`, 1000), sizeOf(output).columns - 1)),
      );
    },
    stop() {
      clearInterval(timer);
      state.phase = '';
      draw(true);
      screen.leave();
    },
  };
}

function sizeOf({ stderr }: Output): { columns: number; rows: number } {
  const { rows } = stderr as { rows?: number };
  return { columns: Math.max(10, stderr.columns || 80), rows: Math.max(4, rows || 24) };
}

/** What was drawn last, so that it can be drawn over. */
class Screen {
  readonly #output: Output;
  #drawn: number[] = [];
  #hidden = false;
  readonly #restore = () => this.#output.stderr.write(showCursor);

  constructor(output: Output) {
    this.#output = output;
  }

  /** Lines must fit the width. */
  draw(lines: readonly Line[]): void {
    if (lines.length === 0 && this.#drawn.length === 0) return;
    const text = lines
      .map((line) => `${line.dim ? styled(this.#output, 'dim', line.text) : line.text}\u001b[K\n`)
      .join('');
    this.#output.stderr.write(`${this.#hide()}${this.#back()}${text}\u001b[0J`);
    this.#drawn = lines.map((line) => columnsOf(line.text));
  }

  clear(): void {
    if (this.#drawn.length > 0) this.#output.stderr.write(`${this.#back()}\u001b[0J`);
    this.#drawn = [];
  }

  /** What is drawn stays. */
  leave(): void {
    this.#drawn = [];
    process.removeListener('exit', this.#restore);
    if (this.#hidden) this.#restore();
    this.#hidden = false;
  }

  #hide(): string {
    if (this.#hidden) return '';
    this.#hidden = true;
    process.once('exit', this.#restore);
    return hideCursor;
  }

  /** Back to the first line. A terminal that became narrower has broken the lines: they are more by then. */
  #back(): string {
    const { columns } = sizeOf(this.#output);
    const rows = this.#drawn.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0);
    return rows === 0 ? '' : `\u001b[${rows}A\r`;
  }
}

interface Look {
  columns: number;
  service: string;
  at: number;
  sign: string;
  /** Nothing runs any more. */
  final: boolean;
}

/** What to draw; no line is wider than the terminal less one column, which some terminals break at. */
export function linesOf(state: State, look: Look): Line[] {
  const width = look.columns - 1;
  const rows = [...state.rows.values()].sort((a, b) => a.build - b.build);
  const named = severalBuilders(state);
  const wide = look.columns >= wideColumns && rows.length > 1;
  const column = wide ? Math.floor((width - 3) / 2) : width;
  const blocks = rows.map((row) =>
    blockOf(row, named, look).map((line) => ({ ...line, text: fitted(line.text, column) })),
  );
  const lines: Line[] = look.service === '' ? [] : [{ text: fitted(look.service, width), dim: false }];
  for (let index = 0; index < blocks.length; index += wide ? 2 : 1) {
    const [left = [], right = []] = [blocks[index], wide ? blocks[index + 1] : undefined];
    for (let line = 0; line < Math.max(left.length, right.length); line += 1) {
      lines.push(beside(left[line], right[line], column));
    }
  }
  if (state.phase !== '') {
    const took = look.at - state.phaseAt >= longStepMs ? `  ${duration((look.at - state.phaseAt) / 1000)}` : '';
    lines.push({ text: fitted(`${look.sign} ${state.phase}${took}`, width), dim: false });
  }
  return lines;
}

function beside(left: Line | undefined, right: Line | undefined, column: number): Line {
  if (right === undefined) return left ?? { text: '', dim: false };
  const text = left?.text ?? '';
  const padding = ' '.repeat(Math.max(0, column - columnsOf(text)));
  return { text: `${text}${padding} │ ${right.text}`, dim: (left?.dim ?? true) && right.dim };
}

function blockOf(row: Row, named: boolean, { at, sign, final }: Look): Line[] {
  const on = named && row.builder !== '' ? ` ${row.builder}` : '';
  const head = `build ${row.build}${on}  ${elapsed(row, at)}`;
  if (row.seconds !== null) return [{ text: `◆ ${head}  done`, dim: false }];
  if (row.failed) return [{ text: `✘ ${head}  failed: ${row.step}`, dim: false }];
  if (final) return [{ text: `– ${head}  stopped: ${row.step}`, dim: false }];
  const first = {
    text: `${sign} ${head}  ${[position(row), row.step || 'starting'].filter(Boolean).join('  ')}`,
    dim: false,
  };
  const shown = row.output !== '' && at - row.stepAt >= longStepMs;
  return shown ? [first, { text: `  │ ${row.output}`, dim: true }] : [first];
}
