import { DockerfileParser, type Instruction } from 'dockerfile-ast';
import { marker } from './mutations.ts';

/** What stands for a hostile value, quoted so that it is one word and nothing else. */
const inert = '‹value›';

const hostile = new RegExp(`${marker}|calm\\d+`, 'i');

/**
 * What a Containerfile does, with every value from outside taken for the same: the instructions and their words. Two
 * renderings of one service, whose values differ in nothing but their text, have the same shape.
 */
export function shapeOf(containerfile: string): string[] {
  const instructions = DockerfileParser.parse(containerfile).getInstructions();
  return instructions.map((instruction) => `${instruction.getKeyword()} ${bodyShape(instruction, containerfile)}`);
}

function bodyShape(instruction: Instruction, containerfile: string): string {
  const text = textOf(instruction, containerfile);
  const body = text.slice(instruction.getInstruction().length).trim();
  if (body.startsWith('[')) return jsonShape(body);
  return (instruction.getKeyword() === 'RUN' ? shellWords(body) : plainWords(body)).join(' ');
}

/** An instruction with its heredoc. */
function textOf(instruction: Instruction, containerfile: string): string {
  const { start, end } = instruction.getRange();
  const lines = containerfile.split('\n').slice(start.line, end.line + 1);
  return lines.join('\n').trim();
}

/** The exec form: each argument is a string, whatever is in it. */
function jsonShape(body: string): string {
  const words: unknown = JSON.parse(body);
  if (!Array.isArray(words)) throw new Error(`no exec form: ${body}`);
  return JSON.stringify(words.map((word) => (hostile.test(String(word)) ? inert : word)));
}

/** Words of an instruction that no shell reads: `NAME="a value"` and paths. */
function plainWords(body: string): string[] {
  const words = body.match(/(?:"(?:\\.|[^"\\])*"|\\.|[^\s"\\])+|["\\]/gs) ?? [];
  return words.map((word) => {
    if (!hostile.test(word) || !isInertPlain(word)) return word;
    const assigned = /^([A-Za-z_][A-Za-z0-9_]*)=/.exec(word);
    if (!assigned) return inert;
    // A name of letters is a name, whosever it is.
    return `${hostile.test(assigned[1] ?? '') ? inert : assigned[1]}=${inert}`;
  });
}

/** In an instruction: letters and path characters, or in double quotes with `$`, `"` and `\` escaped, on one line. */
function isInertPlain(word: string): boolean {
  const [, name, value = ''] = /^([A-Za-z_][A-Za-z0-9_]*=)?([\s\S]*)$/.exec(word) ?? [];
  // Only a word of its own is taken for an option when it begins with `-`.
  const plain = name === undefined ? /^[\w./:@%+,=][\w./:@%+,=-]*$/ : /^[\w./:@%+,=-]+$/;
  return plain.test(value) || /^"(?:\\[\\"$]|[^"\\$\n\r])*"$/.test(value);
}

/** Words and operators as a POSIX shell sees them; a hostile word counts for its quotes alone. */
function shellWords(body: string): string[] {
  const token = /\n|[;&|<>()]|(?:'[^']*'|"(?:\\[\s\S]|[^"\\])*"|\\[\s\S]|[^\s;&|<>()'"\\])+|['"\\]/g;
  return (body.match(token) ?? []).map((word) => {
    // The value of an option that is ours: `-tags=VALUE`.
    const [, option = '', value = ''] = /^(--?[a-z][a-z-]*=)?(.*)$/s.exec(word) ?? [];
    if (hostile.test(option) || !hostile.test(value)) return word;
    return isInertWord(value) ? option + inert : word;
  });
}

/** Nothing in it means anything to a shell: what is not plain stands in single quotes. */
function isInertWord(word: string): boolean {
  const unquoted = word.replace(/'[^']*'/g, '').replace(/"(?:\\[\\"$`]|[^"\\$`])*"/g, '');
  return /^[\w./:@%+,=-]*$/.test(unquoted) && !/^-/.test(word.replace(/^['"]/, ''));
}

/** The same record with each hostile text replaced by a harmless one. */
export function calm<T>(value: T): T {
  const names = new Map<string, string>();
  const named = (word: string): string => {
    const name = names.get(word) ?? `calm${names.size}`;
    names.set(word, name);
    return name;
  };
  const visit = (each: unknown): unknown => {
    if (typeof each === 'string') {
      if (!hostile.test(each)) return each;
      // Paths of one COPY, each with the service's folder in front, are as many words as before.
      const words = each.split(' ').every((word) => hostile.test(word) && isInertPlain(word))
        ? each.split(' ')
        : [each];
      return words.map(named).join(' ');
    }
    if (Array.isArray(each)) return each.map(visit);
    if (each === null || typeof each !== 'object') return each;
    return Object.fromEntries(Object.entries(each).map(([key, inner]) => [visit(key), visit(inner)]));
  };
  return visit(value) as T;
}
