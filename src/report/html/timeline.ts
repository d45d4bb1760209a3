import { duration } from '../../output.ts';
import type { StepTime } from '../../verify/types.ts';
import { cut, html, type Markup } from './markup.ts';

const shownSteps = 100;

/** One instruction of the Containerfile, as it went in each build. */
interface Lane {
  stage: string;
  line: number;
  instruction: string;
  times: StepTime[];
}

function lanesOf(steps: readonly StepTime[]): Lane[] {
  const lanes = new Map<string, Lane>();
  for (const step of steps) {
    const key = JSON.stringify([step.stage, step.line, step.instruction]);
    const lane = lanes.get(key) ?? {
      stage: step.stage,
      line: step.line,
      instruction: step.instruction,
      times: [],
    };
    lane.times.push(step);
    lanes.set(key, lane);
  }
  return [...lanes.values()];
}

/** The span of all steps; null when the engine gave no times. */
function spanOf(steps: readonly StepTime[]): { began: number; ended: number } | null {
  const times = steps.flatMap(({ started, completed }) => [started, completed]).filter((time) => time !== null);
  if (times.length === 0) return null;
  return times.reduce((span, time) => ({ began: Math.min(span.began, time), ended: Math.max(span.ended, time) }), {
    began: Number.POSITIVE_INFINITY,
    ended: Number.NEGATIVE_INFINITY,
  });
}

const states: Record<StepTime['state'], string> = { ran: 'ran', cached: 'from a cache', unproved: 'not proved' };

/** Every step of every build on one axis, and the same as a table. */
export function timeline(steps: readonly StepTime[]): Markup {
  const span = spanOf(steps);
  if (span === null) return html`<p>The engine reported no times of single steps.</p>`;
  const length = Math.max(1, span.ended - span.began);
  const lanes = lanesOf(steps);
  const shown = lanes.slice(0, shownSteps);
  const builds = [...new Set(steps.map(({ build }) => build))].sort((a, b) => a - b);
  const ticks = ticksOf(length / 1000);
  return html`<ul class="legend" aria-hidden="true">${builds.map((build) => html`<li><span class="key b${((build - 1) % 4) + 1}"></span>Build ${build}</li>`)}</ul>
<div class="timeline" aria-hidden="true">
${shown.map((lane) => laneOf(lane, builds, span.began, length))}
<div class="lane axis"><div class="lane-name"></div><div class="bars">${ticks.map((at) => html`<span class="tick" style="left:${percent((at * 1000) / length)}%">${at} s</span>`)}</div></div>
</div>
${lanes.length > shownSteps && html`<p>The first ${shownSteps} of ${lanes.length} steps are drawn.</p>`}
${stepTable(shown, span.began)}`;
}

function laneOf({ stage, line, instruction, times }: Lane, builds: number[], began: number, length: number): Markup {
  const bars = builds.map((build) => {
    const drawn = times.filter((time) => time.build === build);
    return html`<div class="track">${drawn.map(({ started, completed, state }) => {
      if (started === null) return null;
      const width = Math.max(0, (completed ?? started) - started) / length;
      return html`<span class="bar b${((build - 1) % 4) + 1} ${state}" style="left:${percent((started - began) / length)}%;width:${percent(width)}%"></span>`;
    })}</div>`;
  });
  return html`<div class="lane"><div class="lane-name"><span class="stage">${cut(stage, 40)}:${line}</span> <code>${cut(instruction, 120)}</code></div><div class="bars">${bars}</div></div>
`;
}

function stepTable(lanes: readonly Lane[], began: number): Markup {
  const rows = lanes.flatMap(({ stage, line, instruction, times }) =>
    times.map(({ build, started, completed, state }) => {
      const start = started === null ? '–' : `${((started - began) / 1000).toFixed(1)} s`;
      const took =
        started === null || completed === null
          ? '–'
          : duration(Math.max(0, Math.round((completed - started) / 100) / 10));
      return html`<tr><td>${build}</td><td>${cut(stage, 60)}</td><td class="number">${line}</td><td><code>${cut(instruction, 200)}</code></td><td class="number">${start}</td><td class="number">${took}</td><td>${states[state]}</td></tr>`;
    }),
  );
  return html`<details><summary>The timeline as a table</summary>
<div class="scroll" role="group" aria-label="Steps of the builds" tabindex="0"><table>
<caption>Steps of the builds, by the engine’s clock, from the first step on</caption>
<thead><tr><th scope="col">Build</th><th scope="col">Stage</th><th scope="col" class="number">Line</th><th scope="col">Instruction</th><th scope="col" class="number">Began</th><th scope="col" class="number">Took</th><th scope="col">State</th></tr></thead>
<tbody>${rows}</tbody></table></div></details>`;
}

function percent(part: number): string {
  return (Math.min(1, Math.max(0, part)) * 100).toFixed(2);
}

/** Three to six round marks. @param seconds the length of the axis */
function ticksOf(seconds: number): number[] {
  const rough = seconds / 4;
  const power = 10 ** Math.floor(Math.log10(Math.max(rough, 0.001)));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  return Array.from({ length: Math.floor(seconds / step) + 1 }, (_, index) => Number((index * step).toPrecision(6)));
}
