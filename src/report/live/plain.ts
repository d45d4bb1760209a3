import { duration, note, type Output, printableLine } from '../../output.ts';
import type { VerifyEvent } from '../../verify/types.ts';
import type { Live } from '../live.ts';
import { elapsed, emptyState, fold, position, type State, severalBuilders } from './state.ts';

/** After so much silence a line says that something still goes on: logs that stand still look dead. */
const silenceMs = 30_000;

/**
 * Each step is a line of its own, with its build before it; nothing moves the cursor.
 * @param service named before each line; `''` for none.
 */
export function plainDisplay(output: Output, service: string, now: () => number): Live {
  const state = emptyState();
  let saidAt = now();
  const say = (text: string) => {
    saidAt = now();
    note(output, `${service === '' ? '' : `${service}: `}${text}`);
  };
  const timer = setInterval(() => {
    if (now() - saidAt < silenceMs) return;
    for (const line of stillRunning(state, now())) say(line);
  }, 1000);
  timer.unref();
  return {
    onEvent(event) {
      fold(state, event, now());
      const line = lineOf(state, event);
      if (line !== null) say(line);
    },
    stop: () => clearInterval(timer),
  };
}

function lineOf(state: State, event: VerifyEvent): string | null {
  if (event.type === 'engine') return printableLine(`Engine: ${event.description}`, 300);
  if (event.type === 'phase') return state.phase;
  const row = state.rows.get(event.build);
  if (!row || event.type === 'output') return null;
  if (event.type === 'build-start') {
    const on = severalBuilders(state) || (event.of > 1 && row.builder !== '') ? ` on ${row.builder}` : '';
    return `[${event.build}] Build ${event.build} of ${Math.max(event.of, event.build)}${on}`;
  }
  if (event.type === 'build-done') return `[${event.build}] done in ${duration(event.seconds)}`;
  const at = duration(Math.max(0, event.at - row.startedAt) / 1000).padStart(8);
  const name = printableLine(event.name, 100);
  if (event.state === 'error') return `[${event.build}] ${at}  failed: ${name}`;
  return event.state === 'start' ? `[${event.build}] ${at}  ${position(row).padStart(5)}  ${name}` : null;
}

function stillRunning(state: State, at: number): string[] {
  const running = [...state.rows.values()].filter(({ seconds, failed }) => seconds === null && !failed);
  const builds = running.map((row) => {
    const doing = row.step === '' ? 'starting' : row.step.slice(0, 80);
    const last = row.output === '' ? '' : `, last said: ${row.output.slice(0, 120)}`;
    return `[${row.build}] ${elapsed(row, at).padStart(8)}  still running: ${doing}${last}`;
  });
  if (state.phase === '') return builds;
  return [...builds, `${state.phase}, still running after ${duration((at - state.phaseAt) / 1000)}`];
}
