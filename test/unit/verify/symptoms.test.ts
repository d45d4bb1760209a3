import { describe, expect, it, test } from 'vitest';
import { goSymptoms } from '../../../src/languages/go/symptoms.ts';
import { nodeSymptoms } from '../../../src/languages/node/symptoms.ts';
import { pythonSymptoms } from '../../../src/languages/python/symptoms.ts';
import { rustSymptoms } from '../../../src/languages/rust/symptoms.ts';
import { commonSymptoms } from '../../../src/verify/symptoms/common.ts';
import { readFailure } from '../../../src/verify/symptoms/read.ts';

const read = (log: string, offline = true) => readFailure(log.split('\n'), { offline });

/** What tools print, as they print it; the second column stands in the message. */
const logs: [id: string, thing: string, log: string][] = [
  [
    'node-native-addon',
    'libvips.so.42',
    'Error: Error loading shared library libvips.so.42: No such file or directory (needed by /app/node_modules/sharp/build/sharp.node)',
  ],
  [
    'python-library-missing',
    'libpq.so.5',
    'Error loading shared library libpq.so.5: No such file or directory (needed by /rootfs/usr/lib/python3.13/site-packages/psycopg2/_psycopg.cpython-313-x86_64-linux-musl.so)',
  ],
  [
    'go-version',
    'go.mod requires go >= 1.27.0',
    'go: go.mod requires go >= 1.27.0 (running go 1.26.0; GOTOOLCHAIN=local)',
  ],
  [
    'go-version',
    'example.com/lib@v1.2.0 requires go >= 1.27',
    'go: example.com/lib@v1.2.0 requires go >= 1.27 (running go 1.26.0; GOTOOLCHAIN=local)',
  ],
  ['go-embed-missing', 'dist/*', 'web/web.go:5:12: pattern dist/*: no matching files found'],
  [
    'go-package-missing',
    'example.com/shop/gen',
    'main.go:2:8: no required module provides package example.com/shop/gen; to add it:\n\tgo get example.com/shop/gen',
  ],
  [
    'go-sum-outdated',
    'github.com/go-chi/chi/v5',
    'main.go:3:8: missing go.sum entry for module providing package github.com/go-chi/chi/v5 (imported by example.com/shop); to add:\n\tgo get example.com/shop',
  ],
  [
    'go-mod-untidy',
    'github.com/jackc/pgpassfile@v1.0.0',
    '/go/pkg/mod/github.com/jackc/pgx/v5@v5.6.0/pgconn/config.go:20:2: github.com/jackc/pgpassfile@v1.0.0: Get "https://proxy.golang.org/github.com/jackc/pgpassfile/@v/v1.0.0.zip": dial tcp: lookup proxy.golang.org: no such host',
  ],
  [
    'go-vendor-outdated',
    'vendor/',
    'go: inconsistent vendoring in /src:\n\tgithub.com/go-chi/chi/v5@v5.2.1: is explicitly required in go.mod, but not marked as explicit in vendor/modules.txt',
  ],
  [
    'go-replace-outside',
    '../lib',
    'main.go:2:8: example.com/lib@v1.0.0 (replaced by ../lib): reading ../lib/go.mod: open /lib/go.mod: no such file or directory',
  ],
  [
    'go-private-module',
    'git.acme.example/locks@v1.0.0',
    'go: git.acme.example/locks@v1.0.0: reading https://proxy.golang.org/git.acme.example/locks/@v/v1.0.0.mod: 404 Not Found',
  ],
  [
    'go-cgo',
    '/go/pkg/mod/x/db',
    'package example.com/x/db: build constraints exclude all Go files in /go/pkg/mod/x/db',
  ],
  [
    'go-cgo',
    'clang',
    '# runtime/cgo\ncgo: C compiler "clang" not found: exec: "clang": executable file not found in $PATH',
  ],
  [
    'build-network',
    'proxy.golang.org',
    'go: example.com/c@v1.0.0: Get "https://proxy.golang.org/example.com/c/@v/v1.0.0.mod": dial tcp: lookup proxy.golang.org on 127.0.0.11:53: dial udp 127.0.0.11:53: connect: network is unreachable',
  ],
  [
    'go-no-program',
    'example.com/x/server',
    'main module (example.com/x) does not contain package example.com/x/server',
  ],
  ['go-no-program', '/src/cmd/api', 'stat /src/cmd/api: directory not found'],
  [
    'rust-version',
    'shop@0.1.0',
    'error: rustc 1.94.0 is not supported by the following package:\n  shop@0.1.0 requires rustc 1.95',
  ],
  [
    'rust-lock-outdated',
    'Cargo.lock',
    'error: cannot update the lock file /src/Cargo.lock because --locked was passed to prevent this\nhelp: to generate the lock file without accessing the network, remove the --locked flag and use --offline instead.',
  ],
  [
    'build-network',
    'cargo',
    "error: no matching package named `serde` found\nlocation searched: crates.io index\nrequired by package `shop v0.1.0 (/src)`\nAs a reminder, you're using offline mode (--offline) which can sometimes cause surprising resolution failures",
  ],
  [
    'build-network',
    'index.crates.io',
    'Caused by:\n  failed to download from `https://index.crates.io/config.json`\n\nCaused by:\n  [6] Could not resolve hostname (Could not resolve host: index.crates.io)',
  ],
  [
    'rust-workspace-member',
    '/src/crates/nope',
    'error: failed to load manifest for workspace member `/src/crates/nope`\nreferenced by workspace at `/src/Cargo.toml`',
  ],
  [
    'build-missing-file',
    'src/../nope.txt',
    "error: couldn't read `src/../nope.txt`: No such file or directory (os error 2)",
  ],
  ['rust-toolchain', 'nightly', 'error[E0554]: `#![feature]` may not be used on the stable release channel'],
  [
    'rust-needs-openssl-sys',
    'OpenSSL',
    'error: failed to run custom build command for `openssl-sys v0.9.104`\n  Could not find directory of OpenSSL installation, and this `-sys` crate cannot\n  proceed without this knowledge.',
  ],
  [
    'build-native-library',
    'libpq',
    'The system library `libpq` required by crate `pq-sys` was not found.\nThe file `libpq.pc` needs to be installed',
  ],
  [
    'rust-sqlx-offline',
    'SQLx',
    'error: set `DATABASE_URL` to use query macros online, or run `cargo sqlx prepare` to update the query cache',
  ],
  [
    'build-native-tool',
    'protoc',
    'Error: Custom { kind: NotFound, error: "Could not find `protoc`. If `protoc` is installed' + '" }',
  ],
  [
    'build-native-library',
    'nopelib',
    '  = note: rust-lld: error: unable to find library -lnopelib\n          collect2: error: ld returned 1 exit status',
  ],
  ['build-native-library', 'pq', 'mold: fatal: library not found: pq'],
  [
    'node-lock-stale',
    'lock file',
    "npm error code EUSAGE\nnpm error\nnpm error `npm ci` can only install packages when your package.json and package-lock.json or npm-shrinkwrap.json are in sync. Please update your lock file with `npm install` before continuing.\nnpm error\nnpm error Invalid: lock file's ms@2.1.3 does not satisfy ms@2.1.2",
  ],
  [
    'node-engine',
    'shop@1.0.0',
    'npm error code EBADENGINE\nnpm error engine Unsupported engine\nnpm error engine Not compatible with your version of node/npm: shop@1.0.0\nnpm error notsup Required: {"node":">=99"}',
  ],
  [
    'build-network',
    'registry.npmjs.org',
    'npm error code EAI_AGAIN\nnpm error syscall getaddrinfo\nnpm error errno EAI_AGAIN\nnpm error request to https://registry.npmjs.org/ms failed, reason: getaddrinfo EAI_AGAIN registry.npmjs.org',
  ],
  [
    'build-network',
    'fonts.googleapis.com',
    'TypeError: fetch failed\n    at node:internal/deps/undici/undici:14976:13 {\n  [cause]: Error: getaddrinfo EAI_AGAIN fonts.googleapis.com',
  ],
  [
    'node-script-missing',
    'build',
    'npm error Missing script: "build"\nnpm error\nnpm error To see a list of scripts, run:',
  ],
  ['node-tool-missing', 'tsc', '> shop@1.0.0 build\n> tsc -p .\n\nsh: tsc: not found'],
  [
    'node-native-addon',
    'Python',
    'npm error gyp ERR! find Python Python is not set from command line or npm configuration',
  ],
  [
    'node-entry-missing',
    '/src/server.js',
    "Error: Cannot find module '/src/server.js'\n    at Module._resolveFilename",
  ],
  [
    'python-no-musl-wheel',
    'psycopg2==2.9.9',
    '  × No solution found when resolving dependencies:\n  ╰─▶ Because psycopg2==2.9.9 has no usable wheels and you require\n      psycopg2==2.9.9, we can conclude that your requirements are\n      unsatisfiable.',
  ],
  [
    'python-no-musl-wheel',
    'triton==2.1.0',
    "error: Distribution `triton==2.1.0 @ registry+https://pypi.org/simple` can't be installed because it doesn't have a source distribution or wheel for the current platform",
  ],
  ['python-version', '>=3.14', "ERROR: Package 'shop' requires a different Python: 3.13.7 not in '>=3.14'"],
  [
    'build-network',
    'network',
    "WARNING: Retrying (Retry(total=4, connect=None)) after connection broken by 'NewConnectionError('<pip._vendor.urllib3.connection.HTTPSConnection object>: Failed to establish a new connection: [Errno -3] Temporary failure in name resolution')': /simple/ms/\nERROR: No matching distribution found for ms",
  ],
  ['python-module-missing', 'shop', "Traceback (most recent call last):\nModuleNotFoundError: No module named 'shop'"],
  ['build-native-library', 'openssl/ssl.h', 'main.c:1:10: fatal error: openssl/ssl.h: No such file or directory'],
  ['build-native-library', 'vips/vips.h', "resize.go:4:10: fatal error: 'vips/vips.h' file not found"],
  [
    'build-native-library',
    'vips',
    "Package vips was not found in the pkg-config search path.\nPackage 'vips', required by 'virtual:world', not found",
  ],
  ['build-native-tool', 'make', '/bin/sh: make: not found'],
  ['build-native-tool', 'svn', 'fork/exec: exec: "svn": executable file not found in $PATH'],
  [
    'build-missing-file',
    'services/api/go.sum',
    'failed to compute cache key: failed to calculate checksum of ref k2::x9: "/services/api/go.sum": not found',
  ],
  ['build-missing-file', 'templates', "cp: can't stat 'templates': No such file or directory"],
  ['build-memory', 'memory', 'process "/bin/sh -euc cargo build" did not complete successfully: exit code: 137'],
];

describe('a failed build', () => {
  it.each(logs)('is read as %s: %s', (id, thing, log) => {
    const finding = read(log);
    expect(finding?.id).toBe(id);
    expect(finding?.level).toBe('error');
    expect(finding?.message).toContain(thing);
    expect(finding?.mend).toMatch(/\S\.$/);
  });

  it('is not read where nothing known stands in the log', () => {
    expect(read('main.go:3:1: syntax error: unexpected }\nmake: *** [build] Error 2')).toBeNull();
    expect(read('')).toBeNull();
  });

  it('for want of a network is mended otherwise where the step may use one', () => {
    const log = 'curl: (6) Could not resolve host: example.com';
    expect(read(log, true)?.mend).toContain('dependency step');
    expect(read(log, false)?.mend).toContain('proxy');
  });

  it('puts no control characters and no long words into its message', () => {
    const hostile = `web.go:1:1: pattern \u001b[31m${'x'.repeat(10_000)}\u202e: no matching files found`;
    const message = read(hostile)?.message ?? '';
    expect(message).toMatch(/^x+… is embedded/);
    expect(message.length).toBeLessThan(200);
  });
});

test('no pattern takes long on a log that is made for it', () => {
  const pieces = [
    'error: ',
    '`',
    ' requires rustc',
    'requires a different Python: ',
    "'",
    ' ',
    '\n',
    'x'.repeat(400),
    'go: ',
    '/',
  ];
  for (const piece of pieces) {
    const log = Array.from({ length: 200 }, () => piece.repeat(Math.ceil(400 / piece.length)).slice(0, 400));
    const began = performance.now();
    readFailure(log, { offline: true });
    expect(performance.now() - began).toBeLessThan(1000);
  }
});

test('a symptom has one group that is met, and a sentence for each case', () => {
  for (const { pattern, why, message } of [
    goSymptoms,
    rustSymptoms,
    nodeSymptoms,
    pythonSymptoms,
    commonSymptoms,
  ].flat()) {
    expect(pattern.global).toBe(false);
    expect([why, message('')]).toEqual([expect.stringMatching(/\.$/), expect.stringMatching(/\.$/)]);
  }
});
