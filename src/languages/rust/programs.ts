import type { Binary, Package } from './manifest.ts';
import { placeOfField } from './manifest.ts';
import type { Crates } from './workspace.ts';

/** A program, and where it is known from (`path:line`). */
export interface Choice {
  /** What a person calls it: the binary, or `package/binary` where two packages have one of that name. */
  entry: string;
  binary: Binary;
  from: string;
}

/**
 * The programs that could be the service, and the one that certainly is: the only one, or what a plain `cargo run` in
 * that folder would run. Source: https://doc.rust-lang.org/cargo/commands/cargo-run.html
 * @param member the folder below the workspace that somebody named; `''` for all of it.
 * @param said the program that somebody named.
 */
export function choosePrograms(
  crates: Crates,
  member: string,
  said: string | undefined,
): { programs: Choice[]; chosen: Choice | null } {
  // By convention (https://github.com/matklad/cargo-xtask) a package called xtask holds the project's own chores.
  const owners = crates.packages.filter(
    ({ name, dir }) => name !== 'xtask' && (member === '' || dir === member || dir.startsWith(`${member}/`)),
  );
  const binaries = owners.flatMap(({ binaries: own }) => own).filter(isPlain);
  const programs = binaries.map((binary): Choice => {
    const twice = binaries.filter(({ name }) => name === binary.name).length > 1;
    return { entry: twice ? `${binary.package}/${binary.name}` : binary.name, binary, from: binary.from };
  });
  const named = programs.find(({ entry }) => entry === said);
  if (named) return { programs, chosen: named };
  const [only] = programs;
  if (only && programs.length === 1) return { programs, chosen: only };
  return { programs, chosen: ofDefaults(crates, programs, owners) ?? ofDefaultRun(programs, owners) };
}

/** The only program, or the `default-run`, of the packages that Cargo takes where none is named. */
function ofDefaults({ defaults, packages, workspace }: Crates, programs: Choice[], owners: Package[]): Choice | null {
  const root = workspace ? packages.find(({ dir }) => dir === '') : undefined;
  const dirs = defaults?.dirs ?? (root ? [''] : null);
  if (dirs === null) return null;
  const taken = owners.filter(({ dir }) => dirs.includes(dir));
  const own = programs.filter(({ binary }) => taken.some(({ name }) => name === binary.package));
  const [only] = own;
  if (only && own.length === 1) return { ...only, from: defaults?.from ?? only.from };
  return ofDefaultRun(own, taken);
}

function ofDefaultRun(programs: Choice[], owners: Package[]): Choice | null {
  const named = owners.flatMap((owner) => {
    const found = programs.find(({ binary }) => binary.package === owner.name && binary.name === owner.defaultRun);
    return found ? [{ ...found, from: placeOfField(owner, 'default-run') }] : [];
  });
  return named.length === 1 ? (named[0] ?? null) : null;
}

/** Names go into the Containerfile and the run command as they are: what Cargo takes and a shell would not is left out. */
function isPlain({ name, package: owner, features }: Binary): boolean {
  const plain = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;
  return plain.test(name) && plain.test(owner) && features.every((feature) => /^[A-Za-z0-9_][\w+./:-]*$/.test(feature));
}
