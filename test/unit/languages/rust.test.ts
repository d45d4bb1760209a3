import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Detection } from '../../../src/languages/language.ts';
import { projectOf } from '../../../src/languages/project.ts';
import { detectRust } from '../../../src/languages/rust/detect.ts';
import { rust } from '../../../src/languages/rust/index.ts';
import { busyFor } from '../busy.ts';

const main = 'fn main() {}\n';

function manifest(more = '', name = 'shop'): string {
  return `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\n${more}`;
}

function lock(...more: string[]): string {
  return ['version = 4', '[[package]]\nname = "shop"\nversion = "0.1.0"', ...more].join('\n\n');
}

function crate(name: string, dependencies: string[] = [], version = '1.2.3'): string {
  const list = dependencies.map((one) => `"${one}"`).join(', ');
  return `[[package]]\nname = "${name}"\nversion = "${version}"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\ndependencies = [${list}]`;
}

function detect(files: Record<string, string>): Detection {
  const detection = detectRust(projectOf(files));
  if (!detection) throw new Error('not recognised');
  return detection;
}

/** A project of one package with src/main.rs, and what is given besides. */
function detectShop(files: Record<string, string> = {}): Detection {
  return detect({ 'Cargo.toml': manifest(), 'Cargo.lock': lock(), 'src/main.rs': main, ...files });
}

function ids(detection: Detection, level?: string): string[] {
  return detection.findings.filter((finding) => level === undefined || finding.level === level).map(({ id }) => id);
}

function runnable(detection: Detection, entry = detection.entry ?? '') {
  return rust.runnable({ name: 'shop', entry, dir: '', manager: 'cargo', build: detection.build, starter: false });
}

describe('the program', () => {
  test('of one package is src/main.rs, named as the package', () => {
    const detection = detectShop();
    expect(detection).toMatchObject({ name: 'shop', entry: 'shop', findings: [], port: null, env: {} });
    expect(detection.evidence).toContainEqual({ setting: 'entry', value: 'shop', from: 'src/main.rs' });
    expect(runnable(detection).command).toEqual(['/app/shop']);
  });

  test('takes its name from a [[bin]] table with the same file', () => {
    const bin =
      '[[bin]]\nname = "shop-server"\npath = "src/main.rs"\nrequired-features = ["http"]\n[features]\nhttp = []\n';
    const detection = detectShop({ 'Cargo.toml': manifest(bin) });
    expect(detection.entries).toEqual(['shop-server']);
    expect(runnable(detection).build).toMatchObject({ binary: 'shop-server', features: ['http'], package: null });
    expect(detection.evidence).toContainEqual({ setting: 'entry', value: 'shop-server', from: 'Cargo.toml:6' });
  });

  test('is asked for when there are several', () => {
    const detection = detectShop({ 'src/bin/worker.rs': main, 'src/bin/seed/main.rs': main });
    expect(detection.entry).toBeNull();
    expect(detection.entries.sort()).toEqual(['seed', 'shop', 'worker']);
  });

  test('is the default-run of several', () => {
    const detection = detectShop({ 'Cargo.toml': manifest('default-run = "shop"\n'), 'src/bin/worker.rs': main });
    expect(detection.entry).toBe('shop');
  });

  test('is not looked for in src/bin where autobins is off', () => {
    const detection = detectShop({
      'Cargo.toml': manifest('autobins = false\n[[bin]]\nname = "one"\npath = "src/main.rs"\n'),
      'src/bin/worker.rs': main,
    });
    expect(detection.entries).toEqual(['one']);
  });

  test('of a workspace is found among its members, chores left out', () => {
    const detection = detect({
      'Cargo.toml': '[workspace]\nmembers = ["crates/*", "xtask"]\n[workspace.package]\nversion = "0.1.0"\n',
      'Cargo.lock': lock(
        '[[package]]\nname = "shop-core"\nversion = "0.1.0"',
        '[[package]]\nname = "xtask"\nversion = "0.1.0"',
      ),
      'crates/shop/Cargo.toml':
        '[package]\nname = "shop"\nversion.workspace = true\n[dependencies]\nshop-core = { path = "../core" }\n',
      'crates/shop/src/main.rs': main,
      'crates/core/Cargo.toml': '[package]\nname = "shop-core"\nversion.workspace = true\n',
      'crates/core/src/lib.rs': '',
      'xtask/Cargo.toml': manifest('', 'xtask'),
      'xtask/src/main.rs': main,
    });
    expect(detection.findings).toEqual([]);
    expect(detection).toMatchObject({ entry: 'shop', name: 'shop', build: { fetch: 'tree' } });
    expect(runnable(detection).build).toMatchObject({ package: 'shop', binary: 'shop' });
  });

  test('missing from a library is said', () => {
    const detection = detect({ 'Cargo.toml': manifest(), 'Cargo.lock': lock(), 'src/lib.rs': '' });
    expect(ids(detection, 'error')).toEqual(['rust-no-binary']);
  });
});

describe('the manifest', () => {
  test('is needed: other folders are no Rust service', () => {
    expect(detectRust(projectOf({ 'src/main.rs': main }))).toBeNull();
  });

  test('that does not parse is named with its line', () => {
    const detection = detectShop({ 'Cargo.toml': '[package]\nname = "shop"\nversion = = 1\n' });
    expect(detection.findings).toMatchObject([
      { id: 'rust-manifest-broken', level: 'error', path: 'Cargo.toml', line: 3 },
    ]);
    expect(detection.entry).toBeNull();
  });

  test.each([
    ['1.95', undefined, ['rust-version']],
    ['1.94.1', undefined, ['rust-version']],
    ['2.0', undefined, ['rust-version']],
    ['1.94.0', undefined, []],
    ['1.94', undefined, []],
    ['1.89', '2025.10.0', ['rust-version']],
    ['1.88', '2025.10.0', []],
  ])('that asks for Rust %s is held against the pallet of release %s', (version, release, expected) => {
    const cargo = manifest(`rust-version = "${version}"\n`);
    const project = projectOf({ 'Cargo.toml': cargo, 'Cargo.lock': lock(), 'src/main.rs': main });
    expect(ids(detectRust(project, release === undefined ? {} : { release }) as Detection)).toEqual(expected);
  });

  test('that depends on a folder outside is refused', () => {
    const detection = detectShop({
      'Cargo.toml': manifest('[dependencies]\nshared = { path = "../shared" }\n'),
      'Cargo.lock': lock('[[package]]\nname = "shared"\nversion = "0.1.0"'),
    });
    expect(detection.findings).toMatchObject([{ id: 'rust-path-outside', line: 6 }]);
  });

  test.each([
    ['[features]\nshared = []\n[dependencies]\n"shared" = { path = "../shared" }\n', 8],
    ['[features]\nshared = []\n[dependencies.shared]\npath = "../shared"\n', 7],
    ['[target."cfg(unix)".dependencies]\nshared.path = "../shared"\n', 6],
    ['[workspace.dependencies]\nshared = { path = "../shared" }\n[dependencies]\nshared.workspace = true\n', 8],
  ])('%j is named at the line of the dependency', (more, line) => {
    const locked = lock('[[package]]\nname = "shared"\nversion = "0.1.0"');
    const detection = detectShop({ 'Cargo.toml': manifest(more), 'Cargo.lock': locked });
    expect(detection.findings).toMatchObject([{ id: 'rust-path-outside', line }]);
  });

  test('of a member whose workspace is elsewhere is refused', () => {
    const detection = detectShop({ 'Cargo.toml': '[package]\nname = "shop"\nversion.workspace = true\n' });
    expect(ids(detection, 'error')).toContain('rust-workspace-member');
  });
});

describe('the lock file', () => {
  test('missing is an error with the command that writes it', () => {
    const detection = detect({ 'Cargo.toml': manifest(), 'src/main.rs': main });
    expect(detection.findings).toMatchObject([{ id: 'rust-no-lock', level: 'error' }]);
    expect(detection.findings[0]?.mend).toContain('cargo generate-lockfile');
  });

  test('is out of date when it lacks a dependency, also of one platform or renamed', () => {
    for (const dependency of [
      '[dependencies]\nserde = "1"\n',
      '[dev-dependencies]\nother = { package = "serde", version = "1" }\n',
      '[target."cfg(unix)".dependencies]\nserde = "1"\n',
    ]) {
      const cargo = { 'Cargo.toml': manifest(dependency) };
      expect(ids(detectShop(cargo)), dependency).toEqual(['rust-lock-outdated']);
      expect(ids(detectShop({ ...cargo, 'Cargo.lock': lock(crate('serde')) })), dependency).toEqual([]);
    }
  });

  test.each([
    ['1.2', '1.9.0', true],
    ['1.2', '2.0.0', false],
    ['0.3', '0.4.1', false],
    ['=1.2.3', '1.2.3', true],
    ['>=1.0, <1.2', '1.2.3', false],
    ['*', '9.0.0', true],
    ['1.*', '1.4.0', true],
    ['2.0.0-rc.1', '2.0.0-rc.4', true],
    ['not a requirement', '1.0.0', true],
  ])('for "%s" holding %s: fits is %s', (requirement, version, fits) => {
    const detection = detectShop({
      'Cargo.toml': manifest(`[dependencies]\nserde = "${requirement}"\n`),
      'Cargo.lock': lock(crate('serde', [], version)),
    });
    expect(ids(detection)).toEqual(fits ? [] : ['rust-lock-outdated']);
  });

  test('of another version of the package itself is out of date', () => {
    const detection = detectShop({ 'Cargo.lock': lock().replace('0.1.0', '0.0.9') });
    expect(detection.findings[0]?.message).toContain('shop 0.0.9');
  });

  test('tells of crates from git and from other registries', () => {
    const from = (source: string) => crate('odd').replace(/source = ".*"/, `source = "${source}"`);
    expect(ids(detectShop({ 'Cargo.lock': lock(from('git+https://example.com/odd?rev=1#1')) }))).toEqual([
      'rust-git-dependency',
    ]);
    expect(ids(detectShop({ 'Cargo.lock': lock(from('registry+https://example.com/index')) }))).toEqual([
      'rust-other-registry',
    ]);
  });
});

describe('crates that need more than Rust', () => {
  // Two crates on the way to a library that StageX has no static copy of.
  const tls = [
    crate('http-client', ['native-tls']),
    crate('native-tls', ['mysqlclient-sys']),
    crate('mysqlclient-sys'),
  ];

  test('are an error where a plain dependency leads to them', () => {
    const detection = detectShop({
      'Cargo.toml': manifest('[dependencies]\nhttp-client = "1"\n'),
      'Cargo.lock': lock(...tls),
    });
    expect(ids(detection, 'error')).toEqual(['rust-needs-mysqlclient-sys']);
  });

  test.each([
    ['an optional dependency', '[dependencies]\nhttp-client = { version = "1", optional = true }\n'],
    ['tests', '[dev-dependencies]\nhttp-client = "1"\n'],
    ['a feature that is off', '[dependencies]\nhttp-client = "1"\n[features]\ntls = ["http-client/tls"]\n'],
  ])('are a warning where only %s may lead to them', (_, dependencies) => {
    const detection = detectShop({ 'Cargo.toml': manifest(dependencies), 'Cargo.lock': lock(...tls) });
    expect(ids(detection, 'error')).toEqual([]);
    expect(ids(detection, 'warning')).toEqual(['rust-needs-mysqlclient-sys']);
  });

  test.each([
    ['[dependencies]\nhttp-client = "1"\n', 'openssl-sys links OpenSSL, statically, from the pallet.'],
    [
      '[dependencies]\nhttp-client = "1"\n[features]\ntls = ["http-client/tls"]\n',
      'openssl-sys links OpenSSL, statically, from the pallet, if the features that want it are on.',
    ],
  ])('that StageX has are told as far as they are certain: %j', (dependencies, message) => {
    const locked = lock(crate('http-client', ['openssl-sys']), crate('openssl-sys'));
    const { findings } = detectShop({ 'Cargo.toml': manifest(dependencies), 'Cargo.lock': locked });
    expect(findings).toMatchObject([{ id: 'rust-needs-openssl-sys', level: 'note', message }]);
  });

  test('are an error where a default feature turns them on', () => {
    const cargo = manifest(
      '[dependencies]\nhttp-client = { version = "1", optional = true }\n[features]\ndefault = ["tls"]\ntls = ["dep:http-client"]\n',
    );
    expect(ids(detectShop({ 'Cargo.toml': cargo, 'Cargo.lock': lock(...tls) }), 'error')).toEqual([
      'rust-needs-mysqlclient-sys',
    ]);
  });

  test('are fine with their own copy of the library', () => {
    const cargo = { 'Cargo.toml': manifest('[dependencies]\nlibsqlite3-sys = "1"\n') };
    expect(ids(detectShop({ ...cargo, 'Cargo.lock': lock(crate('libsqlite3-sys', ['cc']), crate('cc')) }))).toEqual([]);
    expect(ids(detectShop({ ...cargo, 'Cargo.lock': lock(crate('libsqlite3-sys')) }), 'warning')).toEqual([
      'rust-needs-libsqlite3-sys',
    ]);
  });

  test.each([
    ['openssl-sys', [], { OPENSSL_STATIC: '1', OPENSSL_LIB_DIR: '/usr/lib', OPENSSL_INCLUDE_DIR: '/usr/include' }],
    ['openssl-src', ['core-make', 'core-perl'], {}],
    ['prost-build', ['user-abseil-cpp', 'user-protobuf'], { PROTOC: '/usr/bin/protoc' }],
    ['tikv-jemalloc-sys', ['core-make'], {}],
    ['protobuf-src', ['core-cmake', 'core-make'], { CMAKE_POLICY_VERSION_MINIMUM: '3.5' }],
    ['libz-sys', [], { LIBZ_SYS_STATIC: '1' }],
  ])('take what StageX has for %s, where it is compiled', (name, images, variables) => {
    const locked = { 'Cargo.lock': lock(crate(name)) };
    const used = detectShop({ ...locked, 'Cargo.toml': manifest(`[dependencies]\n${name} = "1"\n`) });
    expect(runnable(used).build).toMatchObject({ images, variables });
    expect(ids(used, 'error')).toEqual([]);
    const tested = detectShop({ ...locked, 'Cargo.toml': manifest(`[dev-dependencies]\n${name} = "1"\n`) });
    expect(runnable(tested).build).toMatchObject({ images: [], variables: {} });
    expect(ids(tested)).toEqual([]);
  });

  test('get CMake where any of them calls it, and AWS-LC only where it is an old one', () => {
    const needs = (version: string, name = 'aws-lc-sys') =>
      runnable(
        detectShop({
          'Cargo.toml': manifest(`[dependencies]\n${name} = "*"\n`),
          'Cargo.lock': lock(crate(name, ['cc', 'cmake'], version), crate('cmake'), crate('cc')),
        }),
      ).build.images;
    expect(needs('1.0.0', 'some-sys')).toEqual(['core-cmake', 'core-make']);
    expect(needs('0.15.0')).toEqual(['core-cmake', 'core-make']);
    expect(needs('0.30.0')).toEqual([]);
  });

  test.each([
    ['shadow-rs', '0.10.0', 'warning'],
    ['shadow-rs', '1.0.0', undefined],
    ['built', '0.8.0', undefined],
    ['vergen', '7.5.0', 'warning'],
    ['vergen-gix', '1.0.0', 'note'],
    ['build-time', '0.1.3', 'warning'],
  ])('%s %s puts in what varies: %s', (name, version, level) => {
    const cargo = manifest(`[build-dependencies]\n${name} = "*"\n`);
    const { findings } = detectShop({ 'Cargo.toml': cargo, 'Cargo.lock': lock(crate(name, [], version)) });
    expect(findings.map((finding) => finding.level)).toEqual(level === undefined ? [] : [level]);
  });

  test('count where the program’s required features turn them on', () => {
    const bin =
      '[[bin]]\nname = "shop"\npath = "src/main.rs"\nrequired-features = ["http-client"]\n[dependencies]\nhttp-client = { version = "1", optional = true }\n';
    expect(ids(detectShop({ 'Cargo.toml': manifest(bin), 'Cargo.lock': lock(...tls) }), 'error')).toEqual([
      'rust-needs-mysqlclient-sys',
    ]);
  });
});

describe('the toolchain', () => {
  test('of a nightly with unstable features cannot be had', () => {
    const toolchain = { 'rust-toolchain.toml': '[toolchain]\nchannel = "nightly-2026-01-01"\n' };
    expect(ids(detectShop(toolchain), 'warning')).toEqual(['rust-toolchain']);
    expect(ids(detectShop({ ...toolchain, 'src/main.rs': '#![feature(test)]\nfn main() {}\n' }), 'error')).toEqual([
      'rust-toolchain',
    ]);
  });

  test('of an old, plain rust-toolchain file is held against the pallet too', () => {
    expect(ids(detectShop({ 'rust-toolchain': '1.99.0\n' }))).toEqual(['rust-toolchain']);
    expect(ids(detectShop({ 'rust-toolchain': 'stable\n' }))).toEqual([]);
  });

  test('loses the rustflags of .cargo/config.toml, and says so', () => {
    const detection = detectShop({ '.cargo/config.toml': '[build]\nrustflags = ["-C", "target-cpu=native"]\n' });
    expect(detection.findings).toMatchObject([{ id: 'rust-config-rustflags', level: 'warning', line: 2 }]);
    expect(detection.build).toMatchObject({ fetch: 'tree' });
  });

  test('fetches nothing where crates are vendored', () => {
    const config =
      '[source.crates-io]\nreplace-with = "vendored-sources"\n[source.vendored-sources]\ndirectory = "vendor"\n';
    expect(detectShop({ '.cargo/config.toml': config }).build).toMatchObject({ fetch: 'vendored' });
  });
});

describe('the linker of .cargo/config.toml', () => {
  const linked = (linker: string) =>
    detectShop({ '.cargo/config.toml': `[target.x86_64-unknown-linux-musl]\nlinker = "${linker}"\n` });

  test('gives way to the pallet’s, where the pallet does not have it', () => {
    const detection = linked('x86_64-linux-musl-gcc');
    expect(runnable(detection).build.variables).toEqual({ CARGO_TARGET_X86_64_UNKNOWN_LINUX_MUSL_LINKER: 'cc' });
    expect(detection.findings).toMatchObject([{ id: 'rust-config-linker', level: 'note', line: 2 }]);
  });

  test('stays where it is the pallet’s', () => {
    expect(runnable(linked('clang')).build.variables).toEqual({});
  });
});

describe('the port', () => {
  test.each([
    ['TcpListener::bind("0.0.0.0:3000")', 3000],
    ['TcpListener::bind("127.0.0.1:3000")', 3000],
    ['server.bind(("0.0.0.0", 8081))', 8081],
    ['SocketAddr::from(([0, 0, 0, 0], 9001))', 9001],
    ['bind((Ipv4Addr::UNSPECIFIED, 4000))', 4000],
    ['const DEFAULT_PORT: u16 = 8080;', 8080],
    ['env::var("PORT").ok().and_then(|p| p.parse().ok()).unwrap_or(5000)', 5000],
    ['Client::open("redis://127.0.0.1:6379")', null],
    ['// TcpListener::bind("0.0.0.0:3000")', null],
    ['let metrics = "0.0.0.0:9090";', null],
    ['("0.0.0.0:3000", "0.0.0.0:4000")', null],
    ['bind("0.0.0.0:99999")', null],
  ])('in %s is %s', (code, port) => {
    const detection = detectShop({ 'src/main.rs': `fn main() {\n    ${code};\n}\n` });
    expect(detection.port).toBe(port);
    const evidence = { setting: 'port', value: port, from: 'src/main.rs:2' };
    expect(detection.evidence.filter(({ setting }) => setting === 'port')).toEqual(port === null ? [] : [evidence]);
  });

  test('of tests does not count', () => {
    const code = 'fn main() { bind("0.0.0.0:3000") }\n#[cfg(test)]\nmod tests { const A: &str = "0.0.0.0:1234"; }\n';
    expect(detectShop({ 'src/main.rs': code }).port).toBe(3000);
  });

  test('is chosen by PORT where the code reads it', () => {
    expect(detectShop({ 'src/main.rs': 'fn main() { std::env::var("PORT").unwrap(); }\n' })).toMatchObject({
      port: null,
      env: { PORT: '' },
    });
  });
});

/** Control characters, ASCII and Latin letters. fast-check's own unit `binary` takes over a second to set up. */
const character = fc.nat({ max: 0x2ff }).map((code) => String.fromCodePoint(code));

describe('hostile manifests', () => {
  test('may name members that are longer than any expression may be', () => {
    const long = 'x'.repeat(2_000_000);
    for (const member of [long, `${long}*`, '('.repeat(1_000_000)]) {
      const cargo = `${manifest()}[workspace]\nmembers = ["${member}"]\n`;
      expect(detectShop({ 'Cargo.toml': cargo }).language).toBe('rust');
    }
  });

  test('may name members by very many stars', async () => {
    const took = await busyFor(() => {
      const cargo = `[workspace]\nmembers = ["${'*a'.repeat(20)}b"]\n`;
      detect({ 'Cargo.toml': cargo, [`${'a'.repeat(100)}/Cargo.toml`]: manifest() });
    });
    expect(took).toBeLessThan(500);
  });

  test('put no program name into a file that a shell or Docker would read otherwise', () => {
    const name = fc.oneof(
      fc.string({ unit: character }),
      fc.constantFrom('a b', '$(x)', '../x', '-x', 'a\nRUN x', '{{x}}', 'shop'),
    );
    fc.assert(
      fc.property(name, name, (bin, feature) => {
        const cargo = manifest(
          `[[bin]]\nname = ${JSON.stringify(bin)}\npath = "src/main.rs"\nrequired-features = [${JSON.stringify(feature)}]\n`,
        );
        const detection = detectRust(projectOf({ 'Cargo.toml': cargo, 'Cargo.lock': lock(), 'src/main.rs': main }));
        for (const entry of detection?.entries ?? []) {
          expect(rust.checkEntry(entry)).toBeNull();
          expect(JSON.stringify(runnable(detection as Detection, entry))).toMatch(/^[\w"{}[\]:,./+-]*$/);
        }
        expect(detection).not.toBeNull();
      }),
    );
  });

  test('named after what every object has are read as names', () => {
    const detection = detectShop({
      'Cargo.toml': manifest(
        '[dependencies]\nconstructor = "1"\n__proto__ = "1"\n[features]\ndefault = ["toString"]\n',
      ),
    });
    expect(ids(detection)).toEqual(['rust-lock-outdated']);
  });

  test('of members that include each other come to an end', () => {
    const member = (name: string, other: string) =>
      manifest(`[dependencies]\n${other} = { path = "../${other}" }\n`, name);
    const detection = detect({
      'Cargo.toml': '[workspace]\nmembers = ["**", "a", "b", "../out", "/etc"]\n',
      'a/Cargo.toml': member('a', 'b'),
      'b/Cargo.toml': member('b', 'a'),
      'b/src/main.rs': main,
    });
    expect(detection.entries).toEqual(['b']);
  });

  test.each(['a b', '$(x)', '../x', '-x', '', 'a/b/c', 'x..y'])('entry %j is refused', (entry) => {
    expect(rust.checkEntry(entry)).toEqual(expect.any(String));
  });
});

describe('a program on a loopback address', () => {
  const inMain = (code: string) => detectShop({ 'src/main.rs': `fn main() {\n    ${code};\n}\n` }).findings;

  test.each([
    'TcpListener::bind("127.0.0.1:7000")',
    'HttpServer::new(app).bind(("127.0.0.1", 8080))',
    'TcpListener::bind((Ipv4Addr::LOCALHOST, port))',
    'SocketAddr::from(([127, 0, 0, 1], 3000))',
  ])('is warned of: %s', (code) => {
    expect(inMain(code)).toMatchObject([{ id: 'rust-loopback', level: 'warning', path: 'src/main.rs', line: 2 }]);
  });

  test.each(['TcpListener::bind("0.0.0.0:7000")', 'UdpSocket::bind("127.0.0.1:0")', 'connect("127.0.0.1:6379")'])(
    'is not %s',
    (code) => {
      expect(inMain(code)).toEqual([]);
    },
  );
});

describe('a package that is named after a role', () => {
  test('names no service, in evidence neither', () => {
    const detection = detectShop({ 'Cargo.toml': manifest('', 'server') });
    expect(detection.name).toBeNull();
    expect(detection.evidence.filter(({ setting }) => setting === 'name')).toEqual([]);
  });
});

describe('PORT', () => {
  test('is set where one of several programs reads it, for which one runs is not known yet', () => {
    const reads = 'fn main() { std::env::var("PORT").unwrap(); }\n';
    const files = { 'Cargo.toml': manifest(), 'Cargo.lock': lock(), 'src/bin/api.rs': reads, 'src/bin/seed.rs': main };
    expect(detect(files)).toMatchObject({ entry: null, port: null, env: { PORT: '' } });
  });
});
