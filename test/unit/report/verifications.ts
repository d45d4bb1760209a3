import type {
  Comparison,
  Difference,
  EnclaveFile,
  StepTime,
  Verification,
  Verified,
} from '../../../src/verify/types.ts';

const hex = (digit: string) => digit.repeat(64);
const began = Date.UTC(2026, 10, 24, 8, 0, 0);

export const build: Verification['builds'][number] = {
  engine: 'docker',
  builder: 'default',
  version: 'Docker 28.5.1, BuildKit 0.25.1',
  seconds: 41.3,
  stepsRun: 6,
  stepsCached: 0,
  executionProved: true,
  manifest: `sha256:${hex('a')}`,
  enclaveSha256: hex('b'),
};

const conditions =
  'Both exported under SOURCE_DATE_EPOCH with rewritten timestamps, which plain docker build does not do; provenance and SBOM left out.';

/** A verification that found nothing wrong. */
export const good: Verification = {
  reproducible: true,
  imageIdentical: true,
  imageConditions: conditions,
  enclave: { format: 1, sha256: hex('b'), files: 214, treeBytes: 61_400_000, replaced: ['/bin/busybox', '/etc/hosts'] },
  builds: [build, { ...build, seconds: 44.9 }],
  varied: [
    {
      what: 'path',
      how: 'checkouts of different names and depths: build-1/d0/context-9f, build-2/d0/d1/d2/context-0c',
    },
    { what: 'mtime', how: 'all files dated 2003-03-04, 2009-11-22' },
    { what: 'umask', how: 'files of the checkouts made under umask 022, 002' },
    { what: 'hostname', how: 'host name of every RUN step: host-2f4d, host-a5a3' },
    { what: 'time', how: 'every RUN step began at least 3 s apart' },
  ],
  heldStill: ['kernel', 'cpu', 'cpu-count', 'engine', 'builder', 'user', 'locale', 'timezone', 'calendar-day'],
  differences: [],
  findings: [
    {
      id: 'build-cache-kept',
      level: 'note',
      message:
        "The builds' steps stay in the build cache of builder default, until the engine's own limits remove them.",
      why: 'An engine cannot remove them without touching the rest of its cache.',
      mend: 'Nothing needs to be done; docker buildx prune empties the whole cache.',
    },
  ],
  start: {
    started: true,
    listening: [8080],
    http: { path: '/health', status: 200 },
    needs: [],
    seconds: 0.8,
    log: 'listening on 0.0.0.0:8080\n',
  },
  memory: { treeBytes: 61_400_000, residentBytes: 48_000_000, suggestedMb: 512, configuredMb: 512, enough: true },
  expected: null,
  standIns: [],
  commit: '3f2c9a7d5be1c04d8a6f7e9b1234567890abcdef',
  dirty: false,
};

const instructions: readonly [string, number, string, number][] = [
  ['build', 5, 'COPY package.json package-lock.json ./', 0.3],
  ['build', 6, 'RUN npm ci --ignore-scripts --no-audit --no-fund', 14],
  ['build', 7, 'COPY src ./src', 0.4],
  ['build', 8, 'RUN --network=none npm run build && rm -rf node_modules/.cache node_modules/.package-lock.json', 19],
  ['runtime', 13, 'COPY --from=build /app/dist /app', 1.2],
  ['runtime', 14, 'COPY --from=build /app/node_modules /app/node_modules', 4],
];

/** Steps of two builds side by side, the second 3.2 s behind the first. */
export const steps: StepTime[] = [1, 2].flatMap((number) => {
  let at = began + (number - 1) * 3200;
  return instructions.map(([stage, line, instruction, seconds]): StepTime => {
    const started = at;
    at += seconds * 1000 * (number === 1 ? 1 : 1.12);
    return { build: number, stage, instruction, line, started, completed: at, state: 'ran' };
  });
});

const file = (path: string, size: number, more: Partial<EnclaveFile> = {}): EnclaveFile => {
  return { path, type: 'file', executable: false, size, sha256: hex('c'), link: '', ...more };
};

export const files: EnclaveFile[] = [
  file('/app', 0, { type: 'directory' }),
  file('/app/server.js', 182_400),
  ...Array.from({ length: 260 }, (_, index) =>
    file(
      `/app/node_modules/${['express', 'undici', 'zod', 'pino'][index % 4]}/lib/part-${index}.js`,
      900 + index * 137,
    ),
  ),
  file('/etc/ssl/certs/ca-certificates.crt', 224_000),
  file('/lib/ld-musl-x86_64.so.1', 680_000, { executable: true }),
  file('/usr/bin/node', 52_700_000, { executable: true }),
  file('/usr/lib/libstdc++.so.6', 0, { type: 'link', link: 'libstdc++.so.6.0.33' }),
  file('/usr/lib/libstdc++.so.6.0.33', 2_480_000),
];

/** One difference for each of five causes. */
export const fiveCauses: Difference[] = [
  {
    path: '/app/build-info.json',
    stage: 'build',
    instruction: 'RUN --network=none npm run build',
    line: 8,
    inEnclave: true,
    cause: 'wall-clock',
    certain: true,
    carrier: 'json',
    evidence:
      'builtAt: "2026-11-24T08:00:21Z" in build 1, "2026-11-24T08:00:24Z" in build 2; each build\'s own time stands in it',
    mend: 'Take the time from SOURCE_DATE_EPOCH, or leave the time out.',
    patch:
      '--- Containerfile\n+++ Containerfile\n@@ -7,3 +7,4 @@\n COPY src ./src\n+ENV SOURCE_DATE_EPOCH=1\n RUN --network=none npm run build\n',
  },
  {
    path: '/app/node_modules/.hooks/id',
    stage: 'build',
    instruction: 'RUN --network=none npm run build',
    line: 8,
    inEnclave: true,
    cause: 'random',
    certain: false,
    carrier: 'text',
    evidence:
      '32 hexadecimal digits differ in whole: "9d1f4c…" in build 1, "07be22…" in build 2; a third build gave a third value',
    mend: 'Derive the value from the sources, or make it when the service starts.',
  },
  {
    path: '/app/dist.map',
    stage: 'build',
    instruction: 'RUN --network=none npm run build',
    line: 8,
    inEnclave: true,
    cause: 'build-path',
    certain: true,
    carrier: 'text',
    evidence: "each build's own path stands in it",
    mend: 'Use a fixed WORKDIR, and the compiler option that maps paths.',
  },
  {
    path: '/app/run.sh',
    stage: 'runtime',
    instruction: 'COPY run.sh /app/run.sh',
    line: 15,
    inEnclave: false,
    cause: 'umask',
    certain: true,
    carrier: 'mode',
    evidence: 'mode 0644 in build 1, 0664 in build 2; these are the modes that the two checkouts had',
    mend: 'Fix the mode where the file is copied: COPY --chmod=644.',
  },
  {
    path: '/usr/lib/python3.13/site-packages/app/__pycache__/main.cpython-313.pyc',
    inEnclave: true,
    cause: 'unknown',
    certain: false,
    evidence: 'contents differ from byte 96 on (4210 and 4210 bytes)',
    mend: 'Compare the two contents; run the step that makes this file twice.',
  },
];

/** A verification that failed in every way that a report shows. */
export const bad: Verification = {
  ...good,
  reproducible: false,
  imageIdentical: false,
  enclave: null,
  builds: [
    build,
    {
      ...build,
      builder: 'remote-amd64',
      seconds: 47.2,
      executionProved: false,
      stepsRun: 5,
      stepsCached: 1,
      manifest: `sha256:${hex('d')}`,
      enclaveSha256: hex('e'),
    },
  ],
  differences: fiveCauses,
  findings: [
    {
      id: 'reads-surroundings',
      level: 'warning',
      path: 'Containerfile',
      line: 8,
      message: 'A step reads the clock (date).',
      why: 'Another machine, or another day, may give another result than the two builds here.',
      mend: 'Use date -u -d "@$SOURCE_DATE_EPOCH", or leave the date out.',
    },
    {
      id: 'base-not-pinned',
      level: 'error',
      path: 'Containerfile',
      line: 2,
      message: 'node:24-alpine is not pinned by a digest.',
      why: 'The name may mean another image tomorrow: both builds here took the same one, and others may not.',
      source: 'https://docs.docker.com/build/building/best-practices/#pin-base-image-versions',
      mend: 'Add @sha256: and the digest of the linux/amd64 manifest.',
    },
    ...good.findings,
  ],
  start: {
    started: false,
    listening: [],
    http: null,
    needs: [],
    seconds: 30,
    log: 'node:internal/process/promises:394\nError: connect ECONNREFUSED 127.0.0.1:5432\n    at TCPConnectWrap.afterConnect\n',
  },
  memory: { treeBytes: 61_400_000, residentBytes: 480_000_000, suggestedMb: 768, configuredMb: 512, enough: false },
  expected: {
    matches: false,
    differences: [
      {
        path: '/app/server.js',
        inEnclave: true,
        cause: 'unknown',
        certain: false,
        evidence: 'another content than the record says',
        mend: '',
      },
    ],
  },
  standIns: ['pallet-nodejs: localhost:5000/nodejs:stand-in', 'core-filesystem: localhost:5000/filesystem:stand-in'],
  dirty: true,
};

export const verified = (verification: Verification): Verified => {
  return { verification, steps, files, mended: null, diffIds: [`sha256:${hex('1')}`, `sha256:${hex('2')}`] };
};

export const comparison: Comparison = {
  reproducible: false,
  imageIdentical: false,
  imageConditions: 'The manifests as they are in the archives.',
  enclave: null,
  differences: fiveCauses,
  findings: [],
  images: [
    { name: 'release.tar', manifest: `sha256:${hex('a')}`, enclaveSha256: hex('b') },
    { name: 'rebuilt.tar', manifest: `sha256:${hex('d')}`, enclaveSha256: hex('e') },
  ],
};
