import { always, type Symptom } from '../symptom.ts';

const update = always('Run `cargo update --workspace` and commit Cargo.lock.');

/** What cargo, rustc and build scripts say when they give up. */
export const rustSymptoms: readonly Symptom[] = [
  {
    id: 'rust-version',
    pattern: /error: package `([^`]+)` cannot be built because it requires rustc|^[ \t]+(\S+@\S+) requires rustc \d/m,
    message: (thing) => `${thing} asks for a newer Rust than the image has.`,
    why: 'The compiler is part of the pinned image.',
    mend: always('Take an older version of it, lower rust-version, or choose a StageX release with a newer Rust.'),
    source: 'https://doc.rust-lang.org/cargo/reference/rust-version.html',
  },
  {
    id: 'rust-toolchain',
    pattern:
      /(`#!\[feature\]` may not be used on the stable release channel|option `Z` is only accepted on the nightly compiler|requires a nightly version of Cargo|feature `[\w-]+` is required)/,
    message: always('The code asks for a nightly or a newer Rust.'),
    why: 'StageX has the stable compiler of its release.',
    mend: always('Do without the feature, or choose a StageX release with a newer Rust.'),
  },
  {
    id: 'rust-lock-outdated',
    pattern: /(?:cannot (?:update|create) the lock file (\S+)|the lock file (\S+) needs to be updated but)/,
    message: (thing) => `${thing.replace(/^.*\//, '')} does not cover what Cargo.toml asks for.`,
    why: 'The build takes what is locked, and nothing else.',
    mend: update,
    source: 'https://doc.rust-lang.org/cargo/faq.html#why-have-cargolock-in-version-control',
  },
  {
    id: 'rust-sqlx-offline',
    pattern: /(set `DATABASE_URL` to use query macros online|no cached data for this query)/,
    message: always('SQLx checks its queries against a database while it compiles.'),
    why: 'There is no database in a build, and its answers would not be the same each time.',
    mend: always('Run `cargo sqlx prepare --workspace`, commit .sqlx/, and set SQLX_OFFLINE=true.'),
    source: 'https://docs.rs/sqlx/latest/sqlx/macro.query.html#offline-mode',
  },
  {
    id: 'rust-needs-openssl-sys',
    pattern: /(Could not find directory of OpenSSL installation|The system library `openssl` required by crate)/,
    message: always('openssl-sys looks for OpenSSL, and does not find it.'),
    why: 'StageX’s Rust pallet holds OpenSSL, static as well; it must be told where. Stand-ins for the pallet have none.',
    mend: always(
      'Set OPENSSL_STATIC=1, OPENSSL_LIB_DIR=/usr/lib and OPENSSL_INCLUDE_DIR=/usr/include in the build stage, or use rustls.',
    ),
    source: 'https://docs.rs/openssl/latest/openssl/#building',
  },
  {
    id: 'build-native-library',
    pattern: /The system library `([^`]+)` required by crate `[^`]+` was not found/,
    message: (thing) => `The C library ${thing} is missing.`,
    why: 'The pallet holds a compiler and musl, and no other library.',
    mend: always(
      'Use the crate’s feature that compiles its own copy (often `bundled` or `vendored`), or a crate in Rust.',
    ),
  },
  {
    id: 'build-native-tool',
    pattern:
      /(?:Could not find `(protoc)`|is `(cmake)` not installed|Unable to find (libclang)|failed to find tool "([^"]+)")/,
    message: (thing) => `A build script wants ${thing}, which the image does not have.`,
    why: 'The pallet holds a compiler and musl, and few tools besides.',
    mend: always(
      'Copy the tool from StageX’s own image of it in the build stage, or turn the feature off that wants it.',
    ),
  },
  {
    id: 'rust-workspace-member',
    pattern: /failed to (?:load manifest for workspace member|read) `([^`]+)`/,
    message: (thing) => `${thing} did not reach the build.`,
    why: 'Cargo reads the manifests of all members of a workspace, and of all path dependencies.',
    mend: always('Commit it, copy it in the Containerfile, and see that no ignore file hides it.'),
  },
  {
    id: 'build-missing-file',
    pattern: /error: couldn't read `([^`]+)`: No such file/,
    message: (thing) => `${thing} is compiled in, and did not reach the build.`,
    why: 'Only what git has, and the Containerfile copies, is there.',
    mend: always('Commit the file, and see that no ignore file hides it.'),
  },
  {
    id: 'rust-no-binary',
    pattern: /error: no bin target named `([^`]+)`/,
    message: (thing) => `There is no binary ${thing}.`,
    why: 'What is built must be a binary of the package.',
    mend: always('Name another with --entry.'),
  },
  {
    id: 'build-network',
    pattern:
      /(attempting to make an HTTP request, but --frozen was specified|you are in the offline mode|you're using offline mode)/,
    message: always('cargo would have to fetch something, and it was not fetched before.'),
    why: 'Dependencies are fetched once, from the lock; compiling has no network.',
    mend: always(
      'See that Cargo.lock is committed and up to date, and that the dependency step fetches for the same target.',
    ),
  },
];
