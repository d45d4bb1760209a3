import type { Readable, Writable } from 'node:stream';
import { confirm, isCancel, multiselect, select, text } from '@clack/prompts';
import { splitWords } from '../caution/words.ts';
import { CancelledError } from '../errors.ts';
import { printableLine } from '../output.ts';
import { type Answers, type Known, type Option, type Setting, settingValue } from './setting.ts';
import { settings } from './table/index.ts';

/** Where questions are asked; tests give streams of their own. */
export interface Terminal {
  input: Readable;
  output: Writable;
  /** Ends the question, as if it were cancelled. */
  signal: AbortSignal;
}

/** Told every answer at once, since one may change what is known (a language brings its memory). */
type Refresh = (answers: Answers) => Promise<Known>;

/**
 * Asks what the flags have left open, one question a setting, each with what is known as its default: the common ones, and
 * of the others those that are picked from a list.
 * @returns the given answers and those that were asked for.
 * @throws CancelledError on Ctrl-C or Escape.
 */
export async function askSettings(start: Known, terminal: Terminal, refresh: Refresh): Promise<Answers> {
  const common = settings.filter(({ question }) => question && question.more === undefined);
  const known = await askEach(common, start, terminal, refresh);
  // Whoever has given all that is asked for by flag wants to be asked nothing.
  const wanted = isOpen(start, common) ? await askWhichMore(known, terminal) : [];
  if (wanted.length === 0) return known.answers;
  const further = settings.filter(({ question }) => wanted.includes(question?.more ?? ''));
  return (await askEach(further, known, terminal, refresh)).answers;
}

function isOpen(known: Known, asked: readonly Setting[]): boolean {
  return asked.some(({ key, question }) => known.answers[key] === undefined && question?.when?.(known) !== false);
}

async function askEach(asked: readonly Setting[], start: Known, terminal: Terminal, refresh: Refresh): Promise<Known> {
  let known = start;
  for (const setting of asked) {
    const { question, key } = setting;
    if (!question || known.answers[key] !== undefined || question.when?.(known) === false) continue;
    const answer = await askOne(setting, known, terminal);
    if (answer === undefined) continue;
    known = await refresh({ ...known.answers, [key]: setting.repeatable ? listOf(setting, answer) : answer });
  }
  return known;
}

/** The further settings that somebody wants to make now. */
async function askWhichMore(known: Known, terminal: Terminal): Promise<string[]> {
  const labels = settings.flatMap(({ key, question }) =>
    question?.more === undefined || known.answers[key] !== undefined ? [] : [question.more],
  );
  const options = [...new Set(labels)].map((label) => ({ value: label, label }));
  if (options.length === 0) return [];
  const message = 'More settings? Space picks, Enter goes on without';
  return answered(await multiselect({ message, options, required: false, ...terminal }));
}

/** @returns the answer; undefined when an optional one was left empty. */
async function askOne(setting: Setting, known: Known, terminal: Terminal): Promise<string | undefined> {
  const { question } = setting;
  if (!question) return undefined;
  const fallback = settingValue(setting, known);
  const options = question.options?.(known) ?? [];
  if (options.length > 0) {
    const chosen = await askOneOf(question.message, options, terminal);
    if (chosen !== '') return chosen;
    // Of these, none can be text; of others, the choice of none of them is asked for as text.
    if (setting.choices !== undefined) return undefined;
  }
  const initial = Array.isArray(fallback) ? fallback.join(' ') : (fallback ?? '');
  const required = setting.required(known);
  const answer = await text({
    message: question.message,
    placeholder: printableLine(initial || question.hint || ''),
    defaultValue: initial,
    validate: (value) => problemWith(setting, (value ?? '').trim() || initial, required),
    ...terminal,
  });
  return answered(answer).trim() || initial || undefined;
}

/** Several values in one answer: shell words where values may hold blanks, else apart by blanks or commas. */
function listOf({ question }: Setting, answer: string): string[] {
  if (question?.words) return splitWords(answer) ?? [answer];
  return answer.split(/[\s,]+/).filter(Boolean);
}

function problemWith(setting: Setting, value: string, required: boolean): string | undefined {
  if (value === '') return required ? 'An answer is needed.' : undefined;
  const values = setting.repeatable ? listOf(setting, value) : [value];
  for (const each of values) {
    const reason = setting.check(each);
    if (reason !== null) return reason;
  }
  return undefined;
}

/** The answer, unless the question was cancelled. */
export function answered<T>(answer: T): Exclude<T, symbol> {
  if (isCancel(answer)) throw new CancelledError();
  return answer as Exclude<T, symbol>;
}

/** One of several. */
export async function askOneOf(message: string, options: readonly Option[], terminal: Terminal): Promise<string> {
  const shown = options.map((option) => ({ ...option, label: printableLine(option.label) }));
  return answered(await select({ message, options: shown, ...terminal }));
}

/** One line of text, with a default. */
export async function askText(
  message: string,
  fallback: string,
  check: (value: string) => string | null,
  terminal: Terminal,
): Promise<string> {
  const answer = await text({
    message,
    placeholder: fallback,
    defaultValue: fallback,
    validate: (value) => check(value || fallback) ?? undefined,
    ...terminal,
  });
  return answered(answer) || fallback;
}

export async function askYesNo(message: string, initialValue: boolean, terminal: Terminal): Promise<boolean> {
  return answered(await confirm({ message, initialValue, ...terminal }));
}
