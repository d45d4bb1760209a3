import { duration, note, type Output, printableLine, styled } from '../output.ts';
import type { VerifyEvent } from '../verify/types.ts';

/** What is shown of one build while it runs. */
interface Row {
  startedAt: number;
  seconds: number | null;
  step: string;
}

/** The display of a running verification: told every event, and stopped at the end whatever happens. */
export interface Live {
  onEvent(event: VerifyEvent): void;
  stop(): void;
}

/** In a terminal two lines are kept up to date; elsewhere each step is a line of its own. */
export function liveDisplay(output: Output, now: () => number = Date.now): Live {
  return output.stderr.isTTY ? redrawn(output, now) : lines(output);
}

function lines(output: Output): Live {
  let began = 0;
  return {
    onEvent(event) {
      if (event.type === 'engine' || event.type === 'phase') {
        note(output, printableLine(event.type === 'engine' ? `Engine: ${event.description}` : event.text));
      } else if (event.type === 'build-start') {
        began = event.at;
        note(output, `Build ${event.build} of ${event.of}`);
      } else if (event.type === 'step' && event.state === 'start') {
        note(output, `  ${duration((event.at - began) / 1000).padStart(10)}  ${printableLine(event.name, 100)}`);
      } else if (event.type === 'build-done') {
        note(output, `Build ${event.build} done in ${duration(event.seconds)}`);
      }
    },
    stop: () => undefined,
  };
}

const frames = ['◒', '◐', '◓', '◑'];

function redrawn(output: Output, now: () => number): Live {
  const rows = new Map<number, Row>();
  let phase = '';
  let drawn = 0;
  let frame = 0;

  const render = () => {
    const width = Math.max(20, (output.stderr.columns ?? 80) - 1);
    const text = [...rows].map(([build, row]) => rowText(build, row, now(), frames[frame % frames.length] ?? ''));
    if (phase !== '') text.push(`${frames[frame % frames.length]} ${phase}`);
    clear();
    for (const line of text) output.stderr.write(`${printableLine(line, width)}\n`);
    drawn = text.length;
    frame += 1;
  };
  const clear = () => {
    if (drawn > 0) output.stderr.write(`\u001b[${drawn}A\u001b[0J`);
    drawn = 0;
  };
  const timer = setInterval(render, 120);
  timer.unref();

  return {
    onEvent(event) {
      if (event.type === 'engine') {
        clear();
        note(output, styled(output, 'dim', printableLine(`Engine: ${event.description}`)));
      } else if (event.type === 'phase') {
        phase = event.text;
      } else if (event.type === 'build-start') {
        rows.set(event.build, { startedAt: event.at, seconds: null, step: 'starting' });
        phase = '';
      } else if (event.type === 'step' && event.state === 'start') {
        const row = rows.get(event.build);
        if (row) row.step = event.name;
      } else if (event.type === 'build-done') {
        const row = rows.get(event.build);
        if (row) row.seconds = event.seconds;
      }
    },
    stop() {
      clearInterval(timer);
      phase = '';
      if (rows.size > 0 || drawn > 0) render();
      drawn = 0;
    },
  };
}

function rowText(build: number, row: Row, at: number, frame: string): string {
  if (row.seconds !== null) return `◆ build ${build}  ${duration(row.seconds)}  done`;
  return `${frame} build ${build}  ${duration((at - row.startedAt) / 1000)}  ${row.step}`;
}
