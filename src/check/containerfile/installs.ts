/** An install that takes what is newest, and what locks it. */
export interface Unlocked {
  /** The command, up to the next command of the script. */
  command: RegExp;
  /** What makes it locked, in the same command. */
  locked: RegExp;
  /** Variables that lock it as well. */
  variables?: RegExp;
  /** Of which commands this is said, where there are two kinds. */
  when?: (command: string) => boolean;
  says: string;
  mend: string;
  /** The same command, locked, where one word more is all that it needs; and the lock file that it then needs. */
  change?: { lock: RegExp; to: (text: string) => string };
}

/** Nothing in the command locks it. */
export const none = /(?!)/;
export const start = '(?:^|[\\s;&|(])';

/** Sources: the manuals of the package managers. */
export const unlocked: readonly Unlocked[] = [
  {
    command: new RegExp(`${start}npm (?:install|i|add|update|up)(?=\\s|$)[^;&|\\n]*`, 'g'),
    locked: none,
    when: namesPackages,
    says: 'npm takes the newest version that fits the name',
    mend: 'Name the package in package.json and its lock file, and use npm ci.',
  },
  {
    command: new RegExp(`${start}(?:yarn|pnpm|bun) (?:global )?add(?=\\s)[^;&|\\n]*`, 'g'),
    locked: none,
    says: 'the newest version that fits the name is taken',
    mend: 'Name the package in package.json and its lock file, and install from that.',
  },
  {
    command: new RegExp(`${start}npm (?:install|i|add|update|up)(?=\\s|$)[^;&|\\n]*`, 'g'),
    locked: none,
    when: (command) => !namesPackages(command),
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
    variables: /^YARN_ENABLE_IMMUTABLE_INSTALLS$/,
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
    variables: /^(?:PIP_(?:REQUIRE_HASHES|NO_INDEX)|UV_REQUIRE_HASHES)$/,
    says: 'pip takes whatever files the index has today, under the versions that are named',
    mend: 'Install from requirements with hashes: --require-hashes --no-deps -r requirements.txt.',
  },
  {
    command: new RegExp(`${start}uv (?:sync|run)(?=\\s|$)[^;&|\\n]*`, 'g'),
    locked: /\s--(?:locked|frozen)\b/,
    variables: /^UV_(?:LOCKED|FROZEN)$/,
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
    variables: /^BUNDLE_(?:FROZEN|DEPLOYMENT)$/,
    says: 'Bundler writes Gemfile.lock again where it does not fit',
    mend: 'Set BUNDLE_FROZEN=true.',
  },
  {
    command: new RegExp(
      `${start}(?:gem install|luarocks install|pipx install|uv tool install|cargo binstall)(?=\\s)[^;&|\\n]*`,
      'g',
    ),
    locked: none,
    says: 'what is newest, with whatever it depends on today, is installed',
    mend: 'Take the tool from a pinned image, or install it from a lock file.',
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

/** Whether an install names packages of the registry, rather than what package.json names. */
function namesPackages(command: string): boolean {
  const words = command.trim().split(/\s+/).slice(2);
  return words.some((word, index) => {
    const value = /^(?:-C|-w|--(?:prefix|registry|workspace|cache|loglevel|omit|include|userconfig))$/.test(
      words[index - 1] ?? '',
    );
    return !value && /^@?[a-z0-9]/i.test(word) && !/\.(?:tgz|tar\.gz)$/.test(word);
  });
}
