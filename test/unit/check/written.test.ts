import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { check } from '../../../src/check/check.ts';
import { viewOf } from '../../../src/check/view.ts';
import { gitOf } from './setup.ts';

const cases = path.join(import.meta.dirname, '../../goldens/cases');

/** The files of a golden, as a repository would have them. */
function filesOf(name: string): Record<string, string> {
  const folder = path.join(cases, name, 'expected');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const named = files.map((entry) => path.join(entry.parentPath, entry.name));
  return Object.fromEntries(
    named.map((at) => [path.relative(folder, at).replaceAll('_gitignore', '.gitignore'), readFileSync(at, 'utf8')]),
  );
}

/** What a person chose, or has not given yet, is said; nothing else is wrong with what was written. */
const chosen: Readonly<Record<string, readonly string[]>> = {
  'settings-procfile': ['debug-on'],
  'settings-h2c-byoc': ['no-sources'],
  'settings-hcl-alone': ['no-sources'],
  'settings-steve': ['no-sources'],
  'settings-tls': ['no-sources'],
};

describe('what create writes', () => {
  const written = readdirSync(cases).filter((name) => /^settings-(?!.*(?:edited|refused))/.test(name));
  it.each(written)('%s gives no finding but what was chosen', (name) => {
    const files = filesOf(name);
    const secrets = { '.caution/quorum-bundle.json': '{}', '.caution/secrets/API_TOKEN.asc': 'x' };
    const remotes = [{ name: 'origin', url: 'https://example.com/team/golden.git' }];
    const contents = name === 'settings-secrets' ? { ...files, ...secrets } : files;
    const { findings } = check(viewOf(contents, { git: gitOf(contents, { remotes }) }));
    const said = findings.filter(({ level }) => level !== 'note').map(({ id }) => id);
    expect(said.filter((id) => !(chosen[name] ?? []).includes(id))).toEqual([]);
  });
});
