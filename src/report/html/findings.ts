import type { Finding } from '../../app.ts';
import { duration, megabytes } from '../../output.ts';
import type { Verification } from '../../verify/types.ts';
import { cut, html, type Markup } from './markup.ts';

const shownFindings = 300;
const levels: Record<Finding['level'], { name: string; kind: string }> = {
  error: { name: 'Error', kind: 'bad' },
  warning: { name: 'Warning', kind: 'warn' },
  note: { name: 'Note', kind: '' },
};
const order = ['error', 'warning', 'note'];

/** What looks risky though it did not differ, the worst first. */
export function findingList(findings: readonly Finding[]): Markup {
  if (findings.length === 0) return html`<p>There are none.</p>`;
  const sorted = [...findings].sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
  return html`<ul class="findings">${sorted.slice(0, shownFindings).map(one)}</ul>${
    sorted.length > shownFindings && html`<p>and ${sorted.length - shownFindings} more.</p>`
  }`;
}

function one({ id, level, path, line, message, why, source, mend }: Finding): Markup {
  const { name, kind } = levels[level];
  const at = path === undefined ? null : `${cut(path, 500)}${line === undefined ? '' : `:${line}`}`;
  return html`<li class="finding ${level}"><p><span class="tag ${kind}">${name}</span> <strong>${cut(message, 1000)}</strong></p>
<p class="small">${at !== null && html`<code>${at}</code> · `}<code>${cut(id, 100)}</code></p>
<p>${cut(why, 2000)}${source !== undefined && /^https:\/\/[^\s]+$/.test(source) && html` <a href="${source}" rel="noopener noreferrer">Source of the rule</a>`}</p>
<p><span class="label">Mend:</span> ${cut(mend, 2000)}</p></li>`;
}

/** How the service started, and the memory that its enclave needs. */
export function startAndMemory({ start, memory }: Verification): Markup {
  return html`${start === null ? html`<p>The service was not started.</p>` : startFacts(start)}${memory && memoryTable(memory)}`;
}

function startFacts({ started, listening, http, needs, seconds, log }: NonNullable<Verification['start']>): Markup {
  return html`<dl class="facts">
<dt>Started</dt><dd>${started ? html`<span class="yes">✔ yes</span>, after ${duration(seconds)}` : html`<span class="no">✘ no</span>, given up after ${duration(seconds)}`}</dd>
<dt>Listens on</dt><dd>${listening.length === 0 ? 'no port' : listening.join(', ')}</dd>
${http && html`<dt>Answer</dt><dd><code>GET ${cut(http.path, 200)}</code> gave ${http.status}</dd>`}
</dl>
${needs.length > 0 && html`<p>What the enclave has, and this start had not:</p><ul>${needs.slice(0, 100).map((need) => html`<li>${cut(need, 1000)}</li>`)}</ul>`}
${log.trim() !== '' && html`<details${!started && html` open`}><summary>Last output of the service</summary><pre tabindex="0" aria-label="Last output of the service">${cut(log.trimEnd(), 20_000)}</pre></details>`}`;
}

function memoryTable({
  treeBytes,
  residentBytes,
  suggestedMb,
  configuredMb,
  enough,
}: NonNullable<Verification['memory']>): Markup {
  const row = (name: string, value: string) =>
    html`<tr><th scope="row">${name}</th><td class="number">${value}</td></tr>`;
  return html`<table class="narrow"><caption>Memory${enough ? '' : ': too little'}</caption>
<tbody>${row('Files of the enclave', megabytes(treeBytes))}${row('Resident memory of the service', residentBytes === 0 ? 'not measured' : megabytes(residentBytes))}${row('Suggested for the enclave', `${suggestedMb} MiB`)}${row(`Configured${enough ? '' : ' (not enough)'}`, `${configuredMb} MiB`)}</tbody></table>`;
}
