import { after, rewrite } from '../../fix/block.ts';
import { hasLoginShell, stagexUse } from '../../stagex/uses.ts';
import type { Stage } from '../../verify/containerfile.ts';
import type { Rule, Sighting } from '../rule.ts';
import { sources } from '../sources.ts';
import type { Subject } from '../subject.ts';
import { type Build, lastOf, lineage, rootOf, runsIn, scriptOf, type Written } from './build.ts';
import { commandsOf, laysOutFiles, usesShell, withoutFetches } from './commands.ts';

/** Whether the image that a stage stands on has a login shell; null when it may. */
function rootHasLoginShell(build: Build, stage: Stage): boolean | null {
  const use = stagexUse(rootOf(build, stage));
  return use === null ? false : hasLoginShell(use);
}

/** The shells that read steps. */
export const shellRules: readonly Rule[] = [
  {
    id: 'login-shell',
    level: 'warning',
    title: "StageX's login shell",
    why: 'Most pallets of 2026.01.0 and newer have it. It reads /etc/profile, which sets CC, LDFLAGS and, from the number of processors, MAKEFLAGS=-j: the build depends on the machine.',
    source: sources.stagex,
    mend: 'Write SHELL ["/bin/sh", "-euc"] at the beginning of the stage.',
    look: loginShells,
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
        const stops = body.bare && stage !== undefined && shellStops(build, stage, instruction.line);
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
];

/** At most one sighting for stages that stand on each other: at the first step that makes something. */
function* loginShells({ build }: Subject): Iterable<Sighting> {
  if (!build) return;
  const told = new Set<number>();
  for (const stage of build.file.needed) {
    const has = rootHasLoginShell(build, stage);
    if (has === false) continue;
    const steps = runsIn(build, stage).filter((one) => usesShell(one) && !laysOutFiles(commandsOf(one)));
    const step = steps.find((one) => !laysOutFiles(withoutFetches(one))) ?? steps[0];
    if (!step || lastOf(build, stage, 'SHELL', step.line)) continue;
    if (lineage(build, stage).some(({ index }) => told.has(index))) continue;
    told.add(stage.index);
    const from = build.instructions.find(({ keyword, stage: at }) => keyword === 'FROM' && at === stage.index);
    yield {
      ...{ path: build.path, line: step.line, level: has === null ? 'note' : 'warning' },
      message:
        has === null
          ? 'If the StageX image is of 2026.01.0 or newer, this step runs in a login shell.'
          : 'This step runs in the login shell of the StageX image.',
      ...(from && {
        fix: { lines: [from.line, from.endLine] as const, change: after('SHELL ["/bin/sh", "-euc"]') },
      }),
    };
  }
}

/** Whether a stage's shell stops at the first command that fails: by its SHELL, or by StageX's profile. */
function shellStops(build: Build, stage: Stage, line: number): boolean {
  const shell = lastOf(build, stage, 'SHELL', line);
  if (shell !== null) return /"-[a-z]*e[a-z]*"/.test(shell.text);
  return rootHasLoginShell(build, stage) === true;
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
