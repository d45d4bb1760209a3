import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { rulesPage } from '../../../src/check/documentation.ts';
import { rules } from '../../../src/check/rules.ts';

const file = path.join(import.meta.dirname, '../../../docs/rules.md');

it('the page on rules is that of the table', () => {
  const page = rulesPage();
  if (process.env.UPDATE_DOCS === '1') writeFileSync(file, page);
  expect(readFileSync(file, 'utf8')).toBe(page);
  for (const { id } of rules) expect(page).toContain(`\n### ${id}\n`);
});
