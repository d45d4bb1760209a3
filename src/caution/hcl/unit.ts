import type { Configuration } from '../configuration.ts';
import { checkVariable } from '../limits.ts';
import { type Decoder, isVault, type NamedEntry, readNamed } from './decode.ts';
import type { Entry } from './shape.ts';
import type { Call, Expression } from './tree.ts';

export interface Unit extends Pick<Configuration, 'command' | 'env' | 'secrets'> {
  label: string | null;
}

/** Reads the unit: what is started, and with which variables. */
export function readUnits(decoder: Decoder, entry: Entry | null): Unit {
  const [unit] = readNamed(decoder, entry, 'unit', (one) => readUnit(decoder, one));
  return unit ?? { label: null, command: [], env: {}, secrets: {} };
}

function readUnit(decoder: Decoder, { key: label, value, place }: NamedEntry): Unit {
  const fields = decoder.fields(value, 'unit', 'unit.', ['command', 'args', 'env']);
  const command = fields?.get('command');
  if (fields && !command) decoder.missing(place, 'A unit needs command.');
  const program = command ? decoder.text(command.value, 'unit.command') : null;
  const words = [...(program === null ? [] : [program]), ...decoder.texts(fields, 'args', 'unit.')];
  const { env, secrets } = readVariables(decoder, decoder.given(fields, 'env'));
  const at = command?.value ?? place;
  if ([...words, ...Object.values(env)].some((text) => text.includes('\0')))
    decoder.problem('hcl-unit', at, 'A NUL can stand neither in a command nor in a variable.');
  const { assigned, rest } = assignments(words);
  if (program !== null && rest.length === 0)
    decoder.problem('hcl-unit', at, 'There is nothing to start: command and args only set variables.');
  for (const [name, text] of assigned) {
    delete secrets[name];
    set(env, name, text);
  }
  return { label, command: rest, env, secrets };
}

/** Leading words of the form NAME=… are assignments, as in the run line of a Procfile. */
export function assignments(words: readonly string[]): { assigned: [name: string, value: string][]; rest: string[] } {
  const found = words.findIndex((word) => !/^[A-Za-z_][A-Za-z0-9_]*=/.test(word));
  const count = found < 0 ? words.length : found;
  const assigned = words.slice(0, count).map((word): [string, string] => {
    const at = word.indexOf('=');
    return [word.slice(0, at), word.slice(at + 1)];
  });
  return { assigned, rest: words.slice(count) };
}

/** A property of any name, such as `__proto__`. */
function set(record: Record<string, string>, name: string, value: string): void {
  Object.defineProperty(record, name, { value, enumerable: true, writable: true, configurable: true });
}

function readVariables(decoder: Decoder, entry: Entry | null): Pick<Unit, 'env' | 'secrets'> {
  const found = { env: {}, secrets: {} };
  const entries = (entry && decoder.map(entry.value, 'env')?.entries) ?? [];
  // Of names that are written otherwise, but are the same, the last one counts.
  for (const one of new Map(entries.map((each) => [each.key, each])).values()) {
    if (one.key === null) decoder.wrong(one.place, 'The name of a variable is a text.');
    else readVariable(decoder, { ...one, key: one.key }, found);
  }
  return found;
}

function readVariable(
  decoder: Decoder,
  { key, place, value }: NamedEntry,
  { env, secrets }: Pick<Unit, 'env' | 'secrets'>,
): void {
  const expression = value.kind === 'value' ? value.expression : null;
  decoder.note(`unit.env.${key}`, place);
  if (expression?.kind === 'string') {
    if (checkVariable(key) === null || key === '__proto__') set(env, key, expression.value);
    else decoder.problem('hcl-variable', place, 'A variable is named with letters, digits and "_".');
  } else if (expression && isVault(expression)) {
    set(secrets, key, secretName(decoder, key, expression));
  } else {
    decoder.problem('hcl-variable', value, notAVariable(expression));
  }
}

/** What `env::vault("NAME")` asks for; the platform accepts anything between the parentheses. */
function secretName(decoder: Decoder, key: string, call: Call): string {
  const [name, more] = call.args;
  if (name?.kind === 'string' && more === undefined) return name.value;
  const text = decoder.shapes.textOf(call);
  decoder.unevaluated.push({ key: `unit.env.${key}`, kind: 'call', text, ...decoder.place(call) });
  return '';
}

function notAVariable(expression: Expression | null): string {
  return expression?.kind === 'template'
    ? 'A variable is a plain text in quotes, without an open template: $${ stands for the characters themselves.'
    : 'A variable is a text in quotes, or env::vault("NAME").';
}
