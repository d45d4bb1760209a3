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

const shown = ({ name, version }: LockedPackage) => printableLine(`${name} ${version}`.trim(), 80);

/** What stands between a lock and wheels with hashes, each with its mend. */
export const unlike = {
  behind: (lock: Lock, name: string): Finding => ({
    id: 'python-lock-behind',
    level: 'error',
    path: lock.file,
    message: `${printableLine(name, 60)} is needed, and ${lock.file} does not hold it.`,
    why: 'The image gets what the lock holds, and nothing else.',
    mend: `Lock again with ${lock.manager}, and commit ${lock.file}.`,
  }),
  noWheel: (each: LockedPackage): Finding => ({
    id: 'python-no-wheel',
    level: 'error',
    ...placeOf(each.from),
    message: `${shown(each)} is published as source alone.`,
    why: 'To install it, its own code would have to run in the build, with tools that no lock holds.',
    mend: instead(each.name) ?? 'Take a version or another package that is published as a wheel, and lock again.',
  }),
  noFittingWheel: (each: LockedPackage): Finding => ({
    id: 'python-no-musl-wheel',
    level: 'error',
    ...placeOf(each.from),
    message: `${shown(each)} has no wheel for musl (musllinux, x86_64) and Python ${pythonVersion} in the lock.`,
    why: 'The image is built on musl, and the build compiles nothing.',
    mend: instead(each.name) ?? 'Take a version that is published for them, or another package, and lock again.',
  }),
  noHashes: (lock: Lock, each: LockedPackage): Finding => ({
    id: 'python-not-hashed',
    level: 'error',
    ...placeOf(each.from),
    message: `${lock.file} has no version or no hashes for ${shown(each)}.`,
    why: 'The build installs only wheels whose hashes are in the repository, so that every build gets the same ones.',
    mend: `Lock again with a ${lock.manager} that writes hashes.`,
  }),
  git: (each: LockedPackage): Finding => ({
    id: 'python-git-dependency',
    level: 'error',
    ...placeOf(each.from),
    message: `${shown(each)} comes from version control.`,
    why: 'Such a source has no hash, and has to be built.',
    mend: 'Take a release of the package, or publish a wheel.',
  }),
  address: (each: LockedPackage): Finding => ({
    id: 'python-url-dependency',
    level: 'error',
    ...placeOf(each.from),
    message: `${shown(each)} comes from an address or a file of its own, and not from an index.`,
    why: 'What lies there may change or go away; an index keeps what it has published.',
    mend: 'Take a release of the package from an index.',
  }),
  folderOutside: (each: Pick<LockedPackage, 'name' | 'from'>, folder: string): Finding => ({
    id: 'python-local-dependency',
    level: 'error',
    ...placeOf(each.from),
    message: `${printableLine(each.name, 60)} is installed from ${printableLine(folder, 60)}, which is not below the lock file.`,
    why: 'The build sees this repository, and there only what lies beside the lock.',
    mend: 'Move the package below the folder of the lock file, or publish it.',
  }),
  otherIndex: (each: LockedPackage): Finding => ({
    id: 'python-other-index',
    level: 'warning',
    ...placeOf(each.from),
    // The address may hold a password.
    message: `${shown(each)} comes from an index of its own.`,
    why: 'Caution builds without credentials, and so does everyone who verifies.',
    mend: 'See that the index answers anybody.',
  }),
};

function instead(name: string): string | null {
  const other = neverMusl.get(name);
  return other ? `Take ${other}, and lock again.` : null;
}
