import { DockerfileParser, type Instruction, type ModifiableInstruction } from 'dockerfile-ast';
import { type Containerfile, readContainerfile, type Stage, stageNamed } from '../../verify/containerfile.ts';

/** One instruction of a Containerfile. */
export interface Written {
  keyword: string;
  /** First and last line, from 1, heredocs included. */
  line: number;
  endLine: number;
  /** All of it, as written: at most 64 KiB. */
  text: string;
  /** `--name=value` words after the keyword. */
  flags: { name: string; value: string }[];
  /** Names and values of ENV, ARG and LABEL; a value is null where none is given. */
  pairs: { name: string; value: string | null }[];
  /** The words of the others. */
  words: string[];
  /** Index of its stage; -1 before the first FROM. */
  stage: number;
}

/** A Containerfile, read for rules. */
export interface Build {
  file: Containerfile;
  instructions: Written[];
  /** Those of the stages that the image needs. */
  needed: Written[];
}

/** Reads a Containerfile. What the engine would refuse is not refused here. */
export function readBuild(text: string): Build {
  const file = readContainerfile(text);
  const instructions: Written[] = [];
  let stage = -1;
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    if (instruction.getKeyword() === 'FROM') stage += 1;
    instructions.push(readInstruction(instruction, stage));
  }
  const indexes = new Set(file.needed.map(({ index }) => index));
  return { file, instructions, needed: instructions.filter((one) => one.stage < 0 || indexes.has(one.stage)) };
}

function readInstruction(instruction: Instruction, stage: number): Written {
  const range = instruction.getRange();
  const flags = 'getFlags' in instruction ? (instruction as ModifiableInstruction).getFlags() : [];
  return {
    keyword: instruction.getKeyword(),
    line: range.start.line + 1,
    endLine: range.end.line + 1,
    text: instruction.getTextContent().slice(0, 65_536),
    flags: flags.map((flag) => ({ name: flag.getName(), value: flag.getValue() ?? '' })),
    pairs: pairsOf(instruction),
    words: instruction.getArguments().map((argument) => argument.getValue()),
    stage,
  };
}

interface Property {
  getName(): string;
  getValue(): string | null;
}

function pairsOf(instruction: Instruction): Written['pairs'] {
  const found: Property[] = [];
  if ('getProperties' in instruction) found.push(...(instruction as { getProperties(): Property[] }).getProperties());
  else if ('getProperty' in instruction) {
    const property = (instruction as { getProperty(): Property | null }).getProperty();
    if (property) found.push(property);
  }
  return found.map((property) => ({ name: property.getName(), value: property.getValue() }));
}

/** A stage and those that it is built on, itself first. */
export function lineage({ file }: Build, stage: Stage): Stage[] {
  const found: Stage[] = [];
  for (let at: Stage | undefined = stage; at; at = stageNamed(file, at.base, at.index)) found.push(at);
  return found;
}

/** Variables that ENV sets in a stage and those that it is built on: the last one of a name counts. */
export function variablesOf(build: Build, stage: Stage): Map<string, Written> {
  const found = new Map<string, Written>();
  for (const { index } of lineage(build, stage).reverse()) {
    for (const instruction of build.instructions) {
      if (instruction.stage !== index || instruction.keyword !== 'ENV') continue;
      for (const { name } of instruction.pairs) found.set(name, instruction);
    }
  }
  return found;
}

/** RUN instructions of a stage. */
export function runsIn(build: Build, { index }: Stage): Written[] {
  return build.instructions.filter(({ stage, keyword }) => stage === index && keyword === 'RUN');
}

/** The image that a stage stands on in the end. */
export function rootOf(build: Build, stage: Stage): string {
  return lineage(build, stage).at(-1)?.base ?? '';
}

/** The last instruction of a kind in a stage, or in those that it is built on; before a line, if one is given. */
export function lastOf(build: Build, stage: Stage, keyword: string, before = Number.POSITIVE_INFINITY): Written | null {
  for (const { index } of lineage(build, stage)) {
    const found = build.instructions.findLast(
      (one) => one.stage === index && one.keyword === keyword && one.line < before,
    );
    if (found) return found;
  }
  return null;
}

/** What a RUN gives to the shell or, in the JSON form, to the kernel: without keyword and flags, heredocs included. */
export function scriptOf({ keyword, text }: Written): string {
  return keyword === 'RUN' ? text.replace(/^\s*RUN\s+(?:(?:\\[ \t]*\r?\n\s*)*--[a-z]+(?:=\S*)?\s+)*/i, '') : '';
}

/** Whether a RUN has no network. */
export function isOffline({ flags }: Written): boolean {
  return flags.some(({ name, value }) => name === 'network' && value === 'none');
}

/** The last stage; null in a file without FROM. */
export function finalStage({ file }: Build): Stage | null {
  return file.stages.at(-1) ?? null;
}
