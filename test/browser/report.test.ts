import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { comparisonPage, verificationPage } from '../../src/report/html.ts';
import type { Verification } from '../../src/verify/types.ts';
import { filledVerified } from '../unit/report/hostile.ts';
import { bad, comparison, good, verified } from '../unit/report/verifications.ts';
import { findChromium } from './chromium.mjs';

const about = { version: '0.1.0', generated: '2026-11-24 08:02 UTC' };
const service = (verification: Verification, dir = 'services/api') => ({ dir, verified: verified(verification) });
const hostileText = '<script>alert(1)</script>"><img src=https://example.com/x onerror=alert(2)>\u202e';
const pages = {
  pass: verificationPage([service(good)], about),
  'fail-five-causes': verificationPage([service(bad)], about),
  'two-services': verificationPage([service(good), service(bad, 'services/web')], about),
  compare: comparisonPage(comparison, about),
  hostile: verificationPage([{ dir: hostileText, verified: filledVerified(hostileText) }], about),
};
const names = Object.keys(pages) as (keyof typeof pages)[];
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
/** Where to keep pictures for a person to look at; nowhere unless it is asked for. */
const shots = process.env.REPORT_SHOTS;

let browser: Browser;
beforeAll(async () => {
  const executablePath = await findChromium({ log: (line) => process.stderr.write(`${line}\n`) });
  browser = await chromium.launch({ executablePath });
}, 300_000);
afterAll(() => browser?.close());

interface Opened {
  page: Page;
  /** What the page asked for, said, or failed in. */
  complaints: string[];
}

interface Look {
  width: number;
  scheme: 'light' | 'dark';
}

/** Opens a page as a file would be: the browser sees one address, which is answered, and any other is a complaint. */
async function open(name: keyof typeof pages, { width, scheme }: Look, scripts = false): Promise<Opened> {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: scheme,
    bypassCSP: scripts,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  const own = 'https://report.invalid/';
  await context.route('**', async (route) => {
    if (route.request().url() === own)
      return route.fulfill({ body: pages[name], contentType: 'text/html; charset=utf-8' });
    complaints.push(`asked for ${route.request().url()}`);
    return route.abort();
  });
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    return dialog.dismiss();
  });
  await page.goto(own);
  return { page, complaints };
}

const looks: Look[] = [
  { width: 360, scheme: 'light' },
  { width: 1400, scheme: 'light' },
  { width: 1400, scheme: 'dark' },
  { width: 360, scheme: 'dark' },
];

describe.each(names)('the page %s in Chromium', (name) => {
  it.each(looks)('asks for nothing, complains of nothing and fits, $width wide, $scheme', async (look) => {
    const { page, complaints } = await open(name, look);
    const content = await page.evaluate('document.documentElement.scrollWidth');
    expect(content).toBeLessThanOrEqual(look.width);
    await page.evaluate('for (const each of document.querySelectorAll("details")) each.open = true');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(look.width);
    if (shots !== undefined) {
      mkdirSync(shots, { recursive: true });
      await page.reload();
      await page.screenshot({ path: path.join(shots, `${name}-${look.width}-${look.scheme}.png`), fullPage: true });
    }
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it.each(looks.filter((_, index) => index % 2 === 0))(
    'has nothing that axe objects to, $width wide, $scheme',
    async (look) => {
      const { page } = await open(name, look, true);
      await page.evaluate('for (const each of document.querySelectorAll("details")) each.open = true');
      await page.addScriptTag({ path: axe });
      const found = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as {
        violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
      };
      const violations = found.violations.map(({ id, nodes }) => {
        return `${id}: ${nodes
          .slice(0, 3)
          .map((node) => `${node.html.slice(0, 200)} ${node.failureSummary}`)
          .join('\n')}`;
      });
      expect(violations).toEqual([]);
      await page.context().close();
    },
  );

  it('is reached by Tab in the order of the page, each link and summary, with a visible focus', async () => {
    const { page } = await open(name, { width: 1400, scheme: 'light' });
    const stops = `[...document.querySelectorAll('a[href], summary, [tabindex="0"]')].filter((each) => each.checkVisibility())`;
    const count = Number(await page.evaluate(`${stops}.length`));
    const reached: unknown[] = [];
    for (let index = 0; index < count; index += 1) {
      await page.keyboard.press('Tab');
      reached.push(await page.evaluate(`${stops}.indexOf(document.activeElement)`));
      expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).not.toBe('none');
    }
    expect(count).toBeGreaterThan(5);
    expect(reached).toEqual(Array.from({ length: count }, (_, index) => index));
    await page.context().close();
  });
});

describe('by keyboard alone', () => {
  it('the first stop skips to the verdict, and Enter opens a folder', async () => {
    const { page } = await open('pass', { width: 1400, scheme: 'light' });
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the verdict');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
    await page.locator('.tree summary').first().focus();
    const open0 = await page.evaluate('document.querySelector(".tree details").open');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.querySelector(".tree details").open')).toBe(!open0);
    await page.context().close();
  });
});
