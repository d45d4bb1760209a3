import semver from 'semver';
import type { Finding } from '../../app.ts';
import { printableLine } from '../../output.ts';
import { type Locked, names } from './locks/lock.ts';
import type { Manager } from './tools.ts';

/** What makes a new lock file, for a mend. */
const relock: Readonly<Record<Manager, string>> = {
  npm: 'rm -rf node_modules package-lock.json && npm install',
  pnpm: 'rm -rf node_modules pnpm-lock.yaml && pnpm install',
  yarn: 'rm -rf node_modules yarn.lock && yarn install',
  berry: 'rm -rf node_modules yarn.lock && yarn install',
  bun: 'bun install --yarn',
};

type Text = Pick<Finding, 'message' | 'why' | 'mend'>;

/** What the packages of a lock file need that the build cannot give. */
export function lockFindings(file: string, manager: Manager, packages: readonly Locked[]): Finding[] {
  const git = packages.filter(isGit);
  const rest = packages.filter((each) => !isGit(each));
  const local = rest.filter((each) => each.local);
  const unhashed = rest.filter((each) => !each.local && !each.hashed);
  const gives = (id: string, level: Finding['level'], found: readonly Locked[], text: Text): Finding[] =>
    found.length === 0 ? [] : [{ id, level, path: file, ...text }];
  return [
    ...gives('node-git-dependency', 'error', git, {
      message: `Taken from git: ${names(git)}.`,
      why: "StageX's Node image has no git, and a lock file holds no hash of what git gives.",
      mend: 'Publish the package, or take a release of it.',
    }),
    ...gives('node-local-dependency', 'error', local.filter(isOutside), {
      message: `Taken from a folder: ${names(local)}.`,
      why: 'The dependency step sees manifests only, so a linked folder is not there.',
      mend: 'Publish the package, or make its folder a member of the workspace.',
    }),
    ...gives('node-no-integrity', 'error', unhashed, {
      message: `No hash in the lock file: ${names(unhashed)}.`,
      why: 'The install would take whatever the registry serves on that day.',
      mend: `${relock[manager]}, and commit ${file}.`,
    }),
    ...nativeFindings(file, packages),
    ...platformFindings(file, manager, packages),
    ...registryFindings(file, packages),
  ];
}

function isGit({ source }: Locked): boolean {
  return /^git[+:@]|^github:|\.git(#|$)|^https:\/\/codeload\.github\.com/.test(source ?? '');
}

/** A folder of the repository comes along by itself: see neededMembers. */
function isOutside({ source, version }: Locked): boolean {
  return !/^(file:|link:|portal:)?(\.\/)?[A-Za-z0-9_@]/.test((source ?? version).replace(/^(file|link|portal):/, ''));
}

/** What packages need that compile, or fetch, a native part when they are installed. */
const compilers = [
  'prebuild-install',
  '@mapbox/node-pre-gyp',
  'node-pre-gyp',
  'bindings',
  'nan',
  'node-addon-api',
  'node-gyp',
];

/** Packages whose install script makes or fetches what they cannot do without, and since which version they no longer do. */
const needScript: Readonly<Record<string, { until: string | null; instead: string }>> = {
  bcrypt: { until: '6.0.0', instead: 'bcrypt 6, or bcryptjs' },
  'better-sqlite3': { until: null, instead: 'node:sqlite, which Node.js 24 has' },
  sqlite3: { until: null, instead: 'node:sqlite, which Node.js 24 has' },
  canvas: { until: null, instead: '@napi-rs/canvas' },
  argon2: { until: '0.41.0', instead: 'argon2 0.41 or @node-rs/argon2' },
  sharp: { until: '0.33.0', instead: 'sharp 0.33, which comes as packages for each platform' },
  'node-sass': { until: null, instead: 'sass' },
  grpc: { until: null, instead: '@grpc/grpc-js' },
  re2: { until: null, instead: 're2-wasm' },
  'isolated-vm': { until: null, instead: 'node:vm, where it need not isolate' },
  'node-rdkafka': { until: null, instead: 'kafkajs' },
  libpq: { until: null, instead: 'pg without pg-native' },
  '@prisma/engines': { until: '7.0.0', instead: 'Prisma 7, or engineType = "client" with a driver adapter' },
  puppeteer: { until: null, instead: 'a browser outside of the enclave: puppeteer-core' },
  electron: { until: null, instead: 'Node.js alone' },
};

/** Install scripts that a service can do without: they print, or make something faster. */
const spareScripts = new Set([
  'core-js',
  'core-js-pure',
  'es5-ext',
  'esbuild',
  'protobufjs',
  '@nestjs/core',
  'nodemon',
  '@swc/core',
  'bufferutil',
  'utf-8-validate',
  'msgpackr-extract',
  'unrs-resolver',
  '@apollo/protobufjs',
  'styled-components',
  '@prisma/client',
  'prisma',
  'cpu-features',
  'ssh2',
  'dtrace-provider',
  '@scarf/scarf',
]);

function needsScript({ name, version }: Locked): boolean {
  const entry = Object.hasOwn(needScript, name) ? needScript[name] : undefined;
  if (entry === undefined || entry.until === null) return entry !== undefined;
  return semver.valid(version) !== null && semver.lt(version, entry.until);
}

/** node-gyp-build takes a binary that lies in the package, if there is one for musl: that needs no script. */
function compiles({ needs }: Locked): boolean {
  return compilers.some((tool) => needs.includes(tool)) && !needs.includes('node-gyp-build');
}

function nativeFindings(file: string, packages: readonly Locked[]): Finding[] {
  const running = packages.filter(({ spare }) => !spare);
  const known = running.filter(needsScript);
  const scripted = running.filter((each) => each.scripted === true && !needsScript(each));
  const native = [...known, ...scripted.filter(compiles)];
  const other = scripted.filter((each) => !compiles(each) && !spareScripts.has(each.name));
  const findings: Finding[] = [];
  if (native.length > 0) {
    const instead = known.map(({ name }) => `${name}: ${needScript[name]?.instead}`);
    findings.push({
      id: 'node-native-addon',
      level: 'error',
      path: file,
      message: `Native parts that are compiled or fetched by install scripts: ${names(native)}.`,
      why: "StageX's Node image has no C++ toolchain for them, and what a script fetches is in no lock file.",
      mend:
        instead.length > 0
          ? `Take instead ${instead.slice(0, 3).join('; ')}.`
          : 'Take a package that ships its binaries for musl, or one in JavaScript.',
    });
  }
  if (other.length > 0) {
    findings.push({
      id: 'node-install-script',
      level: 'warning',
      path: file,
      message: `Install scripts that the build does not run: ${names(other)}.`,
      why: 'An install script may do anything, fetching from the network included; most packages work without it.',
      mend: 'Start the built image: when a package does not work, do what its script does in the build script.',
    });
  }
  return findings;
}

/** Locks leave out what the machine that wrote them did not need. Source: https://github.com/npm/cli/issues/4828 */
function platformFindings(file: string, manager: Manager, packages: readonly Locked[]): Finding[] {
  const known = new Set(packages.map(({ name }) => name));
  const musl = /linux.*x64.*musl|linuxmusl.*x64|linux-musl-x64/;
  const missing = packages
    .filter(({ spare }) => !spare)
    .flatMap(({ optional }) => optional)
    .filter((name) => musl.test(name) && !known.has(name));
  if (missing.length === 0) return [];
  return [
    {
      id: 'node-lock-platform',
      level: 'warning',
      path: file,
      message: `The lock file leaves out ${names(missing.map((name) => ({ name })))}.`,
      why: 'It was written on another platform: the image (Linux on x64, musl) needs this native part.',
      mend: `${relock[manager]}, and commit ${file}.`,
    },
  ];
}

function registryFindings(file: string, packages: readonly Locked[]): Finding[] {
  const hosts = new Set<string>();
  for (const { source } of packages) {
    if (source === null || !/^https?:/.test(source) || source.includes('.git')) continue;
    const host = URL.canParse(source) ? new URL(source).host : 'an unreadable address';
    if (!/(^|\.)(npmjs\.org|npmjs\.com|yarnpkg\.com|github\.com)$/.test(host)) hosts.add(printableLine(host, 80));
  }
  if (hosts.size === 0) return [];
  return [
    {
      id: 'node-private-registry',
      level: 'warning',
      path: file,
      message: `Packages come from ${[...hosts].slice(0, 3).join(', ')}.`,
      why: 'Caution builds without credentials, and so does everyone who verifies.',
      mend: 'See that these addresses answer anybody.',
    },
  ];
}
