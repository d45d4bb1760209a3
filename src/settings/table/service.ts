import { languageIds } from '../../app.ts';
import { checkName, checkRun, nearestName } from '../../caution/limits.ts';
import { parseRun } from '../../caution/words.ts';
import { languages } from '../../languages/index.ts';
import type { Option, Setting } from '../setting.ts';
import { always, never, nothing, oneOf } from './shared.ts';

/** The languages as a person picks them. */
export const languageOptions: readonly Option[] = languageIds.map((id) => ({
  value: id,
  label: languages[id].label,
  hint: languages[id].hint,
}));

/** What the service is, and what runs. */
export const serviceSettings: readonly Setting[] = [
  {
    key: 'language',
    flag: '--language <language>',
    help: `the language: ${languageIds.join(', ')}`,
    repeatable: false,
    choices: languageIds,
    check: oneOf(languageIds),
    fallback: (known) => known.detection?.language ?? null,
    required: always,
    question: {
      message: 'Language',
      when: (known) => known.detection === null,
      options: (known) => known.languageChoices,
    },
  },
  {
    key: 'name',
    flag: '--name <name>',
    help: 'app name on Caution: 3 to 63 of letters, digits, - and _',
    repeatable: false,
    check: checkName,
    fallback: ({ detection, folderName, written }) =>
      written.name ??
      nearestName(detection?.name ?? '') ??
      nearestName(folderName) ??
      nearestName(`${folderName}-service`),
    required: always,
    question: { message: 'App name', hint: '3 to 63 letters, digits, "-", "_"' },
  },
  {
    key: 'entry',
    flag: '--entry <entry>',
    help: 'what runs: a Cargo binary, a Node file, a Python module or module:app, a Go package path',
    repeatable: false,
    check: checkEntry,
    fallback: (known) => known.detection?.entry ?? null,
    required: (known) => known.detection !== null && known.answers.run === undefined,
    question: {
      message: 'What runs',
      hint: 'a Cargo binary, a Node file, a Python module or module:app, a Go package path',
      when: (known) => known.detection !== null && known.detection.entry === null,
      options: (known) => (known.detection?.entries ?? []).map((value) => ({ value, label: value })),
    },
  },
  {
    key: 'run',
    flag: '--run <command>',
    help: 'the whole run command, when the derived one does not serve',
    repeatable: false,
    check: checkCommand,
    fallback: nothing,
    required: never,
    carriers: { procfile: 'run', hcl: 'unit.command, unit.args' },
  },
];

function checkEntry(value: string): string | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (value === '' || /[\x00-\x1f\x7f"'\\$`]/.test(value)) return 'An entry is a name or a path without quotes.';
  return value.startsWith('/') || value.split('/').includes('..') ? 'An entry lies inside the service.' : null;
}

function checkCommand(value: string): string | null {
  const problem = checkRun(value);
  if (problem !== null) return problem;
  const program = parseRun(value)?.command[0];
  if (program === undefined) return 'A run command names a program.';
  return program.startsWith('/') ? null : 'The program is named with its absolute path: the enclave starts it in /.';
}
