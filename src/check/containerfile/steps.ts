import { after, rewrite } from '../../fix/block.ts';
import { stagexName } from '../../stagex/references.ts';
import type { Stage } from '../../verify/containerfile.ts';
import { risks } from '../../verify/findings.ts';
import { naming } from '../../verify/naming.ts';
import type { Rule } from '../rule.ts';
import { sources } from '../sources.ts';
import { type Build, commandsOf, lastOf, lineage, scriptOf, variablesOf, type Written } from './build.ts';

/** StageX pallets whose image sets a login shell: its profile sets compilers, linker flags and the number of jobs. */
const loginPallets = /^pallet-(?!nodejs$)/;

/** RUN instructions of a needed stage. */
function runsIn(build: Build, { index }: Stage): Written[] {
  return build.instructions.filter(({ stage, keyword }) => stage === index && keyword === 'RUN');
}

/** The image that a stage stands on in the end. */
function rootOf(build: Build, stage: Stage): string {
  return lineage(build, stage).at(-1)?.base ?? '';
}

/** Whether a RUN is read by a shell that its SHELL, or the engine's, names. */
function usesShell(instruction: Written): boolean {
  return !/^\s*\[/.test(scriptOf(instruction));
}

/** What compiles or packs, and may stamp a time on what it makes. */
const stamping =
  /\b(?:cc|gcc|g\+\+|clang|make|cmake|ninja|meson|ar|cargo|rustc|pip3?|python3?|uv|wheel|maturin|poetry|mvn|gradle|javac|jar|zip|tar|gzip|npm|yarn|pnpm|node|go)\b/;

/** How a Containerfile's steps run. */
export const stepRules: readonly Rule[] = [
  {
    id: 'no-source-date-epoch',
    level: 'warning',
    title: 'A build stage without SOURCE_DATE_EPOCH',
    why: 'Compilers and packers that know this variable write its time in place of the clock’s.',
    source: sources.epoch,
    mend: 'Set it in the stage: ENV SOURCE_DATE_EPOCH=1 (315532800 for Python, whose zip files know no date before 1980).',
    *look({ build }) {
      if (!build) return;
      const told = new Set<number>();
      for (const stage of build.file.needed) {
        const step = runsIn(build, stage).find((one) => stamping.test(commandsOf(one)));
        const chain = lineage(build, stage);
        if (!step || chain.some(({ index }) => told.has(index)) || fixesTime(build, stage)) continue;
        told.add(stage.index);
        const from = build.instructions.find(({ keyword, stage: at }) => keyword === 'FROM' && at === stage.index);
        yield {
          ...{ path: build.path, line: step.line, message: 'SOURCE_DATE_EPOCH is not set where this step runs.' },
          ...(from && {
            fix: {
              lines: [from.line, from.endLine] as const,
              change: after(
                `ENV SOURCE_DATE_EPOCH=${/\bp(?:ython3?|ip3?)\b|\buv\b/.test(commandsOf(step)) ? 315_532_800 : 1}`,
              ),
            },
          }),
        };
      }
    },
  },
  {
    id: 'login-shell',
    level: 'warning',
    title: "StageX's login shell",
    why: 'It reads /etc/profile, which sets CC, LDFLAGS and, from the number of processors, MAKEFLAGS=-j: the build depends on the machine.',
    source: sources.stagex,
    mend: 'Write SHELL ["/bin/sh", "-euc"] at the beginning of the stage.',
    *look({ build }) {
      if (!build) return;
      const told = new Set<number>();
      for (const stage of build.file.needed) {
        if (!loginPallets.test(stagexName(rootOf(build, stage)) ?? '')) continue;
        const step = runsIn(build, stage).find((one) => usesShell(one) && !lastOf(build, stage, 'SHELL', one.line));
        if (!step || lineage(build, stage).some(({ index }) => told.has(index))) continue;
        told.add(stage.index);
        const from = build.instructions.find(({ keyword, stage: at }) => keyword === 'FROM' && at === stage.index);
        yield {
          ...{ path: build.path, line: step.line, message: 'This step runs in the login shell of the StageX image.' },
          ...(from && {
            fix: { lines: [from.line, from.endLine] as const, change: after('SHELL ["/bin/sh", "-euc"]') },
          }),
        };
      }
    },
  },
  {
    id: 'heredoc-continues',
    level: 'warning',
    title: 'A heredoc that goes on after a failure',
    why: 'A shell goes on after a command that fails, and the step passes when its last command does: what is missing is missed later, or never.',
    source: `${sources.dockerfile}#here-documents`,
    mend: 'Begin the heredoc with set -eu.',
    *look({ build }) {
      for (const instruction of build?.needed ?? []) {
        const body = heredocOf(instruction);
        if (!build || body === null) continue;
        const stage = build.file.stages[instruction.stage];
        const shell = body.bare && stage ? lastOf(build, stage, 'SHELL', instruction.line) : null;
        const stops = shell !== null && /"-[a-z]*e[a-z]*"/.test(shell.text);
        if (stops || body.lines.length < 2 || setsE(body.lines)) continue;
        yield {
          ...{ path: build.path, line: instruction.line, message: 'Nothing stops this script at the first failure.' },
          fix: {
            lines: [instruction.line, instruction.endLine],
            change: rewrite((text) => text.replace(/\n([ \t]*)/, '\n$1set -eu\n$1')),
          },
        };
      }
    },
  },
  {
    id: 'timestamped-bytecode',
    level: 'warning',
    title: "Byte code that records its sources' times",
    why: 'It differs from build to build, and is stale in the enclave, where all times are 0: Python compiles everything again at each start.',
    source: sources.bytecode,
    mend: 'Compile with --invalidation-mode unchecked-hash, install with --no-compile, or set SOURCE_DATE_EPOCH, by which Python takes hashes.',
    *look({ build }) {
      if (!build) return;
      for (const stage of build.file.needed) {
        if (fixesTime(build, stage)) continue;
        for (const step of runsIn(build, stage)) {
          const found = commandsOf(step).match(
            /(?:\bpip3? install|-m (?:pip install|compileall|py_compile))\b[^;&|\n]*/g,
          );
          const bad = found?.find(
            (one) => !/--no-compile\b|--invalidation-mode\b/.test(one) && !/\buv pip\b/.test(one),
          );
          if (bad === undefined || /\buv pip install/.test(commandsOf(step))) continue;
          const compiles = /-m (?:compileall|py_compile)/.test(bad);
          yield {
            ...{
              path: build.path,
              line: step.line,
              message: 'This step writes .pyc files with the times of their sources.',
            },
            ...(compiles && {
              fix: {
                lines: [step.line, step.endLine] as const,
                change: rewrite((text) =>
                  text.replace(
                    /(-m (?:compileall|py_compile))\b(?!.*--invalidation-mode)/g,
                    '$1 --invalidation-mode unchecked-hash',
                  ),
                ),
              },
            }),
          };
        }
      }
    },
  },
  {
    id: 'reads-surroundings',
    level: 'warning',
    title: 'A step that reads the clock, the machine, or random bytes',
    why: 'Another machine, or another day, may give another result.',
    source: sources.variations,
    mend: 'Name the value instead of asking for it.',
    *look({ build }) {
      if (!build) return;
      for (const { path, line, message, mend } of risks(build.path, build.file)) yield { path, line, message, mend };
    },
  },
];

/** Whether Python and compilers find the time that they are to write. */
function fixesTime(build: Build, stage: Stage): boolean {
  if (variablesOf(build, stage).has('SOURCE_DATE_EPOCH')) return true;
  if (/^pallet-c?go$/.test(stagexName(rootOf(build, stage)) ?? '')) return true; // the image itself sets it
  const indexes = new Set(lineage(build, stage).map(({ index }) => index));
  const own = build.instructions.filter((one) => indexes.has(one.stage));
  const argument = own.some(
    ({ keyword, pairs }) =>
      keyword === 'ARG' &&
      pairs.some(({ name, value }) => name === 'SOURCE_DATE_EPOCH' && (value !== null || hasDefault(build))),
  );
  return argument || own.some((one) => /\bSOURCE_DATE_EPOCH=/.test(scriptOf(one)));
}

/** An ARG before the first FROM gives its default to those that name it again. */
function hasDefault(build: Build): boolean {
  return build.instructions.some(
    ({ stage, pairs }) => stage < 0 && pairs.some(({ name, value }) => name === 'SOURCE_DATE_EPOCH' && value !== null),
  );
}

/** The script of `RUN <<EOF` (bare: the stage's shell reads it) or `RUN sh <<EOF`; null for other instructions. */
function heredocOf(instruction: Written): { bare: boolean; lines: string[] } | null {
  const script = scriptOf(instruction);
  const [, command = '', , mark] =
    /^(?:(\/?(?:\w+\/)*(?:ba|da|a)?sh)((?:\s+-\w+)*)\s+)?<<-?\s*["']?(\w+)["']?[ \t]*\r?\n/.exec(script) ?? [];
  if (mark === undefined) return null;
  const flags = /^\S+((?:\s+-\w+)*)\s+<</.exec(script)?.[1] ?? '';
  const lines = script
    .split(/\r?\n/)
    .slice(1)
    .map((line) => line.trim())
    .filter((line) => line !== '' && line !== mark && !/^#(?!!)/.test(line));
  if (/-\w*e/.test(flags) || /^#!/.test(lines[0] ?? '')) return null;
  return { bare: command === '', lines: joined(lines) };
}

function joined(lines: readonly string[]): string[] {
  return lines.join('\n').replaceAll(/\\\n/g, ' ').split('\n');
}

function setsE(lines: readonly string[]): boolean {
  return /^set\s+(?:-\w*e|-o errexit)/.test(lines[0] ?? '') || lines.slice(1).every((line) => line.startsWith('&&'));
}

/** Names that BuildKit gives to a build. Source: https://docs.docker.com/build/building/variables/#multi-platform-build-arguments */
const predefined =
  /^(?:BUILD|TARGET)(?:PLATFORM|OS|OSVERSION|ARCH|VARIANT)$|^TARGETSTAGE$|^(?:https?|ftp|no|all)_proxy$|^BUILDKIT_|^SOURCE_DATE_EPOCH$/i;

/** Arguments: Caution gives none but one. */
export const argumentRules: readonly Rule[] = [
  {
    id: 'cachebust',
    level: 'error',
    title: 'ARG CACHEBUST',
    why: 'With no_cache Caution gives this argument the time of the build: an image that declares it is another one each time.',
    source: sources.platform,
    mend: 'Remove the argument, and what uses it.',
    *look({ build, procfile }) {
      for (const { keyword, pairs, line } of build?.instructions ?? []) {
        if (keyword !== 'ARG' || !pairs.some(({ name }) => name === 'CACHEBUST')) continue;
        const on = procfile?.parsed.noCache === true;
        yield {
          ...{ path: build?.path, line, level: on ? 'error' : 'warning' },
          message: on
            ? 'Caution gives CACHEBUST the time of the build.'
            : 'With no_cache, CACHEBUST is the time of the build.',
        };
      }
    },
  },
  {
    id: 'argument-not-given',
    level: 'warning',
    title: 'A build argument that nobody gives',
    why: 'Caution runs docker build without build arguments: one without a default is empty, and one with a default keeps it.',
    source: sources.caution,
    mend: 'Give it a default (ARG NAME=value), or write the value where it is used.',
    *look({ build }) {
      if (!build) return;
      const given = new Set(
        build.instructions
          .filter(({ keyword, stage }) => keyword === 'ARG' && stage < 0)
          .flatMap(({ pairs }) => pairs.filter(({ value }) => value !== null).map(({ name }) => name)),
      );
      for (const { keyword, pairs, line } of build.needed) {
        if (keyword !== 'ARG') continue;
        const empty = pairs
          .filter(
            ({ name, value }) => value === null && name !== 'CACHEBUST' && !predefined.test(name) && !given.has(name),
          )
          .map(({ name }) => name);
        if (empty.length > 0)
          yield { path: build.path, line, message: `${naming(empty)} has no default, and is empty.` };
      }
    },
  },
  {
    id: 'argument-not-in-stage',
    level: 'warning',
    title: 'An argument of the file that a stage does not name',
    why: 'An ARG before the first FROM reaches FROM lines alone: in a stage it is empty until ARG names it again.',
    source: `${sources.dockerfile}#understand-how-arg-and-from-interact`,
    mend: 'Write ARG NAME in the stage.',
    *look({ build }) {
      if (!build) return;
      const declared = build.file.globalArgs.filter(
        (name) => /^[A-Za-z_]\w{0,200}$/.test(name) && !predefined.test(name),
      );
      for (const stage of build.file.needed) {
        const chain = lineage(build, stage);
        const own = new Set([...chain.flatMap(({ args }) => args), ...variablesOf(build, stage).keys()]);
        for (const name of declared.filter((one) => !own.has(one))) {
          const use = new RegExp(`\\$(?:${name}\\b|\\{${name}\\b)`);
          const assigned = new RegExp(`(?:^|[\\s;&|(])(?:export |for |read )?${name}(?:=|\\s+in\\b)`);
          const found = build.instructions.find(
            (one) =>
              one.stage === stage.index && one.keyword !== 'FROM' && use.test(one.text) && !assigned.test(one.text),
          );
          if (found)
            yield {
              path: build.path,
              line: found.line,
              message: `${name} is empty here: this stage does not name it.`,
            };
        }
      }
    },
  },
];
