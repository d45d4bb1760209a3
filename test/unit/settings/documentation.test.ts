import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { settingsPage, settingsSchema } from '../../../src/settings/documentation.ts';

const root = path.join(import.meta.dirname, '../../..');

/** What is made from the table stands in the repository as it would be made now. */
function current(file: string, made: string): void {
  const at = path.join(root, file);
  if (process.env.UPDATE_DOCS === '1') writeFileSync(at, made);
  expect(readFileSync(at, 'utf8')).toBe(made);
}

describe('what is made from the table of settings', () => {
  it('the page on settings is as the table says', () => current('docs/settings.md', settingsPage()));
  it('the schema is as the table says', () =>
    current('schema/settings-v1.json', `${JSON.stringify(settingsSchema(), null, 2)}\n`));
  it('the schema takes settings, and refuses unknown and misspelt ones', () => {
    const validate = new Ajv2020({ strict: true }).compile(settingsSchema());
    expect(validate({ language: 'go', port: ['8080'], egress: ['0.0.0.0/0'], debug: false, e2e: 'tls' })).toBe(true);
    for (const wrong of [{ prot: ['1'] }, { port: '8080' }, { e2e: 'aes' }, { debug: 'yes' }, { language: 'cobol' }])
      expect([wrong, validate(wrong)]).toEqual([wrong, false]);
  });
});
