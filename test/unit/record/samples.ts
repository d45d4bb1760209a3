import { createHash } from 'node:crypto';
import type { About } from '../../../src/record/statement.ts';
import type { EnclaveFile, Verification, Verified } from '../../../src/verify/types.ts';

export const sha = (text: string) => createHash('sha256').update(text).digest('hex');

const base = { executable: false, size: 0, sha256: '', link: '' };
const files: EnclaveFile[] = [
  { ...base, path: '/', type: 'directory' },
  { ...base, path: '/app', type: 'file', executable: true, size: 5, sha256: sha('hello') },
  { ...base, path: '/current', type: 'link', link: 'app' },
  { ...base, path: '/data.txt', type: 'file', size: 4, sha256: sha('data') },
];

export const manifest = `sha256:${sha('manifest')}`;
export const pin = `stagex/pallet-go@sha256:${sha('pallet-go')}`;
export const about: About = {
  tool: { name: 'create-caution-app', version: '0.1.0' },
  sourceUrl: 'https://example.com/hello.git',
  containerfile: { path: 'Containerfile', sha256: sha('FROM scratch\n') },
  pins: [{ reference: pin, line: 1 }],
};

/** A verification of the files above, built twice alike, with what a test changes. */
export function verified(changes: Partial<Verification> = {}, listed: EnclaveFile[] = files): Verified {
  const enclaveSha256 = sha(JSON.stringify(listed));
  const build = {
    engine: 'docker' as const,
    builder: 'default',
    version: 'Docker 29.0.0, buildx 0.30.0, BuildKit 0.26.0',
    seconds: 1.5,
    stepsRun: 3,
    stepsCached: 0,
    executionProved: true,
    manifest,
    enclaveSha256,
  };
  const verification: Verification = {
    reproducible: true,
    imageIdentical: true,
    imageConditions: 'OCI manifests of uncompressed layers',
    enclave: {
      format: 1,
      sha256: enclaveSha256,
      files: listed.filter(({ type }) => type !== 'directory').length,
      treeBytes: 9,
      replaced: ['etc/hosts'],
    },
    builds: [build, { ...build, seconds: 1.6 }],
    varied: [{ what: 'umask', how: 'files of the checkouts made under umask 022, 002' }],
    heldStill: ['kernel', 'cpu'],
    differences: [],
    findings: [],
    start: null,
    memory: null,
    expected: null,
    standIns: [],
    commit: '0123456789abcdef0123456789abcdef01234567',
    dirty: false,
    ...changes,
  };
  return { verification, steps: [], files: listed, mended: null, diffIds: [`sha256:${sha('layer')}`] };
}

/** The same files, one of them changed, added (`null` before) or removed (`null` after). */
export function changed(path: string, change: Partial<EnclaveFile> | null): EnclaveFile[] {
  const others = files.filter((file) => file.path !== path);
  const file = files.find((one) => one.path === path) ?? { ...base, path, type: 'file' as const, sha256: sha('') };
  return change === null ? others : [...others, { ...file, ...change }];
}
