import { naming } from '../../verify/naming.ts';
import type { Rule, Sighting } from '../rule.ts';
import { sources } from '../sources.ts';
import type { Subject } from '../subject.ts';
import { lineage, variablesOf, type Written } from './build.ts';

/** Names that BuildKit gives to a build. Source: https://docs.docker.com/build/building/variables/#multi-platform-build-arguments */
const predefined =
  /^(?:BUILD|TARGET)(?:PLATFORM|OS|OSVERSION|ARCH|VARIANT)$|^TARGETSTAGE$|^(?:https?|ftp|no|all)_proxy$|^BUILDKIT_|^SOURCE_DATE_EPOCH$/i;

/** Arguments: Caution gives none but one. */
export const argumentRules: readonly Rule[] = [
  {
    id: 'cachebust',
    level: 'error',
    title: 'ARG CACHEBUST',
    why: 'With no_cache Caution gives this argument the time of the build: an image that declares it is another one each time.',
    source: sources.platform,
    mend: 'Remove the argument, and what uses it.',
    *look({ build, procfile, hcl }) {
      for (const { keyword, pairs, line } of build?.instructions ?? []) {
        if (keyword !== 'ARG' || !pairs.some(({ name }) => name === 'CACHEBUST')) continue;
        const on = procfile?.parsed.noCache === true || hcl?.parsed.legible?.cache === false;
        yield {
          ...{ path: build?.path, line, level: on ? 'error' : 'warning' },
          message: on
            ? 'Caution gives CACHEBUST the time of the build.'
            : 'With no_cache, CACHEBUST is the time of the build.',
        };
      }
    },
  },
  {
    id: 'argument-not-given',
    level: 'warning',
    title: 'A build argument that nobody gives',
    why: 'Caution runs docker build without build arguments: one without a default is empty, and one with a default keeps it.',
    source: sources.caution,
    mend: 'Give it a default (ARG NAME=value), or write the value where it is used.',
    look: emptyArguments,
  },
  {
    id: 'argument-not-in-stage',
    level: 'warning',
    title: 'An argument of the file that a stage does not name',
    why: 'An ARG before the first FROM reaches FROM lines alone: in a stage it is empty until ARG names it again.',
    source: `${sources.dockerfile}#understand-how-arg-and-from-interact`,
    mend: 'Write ARG NAME in the stage.',
    *look({ build }) {
      if (!build) return;
      const declared = build.file.globalArgs.filter(
        (name) => /^[A-Za-z_]\w{0,200}$/.test(name) && !predefined.test(name),
      );
      for (const stage of build.file.needed) {
        const chain = lineage(build, stage);
        const own = new Set([...chain.flatMap(({ args }) => args), ...variablesOf(build, stage).keys()]);
        for (const name of declared.filter((one) => !own.has(one))) {
          const use = new RegExp(`\\$(?:${name}\\b|\\{${name}\\b)`);
          const assigned = new RegExp(`(?:^|[\\s;&|(])(?:export |for |read )?${name}(?:=|\\s+in\\b)`);
          const found = build.instructions.find(
            (one) =>
              one.stage === stage.index && one.keyword !== 'FROM' && use.test(one.text) && !assigned.test(one.text),
          );
          if (found)
            yield {
              path: build.path,
              line: found.line,
              message: `${name} is empty here: this stage does not name it.`,
            };
        }
      }
    },
  },
];

/** One sighting for each argument, where it is named first. */
function* emptyArguments({ build }: Subject): Iterable<Sighting> {
  if (!build) return;
  const given = new Set(
    build.instructions
      .filter(({ keyword, stage }) => keyword === 'ARG' && stage < 0)
      .flatMap(({ pairs }) => pairs.filter(({ value }) => value !== null).map(({ name }) => name)),
  );
  const told = new Set<string>(['CACHEBUST']);
  for (const { keyword, pairs, line } of build.needed) {
    if (keyword !== 'ARG') continue;
    for (const [index, { name, value }] of pairs.entries()) {
      if (value !== null || told.has(name) || given.has(name) || predefined.test(name)) continue;
      told.add(name);
      const shown = naming([name]);
      if (pairs.slice(0, index).some((one) => one.value !== null)) {
        yield { path: build.path, line, ...saidOfWord(shown) };
        break;
      }
      const use = useOf(name, build.needed);
      if (use === 'defaulted') continue;
      yield {
        ...{ path: build.path, line, level: use === null ? 'note' : 'warning' },
        message: `${shown} has no default, and is empty.`,
      };
    }
  }
}

/** What is said of a word behind a value: an argument of its own, whatever it was meant to be. */
function saidOfWord(word: string): Omit<Sighting, 'path' | 'line'> {
  if (word.startsWith('#')) {
    const message = 'What follows # is no comment here: each word is an argument.';
    return { level: 'note', message, mend: 'Put the comment on a line of its own.' };
  }
  const message = `${word} is an argument of its own here: a value with a blank in it wants quotes.`;
  return { message, mend: 'Put the whole value into quotes.' };
}

/** How an argument is used: with a default at each place, or as it is; null where nothing names it. */
function useOf(name: string, instructions: readonly Written[]): 'plain' | 'defaulted' | null {
  if (!/^\w{1,200}$/.test(name)) return 'plain';
  const use = new RegExp(`\\$(?:${name}\\b|\\{${name}(?::?([-+])|\\b))`, 'g');
  const uses = instructions.flatMap(({ text }) => [...text.matchAll(use)].map(([, operator]) => operator));
  if (uses.length === 0) return null;
  return uses.every((operator) => operator !== undefined) ? 'defaulted' : 'plain';
}
