/** One line that mends a cause: for a carrier (`cause carrier`), or for any. */
const mends: Record<string, string> = {
  'wall-clock':
    'Take the time from SOURCE_DATE_EPOCH (the tool may honour it when the Containerfile sets it with ENV), or leave the time out.',
  'wall-clock gzip': 'Compress with gzip -n; in Python: gzip.GzipFile(…, mtime=0).',
  'wall-clock tar':
    'Fix the times: tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner, or before it find . -exec touch -hd @0 {} +',
  'wall-clock zip':
    'Fix the times of the members (zipfile.ZipInfo with date_time=(1980, 1, 1, 0, 0, 0)), or of the files before they are packed: find . -exec touch -hd @315532800 {} +',
  'wall-clock cpio': 'Fix the times of the files before they are packed: find . -exec touch -hd @0 {} +',
  'wall-clock elf': 'Give the program no time: take it from SOURCE_DATE_EPOCH in the build script or the linker flag.',
  'wall-clock ar': 'Write no times into the library: ar rcD, or strip -D afterwards.',
  'wall-clock sqlite': 'Write a fixed time instead of current_timestamp, or fill the database when the service starts.',
  'file-time': 'Set the times of the sources first: find . -exec touch -hd @0 {} +',
  'file-time zip':
    'Set the times of the sources first (zip knows none before 1980): find . -exec touch -hd @315532800 {} +',
  random: 'Derive the value from the sources, fix the seed, or draw it when the service starts.',
  'generated-key':
    'Make keys, certificates and salts when the service starts, or keep them with Locksmith; never in the image.',
  'hash-order': 'Sort before writing; in Python also PYTHONHASHSEED=0, in Rust BTreeMap, in Go sorted keys.',
  'hash-order json': 'Sort the keys: json.dumps(…, sort_keys=True), BTreeMap, or keys sorted before they are written.',
  'hash-order pyc': 'Compile with PYTHONHASHSEED=0, so that sets keep their order.',
  'directory-order tar':
    'Pack in a fixed order: tar --sort=name, or find … -print0 | LC_ALL=C sort -z | tar --null -T -',
  'directory-order zip':
    'Pack in a fixed order: find … | LC_ALL=C sort | zip -X@ out.zip; in Python: sorted(…) of what is packed.',
  'directory-order':
    'Sort the list of files before it is used: find … | LC_ALL=C sort, sorted(os.listdir(…)), tar --sort=name',
  'parallel-order':
    'Collect the results in the order of the tasks, sort them, or run one job at a time (xargs -P 1, make -j1).',
  'database-order': 'Add ORDER BY over a unique key.',
  locale: 'Set LC_ALL=C (ENV LC_ALL=C) for the step.',
  timezone: 'Set TZ=UTC (ENV TZ=UTC) for the step.',
  environment: 'Do not write the environment out; name the variables that are needed, with constant values.',
  'build-path':
    'Use a fixed WORKDIR, and the compiler option that maps paths (--remap-path-prefix, -trimpath, -ffile-prefix-map).',
  'temporary-path':
    'Use a folder with a fixed name instead of mktemp, or map it (--remap-path-prefix, -trimpath, -ffile-prefix-map).',
  hostname: 'Leave the host name out, or write a constant in its place.',
  user: 'Leave the account out, or write a constant in its place; owners in archives: --owner=0 --group=0 --numeric-owner.',
  umask:
    'Fix the mode where the file is copied: COPY --chmod=644 (755 for programs and folders), or chmod in a build stage.',
  'umask tar':
    'Pack with fixed modes: tar --mode=u=rwX,go=rX, or fix them where the files are copied: COPY --chmod=644.',
  'umask zip': 'Fix the modes before packing: chmod -R u=rwX,go=rX, or where the files are copied: COPY --chmod=644.',
  'umask text': 'Leave modes out of what is written, or fix them where the files are copied: COPY --chmod=644.',
  cpu: 'Name a baseline (-march=x86-64-v2, target-cpu=x86-64-v2) and a constant number of jobs; write neither into the result.',
  kernel: 'Name the target instead of asking the machine (uname).',
  'process-id': 'Leave process numbers out of names and contents; number the jobs instead.',
  address: 'Leave addresses out: print a name or an index instead of the object itself (repr, %p).',
  bytecode:
    'Compile with: python3 -m compileall --invalidation-mode unchecked-hash, or leave .pyc files out (PYTHONDONTWRITEBYTECODE=1).',
  'archive-metadata':
    'Pack with fixed order, owners and flags: tar --sort=name --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX; gzip -n.',
  'archive-metadata gzip': 'Compress with the same program and level in every build, and with gzip -n.',
  'archive-metadata zip': 'Pack without owners and with fixed modes: zip -X after chmod -R u=rwX,go=rX.',
  'archive-metadata ar': 'Write no owners and times into the library: ar rcD, or strip -D afterwards.',
  'installer-metadata':
    "Leave the installer's records out: UV_NO_INSTALLER_METADATA=1, or remove direct_url.json, uv_cache.json, INSTALLER, .package-lock.json after installing.",
  'package-cache': 'Do not keep the cache: --no-cache, or remove it in the same step.',
  'log-file': 'Remove the log in the step that writes it.',
  'unlocked-dependency':
    'Lock the dependency: commit the lock file, and install from it (npm ci, cargo --locked, --require-hashes).',
  network: 'Fetch by digest and check it (ADD --checksum=sha256:…), or commit what is fetched.',
  'vcs-stamp':
    'Leave the state of the repository out: go build -buildvcs=false; a build argument is no mend, Caution gives none.',
  'build-id':
    'Leave the id out, or make it a digest: -Wl,--build-id=none or --build-id=sha1; go build -ldflags=-buildid=',
  'codegen-units': 'Fix the number of units: -C codegen-units=1, and no incremental builds (CARGO_INCREMENTAL=0).',
  'cache-bust':
    'Remove ARG CACHEBUST: with it the image can never be reproduced. Remove no_cache of the Procfile as well.',
  unknown:
    'Compare the two contents; run the step that makes this file twice and look for times, random values and orders.',
};

/** What mends a cause; every cause of the contract has one. */
export function mendFor(cause: string, carrier: string | undefined): string {
  return mends[`${cause} ${carrier ?? ''}`] ?? mends[cause] ?? mends.unknown ?? '';
}

/** The causes that are known. */
export const causes: readonly string[] = Object.keys(mends).filter((key) => !key.includes(' '));
