import type { LanguageId } from '../app.ts';
import type { Detection } from '../languages/language.ts';

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
  domain?: string;
  upstreamProtocol?: string;
  secret?: string[];
  egress?: string[];
  e2e?: string;
  e2eKeyExchange?: string;
  corsOrigin?: string[];
  debug?: string;
  sshKey?: string[];
  awsRegion?: string;
  awsInstanceType?: string;
  awsVpcId?: string;
  awsSubnetId?: string[];
  awsSecurityGroupId?: string;
  format?: string;
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
  /** What an existing Procfile or caution.hcl says, as text; it is the default of the same setting. */
  written: Partial<Record<Key, string | string[]>>;
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

/** One thing that a person can decide. Flags, questions, help, the schema and the documentation all read this record. */
export interface Setting {
  key: Key;
  /** As commander writes it: `--port <number>`. Without a value it is a switch, whose answer is `true`, or `false` with `--no-` before it. */
  flag: string;
  help: string;
  repeatable: boolean;
  /** The values there are, where they are few. */
  choices?: readonly string[];
  /** Why a value is refused, or null. */
  check(value: string): string | null;
  /** What is taken when nothing is said; null when it cannot be known, or is left to Caution. */
  fallback(known: Known): string | string[] | null;
  /** True when the service cannot be written without it. */
  required(known: Known): boolean;
  /** Where Caution reads it; absent for what shapes the files alone. */
  carriers?: Carriers;
  /** Asked in a terminal; settings without a question are flags alone. */
  question?: Question;
}

/** Where a setting stands in the two formats. */
export interface Carriers {
  /** Key of the Procfile; null when a Procfile cannot carry it. */
  procfile: string | null;
  /** Attribute of caution.hcl, with its blocks. */
  hcl: string;
  /** Whether a Procfile says the same of these values: by its key, or because they are what holds without one. */
  procfileCarries?(values: readonly string[]): boolean;
}

/** How a setting is asked for. */
export interface Question {
  message: string;
  hint?: string;
  /** Asked only when this was picked from the list of further settings; settings of one label are asked for together. */
  more?: string;
  /** Several values are written as a shell's words. */
  words?: true;
  when?(known: Known): boolean;
  options?(known: Known): readonly Option[];
}

export interface Option {
  value: string;
  label: string;
  hint?: string;
}

/** The name of a flag without its value: `--http-port`. */
export function flagName(setting: Setting): string {
  return setting.flag.replace(/ .*/, '');
}

/** Whether the flag takes no value. */
export function isSwitch(setting: Setting): boolean {
  return !setting.flag.includes(' ');
}

/** The value of a setting: what was said, else what is known of the folder, else its default. */
export function settingValue(setting: Setting, known: Known): string | string[] | null {
  return known.answers[setting.key] ?? setting.fallback(known);
}

/** The first, or only, value. */
export function firstOf(value: string | string[] | null | undefined): string | null {
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

/** All values. */
export function valuesOf(value: string | string[] | null | undefined): string[] {
  return value === undefined || value === null ? [] : [value].flat();
}
