import type { Finding } from '../../app.ts';
import { filesBelow } from '../files.ts';
import type { Project } from '../language.ts';
import { placeOf } from '../place.ts';
import { type Sighting, sightings } from '../scan.ts';
import { type Locked, lockedByName } from './lock.ts';
import type { Package } from './manifest.ts';
import { sourcesOf, withoutTests } from './sources.ts';

/**
 * SQLx's macros ask a database while they compile, or read what `cargo sqlx prepare` has saved.
 * Source: https://docs.rs/sqlx/latest/sqlx/macro.query.html#offline-mode
 */
export interface Sqlx {
  findings: Finding[];
  /** True where the macros are used: the build then must be told to read what is saved. */
  offline: boolean;
  /** Where that is; null when it is missing, or not needed. */
  saved: string | null;
}

const macros = [
  /\bsqlx::(query(?:_as|_scalar|_file|_file_as|_file_scalar)?(?:_unchecked)?)!\s*[([{]/g,
  /(?<!:)\b(query(?:_as|_scalar|_file|_file_as|_file_scalar)(?:_unchecked)?)!\s*[([{]/g,
];
const imported = [/\buse\s+sqlx::[^;]{0,400}?\b(query)\b(?!\s*::)/g];

/** @param workspace for the command that saves the queries of all members. */
export function sqlxNeeds(
  project: Project,
  built: readonly Package[],
  locked: readonly Locked[],
  workspace: boolean,
): Sqlx {
  const users = built.filter(({ dependencies }) =>
    dependencies.some(({ name, kind, optional }) => name === 'sqlx' && kind !== 'dev' && !optional),
  );
  const [first] = users.flatMap((owner) => macrosOf(project, owner));
  if (!first) return { findings: [], offline: false, saved: null };
  const version = lockedByName(locked).get('sqlx')?.[0]?.version ?? '';
  const old = /^0\.[0-6]\./.test(version);
  const saved = savedQueries(project, users, old);
  if (saved !== null) return { findings: [], offline: true, saved };
  const finding: Finding = {
    id: 'rust-sqlx-offline',
    level: 'error',
    ...placeOf(first.from),
    message: `${first.value}! asks a database while it compiles, and no saved queries (${old ? 'sqlx-data.json' : '.sqlx'}) are there that git would commit.`,
    why: 'Code is compiled without a network: what a database answers today would be part of the binary.',
    source: 'https://docs.rs/sqlx/latest/sqlx/macro.query.html#offline-mode',
    mend: `With the database up, run \`cargo sqlx prepare${workspace && !old ? ' --workspace' : ''}\`, and commit ${old ? 'sqlx-data.json' : 'the folder .sqlx'}.`,
  };
  return { findings: [finding], offline: true, saved: null };
}

function macrosOf(project: Project, owner: Package): Sighting[] {
  const files = sourcesOf(project, [owner]);
  const named = sightings(project, files, macros, withoutTests);
  if (named.length > 0) return named;
  // `query!` alone could be another crate's, unless SQLx's is imported.
  const importing = sightings(project, files, imported, withoutTests).map(({ from }) => placeOf(from).path);
  return sightings(project, importing, [/(?<![:\w])(query)!\s*[([{]/g], withoutTests);
}

function savedQueries(project: Project, users: readonly Package[], old: boolean): string | null {
  const dirs = [...users.map(({ dir }) => dir), ''];
  const places = dirs.map((dir) => `${dir === '' ? '' : `${dir}/`}${old ? 'sqlx-data.json' : '.sqlx'}`);
  return (
    places.find(
      (place) => project.has(place) || filesBelow(project, place).some((file) => file.startsWith(`${place}/query-`)),
    ) ?? null
  );
}
