// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates of HCL and shells
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check } from '../../../src/check/check.ts';
import { rules } from '../../../src/check/rules.ts';
import { viewOf } from '../../../src/check/view.ts';
import { mendFiles } from '../../../src/fix/files.ts';
import { checkAnnotations, checkLines } from '../../../src/report/check.ts';
import { sarifLog } from '../../../src/report/sarif.ts';
import { busyFor } from '../busy.ts';
import { gitOf, lines } from './setup.ts';

const odd = fc.constantFrom(
  ...['\0', '\ufeff', '\u202e', '\u0085', '\u001b[31m', '\ud800', '$', '${', '`', '\\', '"', "'", '<<', '<<EOF', '\n'],
  ...['__proto__', 'constructor', 'toString', '--from=', '--mount=type=cache', '{{', '}}', '%{', '::error::', '#', ':'],
);
const word = fc.oneof(
  fc.string({ maxLength: 12, unit: 'binary' }),
  odd,
  fc.constantFrom(...lines.Procfile, ...lines.Containerfile),
);
const keyword = fc.constantFrom(
  ...[
    'FROM',
    'RUN',
    'COPY',
    'ADD',
    'ENV',
    'ARG',
    'USER',
    'SHELL',
    'EXPOSE',
    'run',
    'ports',
    'memory',
    'domain',
    'debug',
  ],
  ...['app_sources', 'containerfile', 'http_port', '# caution-ignore', '# syntax=', 'HEALTHCHECK', 'VOLUME', 'ONBUILD'],
);
const line = fc
  .tuple(keyword, fc.constantFrom(' ', ':', ': ', '=', ''), fc.array(word, { maxLength: 6 }))
  .map(([key, mark, words]) => key + mark + words.join(' '));
const text = fc.array(fc.oneof(line, word), { maxLength: 14 }).map((all) => all.join('\n'));

describe('whatever stands in the files', () => {
  it('is answered with findings that are safe to show, and never with an exception', () => {
    fc.assert(
      fc.property(text, text, text, (procfile, containerfile, ignore) => {
        const files = {
          Procfile: procfile,
          Containerfile: containerfile,
          '.dockerignore': ignore,
          '.gitattributes': ignore,
        };
        const git = gitOf(files, { remotes: [{ name: procfile, url: containerfile }], autocrlf: 'true' });
        const outcome = check(viewOf(files, { git }));
        const shown = [
          ...checkLines(outcome, { color: false }),
          ...checkAnnotations(outcome),
          JSON.stringify(sarifLog(outcome, rules, '0.0.0')),
        ];
        for (const each of shown) {
          // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
          expect(each).not.toMatch(/[\x00-\x08\x0a-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/);
        }
        for (const { line } of outcome.findings) expect(line ?? 1).toBeGreaterThan(0);
        const changes = outcome.findings.flatMap(({ fixes }) => fixes);
        mendFiles(changes, (file) => (files as Record<string, string>)[file] ?? null);
      }),
      { numRuns: 1000 },
    );
  }, 60_000);

  it('is answered so as well where a caution.hcl stands', () => {
    const piece = fc.constantFrom(
      ...[
        'enclave "a" {\n',
        'enclave "\\u001b[31m\\u202e" {\n',
        'build {\n',
        'network {\n',
        'ingress {\n',
        'egress {\n',
        'http {\n',
      ],
      ...[
        'e2e_encryption {\n',
        'unit "default" {\n',
        'debug {\n',
        'resources {\n',
        '}\n',
        'env = {\n',
        'port = 80\n',
        'cpu = 3\n',
      ],
      ...[
        'cidr_ipv4 = ',
        'command = ',
        'args = ',
        'app_sources = ',
        'cors_origins = ',
        'containerfile = ',
        'A = ',
        'mode = "tls"\n',
      ],
      ...[
        '"\\u0085{{\\u200b"\n',
        '["\\u001b[2J", "${x}", "*"]\n',
        '"${x}"\n',
        'env::vault("a")\n',
        '1\n',
        '"./a"\n',
        '"::error::"\n',
      ],
    );
    const hcl = fc
      .array(fc.oneof({ weight: 12, arbitrary: piece }, word), { maxLength: 25 })
      .map((all) => all.join(''));
    fc.assert(
      fc.property(hcl, text, (caution, procfile) => {
        const files = { 'caution.hcl': caution, Procfile: procfile, Containerfile: 'FROM scratch\n' };
        const outcome = check(viewOf(files, { git: gitOf(files) }));
        const shown = [
          ...checkLines(outcome, { color: false }),
          ...checkAnnotations(outcome),
          JSON.stringify(sarifLog(outcome, rules, '0.0.0')),
        ];
        // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
        const hidden = /[\x00-\x08\x0a-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/;
        for (const each of shown) expect(each).not.toMatch(hidden);
        for (const { line } of outcome.findings) expect(line ?? 1).toBeGreaterThan(0);
      }),
      { numRuns: 1000 },
    );
  }, 60_000);

  const longTexts: [string, string][] = [
    ['blanks', ' '.repeat(60_000)],
    ['tabs before a comment', `${'\t'.repeat(60_000)}#`],
    ['quotes', "'".repeat(60_001)],
    ['dashes', ' -a'.repeat(20_000)],
    ['continued lines', ' \\\n'.repeat(20_000)],
    ['words', ' a'.repeat(30_000)],
    ['dollars', '${'.repeat(30_000)],
    ['heredocs', ' <<A'.repeat(15_000)],
    ['npm', ' npm'.repeat(15_000)],
    ['npm install', ' npm install'.repeat(5000)],
    ['ln', ' ln -s'.repeat(10_000)],
    ['paths', '/a'.repeat(30_000)],
    ['addresses', ' https://a'.repeat(6000)],
    ['colons', 'a:'.repeat(30_000)],
    ['base64', 'eyJhbGciOiJI'.repeat(5000)],
    ['letters', 'a'.repeat(60_000)],
  ];

  it.each(longTexts)(
    'is read in time: %s',
    async (_, long) => {
      const files = {
        Procfile: `run: /a ${long.replaceAll('\n', ' ')}\ndomain: ${long.replaceAll('\n', ' ')}\napp_sources: ${long.replaceAll('\n', ' ')}\n`,
        Containerfile: `FROM scratch AS a\nRUN x${long}\nENV A=${long}\nCOPY ${long} /\nADD ${long} /\nRUN <<EOF\n${long}\nEOF\nFROM ${long}\n`,
        '.env': `A_TOKEN=${long}`,
      };
      expect(await busyFor(() => check(viewOf(files, { git: gitOf(files) })))).toBeLessThan(3000);
    },
    60_000,
  );

  it.each(longTexts)(
    'is read in time in a caution.hcl: %s',
    async (_, long) => {
      const value = JSON.stringify(long).replaceAll('${', '$${');
      const unit = `unit "default" {\ncommand = "/a"\nargs = [${`${value}, `.repeat(3)}]\nenv = { A = ${value} }\n}`;
      const hcl = `enclave "a" {\nbuild {\napp_sources = [${value}]\n}\n${unit}\n}\n`;
      const others = { Procfile: `run: /a ${long.replaceAll('\n', ' ')}\n`, Containerfile: 'FROM scratch\n' };
      for (const text of [hcl, long])
        expect(await busyFor(() => check(viewOf({ ...others, 'caution.hcl': text })))).toBeLessThan(2000);
    },
    60_000,
  );
});
