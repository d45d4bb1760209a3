import { type Dockerfile, DockerfileParser, type Instruction, type ModifiableInstruction } from 'dockerfile-ast';
import { printableLine } from '../output.ts';

/** An instruction that makes a step of its own in the build. */
export interface Step {
  instruction: 'RUN' | 'COPY' | 'ADD' | 'WORKDIR';
  /** First line in the Containerfile, counted from 1. */
  line: number;
  /** Its last line, heredocs included. */
  endLine: number;
  /** The instruction on one line, as written. */
  text: string;
  /** All that it says, heredocs included: at most 64 KiB. */
  script: string;
  /** `--from` of a COPY, expanded; null for others. */
  from: string | null;
  /** Sources of a COPY or ADD, as written, heredocs left out; none for others. */
  sources: string[];
  /** Destination of a COPY or ADD, as written; null for others. */
  destination: string | null;
  /** Whether a COPY or ADD is a layer of its own, with no regard to what is below it (`--link`). */
  linked: boolean;
  /** Whether a COPY or ADD brings content that stands in the Containerfile itself. */
  inline: boolean;
}

export interface Stage {
  /** As BuildKit names it in its progress: the name after AS, in lower case, or `stage-<index>`. */
  name: string;
  index: number;
  line: number;
  /** What FROM names, with ARG defaults put in. */
  base: string;
  steps: Step[];
  /** What RUN steps mount from: stages or images. */
  mounts: string[];
  /** Declared with ARG in this stage, or before the first FROM. */
  args: string[];
}

/** A reference to an image outside the Containerfile. */
export interface ImageUse {
  /** Exactly as the engine looks it up: as written, with ARG defaults put in. */
  reference: string;
  line: number;
}

export interface Containerfile {
  stages: Stage[];
  /** The stages that the last one needs, itself included, in the order of the file. */
  needed: Stage[];
  /** Images that the needed stages name. */
  images: ImageUse[];
  /** ARGs before the first FROM. */
  globalArgs: string[];
  hasCacheMounts: boolean;
}

/** Reads a Containerfile. What the engine would refuse is not refused here: the engine says it better. */
export function readContainerfile(text: string): Containerfile {
  const file = DockerfileParser.parse(text);
  const defaults = globalDefaults(file);
  const stages: Stage[] = [];
  const globalArgs = file.getInitialARGs().flatMap(argName);
  let hasCacheMounts = false;
  const mounts: { stage: number; from: string; line: number }[] = [];
  for (const instruction of file.getInstructions()) {
    const keyword = instruction.getKeyword();
    const line = instruction.getRange().start.line + 1;
    if (keyword === 'FROM') {
      stages.push(readStage(instruction, stages.length, line, defaults));
      continue;
    }
    const stage = stages.at(-1);
    if (!stage) continue;
    if (keyword === 'ARG') stage.args.push(...argName(instruction));
    for (const mount of mountsOf(instruction)) {
      hasCacheMounts ||= mount.type === 'cache';
      if (!mount.from) continue;
      const from = expand(mount.from, defaults);
      stage.mounts.push(from);
      mounts.push({ stage: stage.index, from, line });
    }
    if (isStep(keyword)) stage.steps.push(readStep(instruction, keyword, line, defaults));
  }
  return { stages, globalArgs, hasCacheMounts, ...need(stages, mounts) };
}

/**
 * The same Containerfile, where each stage without a name has the one by which the engine calls it (`stage-2`): only
 * stages with names can be told apart in an engine's options. Nothing else changes, line numbers included.
 */
export function withStageNames(text: string): string {
  const lines = text.split('\n');
  const froms = DockerfileParser.parse(text)
    .getInstructions()
    .filter((instruction) => instruction.getKeyword() === 'FROM');
  const taken = new Set(froms.map((instruction) => instruction.getArguments()[2]?.getValue().toLowerCase()));
  for (const [index, instruction] of froms.entries()) {
    if (instruction.getArguments().length !== 1 || taken.has(`stage-${index}`)) continue;
    const last = instruction.getArguments()[0]?.getRange().end;
    const line = last === undefined ? undefined : lines[last.line];
    if (last === undefined || line === undefined) continue;
    lines[last.line] = `${line.slice(0, last.character)} AS stage-${index}${line.slice(last.character)}`;
  }
  return lines.join('\n');
}

function isStep(keyword: string): keyword is Step['instruction'] {
  return keyword === 'RUN' || keyword === 'COPY' || keyword === 'ADD' || keyword === 'WORKDIR';
}

function readStage(
  instruction: Instruction,
  index: number,
  line: number,
  defaults: ReadonlyMap<string, string>,
): Stage {
  const [image = '', as, name] = instruction.getArguments().map((argument) => argument.getValue());
  const named = as?.toLowerCase() === 'as' && name ? name.toLowerCase() : null;
  return {
    name: named ?? `stage-${index}`,
    index,
    line,
    base: expand(image, defaults),
    steps: [],
    mounts: [],
    args: [],
  };
}

function readStep(
  instruction: Instruction,
  keyword: Step['instruction'],
  line: number,
  defaults: ReadonlyMap<string, string>,
): Step {
  const [from] = flags(instruction, 'from');
  const copies = keyword === 'COPY' || keyword === 'ADD';
  const text = instruction.getTextContent();
  const words = copies ? wordsOf(instruction, text) : [];
  return {
    instruction: keyword,
    line,
    endLine: instruction.getRange().end.line + 1,
    text: printableLine(text.replaceAll(/\\\r?\n/g, ' '), 160),
    script: text.slice(0, 65_536),
    from: copies && from !== undefined ? expand(from, defaults) : null,
    sources: words.slice(0, -1).filter((word) => !word.startsWith('<<')),
    destination: words.at(-1) ?? null,
    linked: copies && flags(instruction, 'link').some((value) => value !== 'false'),
    inline: copies && hasHeredoc(text),
  };
}

function hasHeredoc(text: string): boolean {
  return /\s<<-?["']?\w/.test(text);
}

/** Sources and destination of a COPY or ADD. The contents of heredocs come after the first line. */
function wordsOf(instruction: Instruction, text: string): string[] {
  if (hasHeredoc(text)) {
    const [first = ''] = text.replaceAll(/\\[ \t]*\r?\n/g, ' ').split(/\r?\n/);
    const words = first.trim().split(/\s+/).slice(1);
    return words.filter((word) => !word.startsWith('--'));
  }
  return jsonWords(text) ?? instruction.getArguments().map((argument) => argument.getValue());
}

/** The words of the JSON form, `COPY --chmod=644 ["a b", "/c"]`; null for the other form. */
function jsonWords(text: string): string[] | null {
  const list = /^\s*[A-Za-z]+\s+(?:--\S+\s+)*(\[.*\])\s*$/s.exec(text.replaceAll(/\\[ \t]*\r?\n/g, ' '))?.[1];
  if (list === undefined) return null;
  try {
    const words: unknown = JSON.parse(list);
    return Array.isArray(words) && words.every((word) => typeof word === 'string') ? words : null;
  } catch {
    return null; // brackets that are no JSON: the engine takes them for names as well
  }
}

/** The values of an instruction's flags of one name, such as `--from`. */
function flags(instruction: Instruction, name: string): string[] {
  if (!('getFlags' in instruction)) return [];
  return (instruction as ModifiableInstruction)
    .getFlags()
    .filter((flag) => flag.getName() === name)
    .map((flag) => flag.getValue() ?? '');
}

function mountsOf(instruction: Instruction): { type: string; from: string | undefined }[] {
  return flags(instruction, 'mount').map((value) => {
    const options = new Map(
      value.split(',').map((option) => [option.split('=')[0] ?? '', option.slice(option.indexOf('=') + 1)]),
    );
    return { type: options.get('type') ?? 'bind', from: options.get('from') };
  });
}

function argName(instruction: Instruction): string[] {
  return instruction.getArguments().map((argument) => argument.getValue().split('=')[0] ?? '');
}

function globalDefaults(file: Dockerfile): Map<string, string> {
  // What the engine itself defines for a build of one platform.
  const defaults = new Map([
    ['BUILDPLATFORM', 'linux/amd64'],
    ['TARGETPLATFORM', 'linux/amd64'],
    ['BUILDARCH', 'amd64'],
    ['TARGETARCH', 'amd64'],
    ['BUILDOS', 'linux'],
    ['TARGETOS', 'linux'],
  ]);
  for (const arg of file.getInitialARGs()) {
    for (const property of arg.getArguments()) {
      const [name = '', ...rest] = property.getValue().split('=');
      const value = rest.join('=').replace(/^(["'])(.*)\1$/, '$2');
      if (rest.length > 0) defaults.set(name, expand(value, defaults));
    }
  }
  return defaults;
}

/** Puts ARG defaults in, as the builder does for FROM: `$X`, `${X}`, `${X:-default}`, `${X:+other}`. */
function expand(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(
    /\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-+])([^}]*))?\})/g,
    (_, plain: string | undefined, braced: string | undefined, operator: string | undefined, word = '') => {
      const value = values.get(plain ?? braced ?? '') ?? '';
      if (operator?.endsWith('-')) return value === '' ? word : value;
      if (operator?.endsWith('+')) return value === '' ? '' : word;
      return value;
    },
  );
}

/** The stage that a FROM or a `--from` names: the last of that name before a stage, or the one of that number. */
export function stageNamed(file: Pick<Containerfile, 'stages'>, name: string, before: number): Stage | undefined {
  return file.stages
    .slice(0, before)
    .findLast((stage) => stage.name === name.toLowerCase() || String(stage.index) === name);
}

/** Follows FROM, `COPY --from` and `RUN --mount=from=` back from the last stage. */
function need(
  stages: Stage[],
  mounts: { stage: number; from: string; line: number }[],
): Pick<Containerfile, 'needed' | 'images'> {
  const needed = new Set<Stage>();
  const images = new Map<string, ImageUse>();
  const use = (name: string, stage: Stage, line: number) => {
    const other = stageNamed({ stages }, name, stage.index);
    if (other) todo.push(other);
    else if (name !== '' && name !== 'scratch' && !images.has(name)) images.set(name, { reference: name, line });
  };
  const todo = stages.slice(-1);
  for (let stage = todo.pop(); stage; stage = todo.pop()) {
    if (needed.has(stage)) continue;
    needed.add(stage);
    use(stage.base, stage, stage.line);
    for (const step of stage.steps) if (step.from !== null) use(step.from, stage, step.line);
    for (const mount of mounts) if (mount.stage === stage.index) use(mount.from, stage, mount.line);
  }
  return { needed: stages.filter((stage) => needed.has(stage)), images: [...images.values()] };
}

/** How a RUN's command begins, blanks folded: of a heredoc its body. Empty for other instructions. */
export function commandOf({ instruction, script }: Step): string {
  if (instruction !== 'RUN') return '';
  const rest = script.replaceAll(/\\[ \t]*\r?\n/g, ' ').replace(/^\s*RUN\s+(?:--\S+\s+)*/i, '');
  const body = hasHeredoc(` ${rest}`) ? rest.slice(rest.indexOf('\n') + 1) : rest;
  return body.replaceAll(/\s+/g, ' ').trim().slice(0, 60);
}
