import { rewrite } from '../../fix/block.ts';
import { printableLine } from '../../output.ts';
import { contextUses } from '../../verify/source/context.ts';
import type { Rule, Sighting } from '../rule.ts';
import { sources } from '../sources.ts';
import type { Subject } from '../subject.ts';
import { isOffline, variablesOf, type Written } from './build.ts';
import { commandsOf } from './commands.ts';

/** An install that takes what is newest, and what locks it. */
interface Unlocked {
  /** The command, up to the next command of the script. */
  command: RegExp;
  /** What makes it locked, in the same command. */
  locked: RegExp;
  says: string;
  mend: string;
  /** The same command, locked, where one word more is all that it needs; and the lock file that it then needs. */
  change?: { lock: RegExp; to: (text: string) => string };
}

const none = /(?!)/;
const start = '(?:^|[\\s;&|(])';

/** Sources: the manuals of the package managers. */
const unlocked: readonly Unlocked[] = [
  {
    command: new RegExp(`${start}npm (?:install|i|add|update|up)(?=\\s|$)[^;&|\\n]*`, 'g'),
    locked: none,
    says: 'npm install changes what the lock file says where it does not fit',
    mend: 'Use npm ci.',
    change: {
      lock: /(?:^|\/)(?:package-lock|npm-shrinkwrap)\.json$/,
      to: (text) => text.replace(/\bnpm (?:install|i)(?=\s+(?:--?[a-z]|&&|;|\|)|\s*$)/gm, 'npm ci'),
    },
  },
  {
    command: new RegExp(`${start}(?:npx|bunx|pnpm dlx|yarn dlx)(?=\\s)[^;&|\\n]*`, 'g'),
    locked: /\s--(?:no-install|offline)\b/,
    says: 'a package runner fetches what is newest where the lock file has nothing',
    mend: 'Lock the package as a dependency, and run it with --no-install.',
  },
  {
    command: new RegExp(`${start}yarn(?: install)?(?=\\s*$|\\s+--|\\s*[;&|])[^;&|\\n]*`, 'gm'),
    locked: /--(?:immutable|frozen-lockfile)\b/,
    says: 'yarn install writes the lock file again where it does not fit',
    mend: 'Add --immutable (yarn 1: --frozen-lockfile).',
  },
  {
    command: new RegExp(`${start}(?:pnpm|bun) (?:install|i)(?=\\s|$)[^;&|\\n]*`, 'g'),
    locked: /--frozen-lockfile\b/,
    says: 'the lock file is written again where it does not fit',
    mend: 'Add --frozen-lockfile.',
    change: {
      lock: /(?:^|\/)(?:pnpm-lock\.yaml|bun\.lockb?)$/,
      to: (text) => text.replace(/\b(pnpm|bun) (install|i)\b(?! --frozen-lockfile)/g, '$1 $2 --frozen-lockfile'),
    },
  },
  {
    command: new RegExp(
      `${start}cargo (?:build|b|install|fetch|run|test|rustc|auditable build|zigbuild)(?=\\s|$)[^;&|\\n]*`,
      'g',
    ),
    locked: /\s--(?:locked|frozen)\b/,
    says: 'Cargo writes Cargo.lock again where it does not fit',
    mend: 'Add --locked; --frozen where there is no network.',
    change: {
      lock: /(?:^|\/)Cargo\.lock$/,
      to: (text) =>
        text.replace(
          /\bcargo (build|b|install|fetch|run|test|rustc)(?=\s|$)(?![^;&|\n]*--(?:locked|frozen))/g,
          'cargo $1 --locked',
        ),
    },
  },
  {
    command: new RegExp(`${start}(?:uv )?pip3? install(?=\\s)[^;&|\\n]*|-m pip install(?=\\s)[^;&|\\n]*`, 'g'),
    locked: /--require-hashes\b|--no-index\b|\s--no-deps\s+(?:-\S+\s+)*(?:\.|\/\S+)\s*$/,
    says: 'pip takes whatever files the index has today, under the versions that are named',
    mend: 'Install from requirements with hashes: --require-hashes --no-deps -r requirements.txt.',
  },
  {
    command: new RegExp(`${start}uv (?:sync|run)(?=\\s|$)[^;&|\\n]*`, 'g'),
    locked: /\s--(?:locked|frozen)\b/,
    says: 'uv writes uv.lock again where it does not fit',
    mend: 'Add --locked.',
    change: {
      lock: /(?:^|\/)uv\.lock$/,
      to: (text) => text.replace(/\buv (sync|run)(?=\s|$)(?![^;&|\n]*--(?:locked|frozen))/g, 'uv $1 --locked'),
    },
  },
  {
    command: new RegExp(`${start}pipenv install(?=\\s|$)[^;&|\\n]*`, 'g'),
    locked: /--(?:deploy|ignore-pipfile)\b/,
    says: 'pipenv writes the lock file again where it does not fit',
    mend: 'Use pipenv sync, or add --deploy.',
  },
  {
    command: new RegExp(`${start}poetry (?:update|add|lock)(?=\\s|$)[^;&|\\n]*`, 'g'),
    locked: none,
    says: 'poetry takes what is newest',
    mend: 'Use poetry install from the committed lock file.',
  },
  {
    command: new RegExp(
      `${start}go (?:get|install)(?=\\s)[^;&|\\n]*@[^;&|\\n]*|${start}go get(?=\\s|$)[^;&|\\n]*|${start}go mod tidy`,
      'g',
    ),
    locked: /@(?:v\d+\.\d+\.\d+|[0-9a-f]{12,40})\S*/,
    says: 'Go takes what is newest',
    mend: 'Lock the module in go.mod and go.sum, and build it with go build.',
  },
  {
    command: new RegExp(`${start}bundle install(?=\\s|$)[^;&|\\n]*`, 'g'),
    locked: /--(?:frozen|deployment|local)\b/,
    says: 'Bundler writes Gemfile.lock again where it does not fit',
    mend: 'Set BUNDLE_FROZEN=true.',
  },
  {
    command: new RegExp(`${start}composer (?:update|require)(?=\\s|$)[^;&|\\n]*`, 'g'),
    locked: none,
    says: 'Composer takes what is newest',
    mend: 'Use composer install from the committed lock file.',
  },
  {
    command: new RegExp(
      `${start}(?:apt-get|apt|apk|dnf|microdnf|yum|zypper|pacman)\\s+(?:-\\S+\\s+)*(?:install|add|upgrade|update|dist-upgrade|-S\\S*)(?=\\s|$)[^;&|\\n]*`,
      'g',
    ),
    locked: /--no-network\b|--no-download\b/,
    says: "a distribution's packages are what its servers hold today",
    mend: 'Take the tool from a pinned image (StageX has most of them): COPY --from=stagex/…@sha256:…',
  },
];

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
      for (const { keyword, words, flags, line } of build?.needed ?? []) {
        if (keyword !== 'ADD' || flags.some(({ name }) => name === 'checksum')) continue;
        for (const word of words.slice(0, -1)) {
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
        const script = commandsOf(instruction);
        const [found] = new RegExp(`${start}(?:curl|wget)\\s[^;&|\\n]*(?:https?|ftp)://\\S+`).exec(script) ?? [];
        if (
          found === undefined ||
          /\b(?:sha(?:256|384|512)sum|shasum|b2sum|openssl dgst|gpgv?|minisign|cosign)\b/.test(script)
        )
          continue;
        yield { path: build?.path, line: instruction.line, message: `Not checked: ${printableLine(found, 100)}` };
      }
      for (const instruction of runsOf(build)) {
        const script = commandsOf(instruction);
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

function* unlockedSightings({ build, view }: Subject): Iterable<Sighting> {
  for (const instruction of runsOf(build)) {
    if (isOffline(instruction)) continue;
    const script = commandsOf(instruction);
    const stage = build?.file.stages[instruction.stage];
    const variables = build && stage ? variablesOf(build, stage) : new Map<string, Written>();
    for (const { command, locked, says, mend, change } of unlocked) {
      const found = script.match(command)?.find((one) => !locked.test(one));
      if (found === undefined || (variables.has('BUNDLE_FROZEN') && found.includes('bundle'))) continue;
      yield {
        ...{ path: build?.path, line: instruction.line, mend },
        message: `${printableLine(found, 70)}: ${says}.`,
        ...(change &&
          view.files.some((file) => change.lock.test(file)) && {
            fix: { lines: [instruction.line, instruction.endLine] as const, change: rewrite(change.to) },
          }),
      };
    }
  }
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
