import type { Finding } from '../../../app.ts';
import { printableLine } from '../../../output.ts';
import { placeOf } from '../../place.ts';
import { pythonVersion } from '../target.ts';
import type { Lock, LockedPackage } from './lock.ts';

/** Never, or not in this form, published as a wheel for musl; what to take in its place. */
export const neverMusl = new Map([
  ['psycopg2', 'psycopg2-binary'],
  ['psycopg-c', 'psycopg-binary'],
  ['mysqlclient', 'PyMySQL'],
  ['torch', null],
  ['tensorflow', null],
]);

/** What can be wrong with a package of a lock, for who installs wheels with hashes alone. */
export type Problem = 'noWheel' | 'noFittingWheel' | 'noHashes' | 'git' | 'address' | 'otherIndex';

/** What is said of packages that have the same thing wrong with them; the message goes on with their names. */
const texts: Readonly<Record<Problem, (lock: Lock) => Omit<Finding, 'path' | 'line'>>> = {
  noWheel: () => ({
    id: 'python-no-wheel',
    level: 'error',
    message: 'Published as source alone',
    why: 'To install it, its own code would have to run in the build, with tools that no lock holds.',
    mend: 'Take a version or another package that is published as a wheel, and lock again.',
  }),
  noFittingWheel: () => ({
    id: 'python-no-musl-wheel',
    level: 'error',
    message: `Without a wheel for musl (musllinux, x86_64) and Python ${pythonVersion} in the lock`,
    why: 'The image is built on musl, and the build compiles nothing.',
    mend: 'Take a version that is published for them, or another package, and lock again.',
  }),
  noHashes: ({ file, manager }) => ({
    id: 'python-not-hashed',
    level: 'error',
    message: `Without a version or hashes in ${file}`,
    why: 'The build installs only wheels whose hashes are in the repository, so that every build gets the same ones.',
    mend: `Lock again with a ${manager} that writes hashes.`,
  }),
  git: () => ({
    id: 'python-git-dependency',
    level: 'error',
    message: 'Taken from version control',
    why: 'Such a source has no hash, and has to be built.',
    mend: 'Take a release of the package, or publish a wheel.',
  }),
  address: () => ({
    id: 'python-url-dependency',
    level: 'error',
    message: 'Taken from an address or a file of its own, and not from an index',
    why: 'What lies there may change or go away; an index keeps what it has published.',
    mend: 'Take a release of the package from an index.',
  }),
  otherIndex: () => ({
    id: 'python-other-index',
    level: 'warning',
    // The address may hold a password.
    message: 'Taken from an index of its own',
    why: 'Caution builds without credentials, and so does everyone who verifies.',
    mend: 'See that the index answers anybody.',
  }),
};

/** The findings for what is wrong with packages: one for all that have the same mend, at the first of them. */
export function problemFindings(lock: Lock, found: readonly { problem: Problem; each: LockedPackage }[]): Finding[] {
  const groups = new Map<string, { finding: Finding; names: Set<string> }>();
  for (const { problem, each } of found) {
    const { id, level, ...text } = texts[problem](lock);
    const other = /Wheel$/.test(problem) ? neverMusl.get(each.name) : null;
    const mend = other ? `Take ${other}, and lock again.` : text.mend;
    const group = groups.get(`${id} ${mend}`) ?? {
      finding: { id, level, ...placeOf(each.from), ...text, mend },
      names: new Set(),
    };
    group.names.add(printableLine(`${each.name} ${each.version}`.trim(), 80));
    groups.set(`${id} ${mend}`, group);
  }
  return [...groups.values()].map(({ finding, names }) => ({
    ...finding,
    message: `${finding.message}: ${listed([...names])}.`,
  }));
}

/** No more than this are named one by one. */
const mostNamed = 4;

function listed(names: readonly string[]): string {
  const more = names.length - mostNamed;
  return names.slice(0, mostNamed).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** The finding for something that is needed, and that a lock does not hold. */
export function behindFinding({ file, manager }: Lock, name: string): Finding {
  return {
    id: 'python-lock-behind',
    level: 'error',
    path: file,
    message: `${printableLine(name, 60)} is needed, and ${file} does not hold it.`,
    why: 'The image gets what the lock holds, and nothing else.',
    mend: `Lock again with ${manager}, and commit ${file}.`,
  };
}

/** The finding for a package of the project's own in a folder that the build does not see. */
export function outsideFinding({ name, from }: Pick<LockedPackage, 'name' | 'from'>, folder: string): Finding {
  return {
    id: 'python-local-dependency',
    level: 'error',
    ...placeOf(from),
    message: `${printableLine(name, 60)} is installed from ${printableLine(folder, 60)}, which is not below the lock file.`,
    why: 'The build sees this repository, and there only what lies beside the lock.',
    mend: 'Move the package below the folder of the lock file, or publish it.',
  };
}
