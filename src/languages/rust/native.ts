import type { Finding } from '../../app.ts';
import { type Locked, lockedByName } from './lock.ts';
import type { Package } from './manifest.ts';

/** Crates whose build wants more than Rust and a C compiler, or puts into the binary what varies. */

interface Rule {
  level: 'error' | 'warning';
  message: string;
  why: string;
  mend: string;
  /** The lock shows that it is none, such as a vendored copy. */
  unless?: (entry: Locked, locked: ReadonlyMap<string, readonly Locked[]>) => boolean;
}

const library =
  'StageX has no static copy of that library in its Rust pallet, and the image holds nothing but one static binary.';
const tool = 'Whether the Rust pallet has that tool was not checked here: it holds Rust, a C compiler and git.';

const rules: Readonly<Record<string, Rule>> = {
  'openssl-sys': {
    level: 'error',
    message: 'links OpenSSL',
    why: library,
    mend: 'Choose rustls: default-features = false and the crate’s rustls feature (reqwest, sqlx, tokio-tungstenite, … have one).',
    unless: (_, locked) => locked.has('openssl-src'),
  },
  'openssl-src': {
    level: 'warning',
    message: 'compiles OpenSSL with perl and make',
    why: tool,
    mend: 'Choose rustls, which needs neither.',
  },
  'libsqlite3-sys': {
    level: 'error',
    message: 'links the system’s SQLite',
    why: library,
    mend: 'Turn on the feature `bundled` of rusqlite (`sqlite` of sqlx has it on by itself).',
    unless: ({ dependencies }) => dependencies.some((name) => /^cc\b/.test(name)),
  },
  'pq-sys': {
    level: 'error',
    message: 'links PostgreSQL’s C client',
    why: library,
    mend: 'Use tokio-postgres, sqlx or diesel-async, or the feature `bundled` of pq-sys.',
    unless: (_, locked) => locked.has('pq-src'),
  },
  'mysqlclient-sys': {
    level: 'error',
    message: 'links MySQL’s C client',
    why: library,
    mend: 'Use mysql_async or sqlx.',
  },
  'rdkafka-sys': {
    level: 'warning',
    message: 'compiles librdkafka with make or CMake',
    why: tool,
    mend: 'If the build fails there: rskafka is Rust alone.',
  },
  'aws-lc-sys': {
    level: 'warning',
    message: 'compiles AWS-LC, in C and assembler, in some settings with CMake',
    why: tool,
    mend: 'If the build fails there: rustls with the feature `ring` in place of `aws_lc_rs`.',
  },
  'prost-build': {
    level: 'warning',
    message: 'calls protoc unless its build script is told otherwise',
    why: tool,
    mend: 'Commit the generated code, or use protox.',
    unless: (_, locked) => locked.has('protox') || locked.has('protoc-bin-vendored'),
  },
  'clang-sys': {
    level: 'warning',
    message: 'needs libclang while it builds (bindgen)',
    why: tool,
    mend: 'Commit the generated bindings, or use a version with prebuilt ones.',
  },
  'tikv-jemalloc-sys': {
    level: 'warning',
    message: 'runs configure and make',
    why: tool,
    mend: 'Leave jemalloc out for the target musl, or use mimalloc.',
  },
  vergen: stamp('git state and the time of the build'),
  'shadow-rs': stamp('git state and the time of the build'),
  built: stamp('git state, the host and, with its chrono feature, the time of the build'),
};

function stamp(what: string): Rule {
  return {
    level: 'warning',
    message: `can put ${what} into the binary`,
    why: 'Two builds at different times are then two different enclaves, and .git is no part of the build.',
    mend: 'Turn those values off; the commit is in the attestation.',
  };
}

/**
 * The findings of the crates that a build compiles.
 * A rule's `error` holds where a dependency leads there that default features build as it is; otherwise it is a warning.
 */
export function nativeFindings(packages: readonly Package[], locked: readonly Locked[]): Finding[] {
  const byName = lockedByName(locked);
  const certain = compiledForCertain(packages, byName);
  return Object.entries(rules).flatMap(([name, rule]): Finding[] => {
    const entry = byName.get(name)?.[0];
    if (!entry || rule.unless?.(entry, byName)) return [];
    const optional = certain.has(entry) ? '' : ', if the features or tests that want it are built';
    return [
      {
        id: `rust-needs-${name}`,
        level: certain.has(entry) ? rule.level : 'warning',
        path: 'Cargo.lock',
        message: `${name} ${rule.message}${optional}.`,
        why: rule.why,
        mend: rule.mend,
      },
    ];
  });
}

type ByName = ReadonlyMap<string, readonly Locked[]>;

/**
 * What a build with default features certainly compiles. The lock lists what any feature of these packages could need:
 * below a crate that some other feature changes, nothing is certain.
 */
function compiledForCertain(packages: readonly Package[], byName: ByName): Set<Locked> {
  const direct = packages.flatMap(({ dependencies }) => dependencies);
  const entriesOf = (chosen: typeof direct) => chosen.flatMap(({ name }) => byName.get(name) ?? []);
  const open = walk(entriesOf(direct.filter(({ adjustable }) => adjustable)), byName, new Set());
  const plain = direct.filter(({ kind, optional, foreign }) => kind !== 'dev' && !optional && !foreign);
  return walk(entriesOf(plain), byName, open);
}

/** All that the lock reaches from some packages, not going on from those in `end`. */
function walk(from: readonly Locked[], byName: ByName, end: ReadonlySet<Locked>): Set<Locked> {
  const seen = new Set<Locked>();
  const queue = [...from];
  for (let entry = queue.pop(); entry; entry = queue.pop()) {
    // The lock lists the tests' dependencies of this project's own packages too: those packages start a walk themselves.
    if (seen.has(entry) || entry.source === null) continue;
    seen.add(entry);
    if (end.has(entry)) continue;
    for (const reference of entry.dependencies) {
      const [name = '', version] = reference.split(' ');
      queue.push(...(byName.get(name) ?? []).filter((other) => version === undefined || other.version === version));
    }
  }
  return seen;
}
