/**
 * Debian packages in folders of their own, by the host's apt with an index, a cache and a status of its own: nothing is installed on the host, and
 * the archive is the one that the host itself uses, through its proxies.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { EngineError, OWN_PROCESSES, run } from './exec.mjs';
import { alive } from './progress.mjs';
import { furnish } from './root.mjs';

/** The release that the packages come from, and the one whose Python source is compiled. */
const SUITE = 'forky';
const SOURCE_SUITE = 'trixie';
const KEYRINGS = ['/usr/share/keyrings/debian-archive-keyring.gpg', '/usr/share/keyrings/debian-archive-keyring.pgp'];
const INDEX_IS_FRESH_MS = 12 * 3600 * 1000;

/**
 * @typedef {object} Context what every part of the set-up works with
 * @property {string} home
 * @property {string} hash names bridge, subnet and port
 * @property {(line: string) => void} log
 * @property {AbortSignal | undefined} signal
 * @property {string} scripts test/engine/parts
 */

/** @returns {string[]} what the host lacks for this, in words */
export function missingForDebian() {
  const missing = [];
  if (!KEYRINGS.some(existsSync))
    missing.push('the package debian-archive-keyring (apt-get install debian-archive-keyring)');
  if (archiveOf() === undefined) {
    missing.push(
      'a Debian archive among the apt sources of this machine (or its address in CREATE_CAUTION_APP_DEBIAN_ARCHIVE)',
    );
  }
  return missing;
}

/** @returns {string | undefined} the Debian archive that this machine's apt uses */
function archiveOf() {
  const given = process.env.CREATE_CAUTION_APP_DEBIAN_ARCHIVE;
  if (given) return /^https?:\/\/[^\s[\]]+$/.test(given) ? given : undefined;
  const folder = '/etc/apt/sources.list.d';
  const files = [
    '/etc/apt/sources.list',
    ...(existsSync(folder)
      ? readdirSync(folder)
          .sort()
          .map((name) => join(folder, name))
      : []),
  ];
  const lines = files
    .filter((path) => /\.(list|sources)$/.test(path) && existsSync(path))
    .flatMap((path) => readFileSync(path, 'utf8').split('\n'));
  for (const line of lines) {
    const found = /^(?:deb\s|URIs:)[^#]*?(https?:\/\/[^\s#]+\/debian)\/?(?:\s|$)/.exec(line);
    if (found?.[1] !== undefined) return found[1];
  }
  return undefined;
}

/**
 * The package index, not older than half a day.
 * @param {Context} context
 */
export async function updateIndex(context) {
  const { home, log, signal } = context;
  const apt = join(home, 'apt');
  const archive = archiveOf();
  const keyring = KEYRINGS.find(existsSync);
  if (archive === undefined || keyring === undefined)
    throw new EngineError(`Missing: ${missingForDebian().join('; ')}`);
  const sources = `deb [arch=amd64 signed-by=${keyring}] ${archive} ${SUITE} main\ndeb-src [signed-by=${keyring}] ${archive} ${SOURCE_SUITE} main\n`;
  const stamp = join(apt, 'updated');
  const sourcesFile = join(apt, 'sources.list');
  const fresh =
    existsSync(stamp) &&
    Date.now() - statSync(stamp).mtimeMs < INDEX_IS_FRESH_MS &&
    readFileSync(sourcesFile, 'utf8') === sources;
  if (fresh) return;
  for (const folder of ['lists/partial', 'archives/partial', 'cache', 'source', 'etc'])
    mkdirSync(join(apt, folder), { recursive: true });
  writeFileSync(sourcesFile, sources);
  writeFileSync(join(apt, 'status'), '');
  writeFileSync(join(apt, 'apt.conf'), aptConfiguration(apt));
  log(`Debian: reading the package index of ${SUITE} at ${archive}`);
  await run('apt-get', ['-c', join(apt, 'apt.conf'), '-q', 'update'], {
    signal,
    logFile: join(home, 'log', 'apt.log'),
    what: 'Reading the Debian package index',
  });
  writeFileSync(stamp, '');
}

/**
 * Read after the host's own configuration, so that its proxies count and its hooks do not.
 * @param {string} apt
 */
function aptConfiguration(apt) {
  const cleared = [
    'APT::Architectures',
    'APT::Update::Post-Invoke',
    'APT::Update::Post-Invoke-Success',
    'DPkg::Pre-Invoke',
    'DPkg::Post-Invoke',
    'DPkg::Pre-Install-Pkgs',
  ];
  const set = {
    'APT::Architecture': 'amd64',
    'APT::Architectures::': 'amd64',
    'APT::Default-Release': SUITE,
    'APT::Install-Recommends': 'false',
    'APT::Sandbox::User': 'root',
    'Acquire::Check-Valid-Until': 'false',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled': 'false',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '3',
    'Debug::NoLocking': 'true',
    'Dir::Cache': `${apt}/cache`,
    'Dir::Cache::pkgcache': 'packages.bin',
    'Dir::Cache::srcpkgcache': 'sources.bin',
    'Dir::Cache::archives': `${apt}/archives`,
    'Dir::Etc::preferences': '/dev/null',
    'Dir::Etc::preferencesparts': `${apt}/etc`,
    'Dir::Etc::sourcelist': `${apt}/sources.list`,
    'Dir::Etc::sourceparts': `${apt}/etc`,
    'Dir::State': apt,
    'Dir::State::extended_states': `${apt}/extended_states`,
    'Dir::State::lists': `${apt}/lists`,
    'Dir::State::status': `${apt}/status`,
  };
  return [
    ...cleared.map((name) => `#clear ${name};`),
    ...Object.entries(set).map(([name, value]) => `${name} "${value}";`),
    '',
  ].join('\n');
}

/** apt downloads into one folder: one call after the other. */
let downloads = Promise.resolve();

/**
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
function afterOtherDownloads(work) {
  const mine = downloads.then(work);
  downloads = mine.then(
    () => undefined,
    () => undefined,
  );
  return mine;
}

/**
 * Downloads packages with all that they depend on.
 * @param {Context} context
 * @param {string} name for messages
 * @param {string[]} packages
 * @returns {Promise<string[]>} the .deb files
 */
function download(context, name, packages) {
  const { home, log, signal } = context;
  const apt = join(home, 'apt');
  const logFile = join(home, 'log', `${name}.log`);
  return afterOtherDownloads(async () => {
    const what = `Downloading the Debian packages for ${name} (${packages.join(' ')})`;
    log(`${name}: downloading Debian packages`);
    const options = ['-q', '-y', '--verbose-versions', '--download-only'];
    const said = await alive(log, what, () =>
      run('apt-get', ['-c', join(apt, 'apt.conf'), ...options, 'install', ...packages], { signal, logFile, what }),
    );
    return packageFiles(said, join(apt, 'archives'));
  });
}

/**
 * The files of the packages that apt said it needs, those included that it had already.
 * @param {string} said by `apt-get --verbose-versions`: lines such as `   musl (1.2.6-1)`
 * @param {string} archives
 */
function packageFiles(said, archives) {
  const section = /^The following NEW packages will be installed:\n((?: {3}.*\n)+)/m.exec(said)?.[1] ?? '';
  return [...section.matchAll(/^ {3}(\S+?)(?::amd64)? \((\S+)\)$/gm)].map(([, name = '', version = '']) => {
    const candidates = ['amd64', 'all'].map((architecture) =>
      join(archives, `${name}_${version.replaceAll(':', '%3a')}_${architecture}.deb`),
    );
    const file = candidates.find(existsSync);
    if (file === undefined) throw new EngineError(`apt did not download the package ${name} ${version}`);
    return file;
  });
}

/**
 * A folder with the packages unpacked, their scripts not run. Made under another name and renamed when whole; one that is there is whole.
 * @param {Context} context
 * @param {string} name for messages
 * @param {string} root
 * @param {string[]} packages
 */
export async function makeRoot(context, name, root, packages) {
  if (existsSync(root)) return;
  const making = `${root}.making`;
  rmSync(making, { recursive: true, force: true });
  const { log, signal } = context;
  const debs = await download(context, name, packages);
  mkdirSync(making, { recursive: true });
  const [base, ...others] = debs.toSorted((a, b) => Number(isBase(b)) - Number(isBase(a)));
  if (base === undefined) throw new EngineError(`apt named no package for ${name}`);
  await unpack(context, base, making); // the links of merged /usr
  const worker = async () => {
    for (let deb = others.pop(); deb !== undefined; deb = others.pop()) await unpack(context, deb, making);
  };
  await alive(log, `${name}: unpacking`, () => Promise.all([worker(), worker()]));
  await furnish(making, signal);
  writeFileSync(
    join(making, 'packages'),
    debs
      .map((deb) => `${decodeURIComponent(basename(deb, '.deb'))}\n`)
      .sort()
      .join(''),
  );
  renameSync(making, root);
  const bytes = debs.reduce((sum, deb) => sum + statSync(deb).size, 0);
  log(`${name}: ${debs.length} Debian packages unpacked (${Math.round(bytes / 1e6)} MB)`);
}

/** @param {string} deb */
const isBase = (deb) => basename(deb).startsWith('base-files_');

// A pipeline's exit code is its last program's: the first one's failure is noted in a file.
const UNPACK = `
{ dpkg-deb --fsys-tarfile "$1" || : > "$2/unpacking-failed"; } | tar --extract --file=- --keep-directory-symlink --directory "$2"
[ ! -e "$2/unpacking-failed" ]
`;

/** @param {Context} context @param {string} deb @param {string} root */
async function unpack({ signal }, deb, root) {
  const what = `Unpacking ${basename(deb)}`;
  await run('unshare', [...OWN_PROCESSES, 'sh', '-euc', UNPACK, 'sh', deb, root], { signal, what });
}

/**
 * Fetches a file of a Debian source package.
 * @param {Context} context
 * @param {{ name: string, file: RegExp, as: string }} source
 * @param {string} root it is laid into its /in
 */
export async function fetchSource(context, source, root) {
  const { home, signal } = context;
  const folder = join(home, 'apt', 'source', source.name);
  await afterOtherDownloads(async () => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const what = `Downloading the source of Debian's ${source.name}`;
    // apt-get writes sources into the current folder.
    await run(
      'sh',
      [
        '-euc',
        'cd "$1"; shift; exec apt-get "$@"',
        'sh',
        folder,
        '-c',
        join(home, 'apt', 'apt.conf'),
        '-q',
        'source',
        '--download-only',
        '--only-source',
        `${source.name}/${SOURCE_SUITE}`,
      ],
      {
        signal,
        logFile: join(home, 'log', 'apt.log'),
        what,
      },
    );
  });
  const file = readdirSync(folder).find((name) => source.file.test(name));
  if (file === undefined)
    throw new EngineError(`Debian's source package ${source.name} has no file that matches ${source.file}`);
  renameSync(join(folder, file), join(root, 'in', source.as));
}
