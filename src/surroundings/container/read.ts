import { DockerfileParser, type Env, type Instruction } from 'dockerfile-ast';
import { splitWords } from '../../caution/words.ts';
import type { Command } from '../facts.ts';

/** An instruction and its line, from 1. */
export interface Line {
  keyword: string;
  /** What follows the keyword, lines joined. */
  text: string;
  line: number;
}

interface Stage {
  name: string;
  /** What FROM names. */
  base: string;
  line: number;
  lines: Line[];
  env: Setting[];
}

/** What an ENV sets; `value` is null when it depends on another variable. */
export interface Setting {
  name: string;
  value: string | null;
  line: number;
}

/** A Dockerfile or Containerfile, as the last stage sees it. */
export interface Container {
  file: string;
  /** Images from outside that its stages begin with. */
  bases: { image: string; line: number }[];
  /** Instructions of the last stage and of the stages that it is built on (`FROM base`), in their order. */
  final: Line[];
  /** Instructions of the other stages. */
  others: Line[];
  env: Setting[];
  /** ENTRYPOINT and CMD together, as the image starts; null when neither is there. */
  start: (Command & { shell: boolean }) | null;
  workdir: string | null;
}

/** Reads a Dockerfile's text. What a builder would refuse is not refused here. */
export function readContainer(file: string, text: string): Container {
  const stages = stagesOf(text);
  const chain = chainOf(stages);
  const lines = chain.flatMap((stage) => stage.lines);
  return {
    file,
    bases: stages
      .filter(
        ({ base }, index) => base !== '' && !stages.slice(0, index).some(({ name }) => name === base.toLowerCase()),
      )
      .map(({ base, line }) => ({ image: base, line })),
    final: lines,
    others: stages.filter((stage) => !chain.includes(stage)).flatMap((stage) => stage.lines),
    env: chain.flatMap(({ env }) => env),
    start: startOf(file, lines),
    workdir: lines.findLast(({ keyword }) => keyword === 'WORKDIR')?.text ?? null,
  };
}

function stagesOf(text: string): Stage[] {
  const stages: Stage[] = [];
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    const keyword = instruction.getKeyword();
    const line = instruction.getRange().start.line + 1;
    const words = instruction.getArguments().map((argument) => argument.getValue());
    if (keyword === 'FROM') {
      const [image = '', as, name] = words;
      const named = as?.toLowerCase() === 'as' && name ? name.toLowerCase() : `stage-${stages.length}`;
      stages.push({ name: named, base: image, line, lines: [], env: [] });
      continue;
    }
    // Before the first FROM only ARG may stand: of a file without one, the rest is read all the same.
    if (stages.length === 0 && keyword !== 'ARG') stages.push({ name: '', base: '', line, lines: [], env: [] });
    const stage = stages.at(-1);
    if (!stage) continue;
    stage.lines.push({ keyword, text: contentOf(instruction), line });
    if (keyword === 'ENV') stage.env.push(...settingsOf(instruction as Env, line));
  }
  return stages;
}

function contentOf(instruction: Instruction): string {
  return (instruction.getRawArgumentsContent() ?? '')
    .replaceAll(/^[ \t]*#.*\r?\n/gm, '') // comments may stand between lines that go on
    .replaceAll(/\\[ \t]*\r?\n/g, ' ')
    .trim();
}

function settingsOf(instruction: Env, line: number): Setting[] {
  return instruction.getProperties().map((property) => {
    const written = property.getValue() ?? '';
    return { name: property.getName(), value: /\$/.test(written) ? null : written, line };
  });
}

/** The last stage, after the stages that it is built on. */
function chainOf(stages: readonly Stage[]): Stage[] {
  const chain: Stage[] = [];
  for (let stage = stages.at(-1); stage !== undefined && !chain.includes(stage); ) {
    chain.unshift(stage);
    const before = stages.slice(0, stages.indexOf(stage));
    const base: string = stage.base.toLowerCase();
    stage = before.findLast(({ name }) => name === base);
  }
  return chain;
}

/** An ENTRYPOINT in the shell form takes no CMD. Source: https://docs.docker.com/reference/dockerfile/#understand-how-cmd-and-entrypoint-interact */
function startOf(file: string, lines: readonly Line[]): Container['start'] {
  const at = lines.findLastIndex(({ keyword }) => keyword === 'ENTRYPOINT');
  const entrypoint = lines[at];
  const cmd = lines.findLast(({ keyword }) => keyword === 'CMD');
  const first = entrypoint ? wordsOf(entrypoint.text) : null;
  const second = cmd ? wordsOf(cmd.text) : null;
  const line = cmd?.line ?? entrypoint?.line;
  if (line === undefined) return null;
  const words = [...(first?.words ?? []), ...(first?.shell === true ? [] : (second?.words ?? []))];
  const from = first?.shell === true || second === null ? `${file}:${entrypoint?.line ?? line}` : `${file}:${line}`;
  return { words, from, process: file, shell: (first ?? second)?.shell === true };
}

function wordsOf(text: string): { words: string[]; shell: boolean } {
  if (text.startsWith('[')) {
    try {
      const words: unknown = JSON.parse(text);
      if (Array.isArray(words) && words.every((word) => typeof word === 'string')) return { words, shell: false };
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error; // brackets that are no JSON: the shell form
    }
  }
  return { words: splitWords(text.replaceAll('\t', ' ')) ?? [], shell: true };
}
