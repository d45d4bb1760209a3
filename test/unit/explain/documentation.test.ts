import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { causes, mendFor } from '../../../src/explain/mends.ts';

const page = readFileSync(path.join(import.meta.dirname, '../../../docs/causes.md'), 'utf8');
const sections = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf('\n')), section]),
);

describe('the page on causes', () => {
  it('has a section for each cause, and for nothing else', () => {
    expect([...sections.keys()].sort()).toEqual([...causes].sort());
  });

  it.each(causes)('says how to mend %s', (cause) => {
    expect(sections.get(cause)).toContain('*Mend it:*');
    expect(mendFor(cause, undefined).length).toBeGreaterThan(20);
  });
});
