import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readHcl } from '../../../src/caution/hcl/read.ts';
import { parseProcfile } from '../../../src/caution/procfile.ts';
import { configurationOfProcfile } from '../../../src/caution/procfile-configuration.ts';
import { parseRun, writtenWords } from '../../../src/caution/words.ts';
import { readBuild } from '../../../src/check/containerfile/build.ts';
import { isHidden, readDockerignore } from '../../../src/dockerignore.ts';
import { nasty } from './configurations.ts';

/** How long each reader is tried: so many seconds as `FUZZ_SECONDS` says, else a moment. */
const seconds = Number(process.env.FUZZ_SECONDS ?? 2);

/** What one text may take, on a busy machine as well. */
const longestMs = 2000;

const cases = path.join(import.meta.dirname, '../../goldens/cases');

/** Files of the goldens by that name, to begin from. */
function seeds(name: RegExp): string[] {
  return readdirSync(cases, { recursive: true, encoding: 'utf8' })
    .filter((file) => name.test(file) && statSync(path.join(cases, file)).isFile())
    .map((file) => readFileSync(path.join(cases, file), 'utf8'));
}

/** Cut, doubled, put together, with hostile parts in it, or all made up. */
function spoilt(texts: readonly string[], parts: readonly string[]): fc.Arbitrary<string> {
  const piece = fc.oneof(nasty, fc.constantFrom(...parts));
  const cut = fc.record({
    text: fc.constantFrom(...texts),
    from: fc.double({ min: 0, max: 1, noNaN: true }),
    evil: piece,
  });
  const changed = cut.map(({ text, from, evil }) => {
    const at = Math.floor(from * text.length);
    return [text.slice(0, at), evil, text.slice(at + (evil.length % 3))].join('');
  });
  const doubled = fc.tuple(changed, changed).map(([a, b]) => a + b);
  const repeated = fc
    .tuple(piece, fc.integer({ min: 2, max: 20_000 }))
    .map(([one, times]) => one.repeat(times).slice(0, 200_000));
  return fc.oneof(
    changed,
    doubled,
    fc.array(piece, { maxLength: 60 }).map((all) => all.join('')),
    repeated,
  );
}

const readers: readonly [name: string, texts: string[], parts: string[], read: (text: string) => void][] = [
  [
    'a Procfile',
    seeds(/(?:^|\/)Procfile$/),
    ['run: ', 'ports: ', ':', '\n', '#', "'", '"', '\\', 'A=', ' ', '\r', '\u0085', '\ufeff', 'ssh_key: ', '0'],
    (text) => {
      const procfile = parseProcfile(text);
      configurationOfProcfile(procfile);
      parseRun(text);
      writtenWords(procfile.run ?? '');
    },
  ],
  [
    'a caution.hcl',
    [
      ...seeds(/(?:^|\/)caution\.hcl$/),
      'enclave "a" {\n  unit "default" {\n    command = "/a"\n    env = { A = env::vault("A") }\n  }\n}\n',
    ],
    [
      '{',
      '}',
      '[',
      ']',
      '(',
      '"',
      '$' + '{',
      '%{',
      '\\',
      '/*',
      '*/',
      '//',
      '#',
      '<<EOF\n',
      'EOF\n',
      '=',
      ',',
      '\n',
      '1',
      '-',
      '?',
      ':',
    ],
    (text) => void readHcl(text),
  ],
  [
    'a Containerfile',
    seeds(/(?:^|\/)Containerfile$/),
    [
      'FROM ',
      'RUN ',
      'COPY ',
      '<<EOF\n',
      'EOF\n',
      '\\\n',
      '--mount=',
      '[',
      '"',
      '$' + '{A:-',
      '# syntax=',
      '# escape=`\n',
      'ARG A\n',
      '\n',
    ],
    (text) => void readBuild(text),
  ],
  [
    'a .dockerignore',
    seeds(/dockerignore$/),
    ['!', '**', '*', '[', ']', '?', '/', '\\', '#', '\n', '{a,b}', '[^a-z]'],
    (text) => {
      const rules = readDockerignore(text);
      for (const file of ['a', 'a/b/c', '.git/config', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'])
        isHidden(file, rules);
    },
  ],
];

describe('a reader of hostile text', () => {
  it.each(readers)(
    'of %s ends in time, and never throws',
    { timeout: seconds * 1000 + 60_000 },
    (_name, texts, parts, read) => {
      fc.assert(
        fc.property(spoilt(texts, parts), (text) => {
          const begin = performance.now();
          read(text);
          const took = performance.now() - begin;
          expect(took).toBeLessThan(longestMs);
        }),
        { numRuns: 1_000_000_000, interruptAfterTimeLimit: seconds * 1000, markInterruptAsFailure: false },
      );
    },
  );
});
