import semver from 'semver';
import type { Finding } from '../../app.ts';
import { type Manifest, textAt } from './manifest.ts';

/** What installs the packages of a lock file. Yarn 1 (classic) and later ones (berry) are two programs of one name. */
export type Manager = 'npm' | 'pnpm' | 'yarn' | 'berry' | 'bun';

/** A package manager as the npm registry has it: a package without dependencies, and the hash of its archive. */
export interface Tool {
  /** What it is called on a command line. */
  command: 'pnpm' | 'yarn';
  package: string;
  version: string;
  /** As a lock file writes it: `sha512-…`. */
  integrity: string;
}

/** The file in a tool's package that its command runs. */
export function toolFile({ command, version }: Tool): string {
  if (command === 'yarn') return 'bin/yarn.js';
  return semver.major(version) < 11 ? 'bin/pnpm.cjs' : 'bin/pnpm.mjs';
}

type Release = readonly [version: string, integrity: string];

/** The last releases of each major version that locks are written with. Source: https://registry.npmjs.org/pnpm and the like */
const releases: Readonly<Record<'pnpm' | 'yarn' | '@yarnpkg/cli-dist', readonly Release[]>> = {
  pnpm: [
    ['7.33.7', 'sha512-ev4kEGQrOcaY30baTOXHIxpczjYGmNafjPj0IlfUCz5D8jEFOwe43oSf1P+/SnH/V7g1E3d3o1I4jz09p0cgDg=='],
    ['8.15.9', 'sha512-SZQ0ydj90aJ5Tr9FUrOyXApjOrzuW7Fee13pDzL0e1E6ypjNXP0AHDHw20VLw4BO3M1XhQHkyik6aBYWa72fgQ=='],
    ['9.15.9', 'sha512-aARhQYk8ZvrQHAeSMRKOmvuJ74fiaR1p5NQO7iKJiClf1GghgbrlW1hBjDolO95lpQXsfF+UA+zlzDzTfc8lMQ=='],
    ['10.34.9', 'sha512-9JtajqD97bRLs8DB1ldQkqU8KVDZW3rRXfEfF5dId6LeOgHAfpNOmyjOcW5RwJqUlixzBtCb4uHksYqMh2L9Mg=='],
  ],
  yarn: [
    ['1.22.22', 'sha512-prL3kGtyG7o9Z9Sv8IPfBNrWTDmXB4Qbes8A9rEzt6wkJV8mUvoirjU0Mp3GGAU06Y0XQyA3/2/RQFVuK7MTfg=='],
  ],
  '@yarnpkg/cli-dist': [
    ['3.8.7', 'sha512-YMoAlLR9f+kxXjK72ggBIidi3ulQQrQpMSxzrLUt0OUk9Xdst2v26LBSYFlzOm+7KRNWgYIJpFjA8uRnCgB5xQ=='],
    ['4.12.0', 'sha512-r0AVfpKUXIbgajKFY0wWMZLwZou+CJmtqt+Y5LTimbPaA78srI0SnLJIS4ikPE1mv8YTPQ7mqRUdoDB7W+kDDA=='],
    ['4.18.1', 'sha512-EH+A4TxAtBWXKE0DGQxW9Bo9crXHLJ73mfxjTQJuv8XonNWWTpei8BQ5JjczHJNU9GROTycwMFn8iOvRIZXUcA=='],
  ],
};

/** The release for a lock file that says which format it has, and nothing else does. */
const byLockVersion: Readonly<Record<'pnpm' | 'berry', (version: number) => string | null>> = {
  pnpm: (version) =>
    version < 5 || version >= 10 ? null : version < 6 ? '7.33.7' : version < 9 ? '8.15.9' : '10.34.9',
  // A later release would write the file in its own format, and refuses to where it must not change.
  berry: (version) => ({ 6: '3.8.7', 8: '4.12.0', 10: '4.18.1' })[version] ?? null,
};

/** From here on pnpm is a program of its own for each platform, in packages whose hashes nothing names. */
const firstNativePnpm = 12;

/** What `packageManager` names: a manager, a version, perhaps with the hash of its archive. */
export interface Named {
  name: string;
  version: string;
  /** As a lock file writes it; null without a hash, or with one of an algorithm that locks do not know. */
  integrity: string | null;
}

/** Reads `packageManager`. Source: https://github.com/nodejs/corepack#when-authoring-packages */
export function packageManagerOf(manifest: Manifest): Named | null {
  const match = /^(npm|pnpm|yarn|bun)@(\d+\.\d+\.\d+(?:-[\w.-]+)?)(?:\+(sha\d+)\.([0-9a-f]+))?$/.exec(
    textAt(manifest.value, 'packageManager') ?? '',
  );
  if (!match) return null;
  const [, name = '', version = '', algorithm = '', hash = ''] = match;
  const known = ['sha256', 'sha384', 'sha512'].includes(algorithm) && hash.length === Number(algorithm.slice(3)) / 4;
  return { name, version, integrity: known ? `${algorithm}-${Buffer.from(hash, 'hex').toString('base64')}` : null };
}

/** A tool to install with, or why there is none. */
export interface Chosen {
  tool: Tool | null;
  findings: Finding[];
}

/**
 * The release that installs from a lock file: the named one when its hash is known, else the last of its major version.
 * @param lockVersion the format that the lock file says it has; NaN when it says none.
 */
export function chooseTool(
  manager: 'pnpm' | 'yarn' | 'berry',
  named: Named | null,
  lock: { file: string; version: number },
  where: { path: string; line?: number },
): Chosen {
  const command = manager === 'pnpm' ? 'pnpm' : 'yarn';
  const pack = manager === 'berry' ? '@yarnpkg/cli-dist' : command;
  const own =
    named !== null && named.name === command && (manager === 'berry') === semver.gte(named.version, '2.0.0-0');
  const asked = (command === 'pnpm' ? named?.name === command : own) ? named : null;
  // The hash of a later Yarn is that of its script alone, not of an archive in the registry.
  if (asked?.integrity && manager !== 'berry' && semver.major(asked.version) < firstNativePnpm) {
    return { tool: { command, package: pack, version: asked.version, integrity: asked.integrity }, findings: [] };
  }
  const fitting = byLockVersion[manager === 'yarn' ? 'pnpm' : manager];
  const version = manager === 'yarn' ? '1.22.22' : releaseFor(pack, asked, fitting(lock.version));
  const release = releases[pack].find(([each]) => each === version);
  if (!release) return { tool: null, findings: [unknownRelease(command, asked, lock)] };
  const tool: Tool = { command, package: pack, version: release[0], integrity: release[1] };
  const differs = asked !== null && asked.version !== tool.version;
  return { tool, findings: differs ? [otherRelease(command, asked.version, tool.version, where)] : [] };
}

/** The asked release itself, else the one of its major version that writes such a lock file, else what fits the file. */
function releaseFor(pack: keyof typeof releases, asked: Named | null, fitting: string | null): string | null {
  if (asked === null) return fitting;
  const major = releases[pack].filter(([each]) => semver.major(each) === semver.major(asked.version));
  const same = major.find(([each]) => each === asked.version) ?? major.find(([each]) => each === fitting);
  return (same ?? major[0])?.[0] ?? null;
}

function otherRelease(command: string, asked: string, taken: string, where: { path: string; line?: number }): Finding {
  return {
    id: 'node-manager-version',
    level: 'note',
    ...where,
    message: `packageManager asks for ${command} ${asked}; the build installs with ${command} ${taken}.`,
    why: 'The tool is checked against its hash, and of this one the hash is known.',
    mend:
      command === 'pnpm' || asked.startsWith('1.')
        ? `corepack use ${command}@${asked} writes the hash beside the version: then that very release is taken.`
        : `yarn set version ${asked} puts that very release into the repository: then it is taken.`,
  };
}

function unknownRelease(command: string, asked: Named | null, lock: { file: string; version: number }): Finding {
  const what = asked === null ? `a lock file of version ${lock.version}` : `${command} ${asked.version}`;
  return {
    id: 'node-manager-unknown',
    level: 'error',
    path: lock.file,
    message: `No release of ${command} is known here for ${what}.`,
    why: 'The tool that installs is itself checked against a hash, or it could be anything.',
    mend:
      command === 'pnpm'
        ? `Name a release with its hash: corepack use pnpm@${asked?.version ?? '10'}.`
        : 'Put a release into the repository: yarn set version stable, then yarn install.',
  };
}
