import type { Comparison, Verification, Verified } from '../verify/types.ts';
import { buildsTable, conditions, enclaveFacts, imagesTable, sourceLine } from './html/builds.ts';
import { differenceList } from './html/differences.ts';
import { fileTree } from './html/files.ts';
import { findingList, startAndMemory } from './html/findings.ts';
import { cut, html, type Markup } from './html/markup.ts';
import { type About, page } from './html/page.ts';
import { timeline } from './html/timeline.ts';
import { comparisonVerdict, verificationVerdict } from './html/verdict.ts';
import { passed } from './terminal.ts';

interface Section {
  /** Unique on the page. */
  id: string;
  title: string;
  body: Markup;
}

/**
 * A page about verifications: self-contained, without scripts, the same for the same input.
 * @param services each with the folder as the user named it.
 * @param about `generated`: when, as text; null leaves it out.
 * @returns an HTML document.
 */
export function verificationPage(services: readonly { dir: string; verified: Verified }[], about: About): string {
  const several = services.length > 1;
  const good = services.filter(({ verified }) => passed(verified.verification, about.strict)).length;
  const all = services.map(({ dir, verified }, index) => ({
    dir,
    verified,
    sections: sectionsOf(verified, index + 1),
  }));
  const [only] = all;
  const title = several
    ? `${good} of ${services.length} services verified`
    : only
      ? titleOf(only.verified.verification, about.strict)
      : 'Nothing was verified';
  return page({
    title,
    kind: several ? 'Verification' : `Verification of ${cut(only?.dir ?? '', 200)}`,
    good: services.length > 0 && good === services.length,
    about,
    banner: standInBanner(services.map(({ verified }) => verified.verification)),
    navigation: several
      ? all.map(({ dir }, index) => ({ id: `service-${index + 1}`, title: dir }))
      : (only?.sections ?? []),
    body: several
      ? html`${all.map(
          ({ dir, verified, sections }, index) =>
            html`<section class="service"><h2 id="service-${index + 1}">${cut(dir, 300)}: ${titleOf(verified.verification, about.strict)}</h2>${sections.map((section) => sectionOf(section, 3))}</section>`,
        )}`
      : html`${only?.sections.map((section) => sectionOf(section, 2))}`,
  });
}

/**
 * A page about two images held against each other, as `verificationPage`.
 * @returns an HTML document.
 */
export function comparisonPage(comparison: Comparison, about: About): string {
  const sections: Section[] = [
    { id: 'verdict', title: 'Verdict', body: comparisonVerdict(comparison) },
    { id: 'images', title: 'Images', body: html`${imagesTable(comparison)}${enclaveFacts(comparison)}` },
    ...differences(comparison.differences, 1),
    { id: 'findings', title: 'Findings', body: findingList(comparison.findings) },
  ];
  return page({
    title: comparison.reproducible ? 'The same enclave in both images' : 'The images are not the same enclave',
    kind: 'Comparison of two images',
    good: comparison.reproducible,
    about,
    banner: null,
    navigation: sections,
    body: html`${sections.map((section) => sectionOf(section, 2))}`,
  });
}

function titleOf(verification: Verification, strict = false): string {
  if (!verification.reproducible) return 'Not reproducible';
  if (passed(verification, strict)) return 'Reproducible: the same enclave every time';
  if (passed(verification)) return 'Reproducible, but not all that --strict asks for is proved';
  if (verification.expected?.matches === false) return 'Reproducible, but not the enclave of the record';
  if (verification.start?.started === false) return 'Reproducible, but the service does not start';
  return 'Reproducible, but Caution refuses the image';
}

function sectionOf({ id, title, body }: Section, level: 2 | 3): Markup {
  const heading = level === 2 ? html`<h2 id="${id}">${title}</h2>` : html`<h3 id="${id}">${title}</h3>`;
  return html`<section>${heading}${body}</section>
`;
}

function differences(list: Verification['differences'], service: number): Section[] {
  if (list.length === 0) return [];
  return [
    {
      id: service === 1 ? 'differences' : `differences-${service}`,
      title: `Differences (${list.length})`,
      body: differenceList(list, service),
    },
  ];
}

function sectionsOf({ verification, steps, files, diffIds }: Verified, service: number): Section[] {
  const id = (name: string) => (service === 1 ? name : `${name}-${service}`);
  const { expected } = verification;
  return [
    { id: id('verdict'), title: 'Verdict', body: verificationVerdict(verification) },
    ...differences(verification.differences, service),
    ...(expected !== null && !expected.matches
      ? [
          {
            id: id('record'),
            title: 'Against the record',
            body: differenceList(expected.differences, service, 'expected'),
          },
        ]
      : []),
    {
      id: id('builds'),
      title: 'Builds',
      body: html`${sourceLine(verification)}${buildsTable(verification)}`,
    },
    { id: id('varied'), title: 'Varied and held still', body: conditions(verification) },
    { id: id('timeline'), title: 'Timeline', body: timeline(steps) },
    { id: id('start'), title: 'Start and memory', body: startAndMemory(verification) },
    {
      id: id('findings'),
      title: `Findings (${verification.findings.length})`,
      body: findingList(verification.findings),
    },
    {
      id: id('files'),
      title: 'Files of the enclave',
      body: html`${enclaveFacts(verification)}${!verification.reproducible && html`<p>As in build 1.</p>`}${fileTree(files)}${layers(diffIds)}`,
    },
  ];
}

function layers(diffIds: readonly string[]): Markup | null {
  if (diffIds.length === 0) return null;
  return html`<details><summary>Layers of build 1, uncompressed (${diffIds.length})</summary><ol class="paths">${diffIds.slice(0, 200).map((each) => html`<li><code class="digest">${cut(each, 200)}</code></li>`)}</ol></details>`;
}

/** What was not StageX's own, said before the verdict: the digests are then not those that Caution measures. */
function standInBanner(verifications: readonly Verification[]): Markup | null {
  const all = [...new Set(verifications.flatMap(({ standIns }) => standIns))];
  if (all.length === 0) return null;
  return html`<aside class="banner" aria-label="Stand-ins"><p><strong>Built on stand-ins, not on the StageX images that the Containerfile names.</strong> The digests on this page are not those that Caution will measure.</p>
<details><summary>${all.length} ${all.length === 1 ? 'image' : 'images'} replaced</summary><ul class="paths">${all.slice(0, 200).map((each) => html`<li><code>${cut(each, 500)}</code></li>`)}</ul></details></aside>`;
}
