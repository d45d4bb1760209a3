import type { Project } from '../language.ts';
import { hostAndPort, type ListenOption, optionKind } from '../options.ts';
import { lineAt, literal, readable } from '../scan.ts';
import { closingQuote, withoutTests } from './sources.ts';

/**
 * Options of a command line as clap and structopt are told of them, and fields of a configuration that serde fills, as
 * far as they say where the program listens. Source: https://docs.rs/clap/latest/clap/_derive/index.html
 */

/** A source with more options was written by a program. */
const mostOptions = 100;

interface Source {
  file: string;
  text: string;
}

/** The options that the sources of a program declare, in their order. */
export function listenOptions(project: Project, files: readonly string[]): ListenOption[] {
  const sources = [...readable(project, files, withoutTests)];
  return sources.flatMap((source) => [...fieldOptions(source, sources), ...builderOptions(source, sources)]);
}

/** A structure of something that the service calls, or of a side door. */
const elsewhere =
  /db|database|postgres|mysql|redis|smtp|mail|kafka|nats|amqp|rabbit|mongo|proxy|metric|prometheus|admin|debug|telemetry|client|upstream|target|remote|peer/i;

/** Fields of structures, by the attributes before them. */
function fieldOptions(source: Source, sources: readonly Source[]): ListenOption[] {
  const { file, text } = source;
  const found: ListenOption[] = [];
  const start = /(?:^|[{,])[ \t]*(?=#\[)/gm;
  const field = /(?:pub(?:\([^)\n]*\))?\s+)?(?:r#)?(\w+)\s*:(?!:)/y;
  for (let match = start.exec(text); match && found.length < mostOptions; match = start.exec(text)) {
    const { attributes, end } = attributesAt(text, start.lastIndex);
    field.lastIndex = end;
    const name = field.exec(text)?.[1];
    const kind = name === undefined ? null : optionKind(name);
    if (name !== undefined && kind !== null && !elsewhere.test(structOf(text, match.index))) {
      const stated = defaultIn(attributes, source, sources);
      const at = start.lastIndex + Math.max(0, attributes.search(/\bdefault/));
      const from = `${file}:${lineAt(text, at)}`;
      found.push({
        kind,
        ...stated,
        flag: flagIn(attributes, name, text),
        variable: variableIn(attributes, name),
        from,
      });
    }
    start.lastIndex = end;
  }
  return found.filter(({ port, host, variable }) => port !== null || host !== null || variable !== null);
}

/** The attributes that stand one after another, comments between them left out, and where what they are of begins. */
function attributesAt(text: string, from: number): { attributes: string; end: number } {
  const between = /(?:\s+|\/\/[^\n]*)*/y;
  let attributes = '';
  let at = from;
  while (text.startsWith('#[', at)) {
    const end = closingBracket(text, at + 1);
    if (end === null) return { attributes: '', end: at + longestAttribute };
    attributes += text.slice(at, end);
    between.lastIndex = end;
    at = end + (between.exec(text)?.[0].length ?? 0);
  }
  return { attributes, end: at };
}

/** Longer attributes are not read. */
const longestAttribute = 4000;

/** Where a bracket is closed again, the brackets in strings left out; null when it is not, or far away. */
function closingBracket(text: string, from: number): number | null {
  let depth = 0;
  for (let at = from; at < text.length && at - from < longestAttribute; at += 1) {
    const char = text[at] ?? '';
    if ('[({'.includes(char)) depth += 1;
    else if (char === '"') {
      at = closingQuote(text, at + 1);
      if (at < 0) return null;
    } else if ('])}'.includes(char)) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return null;
}

/** The name of the structure that is being declared at a place. */
function structOf(text: string, at: number): string {
  const start = text.lastIndexOf('struct ', at);
  return start < 0 ? '' : (/^struct\s+(\w+)/.exec(text.slice(start, start + 200))?.[1] ?? '');
}

type Stated = Pick<ListenOption, 'host' | 'port'>;

/** `default_value` and `default_value_t` of clap; `default` of serde and of crates like it. */
const defaults = [
  /\bdefault_value(?:_t)?\s*[=(]\s*("[^"\n]*"|[\w:.]+(?:\([\w:]*\))?)/,
  /\bdefault\s*=\s*"([\w:.]+)"/,
  /\bdefault\(\s*("[^"\n]*"|[\w:.]+)/,
];

function defaultIn(attributes: string, source: Source, sources: readonly Source[]): Stated {
  const written = defaults.flatMap((pattern) => pattern.exec(attributes)?.[1] ?? [])[0];
  return written === undefined ? nothing : (valueIn(written) ?? declared(written, source, sources));
}

const nothing: Stated = { host: null, port: null };

/** The value of an expression that says it itself; null for the name of something. */
function valueIn(expression: string): Stated | null {
  const text = /"([^"\n]*)"/.exec(expression)?.[1];
  if (text !== undefined) return hostAndPort(text) ?? nothing;
  if (/\bLOCALHOST\b/.test(expression)) return { host: '127.0.0.1', port: null };
  if (/\bUNSPECIFIED\b/.test(expression)) return { host: '0.0.0.0', port: null };
  const number = /^\d[\d_]*(?=(?:u16|u32|usize)?\b)/.exec(expression.trim())?.[0];
  return number === undefined ? null : (hostAndPort(number.replaceAll('_', '')) ?? nothing);
}

/** What a constant, or a function without arguments, of the program is; nothing where several of that name differ. */
function declared(written: string, source: Source, sources: readonly Source[]): Stated {
  const name = literal(/^(?:\w+::)*(\w+)/.exec(written)?.[1] ?? '');
  if (name === '') return nothing;
  const pattern = new RegExp(
    `\\b(?:(?:const|static)\\s+${name}\\s*:\\s*[^=;\\n]{1,80}=\\s*([^;]{1,200});|fn\\s+${name}\\(\\)\\s*->\\s*[^{;\\n]{1,80}\\{\\s*([^}]{1,200})\\})`,
  );
  const valuesIn = (texts: readonly Source[]): Stated[] =>
    texts.flatMap(({ text }) => {
      const match = pattern.exec(text);
      return match ? (valueIn(match[1] ?? match[2] ?? '') ?? []) : [];
    });
  const [first, ...others] = [
    ...valuesIn([source]).slice(0, 1),
    ...valuesIn(sources.filter((each) => each !== source)),
  ];
  const own = pattern.test(source.text);
  const same = others.every(({ host, port }) => host === first?.host && port === first?.port);
  return first && (own || same) ? first : nothing;
}

/** The option's long form: of its own, or the field's name. */
function flagIn(attributes: string, field: string, text: string): string | null {
  const named = /\blong\s*[=(]\s*"([\w-]+)"/.exec(attributes)?.[1];
  if (named !== undefined) return `--${named}`;
  const derived = /[(,]\s*long\s*[,)]/.test(attributes) && !/\brename_all\b/.test(text);
  return derived ? `--${field.replaceAll('_', '-')}` : null;
}

function variableIn(attributes: string, field: string): string | null {
  const named = /\benv\s*[=(]\s*"([A-Za-z_]\w*)"/.exec(attributes)?.[1];
  if (named !== undefined) return named;
  return /[(,]\s*env\s*[,)]/.test(attributes) ? field.toUpperCase() : null;
}

/** `Arg::new("port")` and what is said of it, up to the next one. */
function builderOptions(source: Source, sources: readonly Source[]): ListenOption[] {
  const { file, text } = source;
  const options = [...text.matchAll(/\bArg::(?:new|with_name)\(\s*"([\w.-]{1,60})"\s*\)/g)];
  const listening = options.filter((match) => optionKind(match[1] ?? '') !== null).slice(0, mostOptions);
  return listening.flatMap((match): ListenOption[] => {
    const start = match.index + match[0].length;
    const chain = text.slice(start, start + 1500).split(/\bArg::|;/, 1)[0] ?? '';
    const kind = optionKind(match[1] ?? '');
    if (kind === null) return [];
    const written = /\.default_value\(\s*("[^"\n]*"|[\w:]+)/.exec(chain);
    const stated = written ? (valueIn(written[1] ?? '') ?? declared(written[1] ?? '', source, sources)) : nothing;
    const long = /\.long\(\s*"([\w-]+)"/.exec(chain)?.[1];
    const variable = /\.env\(\s*"([A-Za-z_]\w*)"/.exec(chain)?.[1] ?? null;
    if (stated === nothing && variable === null) return [];
    const from = `${file}:${lineAt(text, written ? start + written.index : match.index)}`;
    return [{ kind, ...stated, flag: long === undefined ? null : `--${long}`, variable, from }];
  });
}
