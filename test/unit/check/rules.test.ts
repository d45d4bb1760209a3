import { describe, expect, it } from 'vitest';
import { check } from '../../../src/check/check.ts';
import { rules } from '../../../src/check/rules.ts';
import { viewOf } from '../../../src/check/view.ts';
import { containerfileCases } from './cases/containerfile.ts';
import { hclCases } from './cases/hcl.ts';
import { procfileCases } from './cases/procfile.ts';
import { repositoryCases } from './cases/repository.ts';
import { base, containerfile, findingsOf, image, procfile, removed, setupOf } from './setup.ts';

const cases = [...procfileCases, ...hclCases, ...containerfileCases, ...repositoryCases];
/** Only a view without git shows this one. */
const elsewhere = new Set(['no-repository']);

describe('a rule', () => {
  it('has a name of its own, a source and a mend', () => {
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
    for (const { id, title, why, source, mend } of rules) {
      expect(id).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)+$|^platform$|^cachebust$|^submodule$/);
      expect(new URL(source).protocol).toBe('https:');
      expect(Math.min(title.length, why.length, mend.length)).toBeGreaterThan(7);
    }
  });

  it('has a setup in which it finds something', () => {
    const tried = new Set(cases.map(({ rule }) => rule));
    expect(rules.map(({ id }) => id).filter((id) => !tried.has(id) && !elsewhere.has(id))).toEqual([]);
    expect([...tried].filter((id) => !rules.some((rule) => rule.id === id))).toEqual([]);
  });

  it('finds nothing in a sound setup', () => {
    expect(findingsOf({ files: {} })).toEqual([]);
  });

  it.each(cases.map((one) => [one.rule, one.at, one] as const))('%s is found at %s', (rule, at, { bad, says }) => {
    const found = findingsOf(setupOf(bad)).filter(({ id }) => id === rule);
    const places = found.map(({ path = '', line }) => (line === undefined ? path : `${path}:${line}`));
    expect(places).toContain(at);
    if (says) expect(found.map(({ message }) => message).join('\n')).toMatch(says);
  });

  it.each(cases.map((one) => [one.rule, one] as const))('%s is not found where it does not hold', (rule, { good }) => {
    expect(findingsOf(setupOf(good)).filter(({ id }) => id === rule)).toEqual([]);
  });

  it('says that a folder is no repository', () => {
    expect(check(viewOf(base)).findings.map(({ id }) => id)).toEqual(['no-repository']);
  });

  it('never repeats a secret, nor tells anybody to put it elsewhere', () => {
    const secret = 'abcd1234efgh5678';
    const found = findingsOf({
      files: {
        ...containerfile({ 11: `ENV API_TOKEN=${secret} NODE_ENV=production` }),
        ...procfile(`run: DB_PASSWORD=${secret} /a`, `app_sources: https://me:${secret}@example.com/a.git`),
        '.env': `API_KEY=${secret}`,
      },
      git: { remotes: [{ name: 'origin', url: `https://me:${secret}@example.com/a.git` }] },
    });
    expect(found.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['secret-in-containerfile', 'secret-in-procfile', 'secret-file', 'remote-credentials']),
    );
    expect(JSON.stringify(found)).not.toContain(secret);
  });

  it('does not tell anybody to turn debugging on', () => {
    const [found] = findingsOf({ files: procfile('debug: yes') });
    expect([found?.mend, found?.fixes]).toEqual(['Write true or false.', []]);
  });

  const mendsOf = (setup: Parameters<typeof findingsOf>[0], rule: string) =>
    findingsOf(setup).flatMap(({ id, mend }) => (id === rule ? [mend] : []));

  it('names the Containerfiles that are there instead of the missing one', () => {
    const files = { Containerfile: removed, 'docker/Dockerfile': '', 'docker/api/Dockerfile.dev': '', ...procfile() };
    expect(mendsOf({ files }, 'containerfile-missing')).toEqual([
      'Write containerfile: docker/Dockerfile (or one of 1 more that are there)',
    ]);
  });

  it('names the digest that a mistyped one was meant to be', () => {
    const meant = image('core-filesystem');
    const [found] = findingsOf({
      files: containerfile({ 9: `FROM --platform=linux/amd64 ${meant.slice(0, 70)}${meant.slice(71)}` }),
    });
    expect(found?.mend).toBe(`The digest that StageX 2026.03.0 lists for core-filesystem: ${meant.split('@')[1]}`);
    expect(found?.fixes).toHaveLength(1);
  });

  it('pins an image without a tag to the release of the others', () => {
    const [older, bare] = [image('pallet-rust', '2026.01.0'), 'FROM --platform=linux/amd64 stagex/core-filesystem'];
    const files = containerfile({ 1: `FROM --platform=linux/amd64 ${older} AS build`, 9: bare });
    const found = findingsOf({ files }).find(({ id }) => id === 'base-not-pinned');
    expect(found?.mend).toMatch(/check --fix adds those of StageX 2026\.01\.0/);
    const [change] = found?.fixes ?? [];
    const mended = change?.mend.change({ before: [], text: bare, after: [] });
    expect(mended?.text).toBe(`FROM --platform=linux/amd64 ${image('core-filesystem', '2026.01.0')}`);
  });

  it('takes a key of tests for less than one of a service', () => {
    const key = '-----BEGIN PRIVATE KEY-----\n';
    const found = findingsOf({ files: { 'tests/a.pem': key, 'contest/a.pem': key } });
    expect(found.map(({ path, level }) => [path, level])).toEqual([
      ['contest/a.pem', 'error'],
      ['tests/a.pem', 'note'],
    ]);
  });

  it("asks for Locksmith's files where Locksmith is asked for", () => {
    const files = { '.caution/secrets/a.asc': '' };
    const level = (more: Record<string, string>) =>
      findingsOf({ files: { ...files, ...more } }).find(({ id }) => id === 'locksmith-not-copied')?.level;
    expect(level({})).toBe('note');
    expect(level(procfile('locksmith: true'))).toBe('error');
    expect(
      level({
        'caution.hcl': 'enclave "a" {\nunit "default" {\ncommand = "/a"\nenv = { A = env::vault("A") }\n}\n}\n',
      }),
    ).toBe('error');
  });
});
