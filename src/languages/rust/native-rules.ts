import { gte, valid } from 'semver';
import type { Locked } from './lock.ts';

/**
 * Crates whose build wants more than Rust and a C compiler, or puts into the binary what varies; and what StageX offers
 * for each. Its Rust pallet holds clang, lld, libclang, git, curl, pkgconf and OpenSSL; perl, make, CMake and protoc are
 * images of their own. Source: https://codeberg.org/stagex/stagex (packages/pallet/rust/Containerfile).
 */

/** What the build stage gets for a crate. */
export interface Supply {
  /** StageX images, laid over the pallet. */
  images: readonly string[];
  variables: Readonly<Record<string, string>>;
}

/** What is said of a crate, and done for it. */
export interface Rule {
  level: 'error' | 'warning' | 'note';
  message: string;
  why: string;
  mend: string;
  /** What makes it build; absent where nothing does, or nothing is needed. */
  supply?: Supply;
  /** The lock shows that it is none, such as a vendored copy. */
  unless?: (entry: Locked, locked: ReadonlyMap<string, readonly Locked[]>) => boolean;
}

const noLibrary = 'StageX has no static copy of that library, and the image holds nothing but one static binary.';
const download = 'Code is compiled without a network, and what a server says today is in no lock file.';
const twoDays = 'Two builds at different times are then two different enclaves, and .git is no part of the build.';

const perlAndMake = { images: ['core-perl', 'core-make'], variables: {} };
const make = { images: ['core-make'], variables: {} };
/** CMake 4 refuses what is written for one before 3.5: https://cmake.org/cmake/help/latest/envvar/CMAKE_POLICY_VERSION_MINIMUM.html */
const cmake = { images: ['core-cmake', 'core-make'], variables: { CMAKE_POLICY_VERSION_MINIMUM: '3.5' } };
const cpp = { images: [], variables: { CXXSTDLIB: 'c++' } };

/** A crate that is compiled because StageX has what it takes. */
function supplied(message: string, supply: Supply, mend: string, more: Partial<Rule> = {}): Rule {
  const from = supply.images.length > 0 ? supply.images.join(' and ') : 'the Rust pallet itself';
  return { level: 'note', message, why: `StageX has it: the build takes ${from}.`, mend, supply, ...more };
}

function missing(what: string, mend: string, more: Partial<Rule> = {}): Rule {
  return { level: 'error', message: `links ${what}`, why: noLibrary, mend, ...more };
}

function downloads(what: string, mend: string, more: Partial<Rule> = {}): Rule {
  return { level: 'error', message: `downloads ${what} while it compiles`, why: download, mend, ...more };
}

/** @param since the version from which on it takes the time from SOURCE_DATE_EPOCH, which the build sets. */
function stamp(what: string, since?: string): Rule {
  return {
    level: 'warning',
    message: `can put ${what} into the binary`,
    why: twoDays,
    mend: 'Turn those values off; the commit is in the attestation.',
    ...(since === undefined ? {} : { unless: ({ version }) => valid(version) !== null && gte(version, since) }),
  };
}

/** What git would say is left out, and the build goes on, unless it was told to fail. */
const asksGit: Rule = {
  level: 'note',
  message: 'asks git for the state of the repository',
  why: '.git is no part of the build; the commit is in the attestation.',
  mend: 'No change is needed if the build goes on without it (fail_on_error is off, as it is by default).',
};

const nothing = 'No change is needed.';
const rustls =
  'No change is needed; rustls would need none of it (reqwest, sqlx, tokio-tungstenite, … have a feature).';

/** Source: https://docs.rs/boring/latest/boring/#linking-with-a-c-standard-library */
const boringssl: Rule = {
  level: 'error',
  message: 'compiles BoringSSL, in C++, and links GCC’s C++ library',
  why: 'StageX’s Rust pallet has LLVM’s C++ library alone, and nothing shows yet that a static binary links with that.',
  mend: 'Take a TLS library without C++: rustls (reqwest and hyper have it), or OpenSSL, which the pallet holds.',
};

const libraries: Readonly<Record<string, Rule>> = {
  'openssl-sys': supplied(
    'links OpenSSL, statically, from the pallet',
    {
      images: [],
      variables: { OPENSSL_STATIC: '1', OPENSSL_LIB_DIR: '/usr/lib', OPENSSL_INCLUDE_DIR: '/usr/include' },
    },
    rustls,
    { unless: (_, locked) => locked.has('openssl-src') },
  ),
  'openssl-src': supplied('compiles OpenSSL with perl and make', perlAndMake, rustls),
  'libsqlite3-sys': supplied(
    'links the system’s SQLite',
    {
      images: ['core-sqlite3'],
      variables: { SQLITE3_STATIC: '1', SQLITE3_LIB_DIR: '/usr/lib', SQLITE3_INCLUDE_DIR: '/usr/include' },
    },
    'If linking fails: the feature `bundled` of rusqlite compiles a copy of its own (`sqlite` of sqlx has it on).',
    { level: 'warning', unless: ({ dependencies }) => dependencies.some((name) => /^cc\b/.test(name)) },
  ),
  'pq-sys': missing(
    'PostgreSQL’s C client',
    'Use tokio-postgres, sqlx or diesel-async, or the feature `bundled` of pq-sys.',
    {
      unless: (_, locked) => locked.has('pq-src'),
    },
  ),
  'mysqlclient-sys': missing('MySQL’s C client', 'Use mysql_async or sqlx.', {
    unless: (_, locked) => locked.has('mysqlclient-src'),
  }),
  'curl-sys': {
    level: 'warning',
    message: 'links the pallet’s libcurl, a shared library, where its feature static-curl is off',
    why: noLibrary,
    mend: 'Turn on the feature `static-curl` of curl (isahc has one of the same name), or use reqwest or ureq with rustls.',
  },
  'odbc-sys': missing('an ODBC driver manager', 'Use a driver in Rust for the database.'),
  'libgssapi-sys': missing('Kerberos', 'Turn the feature off (gssapi, gss, …).'),
  'sasl2-sys': missing('Cyrus SASL', 'Turn the feature off (gssapi, sasl, …).'),
  'libudev-sys': missing('libudev', 'Turn the feature off: an enclave has no devices.'),
  'libsystemd-sys': missing('libsystemd', 'Turn the feature off: an enclave has no systemd.'),
  'torch-sys': missing('LibTorch', 'Use candle or tract, which are Rust.'),
};

const tools: Readonly<Record<string, Rule>> = {
  'boring-sys': boringssl,
  'boring-sys2': boringssl,
  'btls-sys': boringssl,
  'prost-build': supplied(
    'calls protoc',
    { images: ['user-protobuf', 'user-abseil-cpp'], variables: { PROTOC: '/usr/bin/protoc' } },
    nothing,
    { unless: (_, locked) => locked.has('protox') || locked.has('protoc-bin-vendored') },
  ),
  'protoc-bin-vendored': {
    level: 'warning',
    message: 'brings protoc as a program that somebody else compiled',
    why: 'Its bytes are fixed by Cargo.lock, and nobody can rebuild them from source.',
    mend: 'Leave it out: StageX has protoc, and prost-build finds it.',
  },
  'protobuf-src': supplied('compiles protoc with CMake', cmake, 'No change is needed; StageX has protoc itself.'),
  'clang-sys': {
    level: 'note',
    message: 'loads libclang while it builds (bindgen)',
    why: 'StageX’s Rust pallet holds libclang, and its build scripts are linked so that they can load it.',
    mend: 'No change is needed. With other images than StageX’s, such as stand-ins, it may be missing.',
  },
  'rdkafka-sys': supplied(
    'compiles librdkafka with bash and make',
    { images: ['core-bash', 'core-make'], variables: {} },
    'If the build fails there: rskafka is Rust alone.',
    { unless: usesCmake },
  ),
  'tikv-jemalloc-sys': supplied(
    'runs configure and make',
    make,
    'No change is needed; mimalloc would need only the C compiler.',
  ),
  'libsodium-sys': supplied(
    'runs configure and make',
    make,
    'No change is needed; dryoc and the RustCrypto crates are Rust alone.',
  ),
  'libsodium-sys-stable': supplied('runs configure and make', make, nothing),
  'librocksdb-sys': supplied('compiles RocksDB, in C++', cpp, 'If linking fails: fjall and redb are Rust alone.', {
    level: 'warning',
  }),
  'link-cplusplus': supplied('links C++', cpp, 'If linking fails: do without C++, or report it to StageX.', {
    level: 'warning',
  }),
  'aws-lc-fips-sys': {
    level: 'error',
    message: 'compiles AWS-LC’s FIPS module with CMake, Go and perl',
    why: 'Its build checks itself against a shared library, which a static binary is not.',
    mend: 'Use aws-lc-rs without the feature `fips`.',
  },
  'ort-sys': downloads('ONNX Runtime', 'Use tract or candle, which are Rust, or link a library of your own.'),
  v8: downloads('V8', 'Use an engine in Rust, such as boa, or QuickJS (rquickjs).'),
  'utoipa-swagger-ui': downloads('Swagger UI', 'Turn on its feature `vendored`.', {
    // Before 8.1 the files were part of the crate.
    unless: ({ version }, locked) =>
      locked.has('utoipa-swagger-ui-vendored') || (valid(version) !== null && !gte(version, '8.0.0')),
  }),
};

/** Sources: time.rs of shadow-rs 0.11.0, krono.rs of built 0.7.5, and vergen's documentation. */
const stamps: Readonly<Record<string, Rule>> = {
  vergen: stamp('git state and the time of the build', '8.0.0'),
  'vergen-gix': asksGit,
  'vergen-git2': asksGit,
  'vergen-gitcl': asksGit,
  'shadow-rs': stamp('git state and the time of the build', '0.11.0'),
  built: stamp('git state, the host and, with its chrono feature, the time of the build', '0.7.5'),
  'git-version': stamp('git state'),
  'build-time': stamp('the time of the build'),
  'compile-time': stamp('the time of the build'),
};

/** The rule for each crate, by its name. */
export const rules: Readonly<Record<string, Rule>> = { ...libraries, ...tools, ...stamps };

/** Any other crate that calls CMake. */
export const cmakeRule: Rule = supplied('is compiled with CMake', cmake, nothing);

/** What is told to crates without a word: libraries would be linked as shared ones where pkgconf finds them. */
export const quiet: Readonly<Record<string, Record<string, string>>> = {
  // Random numbers of the build go into the binary, unless there is a seed: https://docs.rs/const-random
  'const-random': { CONST_RANDOM_SEED: 'fixed' },
  'libz-sys': { LIBZ_SYS_STATIC: '1' },
  'lzma-sys': { LZMA_API_STATIC: '1' },
  'liblzma-sys': { LZMA_API_STATIC: '1' },
};

/** Whether the lock shows that a crate's build calls CMake: a build dependency that is there only where it is used. */
export function usesCmake({ name, version, dependencies }: Locked): boolean {
  // Since 0.16 it compiles itself with the C compiler for x86_64 Linux, musl included, and keeps CMake for others.
  if (name === 'aws-lc-sys' && valid(version) !== null && gte(version, '0.16.0')) return false;
  return dependencies.some((one) => /^cmake\b/.test(one));
}
