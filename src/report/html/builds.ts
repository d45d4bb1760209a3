import { duration, megabytes } from '../../output.ts';
import type { Comparison, Verification } from '../../verify/types.ts';
import { cut, html, type Markup } from './markup.ts';
import { digest } from './verdict.ts';

interface Row {
  label: string;
  cells: readonly Markup[];
  /** What is to be the same on every side, compared as text. */
  same?: readonly string[];
}

/** Sides in columns, properties in rows; a property that should be the same, and is not, is marked in words too. */
function sideBySide(caption: string, sides: readonly string[], rows: readonly Row[]): Markup {
  const body = rows.map(({ label, cells, same }) => {
    const differs = same !== undefined && new Set(same).size > 1;
    return html`<tr${differs && html` class="differs"`}><th scope="row">${label}${differs && html` <span class="tag bad">differs</span>`}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`;
  });
  return html`<div class="scroll" role="group" aria-label="${caption}" tabindex="0"><table class="sides">
<caption>${caption}</caption>
<thead><tr><td></td>${sides.map((side) => html`<th scope="col">${side}</th>`)}</tr></thead>
<tbody>${body}</tbody></table></div>`;
}

/** The builds next to each other. */
export function buildsTable({ builds }: Verification): Markup {
  const row = (label: string, show: (build: (typeof builds)[number]) => Markup): Row => {
    return { label, cells: builds.map(show) };
  };
  return sideBySide(
    'The builds side by side',
    builds.map((_, index) => `Build ${index + 1}`),
    [
      row('Engine', ({ engine }) => html`${engine}`),
      row('Builder', ({ builder }) => html`<code>${cut(builder, 200)}</code>`),
      row('Version', ({ version }) => html`${cut(version, 300)}`),
      row('Time', ({ seconds }) => html`${duration(seconds)}`),
      row('Steps', ({ stepsRun, stepsCached }) => html`${stepsRun} run, ${stepsCached} from a cache`),
      row('Execution', ({ executionProved }) =>
        executionProved ? html`<span class="yes">✔ proved</span>` : html`<span class="no">! not proved</span>`,
      ),
      {
        label: 'Enclave',
        cells: builds.map(({ enclaveSha256 }) => digest(`sha256:${enclaveSha256}`)),
        same: builds.map(({ enclaveSha256 }) => enclaveSha256),
      },
      {
        label: 'Manifest',
        cells: builds.map(({ manifest }) => digest(manifest)),
        same: builds.map(({ manifest }) => manifest),
      },
    ],
  );
}

/** Two images next to each other. */
export function imagesTable({ images }: Comparison): Markup {
  return sideBySide(
    'The images side by side',
    ['Image A', 'Image B'],
    [
      { label: 'Name', cells: images.map(({ name }) => html`<code>${cut(name, 500)}</code>`) },
      {
        label: 'Enclave',
        cells: images.map(({ enclaveSha256 }) => digest(`sha256:${enclaveSha256}`)),
        same: images.map(({ enclaveSha256 }) => enclaveSha256),
      },
      {
        label: 'Manifest',
        cells: images.map(({ manifest }) => digest(manifest)),
        same: images.map(({ manifest }) => manifest),
      },
    ],
  );
}

/** Commit, and whether what was built is what it holds. */
export function sourceLine({ commit, dirty }: Verification): Markup {
  const what = commit === null ? html`no commit` : html`commit <code>${commit}</code>`;
  return html`<p>Source: ${what}${dirty && html` <span class="tag warn">with changes that are not committed</span>`}</p>`;
}

const names: Readonly<Record<string, string>> = {
  path: 'Path of the checkout',
  hostname: 'Host name',
  umask: 'Umask',
  mtime: 'File times',
  time: 'Clock',
  builder: 'Builder',
  kernel: 'Kernel',
  'cache-bust': 'CACHEBUST argument',
  'directory-order': 'Order of folders',
};

/** What the builds did not have in common, and what they did. */
export function conditions({ varied, heldStill }: Verification): Markup {
  const rows = varied.map(
    ({ what, how }) => html`<tr><th scope="row">${names[what] ?? what}</th><td>${cut(how, 1000)}</td></tr>`,
  );
  return html`${
    varied.length === 0
      ? html`<p>Nothing was varied between the builds.</p>`
      : html`<div class="scroll" role="group" aria-label="What was varied between the builds" tabindex="0"><table>
<caption>Varied between the builds</caption>
<thead><tr><th scope="col">What</th><th scope="col">How</th></tr></thead><tbody>${rows}</tbody></table></div>`
  }
${
  heldStill.length > 0 &&
  html`<p>Held still, so nothing is shown about it: a build that depends on one of these may still differ elsewhere.</p>
<ul class="chips">${heldStill.map((what) => html`<li>${cut(what, 100)}</li>`)}</ul>`
}`;
}

/** What the digest is of, and what it leaves out. */
export function enclaveFacts({ enclave }: Pick<Verification, 'enclave'>): Markup | null {
  if (enclave === null) return null;
  const { format, files, treeBytes, replaced } = enclave;
  return html`<p>${files} files, ${megabytes(treeBytes)}; digest format ${format}.</p>
${
  replaced.length > 0 &&
  html`<details><summary>${replaced.length} ${replaced.length === 1 ? 'path' : 'paths'} of the image not measured: Caution, or the export, replaces them</summary>
<ul class="paths">${replaced.slice(0, 200).map((path) => html`<li><code>${cut(path, 500)}</code></li>`)}</ul>${replaced.length > 200 && html`<p>and ${replaced.length - 200} more</p>`}</details>`
}`;
}
