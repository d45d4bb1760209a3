import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import fc from 'fast-check';
import { marked } from 'marked';
import { type DefaultTreeAdapterTypes, parseFragment } from 'parse5';
import { describe, expect, it, vi } from 'vitest';
import type { Output } from '../../../src/output.ts';
import { githubAnnotations, githubSummary, writeGithubSummary } from '../../../src/report/github.ts';
import type { Verification } from '../../../src/verify/types.ts';
import { filled, hostile } from './hostile.ts';
import { bad, fiveCauses, good, verified } from './verifications.ts';

// On a busy machine many runs of a property take longer than the usual five seconds.
vi.setConfig({ testTimeout: 60_000 });

const service = (verification: Verification, dir = 'services/api') => [{ dir, verified: verified(verification) }];

/** Names of all elements of a Markdown text as rendered, in order. */
function elements(markdown: string): string[] {
  const names: string[] = [];
  const visit = (node: DefaultTreeAdapterTypes.Node) => {
    if ('tagName' in node) names.push(node.tagName);
    if ('childNodes' in node) node.childNodes.forEach(visit);
  };
  visit(parseFragment(marked.parse(markdown, { async: false, gfm: true })));
  return names;
}

describe('the summary of a GitHub step', () => {
  it('keeps the two claims apart', () => {
    const text = githubSummary(service({ ...good, imageIdentical: false }));
    expect(text).toMatch(
      /✅ \*\*The same enclave\*\*[\s\S]*⚠️ \*\*The same image, bit for bit\*\* \(this claim does not decide\)/,
    );
  });
  it('gives each difference with its path, line, cause and mend', () => {
    const text = githubSummary(service(bad));
    for (const { path: at, cause } of fiveCauses) {
      expect(text).toContain(at);
      expect(text.replaceAll('\\', '')).toContain(`**${cause}**`);
    }
    expect(text).toContain('line 8');
  });
  it('is no success under --strict when something is not proved', () => {
    const services = service({ ...good, imageIdentical: false });
    expect(githubSummary(services)).toMatch(/^## ✅/);
    expect(githubSummary(services, true)).toMatch(
      /^## ❌ .*: reproducible, but not all that --strict asks for is proved/,
    );
  });
  it('says what stood in for StageX before anything else', () =>
    expect(githubSummary(service(bad))).toMatch(/^## .*\n\n> \[!WARNING\]\n> Built on stand-ins/));
  it('renders no element that a text from outside brought', () => {
    const plain = elements(githubSummary(service(filled('word'), 'word')));
    fc.assert(
      fc.property(hostile(), (text) => {
        expect(elements(githubSummary(service(filled(text), text)))).toEqual(plain);
      }),
      { numRuns: 100 },
    );
  });
  it('stays below what GitHub takes', () => {
    const text = 'é<&`|'.repeat(4000);
    const many = Array.from({ length: 60 }, (_, index) => service(filled(text), `s${index}`)).flat();
    const summary = githubSummary(many);
    expect(Buffer.byteLength(summary)).toBeLessThan(1024 * 1024);
    expect(summary).toMatch(/and \d+ more services/);
  });
});

describe('annotations of a GitHub step', () => {
  it('name file and line', () => {
    expect(githubAnnotations(service(bad))).toContain(
      '::warning file=Containerfile,line=8,title=reads-surroundings::A step reads the clock (date). Use date -u -d "@$SOURCE_DATE_EPOCH", or leave the date out.',
    );
  });
  it('are one command a line, whatever the text', () => {
    fc.assert(
      fc.property(hostile(), (text) => {
        for (const line of githubAnnotations(service(filled(text), text))) {
          expect(line).toMatch(/^::(error|warning|notice) [^\r\n]*$/);
          expect(line).not.toContain('##[');
          const [, properties = ''] = /^::\w+ (.*?)::/.exec(line) ?? [];
          expect(properties).toMatch(/^((file|line|title)=[^:,]*,?)+$/);
        }
      }),
    );
  });
  it('mark what Caution measures as an error, in the Containerfile where it is known', () => {
    const mended = { path: 'Containerfile', before: '', after: '' };
    const [first] = githubAnnotations([{ dir: '.', verified: { ...verified(bad), mended } }]);
    expect(first).toMatch(
      /^::error file=Containerfile,line=8,title=Not reproducible \(\.\)::\/app\/build-info\.json: wall-clock\./,
    );
  });
});

describe('writing the summary', () => {
  const collect = () => {
    const said: string[] = [];
    const stream = new Writable({
      write(chunk, _encoding, done) {
        said.push(String(chunk));
        done();
      },
    });
    const output: Output = { stdout: stream, stderr: stream, color: false, resultColor: false };
    return { said, output };
  };
  it('appends to the file of the step', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'summary-'));
    try {
      const file = path.join(folder, 'summary.md');
      const { said, output } = collect();
      const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: file };
      writeGithubSummary(env, service(good), output);
      writeGithubSummary(env, service(bad), output);
      expect(readFileSync(file, 'utf8')).toBe(githubSummary(service(good)) + githubSummary(service(bad)));
      expect(said.join('')).toContain('::error ');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
  it('says on stderr what cannot be written, and goes on', () => {
    const { said, output } = collect();
    writeGithubSummary({ GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: '/nowhere/at/all' }, service(good), output);
    expect(said.join('')).toMatch(/could not be written: ENOENT/);
  });
  it('does nothing outside of a workflow', () => {
    const { said, output } = collect();
    writeGithubSummary({ GITHUB_STEP_SUMMARY: '/nowhere/at/all' }, service(bad), output);
    expect(said).toEqual([]);
  });
});
