import { rewrite } from '../../fix/block.ts';
import { printableLine } from '../../output.ts';
import { contextUses } from '../../verify/source/context.ts';
import type { Rule, Sighting } from '../rule.ts';
import { sources } from '../sources.ts';
import type { Subject } from '../subject.ts';
import { isOffline, type Written } from './build.ts';
import { commandsOf, valuesOf, withValues } from './commands.ts';
import { none, start, type Unlocked, unlocked } from './installs.ts';

/** Files that name dependencies, and are no source of the service. */
const manifest =
  /(?:^|\/)(?:Cargo\.(?:toml|lock)|rust-toolchain(?:\.toml)?|package(?:-lock)?\.json|npm-shrinkwrap\.json|yarn\.lock|\.yarnrc(?:\.yml)?|pnpm-(?:lock|workspace)\.yaml|bun\.lockb?|\.npmrc|\.nvmrc|requirements[\w.-]*\.(?:txt|in)|constraints[\w.-]*\.txt|pyproject\.toml|uv\.lock|poetry\.lock|Pipfile(?:\.lock)?|setup\.(?:py|cfg)|go\.(?:mod|sum|work|work\.sum)|Gemfile(?:\.lock)?|composer\.(?:json|lock)|[\w.-]*\*[\w.-]*\.(?:json|lock|toml|txt|mod|sum)|go\.\*|package\*\.json|Cargo\.\*)$/;

/** Commands that visibly fetch. */
const fetching = new RegExp(
  `${start}(?:curl|wget|git (?:clone|fetch|pull|submodule)|npm (?:ci|install|i)|yarn|pnpm (?:install|i)|pip3? install|uv (?:sync|pip)|go (?:mod download|get)|cargo fetch)(?=\\s|$)`,
);

/** What a build fetches, and when. */
export const networkStepRules: readonly Rule[] = [
  {
    id: 'add-without-checksum',
    level: 'warning',
    title: 'ADD from an address without a checksum',
    why: 'The address may give something else tomorrow.',
    source: `${sources.dockerfile}#add---checksum`,
    mend: 'Add --checksum=sha256:…; for a git address, #COMMIT with the whole commit.',
    *look({ build }) {
      for (const { keyword, words, flags, line, stage: at } of build?.needed ?? []) {
        if (keyword !== 'ADD' || flags.some(({ name }) => name === 'checksum')) continue;
        const stage = build?.file.stages[at];
        const values = build && stage ? valuesOf(build, stage) : new Map<string, string>();
        for (const word of words.slice(0, -1).map((one) => withValues(one, values))) {
          const isGit = /^git@|^(?:https?|ssh|git):\/\/[^#]*\.git(?:#|$)/.test(word);
          if (!isGit && !/^https?:\/\//.test(word)) continue;
          if (isGit && /#[0-9a-f]{40,64}(?::|$)/.test(word)) continue;
          yield { path: build?.path, line, message: `${printableLine(word, 100)} is fetched, and not checked.` };
        }
      }
    },
  },
  {
    id: 'unlocked-install',
    level: 'warning',
    title: 'An install that no lock file holds still',
    why: 'What it installs depends on the day: the same commit gives another image later.',
    source: sources.lockfiles,
    mend: 'Install from a committed lock file, with the flag that refuses to change it.',
    look: unlockedSightings,
  },
  {
    id: 'unchecked-download',
    level: 'warning',
    title: 'A download that nothing checks',
    why: 'The server may give something else tomorrow.',
    source: sources.lockfiles,
    mend: 'Use ADD --checksum=sha256:…, or check with sha256sum -c in the same step.',
    *look({ build }) {
      for (const instruction of runsOf(build)) {
        const script = fullCommandsOf(build, instruction);
        const [found] = new RegExp(`${start}(?:curl|wget)\\s[^;&|\\n]*(?:https?|ftp)://\\S+`).exec(script) ?? [];
        if (
          found === undefined ||
          /\b(?:sha(?:256|384|512)sum|shasum|b2sum|openssl dgst|gpgv?|minisign|cosign)\b/.test(script)
        )
          continue;
        yield { path: build?.path, line: instruction.line, message: `Not checked: ${printableLine(found, 100)}` };
      }
      for (const instruction of runsOf(build)) {
        const script = fullCommandsOf(build, instruction);
        if (!new RegExp(`${start}git clone\\s`).test(script) || /\b[0-9a-f]{40}\b/.test(script)) continue;
        yield {
          ...{ path: build?.path, line: instruction.line, message: 'git clone takes what a branch or tag is today.' },
          mend: 'Check the whole commit out (git checkout COMMIT), or use ADD with #COMMIT.',
        };
      }
    },
  },
  {
    id: 'network-after-sources',
    level: 'note',
    title: 'A step with the network after the sources are in',
    why: 'Sources that are there can decide what is fetched, and code of theirs can fetch: what reaches the image is then no longer what the lock file says.',
    source: `${sources.dockerfile}#run---network`,
    mend: 'Fetch from the lock file before the sources are copied, and then use RUN --network=none.',
    look: networkSightings,
  },
  {
    id: 'cache-mount',
    level: 'warning',
    title: 'A cache mount',
    why: 'What earlier builds left there can reach the image; another machine has an empty one, or another.',
    source: `${sources.dockerfile}#run---mounttypecache`,
    mend: 'Remove --mount=type=cache.',
    *look({ build }) {
      for (const { flags, line, endLine } of build?.needed ?? []) {
        const mounts = flags.filter(({ name, value }) => name === 'mount' && /(?:^|,)type=cache(?:,|$)/.test(value));
        if (mounts.length === 0) continue;
        yield {
          ...{ path: build?.path, line, message: 'This step reads and writes a cache that outlives the build.' },
          fix: {
            lines: [line, endLine],
            change: rewrite((text) =>
              mounts.reduce(
                (rest, { value }) => rest.replace(`--mount=${value}`, '').replace(/(RUN)[ \t]{2,}/i, '$1 '),
                text,
              ),
            ),
          },
        };
      }
    },
  },
];

function runsOf(build: Subject['build']): Written[] {
  return build?.needed.filter(({ keyword }) => keyword === 'RUN') ?? [];
}

/** The commands of a step, with the variables in them that the file gives. */
function fullCommandsOf(build: Subject['build'], instruction: Written): string {
  const stage = build?.file.stages[instruction.stage];
  // What is only said is not run.
  const script = commandsOf(instruction).replaceAll(/\b(echo|printf)\s+(?:-\w+\s+)?(?:"[^"$`]*"|'[^']*')/g, '$1');
  return build && stage && script.includes('$') ? withValues(script, valuesOf(build, stage)) : script;
}

function* unlockedSightings({ build, view }: Subject): Iterable<Sighting> {
  for (const instruction of runsOf(build)) {
    if (isOffline(instruction)) continue;
    const script = fullCommandsOf(build, instruction);
    const stage = build?.file.stages[instruction.stage];
    const variables = build && stage ? [...valuesOf(build, stage).keys()] : [];
    for (const kind of unlocked) {
      if (kind.variables && variables.some((name) => kind.variables?.test(name))) continue;
      const found = foundUnlocked(kind, script);
      if (found === undefined) continue;
      const { says, mend, change } = kind;
      yield {
        ...{ path: build?.path, line: instruction.line, mend },
        message: `${shownCommand(found)}: ${says}.`,
        ...(change &&
          view.files.some((file) => change.lock.test(file)) && {
            fix: { lines: [instruction.line, instruction.endLine] as const, change: rewrite(change.to) },
          }),
      };
    }
  }
}

/** The first command of a kind; what is installed tells more than a list that is brought up to date. */
function foundUnlocked({ command, locked, when }: Unlocked, script: string): string | undefined {
  const found = script
    .match(command)
    ?.filter((one) => !locked.test(one) && !mayBeLocked(one, locked) && (when?.(one) ?? true));
  return found?.find((one) => !/\bupdate\b/.test(one)) ?? found?.[0];
}

/** Whether a variable that the file does not give stands where the flag would be. */
function mayBeLocked(command: string, locked: RegExp): boolean {
  if (locked === none) return false;
  const words = command.trim().split(/\s+/);
  return words.some(
    (word, index) => /^"?\$(?:\w+|\{\w+\})"?$/.test(word) && !/^--?[^=]+$/.test(words[index - 1] ?? ''),
  );
}

function shownCommand(command: string): string {
  const cut = command.split('$(').length > command.split(')').length ? '…' : '';
  return `${printableLine(command, 70)}${cut}`;
}

/** At most one sighting a stage: the first step. */
function* networkSightings({ build, view }: Subject): Iterable<Sighting> {
  if (!build) return;
  const isSource = (pattern: string) => pattern === '' || !(manifest.test(pattern) && !isFolder(pattern));
  const isFolder = (pattern: string) => !view.has(pattern) && view.stands(pattern);
  const uses = contextUses(build.text, build.file).filter(({ pattern }) => isSource(pattern));
  for (const { index } of build.file.needed) {
    const own = build.instructions.filter(({ stage }) => stage === index);
    const first = own.find(({ line }) => uses.some((use) => use.line === line));
    const open = first && own.filter((one) => one.keyword === 'RUN' && one.line > first.line && !isOffline(one));
    const step = open?.find((one) => fetching.test(commandsOf(one))) ?? open?.[0];
    if (!first || !step) continue;
    const fetches = fetching.test(commandsOf(step));
    yield {
      ...{ path: build.path, line: step.line },
      message: `This step ${fetches ? 'fetches' : 'has the network'}, and sources were copied in line ${first.line}.`,
    };
  }
}
