// Pairs of files as two builds on different machines leave them: causes that one machine cannot provoke.
import { fixture, gzip, lines, listed, program, pyc } from './archives.mjs';

/**
 * Nothing is known of the two builds but what they made, as when two archives are compared.
 * @typedef {object} Pair
 * @property {string} name
 * @property {string} plants the cause
 * @property {string[]} [accepts] other causes that are as true
 * @property {string} path of the file that differs
 * @property {[string | Buffer | null, string | Buffer | null]} contents null where the file is missing
 */

const root = { uid: 0, gid: 0, uname: 'root', gname: 'root' };
const alice = { uid: 1000, gid: 1000, uname: 'alice', gname: 'alice' };
const runner = { uid: 1001, gid: 127, uname: 'runner', gname: 'docker' };

/** @returns {Promise<Pair[]>} */
export async function makePairs() {
  return [...machinePairs(), ...accountPairs(), ...timePairs(), ...(await orderPairs()), ...sourcePairs()];
}

/** What the machine is. @returns {Pair[]} */
function machinePairs() {
  return [
    {
      name: 'kernel-release',
      plants: 'kernel',
      path: '/app/build-info.txt',
      contents: [
        lines(
          'service 1.0.0',
          'Linux 6.1.0-28-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.119-1 (2024-11-22) x86_64 GNU/Linux',
        ),
        lines(
          'service 1.0.0',
          'Linux 6.8.0-49-generic #49-Ubuntu SMP PREEMPT_DYNAMIC Mon Nov  4 02:06:24 UTC 2024 x86_64 GNU/Linux',
        ),
      ],
    },
    {
      name: 'kernel-json',
      plants: 'kernel',
      path: '/app/platform.json',
      contents: [
        JSON.stringify({ system: 'Linux', kernel: '5.15.0-105-generic', arch: 'x64' }),
        JSON.stringify({ system: 'Linux', kernel: '6.12.6-1-cloud-amd64', arch: 'x64' }),
      ],
    },
    {
      name: 'cpu-model',
      plants: 'cpu',
      path: '/app/benchmark.txt',
      contents: [
        lines('model name\t: Intel(R) Xeon(R) Platinum 8375C CPU @ 2.90GHz', 'cpu cores\t: 16'),
        lines('model name\t: AMD EPYC 7763 64-Core Processor', 'cpu cores\t: 64'),
      ],
    },
    {
      name: 'cpu-flags',
      plants: 'cpu',
      path: '/app/config.status',
      contents: [
        lines("CC='gcc'", "CFLAGS='-O2 -march=skylake-avx512 -mtune=skylake-avx512'"),
        lines("CC='gcc'", "CFLAGS='-O2 -march=znver3 -mtune=znver3'"),
      ],
    },
    {
      name: 'cpu-count',
      plants: 'cpu',
      path: '/app/build.env',
      contents: [lines('MAKEFLAGS=-j8', 'CC=clang'), lines('MAKEFLAGS=-j64', 'CC=clang')],
    },
  ];
}

/** Who builds, in what surroundings. @returns {Pair[]} */
function accountPairs() {
  return [
    {
      name: 'user-manifest',
      plants: 'user',
      path: '/app/META-INF/MANIFEST.MF',
      contents: [
        lines('Manifest-Version: 1.0', 'Built-By: alice', 'Created-By: 21.0.5'),
        lines('Manifest-Version: 1.0', 'Built-By: runner', 'Created-By: 21.0.5'),
      ],
    },
    {
      name: 'user-id',
      plants: 'user',
      path: '/app/build.txt',
      contents: [
        lines('uid=1000(alice) gid=1000(alice) groups=1000(alice),27(sudo)'),
        lines('uid=1001(runner) gid=127(docker) groups=127(docker),4(adm)'),
      ],
    },
    {
      name: 'locale-variable',
      plants: 'locale',
      path: '/app/configure.env',
      contents: [lines('LANG=de_DE.UTF-8', 'LC_ALL=', 'PAGER=less'), lines('LANG=C.UTF-8', 'LC_ALL=', 'PAGER=less')],
    },
    {
      name: 'locale-sorting',
      plants: 'locale',
      path: '/app/words.txt',
      contents: [
        lines('apple', 'Banana', 'cherry', 'Date', 'elder'),
        lines('Banana', 'Date', 'apple', 'cherry', 'elder'),
      ],
    },
    {
      name: 'locale-date',
      plants: 'locale',
      path: '/app/about.html',
      contents: [lines('<p>Stand: Dienstag, 3. März 2026</p>'), lines('<p>Stand: Tuesday, 3 March 2026</p>')],
    },
    {
      name: 'build-path-map',
      plants: 'build-path',
      path: '/app/bundle.js.map',
      contents: [
        JSON.stringify({ version: 3, sources: ['/home/alice/src/service/src/app.ts'], mappings: 'AAAA' }),
        JSON.stringify({ version: 3, sources: ['/builds/group/service/src/app.ts'], mappings: 'AAAA' }),
      ],
    },
    {
      name: 'build-path-program',
      plants: 'build-path',
      path: '/app/service',
      contents: [program('/home/alice/service'), program('/builds/team/service')],
    },
    {
      name: 'environment-ci',
      plants: 'environment',
      path: '/app/build.env',
      contents: [
        lines('CI=true', 'BUILD_NUMBER=41', 'PATH=/usr/bin'),
        lines('CI=true', 'BUILD_NUMBER=42', 'PATH=/usr/bin'),
      ],
    },
    {
      name: 'environment-home',
      plants: 'environment',
      accepts: ['user'],
      path: '/app/env.txt',
      contents: [
        lines('HOME=/root', 'PATH=/usr/bin:/bin', 'SHLVL=1'),
        lines('HOME=/home/runner', 'PATH=/usr/local/bin:/usr/bin:/bin', 'SHLVL=2'),
      ],
    },
  ];
}

/** When, by which zone. @returns {Pair[]} */
function timePairs() {
  return [
    {
      name: 'timezone-offset',
      plants: 'timezone',
      path: '/app/changelog.json',
      contents: [
        JSON.stringify({ version: '1.0.0', date: '2026-01-02T03:04:05+00:00' }),
        JSON.stringify({ version: '1.0.0', date: '2026-01-01T22:04:05-05:00' }),
      ],
    },
    {
      name: 'timezone-name',
      plants: 'timezone',
      path: '/app/changelog.txt',
      contents: [lines('1.0.0 Fri Jan  2 03:04:05 UTC 2026'), lines('1.0.0 Fri Jan  2 04:04:05 CET 2026')],
    },
    {
      name: 'calendar-day',
      plants: 'wall-clock',
      path: '/app/about.txt',
      contents: [
        lines('Service 1.0.0', 'Built on 24 November 2026'),
        lines('Service 1.0.0', 'Built on 25 November 2026'),
      ],
    },
    {
      name: 'pyc-time',
      plants: 'bytecode',
      path: '/app/__pycache__/service.cpython-313.pyc',
      contents: [pyc(1_700_000_000), pyc(1_750_000_000)],
    },
  ];
}

/** In which order, and how it is packed. @returns {Promise<Pair[]>} */
async function orderPairs() {
  return [
    {
      name: 'directory-order-tar',
      plants: 'directory-order',
      path: '/app/assets.tar',
      contents: [
        await listed(['a.txt', 'b.txt', 'c.txt', 'd.txt'], root),
        await listed(['c.txt', 'a.txt', 'd.txt', 'b.txt'], root),
      ],
    },
    {
      name: 'directory-order-list',
      plants: 'directory-order',
      path: '/app/files.txt',
      contents: [
        lines('./src/app.js', './src/index.js', './src/lib/a.js', './src/lib/b.js', './package.json'),
        lines('./package.json', './src/lib/b.js', './src/lib/a.js', './src/index.js', './src/app.js'),
      ],
    },
    {
      name: 'archive-owner',
      plants: 'archive-metadata',
      accepts: ['user'],
      path: '/app/assets.tar',
      contents: [await listed(['a.txt', 'b.txt'], alice), await listed(['a.txt', 'b.txt'], runner)],
    },
    {
      name: 'gzip-flags',
      plants: 'archive-metadata',
      path: '/app/data.gz',
      contents: [gzip('data\n', 3, 0), gzip('data\n', 255, 2)],
    },
    {
      name: 'codegen-units',
      plants: 'codegen-units',
      path: '/app/lib/libservice.rlib',
      contents: [fixture('codegen-units-1.rlib'), fixture('codegen-units-4.rlib')],
    },
    {
      name: 'database-rows',
      plants: 'database-order',
      path: '/app/data.db',
      contents: [fixture('rows-a.db'), fixture('rows-b.db')],
    },
    {
      name: 'database-dump',
      plants: 'database-order',
      path: '/app/seed.sql',
      contents: [
        lines(
          "INSERT INTO users VALUES('u1','ada');",
          "INSERT INTO users VALUES('u2','grace');",
          "INSERT INTO users VALUES('u3','barbara');",
        ),
        lines(
          "INSERT INTO users VALUES('u3','barbara');",
          "INSERT INTO users VALUES('u1','ada');",
          "INSERT INTO users VALUES('u2','grace');",
        ),
      ],
    },
  ];
}

/** Out of which sources. @returns {Pair[]} */
function sourcePairs() {
  return [
    {
      name: 'vcs-describe',
      plants: 'vcs-stamp',
      path: '/app/version.txt',
      contents: [lines('v1.2.0-3-g5d1f0c2'), lines('v1.2.0-3-g5d1f0c2-dirty')],
    },
    {
      name: 'vcs-go',
      plants: 'vcs-stamp',
      path: '/app/buildinfo.txt',
      contents: [
        lines(
          'path\texample.org/service',
          'build\tvcs=git',
          'build\tvcs.revision=5d1f0c2e8b7a4c3d9e6f1a2b3c4d5e6f7a8b9c0d',
          'build\tvcs.modified=false',
        ),
        lines(
          'path\texample.org/service',
          'build\tvcs=git',
          'build\tvcs.revision=5d1f0c2e8b7a4c3d9e6f1a2b3c4d5e6f7a8b9c0d',
          'build\tvcs.modified=true',
        ),
      ],
    },
    {
      name: 'vcs-commit',
      plants: 'vcs-stamp',
      path: '/app/build.json',
      contents: [
        JSON.stringify({ branch: 'main', commit: '5d1f0c2e8b7a4c3d9e6f1a2b3c4d5e6f7a8b9c0d' }),
        JSON.stringify({ branch: 'HEAD', commit: '5d1f0c2e8b7a4c3d9e6f1a2b3c4d5e6f7a8b9c0d' }),
      ],
    },
    {
      name: 'unlocked-npm',
      plants: 'unlocked-dependency',
      path: '/app/node_modules/left-pad/package.json',
      contents: [
        `${JSON.stringify({ name: 'left-pad', version: '1.2.0', main: 'index.js' }, null, 2)}\n`,
        `${JSON.stringify({ name: 'left-pad', version: '1.3.0', main: 'index.js' }, null, 2)}\n`,
      ],
    },
    {
      name: 'unlocked-python',
      plants: 'unlocked-dependency',
      path: '/usr/lib/python3.13/site-packages/requests-2.32.3.dist-info/METADATA',
      contents: [lines('Metadata-Version: 2.1', 'Name: requests', 'Version: 2.32.3'), null],
    },
    {
      name: 'network-answer',
      plants: 'network',
      path: '/app/rates.txt',
      contents: [
        lines('HTTP/1.1 200 OK', 'Server: nginx', 'X-Request-Id: 7f3a', 'Content-Type: text/plain', '', 'EUR 1.0842'),
        lines('HTTP/1.1 200 OK', 'Server: nginx', 'X-Request-Id: c01d', 'Content-Type: text/plain', '', 'EUR 1.0915'),
      ],
    },
  ];
}
