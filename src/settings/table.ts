import type { LanguageId } from '../app.ts';
import { languageIds } from '../app.ts';
import {
  checkContainerfile,
  checkCpus,
  checkMemory,
  checkName,
  checkPort,
  checkRun,
  checkSource,
  checkVariable,
  nearestName,
} from '../caution/limits.ts';
import { parseRun } from '../caution/words.ts';
import { languages } from '../languages/index.ts';
import type { Detection } from '../languages/language.ts';
import { defaultRegistry, defaultRelease, releases } from '../stagex/releases.ts';

/** What a person said, by flag or at a question: text as it was typed, and nothing where nothing was said. */
export interface Answers {
  language?: string;
  name?: string;
  entry?: string;
  run?: string;
  port?: string[];
  httpPort?: string;
  memory?: string;
  cpus?: string;
  source?: string[];
  env?: string[];
  containerfile?: string;
  release?: string;
  stagexRegistry?: string;
}

export type Key = keyof Answers;

/** What is known when a setting is resolved: what was said, and what the folder shows. */
export interface Known {
  answers: Answers;
  /** The service that is there already; null for a new one. */
  detection: Detection | null;
  /** Name of the folder that the service lives in. */
  folderName: string;
  /** What an existing Procfile says, as text; it is the default of the same setting. */
  procfile: Partial<Record<Key, string | string[]>>;
  /** Public address of the repository, when its `origin` is one that strangers can use. */
  origin: string | null;
  /** Language of the service, once it is known. */
  language: LanguageId | null;
  /** Enclave memory that the language's image needs, in MiB. */
  languageMemoryMb: number;
  /** The languages to choose from: all, or those of the services that share the folder. */
  languageChoices: readonly Option[];
  /** True when the folder holds services of several languages, and none was chosen. */
  undecided: boolean;
}

/** One thing that a person can decide. Flags, questions, help and the list of missing answers all read this record. */
export interface Setting {
  key: Key;
  /** As commander writes it: `--port <number>`. */
  flag: string;
  help: string;
  repeatable: boolean;
  /** Why a value is refused, or null. */
  check(value: string): string | null;
  /** What is taken when nothing is said; null when it cannot be known. */
  fallback(known: Known): string | string[] | null;
  /** True when the service cannot be written without it. */
  required(known: Known): boolean;
  /** Asked in a terminal; settings without a question are flags alone. */
  question?: {
    message: string;
    hint?: string;
    when?(known: Known): boolean;
    options?(known: Known): readonly Option[];
  };
}

export interface Option {
  value: string;
  label: string;
  hint?: string;
}

const always = () => true;
const never = () => false;
const nothing = () => null;

/** The languages as a person picks them. */
export const languageOptions: readonly Option[] = languageIds.map((id) => ({
  value: id,
  label: languages[id].label,
  hint: languages[id].hint,
}));

/** Every setting of `create`, in the order in which questions are asked. */
export const settings: readonly Setting[] = [
  {
    key: 'language',
    flag: '--language <language>',
    help: `the language: ${languageIds.join(', ')}`,
    repeatable: false,
    check: (value) => (languageIds.some((id) => id === value) ? null : `Choose one of ${languageIds.join(', ')}.`),
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
    fallback: ({ detection, folderName }) =>
      nearestName(detection?.name ?? '') ?? nearestName(folderName) ?? nearestName(`${folderName}-service`),
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
  },
  {
    key: 'port',
    flag: '--port <number>',
    help: 'port that the service listens on (repeatable)',
    repeatable: true,
    check: checkPort,
    fallback: portsOf,
    required: always,
    question: {
      message: 'Port that the service listens on',
      options: ({ detection, procfile }) => {
        const choices = procfile.port === undefined ? (detection?.portChoices ?? []) : [];
        const options = choices.map(({ port, from }) => ({ value: String(port), label: String(port), hint: from }));
        return options.length === 0 ? [] : [...options, { value: '', label: 'Another' }];
      },
    },
  },
  {
    key: 'httpPort',
    flag: '--http-port <number>',
    help: "the port that gets Caution's HTTP front; default: the first --port",
    repeatable: false,
    check: checkPort,
    // Ports that were said anew make the old front meaningless.
    fallback: (known) => (known.answers.port ? null : (known.procfile.httpPort ?? null)),
    required: never,
  },
  {
    key: 'memory',
    flag: '--memory <MiB>',
    help: 'enclave memory; the image lives in it',
    repeatable: false,
    check: checkMemory,
    fallback: (known) => known.procfile.memory ?? String(known.languageMemoryMb),
    required: never,
    question: { message: 'Enclave memory in MiB', hint: 'the image lives in it: four times its size, and more' },
  },
  {
    key: 'cpus',
    flag: '--cpus <number>',
    help: 'virtual processors of the enclave',
    repeatable: false,
    check: checkCpus,
    fallback: (known) => known.procfile.cpus ?? null,
    required: never,
  },
  {
    key: 'source',
    flag: '--source <url>',
    help: 'public URL of the source, for whoever verifies (repeatable)',
    repeatable: true,
    check: checkSource,
    fallback: (known) => known.procfile.source ?? known.origin ?? null,
    required: never,
    question: {
      message: 'Public URL of the source',
      hint: 'so that others can verify; leave empty if there is none yet',
    },
  },
  {
    key: 'env',
    flag: '--env <NAME=value>',
    help: 'public configuration in the run command (repeatable); never a secret',
    repeatable: true,
    check: checkAssignment,
    fallback: nothing,
    required: never,
  },
  {
    key: 'containerfile',
    flag: '--containerfile <path>',
    help: 'where the Containerfile goes, relative to the repository',
    repeatable: false,
    check: checkContainerfile,
    fallback: nothing,
    required: never,
  },
  {
    key: 'release',
    flag: '--release <release>',
    help: `StageX release; default ${defaultRelease}`,
    repeatable: false,
    check: (value) => (releases().includes(value) ? null : `Known releases: ${releases().join(', ')}.`),
    fallback: () => defaultRelease,
    required: never,
  },
  {
    key: 'stagexRegistry',
    flag: '--stagex-registry <host/prefix>',
    help: 'take StageX images from a mirror, such as quay.io',
    repeatable: false,
    check: checkRegistry,
    fallback: () => defaultRegistry,
    required: never,
  },
];

/** The name of a flag without its value: `--http-port`. */
export function flagName(setting: Setting): string {
  return setting.flag.replace(/ .*/, '');
}

/** What a Procfile says, else what the code says; an HTTP port that was said is always among them. */
function portsOf(known: Known): string | string[] | null {
  const { httpPort } = known.answers;
  const written = known.procfile.port ?? null;
  if (httpPort !== undefined) return [...new Set([...[written ?? []].flat(), httpPort])];
  return written ?? portOf(known);
}

function portOf({ detection, undecided }: Known): string | null {
  if (detection === null) return undecided ? null : '8080';
  return detection.port === null ? null : String(detection.port);
}

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

function checkAssignment(value: string): string | null {
  const equals = value.indexOf('=');
  if (equals < 1) return 'Write NAME=value.';
  return checkVariable(value.slice(0, equals)) ?? checkRun(value.slice(equals + 1));
}

function checkRegistry(value: string): string | null {
  const ok = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d+)?(\/[a-z0-9]+([._-][a-z0-9]+)*)*$/.test(value);
  return ok ? null : 'A mirror is HOST[:PORT][/PREFIX] in lower case, without a scheme.';
}
