/** A Debian root as a place to work in: furnished with what packages' scripts would have made, and entered with mounts and processes of its own. */
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { OWN_PROCESSES, run, tryRun } from './exec.mjs';
import { writeWhole } from './state.mjs';

/** @typedef {import('./debian.mjs').Context} Context */

/**
 * What packages' scripts would have made: accounts, a shell, certificates; and the host's way to the network.
 * @param {string} root
 * @param {AbortSignal | undefined} signal
 */
export async function furnish(root, signal) {
  for (const folder of ['dev', 'proc', 'sys', 'run', 'tmp', 'in', 'out', 'root', 'etc/ssl/certs'])
    mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(
    join(root, 'etc/passwd'),
    'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n',
  );
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\nnogroup:x:65534:\n');
  writeFileSync(join(root, 'etc/nsswitch.conf'), 'passwd: files\ngroup: files\nhosts: files dns\n');
  writeFileSync(join(root, 'etc/ssl/certs/ca-certificates.crt'), certificates());
  if (existsSync('/etc/hosts')) copyFileSync('/etc/hosts', join(root, 'etc/hosts'));
  copyNameServers(root);
  copyRegistrySettings(root);
  if (!existsSync(join(root, 'usr/bin/busybox'))) return;
  const applets = await run('chroot', [root, '/usr/bin/busybox', '--list'], { signal });
  for (const applet of applets.split('\n').filter(Boolean)) {
    const link = join(root, 'usr/bin', applet);
    if (lstatSync(link, { throwIfNoEntry: false }) === undefined) symlinkSync('busybox', link);
  }
}

/** The certificates that this machine trusts, so that what intercepts its TLS is trusted inside too; Node's own where the machine has none. */
function certificates() {
  const paths = [process.env.SSL_CERT_FILE, '/etc/ssl/certs/ca-certificates.crt'].filter(
    (path) => path !== undefined && existsSync(path),
  );
  const trusted = paths[0] === undefined ? `${tls.rootCertificates.join('\n')}\n` : readFileSync(paths[0], 'utf8');
  const extra = process.env.NODE_EXTRA_CA_CERTS;
  if (extra === undefined || !existsSync(extra)) return trusted;
  const added = readFileSync(extra, 'utf8');
  return trusted.includes(added.trim()) ? trusted : `${trusted.trimEnd()}\n${added}`;
}

/**
 * The host's resolver file; where that names a resolver on loopback, the one behind it (a container cannot reach the host's loopback).
 * @param {string} root
 */
export function copyNameServers(root) {
  const candidates = ['/etc/resolv.conf', '/run/systemd/resolve/resolv.conf']
    .filter((path) => existsSync(path))
    .map((path) => readFileSync(path, 'utf8'));
  const text = candidates.find((each) => /^\s*nameserver\s+(?!127\.|::1)/m.test(each)) ?? candidates[0];
  const target = join(root, 'etc/resolv.conf');
  if (text === undefined || (existsSync(target) && readFileSync(target, 'utf8') === text)) return;
  rmSync(target, { force: true });
  writeWhole(target, text);
}

/** Where the host's pip and Go are told to look for packages. @param {string} root */
function copyRegistrySettings(root) {
  const files = [
    ['/etc/pip.conf', 'etc/pip.conf'],
    [join(homedir(), '.config/pip/pip.conf'), 'root/.config/pip/pip.conf'],
    [join(homedir(), '.pip/pip.conf'), 'root/.pip/pip.conf'],
    [join(homedir(), '.config/go/env'), 'root/.config/go/env'],
  ];
  for (const [from = '', to = ''] of files) if (existsSync(from)) cpSync(from, join(root, to), { dereference: true });
}

/** Of the host's environment, what says how registries are reached. */
const PASSED_ON = [
  ...['http_proxy', 'https_proxy', 'no_proxy', 'all_proxy'].flatMap((name) => [name, name.toUpperCase()]),
  ...['PIP_INDEX_URL', 'PIP_EXTRA_INDEX_URL', 'PIP_TRUSTED_HOST', 'PIP_DEFAULT_TIMEOUT', 'PIP_RETRIES'],
  ...['GOPROXY', 'GOSUMDB', 'GONOSUMDB', 'GOPRIVATE', 'GOINSECURE'],
];

const IN_ROOT = `
R=$1; shift
mount -t proc proc "$R/proc"
mount -t tmpfs -o mode=755 tmpfs "$R/dev"
for n in null zero full random urandom tty; do : > "$R/dev/$n"; mount --bind "/dev/$n" "$R/dev/$n"; done
mkdir -m 1777 "$R/dev/shm"; ln -s /proc/self/fd "$R/dev/fd"
exec chroot "$R" /usr/bin/busybox env -i "$@"
`;

/**
 * Runs a script of parts/ inside a root, with mounts and processes of its own that end with it.
 * @param {Context} context
 * @param {string} name for messages
 * @param {string} root
 * @param {string} script its name in parts/
 * @param {string[]} [inputs] further files of parts/ for /in
 */
export async function runInRoot(context, name, root, script, inputs = []) {
  const { home, scripts, signal } = context;
  for (const file of [script, ...inputs]) copyFileSync(join(scripts, file), join(root, 'in', file));
  const environment = {
    PATH: '/usr/bin:/usr/sbin',
    HOME: '/root',
    LC_ALL: 'C.UTF-8',
    SSL_CERT_FILE: '/etc/ssl/certs/ca-certificates.crt',
    PIP_CERT: '/etc/ssl/certs/ca-certificates.crt',
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    PIP_ROOT_USER_ACTION: 'ignore',
    PIP_NO_CACHE_DIR: '1',
    ...Object.fromEntries(
      PASSED_ON.filter((key) => process.env[key] !== undefined).map((key) => [key, process.env[key] ?? '']),
    ),
  };
  const logFile = join(home, 'log', `${name}.log`);
  appendFileSync(logFile, `\n== ${script}\n`);
  await run(
    'unshare',
    [
      '--mount',
      '--propagation',
      'private',
      ...OWN_PROCESSES,
      'sh',
      '-euc',
      IN_ROOT,
      'sh',
      root,
      ...Object.entries(environment).map(([key, value]) => `${key}=${value}`),
      '/usr/bin/busybox',
      'sh',
      '-eu',
      `/in/${script}`,
    ],
    { signal, logFile, what: `Making the stand-in for ${name}` },
  );
}

/** Whether this process may make mounts and namespaces at all. @param {AbortSignal | undefined} signal */
export async function canUnshare(signal) {
  const ended = await tryRun('unshare', ['--mount', '--propagation', 'private', '--pid', '--fork', '--', 'true'], {
    signal,
  });
  return ended.code === 0;
}
