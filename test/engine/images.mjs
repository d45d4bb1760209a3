/**
 * The stand-ins: which Debian packages and which script make the layers, and which images lie over them. SHELL, ENTRYPOINT, ENV and USER are those
 * of the Containerfiles that StageX builds its images from.
 */

/** @typedef {{ layers: string[], config: Record<string, unknown> }} Image layers by name, lowest first; config as in the OCI image spec */
/**
 * @typedef {object} Recipe
 * @property {string[]} packages Debian's, unpacked into a root of their own
 * @property {string} script run in that root; leaves one folder a layer in /out
 * @property {string[]} [inputs] more files of parts/ that the script reads from /in
 * @property {string[]} layers folders of /out, each a layer
 * @property {number} megabytes free disk needed while it is made
 * @property {[string, Image][]} images
 */

export const TAG = 'sx2026.03.0';

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const CORE = {
  User: '1000:1000',
  Entrypoint: ['/bin/sh'],
  Env: [`PATH=${PATH}`, 'PS1=[Stageˣ] $ ', 'TZ=UTC', 'LANG=C.UTF-8', 'LC_ALL=C', 'USER=user', 'HOME=/home/user'],
};

const LOGIN_SHELL = ['/bin/sh', '-l', '-c'];

/** Packages that a Containerfile may name, whose libraries none of the stand-ins loads: filesystem and a licence file. */
const EMPTY = ['libcxxabi', 'openssl', 'zlib', 'brotli', 'c-ares', 'libnghttp2', 'icu', 'libffi', 'sqlite3'];

/** @param {string} name @param {...string} layers @returns {[string, Image]} */
const core = (name, ...layers) => [`core-${name}`, { layers: ['filesystem', ...layers], config: CORE }];

/**
 * @param {string} name
 * @param {string[]} layers
 * @param {Record<string, unknown>} config
 * @returns {[string, Image]}
 */
const pallet = (name, layers, config) => [
  `pallet-${name}`,
  { layers: ['filesystem', 'profile', ...layers], config: { Env: [`PATH=${PATH}`], ...config } },
];

/** @type {Record<'base' | import('./names.mjs').Language, Recipe>} */
export const RECIPES = {
  base: {
    packages: ['base-files', 'busybox-static', 'musl'],
    script: 'base.sh',
    layers: ['filesystem', 'profile', 'busybox', 'musl', 'ca', ...EMPTY.map((name) => `empty-${name}`)],
    megabytes: 100,
    images: [
      core('filesystem'),
      core('busybox', 'busybox'),
      core('musl', 'musl'),
      core('ca-certificates', 'ca'),
      ...EMPTY.map((name) => core(name, `empty-${name}`)),
    ],
  },
  rust: {
    packages: ['base-files', 'busybox-static', 'rustc', 'cargo', 'rust-src', 'musl-dev', 'musl-tools'],
    script: 'rust.sh',
    inputs: ['dl_find_object.c'],
    layers: ['rust'],
    megabytes: 4000,
    images: [pallet('rust', ['busybox', 'rust', 'musl', 'ca'], { Entrypoint: ['/usr/bin/cargo'], Shell: LOGIN_SHELL })],
  },
  node: {
    packages: ['base-files', 'busybox-static', 'python3-pip', 'binutils'],
    script: 'node.sh',
    layers: ['libcxx', 'libunwind', 'nodejs', 'npm'],
    megabytes: 1000,
    images: [
      core('nodejs', 'nodejs'),
      core('npm', 'npm'),
      core('libcxx', 'libcxx'),
      core('libunwind', 'libunwind'),
      pallet('nodejs', ['busybox', 'ca', 'libcxx', 'libunwind', 'musl', 'nodejs', 'npm'], {
        Entrypoint: ['/usr/bin/node'],
      }),
    ],
  },
  python: {
    packages: [
      'base-files',
      'busybox-static',
      'python3-pip',
      'gcc',
      'make',
      'musl-dev',
      'musl-tools',
      'libssl-dev',
      'zlib1g-dev',
      'libffi-dev',
      'libsqlite3-dev',
      'liblzma-dev',
    ],
    script: 'python.sh',
    inputs: ['glibc_names.c'],
    layers: ['python', 'pypkg', 'uv'],
    megabytes: 2000,
    images: [
      core('python', 'python'),
      core('uv', 'uv'),
      pallet('python', ['busybox', 'musl', 'python', 'pypkg'], { Entrypoint: ['/usr/bin/python'], Shell: LOGIN_SHELL }),
    ],
  },
  go: {
    packages: ['base-files', 'busybox-static', 'golang-go'],
    script: 'go.sh',
    layers: ['go'],
    megabytes: 1500,
    images: [
      core('go', 'go'),
      // StageX sets GOPROXY and GOSUMDB too, to Go's own defaults.
      pallet('go', ['busybox', 'go', 'ca'], {
        Entrypoint: ['/usr/bin/go'],
        Shell: LOGIN_SHELL,
        Env: [
          `PATH=/cache/go/bin:${PATH}`,
          'SOURCE_DATE_EPOCH=1',
          'LDFLAGS=-w -s -buildid=',
          'GO_LDFLAGS=-w -s -buildid=',
          'GO11MODULE=off',
          'GOPATH=/cache/go',
          'GOBIN=/cache/go/bin',
          'GOTOOLCHAIN=local',
        ],
      }),
    ],
  },
};

/** Debian source packages (name, and the file of it that is wanted), laid into /in of the recipe's root. */
export const SOURCES = { python: { name: 'python3.13', file: /^python3\.13_.*\.orig\.tar\.xz$/, as: 'python.tar.xz' } };

/** What the engine itself is made of. */
export const ENGINE_PACKAGES = [
  'base-files',
  'docker.io',
  'docker-cli',
  'docker-buildx',
  'docker-registry',
  'runc',
  'iptables',
  'iproute2',
];
