import type { Difference } from '../../verify/types.ts';
import { meaningOf } from './causes.ts';
import { cut, html, idOf, type Markup } from './markup.ts';

/** More would make a page that no browser likes; the JSON has them all. */
const shownDifferences = 300;
const openDifferences = 10;

/** How sure the cause is, in words. */
function certainty({ certain }: Difference): string {
  return certain ? 'certain' : 'likely';
}

/**
 * The differences: how many of which cause, then each with its explanation.
 * @param service a number that keeps the page's anchors apart.
 */
export function differenceList(differences: readonly Difference[], service: number, what = 'difference'): Markup {
  if (differences.length === 0) return html`<p>No path differs.</p>`;
  const shown = differences.slice(0, shownDifferences);
  const more = differences.length - shown.length;
  const byCount = byCause(differences);
  const id = idOf(what, service);
  return html`<div class="scroll" role="group" aria-label="Causes and how often" tabindex="0"><table class="causes">
<caption>Causes</caption>
<thead><tr><th scope="col">Cause</th><th scope="col" class="number">Paths</th><th scope="col" class="number">Certain</th><th scope="col">What it means</th></tr></thead>
<tbody>${byCount.map(
    ([cause, of]) =>
      html`<tr><th scope="row"><code>${cut(cause, 80)}</code></th><td class="number">${of.length}</td><td class="number">${of.filter(({ certain }) => certain).length}</td><td>${meaningOf(cause)} <span class="small">docs/causes.md#${cut(cause, 80)}</span></td></tr>`,
  )}</tbody></table></div>
${shown.map((difference, index) => one(difference, `${id}-${index + 1}`, index < openDifferences))}
${more > 0 && html`<p>and ${more} more: <code>--json</code> lists them all.</p>`}`;
}

/** The differences of each cause, the most frequent first. */
function byCause(differences: readonly Difference[]): [string, Difference[]][] {
  const causes = new Map<string, Difference[]>();
  for (const difference of differences) {
    const of = causes.get(difference.cause) ?? [];
    of.push(difference);
    causes.set(difference.cause, of);
  }
  return [...causes].sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1));
}

function one(difference: Difference, id: string, open: boolean): Markup {
  const { path, inEnclave, cause, evidence, mend, patch } = difference;
  return html`<details class="difference" id="${id}"${open && html` open`}>
<summary><code class="path">${cut(path, 600)}</code> <span class="tags"><span class="tag cause">${cut(cause, 80)}</span> ${cause !== 'unknown' && html`<span class="tag">${certainty(difference)}</span> `}<span class="tag${inEnclave && ' bad'}">${inEnclave ? 'measured' : 'not measured'}</span></span></summary>
<dl>
${place(difference)}
<dt>Cause</dt><dd><strong>${cut(cause, 80)}</strong>${cause !== 'unknown' && `, ${certainty(difference)}`}${difference.carrier && html`, shows in: ${cut(difference.carrier, 80)}`}. ${meaningOf(cause)}</dd>
<dt>Evidence</dt><dd class="text">${cut(evidence, 4000)}</dd>
${mend !== '' && html`<dt>Mend</dt><dd class="text">${cut(mend, 2000)}${patch !== undefined && patch !== '' && patchOf(patch)}</dd>`}
</dl></details>`;
}

function place({ stage, instruction, line }: Difference): Markup | null {
  if (instruction === undefined) return null;
  const where = [line === undefined ? null : `line ${line}`, stage === undefined ? null : `stage ${cut(stage, 100)}`];
  return html`<dt>Brought in by</dt><dd><code class="text">${cut(instruction, 1000)}</code> <span class="small">${where.filter(Boolean).join(', ')}</span></dd>`;
}

function patchOf(patch: string): Markup {
  const lines = cut(patch, 6000).trimEnd().split('\n');
  return html`<pre class="patch" tabindex="0" aria-label="Change of the Containerfile">${lines.map((line) => {
    const kind = /^\+(?!\+\+)/.test(line) ? 'added' : /^-(?!--)/.test(line) ? 'removed' : '';
    return html`<span class="${kind}">${line}</span>
`;
  })}</pre>`;
}
