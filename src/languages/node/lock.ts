import type { Finding } from '../../app.ts';
import { printableLine } from '../../output.ts';
import type { Project } from '../language.ts';
import { isRecord, type Manifest, readManifest, recordAt, textAt } from './manifest.ts';

/** The lock files of other package managers, and what each is called. */
const otherLocks: Readonly<Record<string, string>> = {
  'pnpm-lock.yaml': 'pnpm',
  'yarn.lock': 'Yarn',
  'bun.lock': 'Bun',
  'bun.lockb': 'Bun',
};

/** npm's lock files, the one that wins first. Source: https://docs.npmjs.com/cli/configuring-npm/npm-shrinkwrap-json */
const npmLocks = ['npm-shrinkwrap.json', 'package-lock.json'];

export interface Lock {
  /** The lock file's name; null when there is none to install from. */
  file: string | null;
  findings: Finding[];
}

const makeLock = 'npm install --package-lock-only';

/** Finds the lock file and says what would keep an install from it from working, or from being the same twice. */
export function readLock(project: Project, manifest: Manifest): Lock {
  const file = npmLocks.find((name) => project.has(name));
  if (file === undefined) return { file: null, findings: [missingLock(project)] };
  const text = project.read(file);
  const lock = text === null ? null : readManifest(text);
  if (lock === null || 'reason' in lock) {
    const unreadable: Finding = {
      id: 'node-lock-unreadable',
      level: 'error',
      path: file,
      message: lock === null ? `${file} cannot be read: too large, not UTF-8, or a link.` : lock.reason,
      why: 'Dependencies are installed from the lock file alone.',
      mend: makeLock,
    };
    if (lock?.line !== undefined) unreadable.line = lock.line;
    return { file: null, findings: [unreadable] };
  }
  const old = checkVersion(file, lock);
  if (old.length > 0) return { file, findings: old };
  return { file, findings: [...checkRoot(file, lock, manifest), ...checkPackages(file, lock)] };
}

function missingLock(project: Project): Finding {
  const other = Object.keys(otherLocks).find((name) => project.has(name));
  const why = 'Without it two builds may install different packages.';
  if (other === undefined) {
    return {
      id: 'node-no-lock',
      level: 'error',
      path: 'package.json',
      message: 'There is no package-lock.json.',
      why,
      mend: `${makeLock}, and commit package-lock.json.`,
    };
  }
  return {
    id: 'node-other-lock',
    level: 'error',
    path: other,
    message: `This service is locked by ${otherLocks[other]}; StageX's Node image installs with npm alone.`,
    why: 'Another resolver would choose other versions than the ones that were tested.',
    mend: `${makeLock}, compare the versions with ${other}, and commit package-lock.json.`,
  };
}

function checkVersion(file: string, lock: Manifest): Finding[] {
  const version = lock.value.lockfileVersion;
  if (version === 2 || version === 3) return [];
  return [
    {
      id: 'node-lock-version',
      level: 'error',
      path: file,
      message: `The lock file's version is ${printableLine(JSON.stringify(version ?? null), 20)}, not 2 or 3.`,
      why: 'Older ones do not hold all that npm needs: it would ask the registry while it installs.',
      mend: `${makeLock} --lockfile-version 3`,
    },
  ];
}

const dependencyKinds = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'] as const;

/** `npm ci` refuses a lock whose root does not ask for what package.json asks for. */
function checkRoot(file: string, lock: Manifest, manifest: Manifest): Finding[] {
  const root = recordAt(recordAt(lock.value, 'packages'), '');
  const wanted = wantedOf(manifest.value);
  const locked = wantedOf(root);
  const names = [...new Set([...wanted.keys(), ...locked.keys()])];
  const differing = names.find((name) => wanted.get(name)?.range !== locked.get(name)?.range);
  if (differing === undefined) return [];
  const kind = wanted.get(differing)?.kind;
  const line = kind === undefined ? undefined : manifest.lineOf([kind, differing]);
  return [
    {
      id: 'node-lock-stale',
      level: 'error',
      path: 'package.json',
      ...(line === undefined ? {} : { line }),
      message: `${file} does not fit package.json: ${printableLine(differing, 80)} is asked for otherwise.`,
      why: 'npm ci stops at it.',
      mend: `${makeLock}, and commit ${file}.`,
    },
  ];
}

function wantedOf(value: Record<string, unknown>): Map<string, { range: string; kind: string }> {
  const wanted = new Map<string, { range: string; kind: string }>();
  for (const kind of dependencyKinds) {
    for (const [name, range] of Object.entries(recordAt(value, kind))) {
      // What is optional as well as needed is optional: npm writes it to the lock once.
      if (typeof range === 'string') wanted.set(name, { range, kind });
    }
  }
  return wanted;
}

/** One package of a lock file, as far as it matters here. */
interface Locked {
  name: string;
  /** Where it is installed: `node_modules/a/node_modules/b`. */
  path: string;
  entry: Record<string, unknown>;
}

function checkPackages(file: string, lock: Manifest): Finding[] {
  const packages: Locked[] = [];
  for (const [path, entry] of Object.entries(recordAt(lock.value, 'packages'))) {
    if (path === '' || !isRecord(entry)) continue;
    const name = printableLine(textAt(entry, 'name') ?? path.replace(/^.*node_modules\//, ''), 100);
    packages.push({ name, path, entry });
  }
  const finding = (
    id: string,
    level: Finding['level'],
    found: Locked[],
    text: Pick<Finding, 'message' | 'why' | 'mend'>,
  ) => (found.length === 0 ? [] : [{ id, level, path: file, ...text }]);
  const git = packages.filter(({ entry }) => /^git[+:@]|^github:/.test(textAt(entry, 'resolved') ?? ''));
  const local = packages.filter(({ entry }) => entry.link === true || /^file:/.test(textAt(entry, 'resolved') ?? ''));
  const unhashed = packages.filter(
    (each) =>
      /(^|\/)node_modules\//.test(each.path) &&
      !git.includes(each) &&
      !local.includes(each) &&
      each.entry.inBundle !== true &&
      textAt(each.entry, 'integrity') === null,
  );
  return [
    ...finding('node-git-dependency', 'error', git, {
      message: `Taken from git: ${names(git)}.`,
      why: "StageX's Node image has no git, and a lock file holds no hash of what git gives.",
      mend: 'Publish the package, or take a release of it.',
    }),
    ...finding('node-local-dependency', 'error', local, {
      message: `Taken from a folder: ${names(local)}.`,
      why: 'The dependency step sees manifests only, so a linked folder is not there.',
      mend: 'Publish the package, or move its code into the service.',
    }),
    ...finding('node-no-integrity', 'error', unhashed, {
      message: `No hash in the lock file: ${names(unhashed)}.`,
      why: 'npm would take whatever the registry serves on that day.',
      mend: `rm -rf node_modules ${file} && npm install, and commit ${file}.`,
    }),
    ...nativeFindings(file, packages),
    ...platformFindings(file, packages),
    ...registryFindings(file, packages),
  ];
}

/** What packages need that compile, or fetch, a native part when they are installed. */
const compilers = ['prebuild-install', '@mapbox/node-pre-gyp', 'node-pre-gyp', 'bindings', 'nan', 'node-addon-api'];

function nativeFindings(file: string, packages: Locked[]): Finding[] {
  const scripted = packages.filter(
    ({ entry }) =>
      entry.hasInstallScript === true && entry.dev !== true && entry.devOptional !== true && entry.optional !== true,
  );
  const needs = ({ entry }: Locked, tools: readonly string[]) =>
    tools.some((tool) => Object.hasOwn(recordAt(entry, 'dependencies'), tool));
  // node-gyp-build takes a binary that lies in the package, if there is one for musl: that needs no script.
  const native = scripted.filter((each) => needs(each, compilers) && !needs(each, ['node-gyp-build']));
  const other = scripted.filter((each) => !native.includes(each));
  const findings: Finding[] = [];
  if (native.length > 0) {
    findings.push({
      id: 'node-native-addon',
      level: 'error',
      path: file,
      message: `Native parts that are compiled or fetched by install scripts: ${names(native)}.`,
      why: "StageX's Node image has no C++ toolchain for them, and what a script fetches is in no lock file.",
      mend: 'Take a package that ships its binaries for musl, or one in JavaScript (node:sqlite for SQLite, bcryptjs for bcrypt).',
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

/** npm leaves out of some locks what the machine that wrote them did not need. Source: https://github.com/npm/cli/issues/4828 */
function platformFindings(file: string, packages: Locked[]): Finding[] {
  const known = new Set(packages.map(({ path }) => path.replace(/^.*node_modules\//, '')));
  const musl = /linux.*x64.*musl|linuxmusl.*x64|linux-musl-x64/;
  const missing = packages
    .filter(({ entry }) => entry.dev !== true)
    .flatMap(({ entry }) => Object.keys(recordAt(entry, 'optionalDependencies')))
    .filter((name) => musl.test(name) && !known.has(name));
  if (missing.length === 0) return [];
  return [
    {
      id: 'node-lock-platform',
      level: 'warning',
      path: file,
      message: `The lock file leaves out ${names(missing.map((name) => ({ name: printableLine(name, 100) })))}.`,
      why: 'It was written on another platform: the image (Linux on x64, musl) needs this native part.',
      mend: `rm -rf node_modules ${file} && npm install, and commit ${file}.`,
    },
  ];
}

function registryFindings(file: string, packages: Locked[]): Finding[] {
  const hosts = new Set<string>();
  for (const { entry } of packages) {
    const resolved = textAt(entry, 'resolved') ?? '';
    if (!/^https?:/.test(resolved)) continue;
    const host = URL.canParse(resolved) ? new URL(resolved).host : 'an unreadable address';
    if (!/(^|\.)(npmjs\.org|yarnpkg\.com)$/.test(host)) hosts.add(printableLine(host, 80));
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

function names(packages: readonly Pick<Locked, 'name'>[]): string {
  const listed = [...new Set(packages.map(({ name }) => name))];
  return listed.length <= 4 ? listed.join(', ') : `${listed.slice(0, 4).join(', ')} and ${listed.length - 4} more`;
}
