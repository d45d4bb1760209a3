import type { Project } from '../language.ts';
import { hostAndPort, type ListenOption, optionKind } from '../options.ts';
import { fromOf } from '../place.ts';
import { lineAt, literal, matchesIn, readable } from '../scan.ts';

/**
 * Flags and variables with a default that says where a program listens: of the packages flag, pflag (cobra), urfave/cli
 * and kingpin, of viper, of tags on the fields of a structure, and of functions that read a variable or give a default.
 */

interface Source {
  file: string;
  text: string;
}

/** A default as it is written: text, a number, or the name of a constant. */
const plain = '(?:"[^"\\n]{0,200}"|\\d{2,5}\\b|[A-Za-z_][\\w.]{0,80})';
/** A variable with its default: `getEnv("X", ":80")`, `cmp.Or(os.Getenv("X"), ":80")`. */
const ofVariable = `\\b\\w*[eE]nv\\w*\\(\\s*"(\\w{1,80})"\\s*\\)?\\s*,\\s*(${plain})`;
/** Its usage follows, which a logger's field has not. */
const flags = new RegExp(
  `\\.(?:Int|Uint|Uint16|String)(?:Var)?P?\\(\\s*(?:&?[\\w.]{1,80},\\s*)?"([\\w.-]{1,60})",\\s*(?:"\\w?",\\s*)?(?:(?:\\w+\\.)?${ofVariable}\\s*\\)|(${plain}))\\s*,([^\\n]{0,300})`,
  'g',
);
const structures = /\b(?:Int|Uint|String)Flag\s*\{((?:[^{}]|\{[^{}]{0,300}\}){0,1500})\}/g;
const chains = /\.Flag\(\s*"([\w.-]{1,60})"([^)\n]{0,300})\)((?:\s*\.\w{1,40}\([^)\n]{0,200}\)){0,6})/g;
const tags = /^[ \t]*(\w{1,80})[ \t]+[\w.*[\]]{1,80}[ \t]+`([^`\n]{1,500})`/gm;
const viper = new RegExp(`\\.SetDefault\\(\\s*"([\\w.-]{1,60})",\\s*(${plain})\\s*\\)`, 'g');
const variables = new RegExp(ofVariable, 'g');
/** A table of settings by the names of their variables. */
const tables =
  /"((?:[A-Z][A-Z0-9]*_)?LISTEN(?:_ADDR(?:ESS)?)?)"\s*:\s*\{(?:[^{}"]|"[^"\n]{0,200}"(?!\s*:\s*\{)|[{}]){0,400}?("[\w.:[\]]*:\d{2,5}")/g;

/** What a program calls, and what is not where its requests come in. */
const others =
  /db|database|postgres|mysql|redis|smtp|mail|kafka|nats|amqp|rabbit|mongo|metric|admin|debug|grpc|client|upstream|target|remote|peer/i;
const calls = /\b(?:connect|dial|remote|upstream|backend|target|database|redis|smtp)\b/i;

/**
 * The options that the sources of a program declare.
 * @param listening variables that are known to say where it listens, whatever their names are.
 */
export function listenOptions(
  project: Project,
  files: readonly string[],
  listening: ReadonlySet<string>,
): ListenOption[] {
  const sources = [...readable(project, files)];
  return sources.flatMap((source) => {
    const options = [
      ...flagsIn(source),
      ...structuresIn(source),
      ...chainsIn(source),
      ...tagsIn(source),
      ...viperIn(source),
      ...variablesIn(source, listening),
    ];
    return options.flatMap(({ at, value, ...option }): ListenOption[] => {
      const stated = statedBy(value, source, sources);
      const from = fromOf(source.file, lineAt(source.text, at));
      return stated === null ? [] : [{ ...option, ...stated, from }];
    });
  });
}

/** An option before its default is looked up. */
interface Declared extends Pick<ListenOption, 'kind' | 'flag' | 'variable'> {
  value: string;
  at: number;
}

function flagsIn({ text }: Source): Declared[] {
  return [...matchesIn(text, [flags])].flatMap(({ match, offset }): Declared[] => {
    const [, name = '', variable = null, fallback, value, usage = ''] = match;
    // Of a command below the program's own: without its name the program does not listen.
    const below = /(\w+?)_?(?:Cmd|Command)\.(?:Persistent)?Flags\(\)$/.exec(
      text.slice(Math.max(0, match.index - 100), match.index),
    );
    const kind = optionKind(name);
    if (kind === null || (below && !/^root$/i.test(below[1] ?? '')) || !isOwn(usage)) return [];
    return [{ kind, flag: `--${name}`, variable, value: fallback ?? value ?? '', at: offset }];
  });
}

/** Whether a flag's usage speaks of the program itself. */
const isOwn = (usage: string): boolean => /\b(?:listen|bind|serve)/i.test(usage) || !calls.test(usage);

/** `&cli.IntFlag{Name: "port", Value: 8080, EnvVars: []string{"PORT"}}`. */
function structuresIn({ text }: Source): Declared[] {
  return [...matchesIn(text, [structures])].flatMap(({ match, offset }): Declared[] => {
    const [, body = ''] = match;
    const field = (pattern: string) => new RegExp(`\\b${pattern}`).exec(body)?.[1];
    const name = field('Name:\\s*"([\\w.-]{1,60})"') ?? '';
    const value = field(`Value:\\s*(${plain})`);
    const kind = optionKind(name);
    if (kind === null || value === undefined || !isOwn(field('Usage:\\s*"([^"\\n]*)"') ?? '')) return [];
    const variable = field('(?:EnvVars?|Sources):\\s*(?:\\[\\]string\\{\\s*|[\\w.]+\\(\\s*)?"(\\w+)"') ?? null;
    return [{ kind, flag: `--${name}`, variable, value, at: offset + body.indexOf(value) }];
  });
}

/** `app.Flag("port", "…").Default("8080").Envar("PORT").Int()`. */
function chainsIn({ text }: Source): Declared[] {
  return [...matchesIn(text, [chains])].flatMap(({ match, offset }): Declared[] => {
    const [, name = '', usage = '', chain = ''] = match;
    const value = /\.Default\(\s*("[^"\n]*")/.exec(chain)?.[1];
    const kind = optionKind(name);
    if (kind === null || value === undefined || !isOwn(usage)) return [];
    const variable = /\.(?:Envar|OverrideDefaultFromEnvar)\(\s*"(\w+)"/.exec(chain)?.[1] ?? null;
    return [{ kind, flag: `--${name}`, variable, value, at: offset }];
  });
}

/** Tags that say a field's default: `envDefault`, `env-default`, or `default` beside `env`, `envconfig` or `long`. */
function tagsIn({ text }: Source): Declared[] {
  return [...matchesIn(text, [tags])].flatMap(({ match, offset }): Declared[] => {
    const [, field = '', list = ''] = match;
    const tag = (name: string) => new RegExp(`(?:^|\\s)(?:${name}):"([^"]*)"`).exec(list)?.[1];
    const value = tag('envDefault|env-default|default');
    const variable = tag('env|envconfig')?.split(',')[0] || null;
    const long = tag('long') ?? null;
    const kind = optionKind(long ?? snake(field)) ?? (variable === null ? null : optionKind(variable));
    if (kind === null || value === undefined || others.test(structOf(text, offset))) return [];
    return [{ kind, flag: long === null ? null : `--${long}`, variable, value: JSON.stringify(value), at: offset }];
  });
}

const snake = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2');

/** The name of the structure that is being declared at a place. */
function structOf(text: string, at: number): string {
  const start = text.lastIndexOf('\ntype ', at);
  return start < 0 ? '' : (/^\ntype\s+(\w+)\s+struct/.exec(text.slice(start, start + 200))?.[1] ?? '');
}

function viperIn({ text }: Source): Declared[] {
  return [...matchesIn(text, [viper])].flatMap(({ match, offset }): Declared[] => {
    const kind = optionKind(match[1] ?? '');
    return kind === null ? [] : [{ kind, flag: null, variable: null, value: match[2] ?? '', at: offset }];
  });
}

function variablesIn({ text }: Source, listening: ReadonlySet<string>): Declared[] {
  return [...matchesIn(text, [variables, tables])].flatMap(({ match, offset }): Declared[] => {
    const [, variable = '', value = ''] = match;
    const own = optionKind(variable) ?? (/LISTEN/.test(variable) && !others.test(variable) ? 'address' : null);
    const kind = listening.has(variable) ? (own ?? (/PORT/.test(variable) ? 'port' : 'address')) : own;
    return kind === null ? [] : [{ kind, flag: null, variable, value, at: offset }];
  });
}

/** What a default comes to; null where that is no address, or not known. */
function statedBy(
  value: string,
  source: Source,
  sources: readonly Source[],
): Pick<ListenOption, 'host' | 'port'> | null {
  const quoted = /^"(?:https?:\/\/)?(.*)"$/.exec(value)?.[1];
  if (quoted !== undefined || /^\d/.test(value)) return hostAndPort(quoted ?? value);
  const name = literal(value.split('.').at(-1) ?? '');
  if (name === '') return null;
  const pattern = new RegExp(
    `^[ \\t]*(?:(?:const|var)\\s+)?${name}\\s*(?:string|int|uint16)?\\s*:?=\\s*("[^"\\n]*"|\\d{2,5}\\b)`,
    'm',
  );
  const values = (texts: readonly Source[]) => new Set(texts.flatMap(({ text }) => pattern.exec(text)?.[1] ?? []));
  const here = values([source]);
  const [only, another] = here.size > 0 ? here : values(sources);
  return only === undefined || another !== undefined ? null : statedBy(only, source, sources);
}
