import fc from 'fast-check';
import { type DefaultTreeAdapterTypes, parse } from 'parse5';
import { describe, expect, it, vi } from 'vitest';
import { escaped, html, visible } from '../../../src/report/html/markup.ts';
import { comparisonPage, verificationPage } from '../../../src/report/html.ts';
import type { EnclaveFile, Verification } from '../../../src/verify/types.ts';
import { filled, filledVerified, hostile } from './hostile.ts';
import { bad, comparison, fiveCauses, good, verified } from './verifications.ts';

// On a busy machine many runs of a property take longer than the usual five seconds.
vi.setConfig({ testTimeout: 60_000 });

type Element = DefaultTreeAdapterTypes.Element;
const about = { version: '1.2.3', generated: null };
const pageOf = (verification: Verification) =>
  verificationPage([{ dir: 'services/api', verified: verified(verification) }], about);

/** All elements of a page, in order. */
function elementsOf(page: string): Element[] {
  const found: Element[] = [];
  const visit = (node: DefaultTreeAdapterTypes.Node) => {
    if ('tagName' in node) found.push(node);
    if ('childNodes' in node) node.childNodes.forEach(visit);
  };
  visit(parse(page));
  return found;
}

function textOf(node: DefaultTreeAdapterTypes.Node): string {
  if ('value' in node) return node.value;
  return 'childNodes' in node ? node.childNodes.map(textOf).join('') : '';
}

const attribute = (element: Element, name: string) => element.attrs.find((each) => each.name === name)?.value;
/** The text below a heading of this name. */
function section(page: string, title: string): string {
  const heading = elementsOf(page).find((each) => /^h[23]$/.test(each.tagName) && textOf(each).startsWith(title));
  return heading?.parentNode ? textOf(heading.parentNode) : '';
}

describe('the page of a verification', () => {
  it('loads nothing, runs nothing, and says so to the browser', () => {
    const elements = elementsOf(pageOf(bad));
    expect(elements.filter(({ tagName }) => /^(script|link|img|iframe|object|form|base)$/.test(tagName))).toEqual([]);
    expect(
      elements.flatMap(({ attrs }) => attrs.map(({ name }) => name)).filter((name) => /^(on|src)/.test(name)),
    ).toEqual([]);
    const policy = elements.find((each) => attribute(each, 'http-equiv') === 'Content-Security-Policy');
    expect(policy && attribute(policy, 'content')).toContain("default-src 'none'; style-src 'unsafe-inline'");
    expect(pageOf(bad)).not.toMatch(/url\(|@import/);
  });
  it.each([
    ['a success', pageOf(good)],
    ['a failure', pageOf(bad)],
    ['a comparison', comparisonPage(comparison, about)],
  ])('has landmarks, headings in order, captions, scopes, and a target for each link: %s', (_what, page) => {
    const elements = elementsOf(page);
    const named = (tag: string) => elements.filter(({ tagName }) => tagName === tag);
    for (const tag of ['header', 'nav', 'main', 'footer', 'h1', 'title']) expect(named(tag), tag).toHaveLength(1);
    const levels = elements.flatMap(({ tagName }) => /^h([1-6])$/.exec(tagName)?.[1] ?? []).map(Number);
    for (const [index, level] of levels.entries()) expect(level).toBeLessThanOrEqual((levels[index - 1] ?? 0) + 1);
    for (const table of named('table')) expect(table.childNodes.map(({ nodeName }) => nodeName)).toContain('caption');
    for (const cell of named('th')) expect(['row', 'col']).toContain(attribute(cell, 'scope'));
    const ids = elements.flatMap((each) => attribute(each, 'id') ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    for (const link of named('a')) {
      const target = attribute(link, 'href') ?? '';
      if (target.startsWith('#')) expect(ids).toContain(target.slice(1));
      else expect(target).toMatch(/^https:\/\//);
    }
  });
  it('keeps both claims apart, with the conditions of the second', () => {
    const text = section(pageOf({ ...good, imageIdentical: false }), 'Verdict');
    expect(text).toMatch(/Yes: The same enclave[\s\S]*Note: Not the same image, bit for bit[\s\S]*does not decide/);
    expect(text).toContain(good.imageConditions);
    expect(section(pageOf(good), 'Verdict')).toMatch(/Yes: The same enclave[\s\S]*Yes: The same image, bit for bit/);
  });
  it('shows each difference with place, cause, certainty, carrier, evidence, mend and change', () => {
    const text = section(pageOf(bad), 'Differences (5)');
    for (const { path, cause, evidence, mend, instruction, line, carrier, patch } of fiveCauses) {
      for (const part of [path, cause, evidence, mend, instruction, carrier, patch?.trimEnd()])
        expect(text).toContain(part ?? '');
      if (line !== undefined) expect(text).toContain(`line ${line}`);
      expect(text).toContain(`docs/causes.md#${cause}`);
    }
    expect(text).toMatch(/random, likely/);
    expect(text).toMatch(/umask, certain/);
  });
  it('says what stood in for StageX before the verdict', () => {
    const page = pageOf(bad);
    expect(page.indexOf('Built on stand-ins')).toBeGreaterThan(0);
    expect(page.indexOf('Built on stand-ins')).toBeLessThan(page.indexOf('<main'));
    expect(pageOf(good)).not.toContain('Built on stand-ins');
  });
  it('shows the builds, what was varied and held still, every step, start, memory, record, commit', () => {
    const page = pageOf(bad);
    expect(section(page, 'Builds')).toMatch(
      /3f2c9a7d[\s\S]*not committed[\s\S]*remote-amd64[\s\S]*not proved[\s\S]*Enclave differs/,
    );
    expect(section(page, 'Varied')).toMatch(/every RUN step began at least 3 s apart[\s\S]*calendar-day/);
    expect(section(page, 'Timeline')).toContain('RUN npm ci --ignore-scripts --no-audit --no-fund');
    expect(section(page, 'Start')).toMatch(/ECONNREFUSED[\s\S]*not enough/);
    expect(section(page, 'Against the record')).toContain('/app/server.js');
    expect(section(page, 'Findings')).toContain('Containerfile:2');
  });
  it('gives no resident memory of a service that was not started', () => {
    const memory = { treeBytes: 1, residentBytes: 0, suggestedMb: 512, configuredMb: 512, enough: true };
    expect(section(pageOf({ ...good, start: null, memory }), 'Start')).toContain(
      'Resident memory of the servicenot measured',
    );
  });
  it('says under --strict what is not proved, in its title', () => {
    const services = [{ dir: '.', verified: verified({ ...good, imageIdentical: false }) }];
    expect(verificationPage(services, about)).toContain('Reproducible: the same enclave every time</h1>');
    expect(verificationPage(services, { ...about, strict: true })).toContain(
      'not all that --strict asks for is proved</h1>',
    );
  });
  it('is the same for the same input', () => expect(pageOf(bad)).toBe(pageOf(structuredClone(bad))));
  it('shows several services on one page', () => {
    const services = [good, bad].map((each, index) => ({ dir: `services/s${index}`, verified: verified(each) }));
    const page = verificationPage(services, about);
    expect(textOf(elementsOf(page).find(({ tagName }) => tagName === 'h1') as Element)).toContain(
      '1 of 2 services verified',
    );
    const ids = elementsOf(page).flatMap((each) => attribute(each, 'id') ?? []);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('the files of the enclave', () => {
  const file = (path: string, size: number): EnclaveFile => {
    return { path, type: 'file', executable: false, size, sha256: '', link: '' };
  };
  const files = (list: EnclaveFile[]) =>
    section(
      verificationPage([{ dir: '.', verified: { ...verified(good), files: list } }], about),
      'Files of the enclave',
    );

  it('are listed by size, with the small ones of many as sums', () => {
    const text = files(Array.from({ length: 1000 }, (_, index) => file(`/data/f${index}`, 1000 * (index + 1))));
    expect(text).toMatch(/f999[\s\S]*f998/);
    expect(text).not.toContain('f100 ');
    expect(text).toContain('801 more');
  });
  it('are shown though there be a hundred thousand, or one in ten thousand folders', () => {
    const deep = `/${'d/'.repeat(10_000)}x`;
    expect(files([file(deep, 10)])).toContain('1 name');
    const many = files(Array.from({ length: 100_000 }, (_, index) => file(`/${index % 300}/${index}`, index)));
    expect(many).toContain('100000 names');
    expect(many.length).toBeLessThan(100_000);
  });
});

describe('texts from outside', () => {
  const shape = (page: string) =>
    elementsOf(page).map(({ tagName, attrs }) => `${tagName} ${attrs.map(({ name }) => name).join(' ')}`);
  it('bring no element and no attribute of their own, wherever they stand', () => {
    const page = (text: string) =>
      verificationPage([{ dir: text, verified: filledVerified(text) }], { version: text, generated: text });
    const plain = shape(page('word'));
    fc.assert(
      fc.property(hostile(), (text) => {
        expect(shape(page(text))).toEqual(plain);
      }),
      { numRuns: 1000 },
    );
  });
  it('bring nothing to the page of a comparison', () => {
    const page = (text: string) => {
      const image = { name: text, manifest: text, enclaveSha256: text };
      return comparisonPage({ ...comparison, ...filled(text), images: [image, image] }, about);
    };
    const plain = shape(page('word'));
    fc.assert(
      fc.property(hostile(), (text) => {
        expect(shape(page(text))).toEqual(plain);
      }),
      { numRuns: 100 },
    );
  });
  it('can be read as they were, less what hides or reorders', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const [element] = elementsOf(html`<b title="${text}">${text}</b>`.text).filter(
          ({ tagName }) => tagName === 'b',
        );
        expect(element && attribute(element, 'title')).toBe(visible(text));
        expect(element && textOf(element)).toBe(visible(text));
        // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
        expect(escaped(text)).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]/);
      }),
    );
    expect(visible('a\u202eb\u0000')).toBe('a\\u202eb\\u0000');
  });
  it('never become a link that is not https', () => {
    const finding = { id: 'x', level: 'note', message: '', why: '', mend: '' } as const;
    const hrefs = ['javascript:alert(1)', 'http://example.com', 'https://example.com/a b'].map((source) =>
      section(pageOf({ ...good, findings: [{ ...finding, source }] }), 'Findings'),
    );
    for (const text of hrefs) expect(text).not.toContain('Source of the rule');
    expect(
      section(pageOf({ ...good, findings: [{ ...finding, source: 'https://example.com/a' }] }), 'Findings'),
    ).toContain('Source of the rule');
  });
});
