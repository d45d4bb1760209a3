import { distance } from 'fastest-levenshtein';
import { counts, isTrue, kindOf, listOf, type ProcfileEntry, procfileKeys } from '../../caution/procfile.ts';
import { rewrite } from '../../fix/block.ts';
import { printableLine } from '../../output.ts';
import type { Rule, Sighting } from '../rule.ts';
import { sources } from '../sources.ts';
import { entriesOf, fixLine, largestNumber, replaceValue, shownValue } from './entries.ts';

/** Keys of other platforms' Procfiles, and a key that Caution once had. */
const foreign: Record<string, string> = {
  web: 'web is a process of Heroku, not a key of Caution.',
  worker: 'worker is a process of Heroku, not a key of Caution.',
  release: 'release is a phase of Heroku, not a key of Caution.',
  build: 'build was removed: Caution runs docker build, and nothing else.',
};

function nearestKey(written: string): string | null {
  const name = written.toLowerCase().replaceAll('-', '_');
  const [nearest] = procfileKeys
    .map((key) => ({ key, steps: distance(name, key) }))
    .sort((a, b) => a.steps - b.steps || a.key.localeCompare(b.key));
  return nearest && nearest.steps <= Math.min(2, Math.ceil(name.length / 3)) ? nearest.key : null;
}

/** Keys, and values that do not survive the platform's reading. */
export const keyRules: readonly Rule[] = [
  {
    id: 'unknown-key',
    level: 'error',
    title: 'A key that Caution does not know',
    why: 'Caution skips keys that it does not know without a word: the setting has no effect.',
    source: sources.parser,
    mend: 'Use a key of Caution, or remove the line.',
    *look({ procfile }) {
      const set = new Set(procfile?.parsed.entries.map(({ written }) => written));
      for (const { key, line } of procfile?.parsed.unknown ?? []) {
        const near = Object.hasOwn(foreign, key) ? null : nearestKey(key);
        const shown = printableLine(key, 60);
        if (near === null) {
          const message = (Object.hasOwn(foreign, key) ? foreign[key] : undefined) ?? `Caution has no key ${shown}.`;
          const mend = key === 'web' || key === 'worker' ? 'Name what runs with run.' : 'Remove the line.';
          yield { path: procfile?.path, line, message, mend };
        } else {
          yield {
            ...{ path: procfile?.path, line },
            message: `Caution has no key ${shown}; ${near} is near.`,
            mend: `Write ${near} in its place.`,
            // Where the key is set already, which of both was meant is not known.
            ...(!set.has(near) && {
              fix: fixLine(
                line,
                rewrite((text) => text.replace(key, near)),
              ),
            }),
          };
        }
      }
    },
  },
  {
    id: 'unread-key',
    level: 'warning',
    title: 'A key that Caution no longer reads',
    why: 'The platform accepts the key and does nothing with it.',
    source: sources.parser,
    mend: 'Remove the line; what it asked for has to be done in the Containerfile, or not at all.',
    *look(subject) {
      for (const { path, key, written, line } of entriesOf(subject)) {
        if (key !== null && kindOf(key) === 'unread')
          yield { path, line, message: `Caution no longer reads ${written}.` };
      }
    },
  },
  {
    id: 'repeated-key',
    level: 'warning',
    title: 'A key that stands twice',
    why: 'The last line of a key wins, whatever the first one says; only ports and ssh_keys add up.',
    source: sources.parser,
    mend: 'Keep one of the lines.',
    *look(subject) {
      const last = new Map<string, ProcfileEntry>();
      for (const entry of [...entriesOf(subject)].reverse()) {
        const { path, key, line, written } = entry;
        if (key === null || key === 'ports' || key === 'ssh_keys' || !counts(entry)) continue;
        // cache is no_cache the other way round: one of both counts.
        const name = key === 'cache' ? 'no_cache' : key;
        const winner = last.get(name);
        if (winner) yield { path, line, message: `${written} counts from line ${winner.line} on, not from here.` };
        else last.set(name, entry);
      }
    },
  },
  {
    id: 'no-colon',
    level: 'error',
    title: 'A line without a colon',
    why: 'Caution skips lines without a colon without a word.',
    source: sources.parser,
    mend: 'Write it as key: value, or begin it with # as a comment.',
    *look({ procfile }) {
      if (!procfile) return;
      const known = new Set(procfile.parsed.entries.map(({ line }) => line));
      for (const [index, raw] of procfile.text.split('\n').entries()) {
        const text = raw.trim();
        if (text === '' || text.startsWith('#') || known.has(index + 1)) continue;
        yield { path: procfile.path, line: index + 1, message: `This line is skipped: ${printableLine(text, 60)}` };
      }
    },
  },
  {
    id: 'bad-boolean',
    level: 'error',
    title: 'A value that is neither true nor false',
    why: 'Caution takes true, in any case, for true, and everything else (yes, 1, on) for false, without a word.',
    source: sources.parser,
    mend: 'Write true or false.',
    *look(subject) {
      for (const { path, key, written, value, line } of entriesOf(subject)) {
        if (key === null || kindOf(key) !== 'boolean' || isTrue(value) || /^(false)?$/i.test(value)) continue;
        const said = /^(yes|y|1|on|enabled?|t)$/i.test(value) ? 'true' : null;
        const no = /^(no|n|0|off|disabled?|f)$/i.test(value) ? 'false' : null;
        const meant = said ?? no;
        yield {
          ...{ path, line },
          message: `${written} is ${shownValue(value)}, which Caution takes for false.`,
          // Debugging makes an enclave that nobody can verify: that is not turned on in passing.
          ...(meant &&
            key !== 'debug' && { mend: `Write ${written}: ${meant}`, fix: replaceValue(line, value, meant) }),
        };
      }
    },
  },
  {
    id: 'bad-number',
    level: 'error',
    title: 'A number that Caution drops',
    why: 'What is not a plain whole number is dropped without a word, and the default takes its place.',
    source: sources.parser,
    mend: 'Write a whole number without a unit.',
    *look(subject) {
      for (const { path, key, written, value, line } of entriesOf(subject)) {
        if (key !== 'memory' && key !== 'cpus') continue;
        if (/^\+?\d+$/.test(value) && Number(value) <= largestNumber) continue;
        const fallback = key === 'memory' ? '512 (MiB)' : '2';
        yield { path, line, message: `${written}: ${shownValue(value)} is dropped, and ${fallback} takes its place.` };
      }
    },
  },
  {
    id: 'empty-value',
    level: 'warning',
    title: 'A key without a value',
    why: 'A key with nothing after the colon is as if it were absent.',
    source: sources.parser,
    mend: 'Give it a value, or remove the line.',
    *look(subject) {
      for (const { path, key, written, value, line } of entriesOf(subject)) {
        if (key === null || kindOf(key) === 'unread') continue;
        const empty = kindOf(key) === 'ports' || key === 'app_sources' ? listOf(value).length === 0 : value === '';
        const numeric = key === 'memory' || key === 'cpus';
        if (empty && !numeric) yield { path, line, message: `${written} has no value.` } satisfies Sighting;
      }
    },
  },
];
